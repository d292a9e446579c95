"""Words: what a map's page says itself, in Arabic and English. What is filled in stands in {braces}."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from alerts.rules.messages import Language


@dataclass(frozen=True, slots=True)
class Words:
    """The words of the page, in one language."""

    direction: str
    heading: str  # {of}, one of the next
    one: str  # {title}
    some: str
    many: str  # {name}
    day: str  # {day}
    since: str  # {since}
    summary: str  # {places}, {articles}
    nothing: str
    chart: str
    large: str
    world: str
    beyond: str
    km: str
    inside: str  # {name}, {area}
    said: str  # {mentions}, {articles}
    more: str  # {count}
    untitled: str
    legend: Mapping[str, str]
    size: str
    notes: str
    unnamed: str
    apart: str
    at: str  # {place}
    nowhere: str
    outline: str
    none: str
    columns: Mapping[str, str]
    all: str
    sources: str
    kinds: Mapping[str, str]


WORDS: Final[Mapping[Language, Words]] = {
    "ar": Words(
        direction="rtl",
        heading="أماكن {of}",
        one="خبر «{title}»",
        some="الأخبار",
        many="أخبار {name}",
        day="أخبار يوم {day}",
        since="الأخبار منذ {since}",
        summary="عدد الأماكن: {places} · عدد الأخبار: {articles}",
        nothing="لا مكان في ما أُعطي.",
        chart="خريطة الأماكن",
        large="خريطة كبيرة فيها أسماء أكثر",
        world="خريطة العالم، وفيها إطار الخريطة الكبيرة",
        beyond="خارج إطار الخريطة:",
        km="{km} كم",
        inside="{name} (محافظة {area})",
        said="مرات الذكر: {mentions} · الأخبار: {articles}",
        more="… و{count} غيرها",
        untitled="(بلا عنوان)",
        legend={
            "town": "مدينة أو بلدة",
            "quarter": "حي",
            "site": "موقع",
            "ring": "محافظة أو منطقة",
            "ring apart": "لا إحداثيات له: مرسوم عند مدينة منه، أو عند ما يقع فيه",
            "land named": "دولة مذكورة",
        },
        size="الأكبر أكثر ذكرًا",
        notes="الإسقاط أسطواني متساوي الأبعاد، مقياسه صحيح على خط العرض الأوسط للخريطة، والشمال إلى الأعلى. أشر إلى"
        " العلامة، أو انقرها، لتفاصيلها.",
        unnamed="بعض الأسماء لم يتسع له المكان، وكلها في الجدول.",
        apart="ما ليس في موضعه على الخريطة",
        at="مرسوم عند {place}:",
        nowhere="غير مرسوم، إذ لا إحداثيات له ولا لما يقع فيه:",
        outline="حدود الدولة",
        none="بلا إحداثيات",
        columns={
            "place": "المكان",
            "kind": "النوع",
            "mentions": "الذكر",
            "articles": "الأخبار",
            "position": "الموضع",
            "why": "لماذا",
        },
        all="كل الأماكن",
        sources="حدود الدول من Natural Earth (ملك عام)، وهي للاستدلال وليست حكمًا على تبعية أرض. الأماكن من معجم "
        "مرصد؛ إحداثيات المدن من GeoNames (CC BY 4.0). الإحداثيات روابط إلى OpenStreetMap.",
        kinds={
            "country": "دولة",
            "governorate": "محافظة",
            "district": "قضاء",
            "subdistrict": "ناحية",
            "town": "مدينة أو بلدة",
            "neighbourhood": "حي",
            "site": "موقع",
        },
    ),
    "en": Words(
        direction="ltr",
        heading="Places in {of}",
        one="«{title}»",
        some="the articles",
        many="the articles of {name}",
        day="the news of {day}",
        since="the news since {since}",
        summary="{places} places · {articles} articles",
        nothing="No place in what was given.",
        chart="Map of the places",
        large="A large map with more names",
        world="Map of the world, with the frame of the large map",
        beyond="Beyond the map's frame:",
        km="{km} km",
        inside="{name} ({area})",
        said="mentions: {mentions} · articles: {articles}",
        more="… and {count} more",
        untitled="(untitled)",
        legend={
            "town": "town",
            "quarter": "quarter",
            "site": "site",
            "ring": "governorate or district",
            "ring apart": "without coordinates: drawn at a town in it, or at what it lies in",
            "land named": "country that is named",
        },
        size="larger: more mentions",
        notes="Equirectangular projection, true to scale along the map's middle latitude; north is up. Point at a "
        "mark, or tap it, for what is known of it.",
        unnamed="Some names found no room; the table has them all.",
        apart="What is not where it lies on the map",
        at="Drawn at {place}:",
        nowhere="Not drawn, for neither it nor what it lies in has coordinates:",
        outline="outline of the country",
        none="no coordinates",
        columns={
            "place": "Place",
            "kind": "Kind",
            "mentions": "Mentions",
            "articles": "Articles",
            "position": "Position",
            "why": "Why",
        },
        all="All places",
        sources="Outlines of countries are Natural Earth's (public domain); they are there to find one's way and do "
        "not say whose a land is. Places are from Marsad's gazetteer, coordinates of towns from GeoNames (CC "
        "BY 4.0). Coordinates link to OpenStreetMap.",
        kinds={
            "country": "country",
            "governorate": "governorate",
            "district": "district",
            "subdistrict": "subdistrict",
            "town": "town",
            "neighbourhood": "quarter",
            "site": "site",
        },
    ),
}
