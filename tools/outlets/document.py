# ruff: noqa: T201
"""`make outlets-doc`: writes docs/outlets.md and docs/outlets.ar.md from the shipped catalogue.

A test holds that they are current, so that they say what the files say; only the words around the tables are here.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from babel import Locale

from crawler.outlets.catalogue import PROVEN, Outlet, load_catalogue

DOCS = Path(__file__).parents[2] / "docs"

LEFT_OUT = {
    "qna": (
        "QNA, Qatar: no address of a feed or listing is known",
        "وكالة الأنباء القطرية: لا يُعرف لها عنوان خلاصة ولا صفحة أخبار",
    ),
    "reuters-ar": (
        "Reuters Arabic: its feeds were withdrawn",
        "رويترز بالعربية: أوقفت خلاصاتها",
    ),
    "saba-new": (
        "Saba (government), Yemen: no feed is known, and the site answered with errors",
        "سبأ (الحكومية)، اليمن: لا تُعرف لها خلاصة، والموقع أجاب بأخطاء",
    ),
    "spa": (
        "SPA, Saudi Arabia: the pages are made by scripts in a browser, and there is no feed",
        "واس، السعودية: صفحاتها تُبنى في المتصفح، ولا خلاصة لها",
    ),
    "tap": (
        "TAP, Tunisia: the host could not be reached in two surveys",
        "وات، تونس: تعذر الوصول إلى خادمها في مسحين",
    ),
}
"""Outlets that are known and have no way in: why, in English and Arabic."""

WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "title": "Outlets",
        "intro": (
            "Made by `make outlets-doc` from `crawler/outlets/*.yaml`; do not edit by hand. {n} outlets of {c}"
            " countries: {live} whose best way in a public source saw answer (**live**), {listed} that stand in"
            " somebody's list (**listed**), {guess} that are a **guess**. We fetched none of them ourselves:"
            " `marsad outlets --check ID` tries one for real from where you are; some answer one network and not"
            " another."
        ),
        "pages": (
            "*Pages* says when the shape of its article pages was last seen, by a saved page or a public scraper; the"
            " others go through general extraction and are unproven. What else is odd about an outlet, and where each"
            " fact is from, stands in its file. [How to add one](add-an-outlet.md) · [بالعربية](outlets.ar.md)."
        ),
        "head": "outlet|id|kind|ways in|pages|remarks",
        "general": "general",
        "left": "Known and left out",
        "left_intro": "No way in, at the date of the catalogue:",
        "feeds": "feed",
        "sitemaps": "news sitemap",
        "apis": "JSON",
        "listings": "page",
        "z_is_local": "its Z means local time",
        "feed_offset_is_false": "feed: UTC clocks under another offset",
        "accept_encoding": "only {}",
        "whole_text": "whole text in the feed",
        "family": "family {}",
        "language": "in {}",
        "comma": ", ",
        **{kind: kind for kind in ("agency", "paper", "television", "radio", "local", "rights", "magazine")},
        **{word: word for word in ("portal", "party", *PROVEN)},
    },
    "ar": {
        "title": "المصادر",
        "intro": (
            "يكتبها `make outlets-doc` من `crawler/outlets/*.yaml` فلا تُحرَّر باليد. عدد المصادر {n} من {c} بلدًا: منها"
            " {live} شهد مصدرٌ علني بأن أفضل مداخلها يجيب (**مثبتة**)، و{listed} ورد مدخلها في قائمة أحدهم (**مذكورة**)،"
            " و{guess} مدخلها تخمين (**مخمّنة**). لم نجلب نحن شيئًا منها: `marsad outlets --check ID` يجرّب المصدر فعلًا من"
            " حيث أنت، ومنها ما يجيب شبكة دون أخرى."
        ),
        "pages": (
            "عمود *الصفحات* يقول متى شوهد آخر مرة شكل صفحات أخباره، في صفحة محفوظة أو برنامج منشور؛ وما سواها يُستخرج"
            " بالطريقة العامة ولم يثبت بعد. وما يشذ به المصدر، ومن أين كل معلومة، في ملفه."
            " [كيف يُضاف مصدر](add-an-outlet.ar.md) · [In English](outlets.md)."
        ),
        "head": "المصدر|المعرّف|النوع|المداخل|الصفحات|ملاحظات",
        "general": "عامة",
        "left": "معروفة وليست هنا",
        "left_intro": "لا مدخل إليها عند تاريخ الفهرس:",
        "feeds": "خلاصة",
        "sitemaps": "خريطة أخبار",
        "apis": "واجهة JSON",
        "listings": "صفحة",
        "z_is_local": "حرف Z عنده وقت محلي",
        "feed_offset_is_false": "خلاصته تكتب وقت غرينتش بفارق آخر",
        "accept_encoding": "{} وحدهما",
        "whole_text": "النص كله في الخلاصة",
        "family": "عائلة {}",
        "language": "ب{}",
        "agency": "وكالة",
        "paper": "صحيفة",
        "television": "تلفزيون",
        "radio": "إذاعة",
        "local": "محلي",
        "rights": "حقوقي",
        "magazine": "مجلة",
        "portal": "موقع",
        "party": "حزبي",
        "live": "مثبتة",
        "listed": "مذكورة",
        "guess": "مخمّنة",
        "comma": "، ",
    },
}


def document(outlets: Sequence[Outlet], language: str) -> str:
    """The page in Markdown, `en` or `ar`: the outlets by country, as its readers sort them."""
    say = WORDS[language]
    countries: dict[str, list[Outlet]] = defaultdict(list)
    for outlet in outlets:
        countries[Locale(language).territories[outlet.country]].append(outlet)
    proven = Counter(outlet.proven for outlet in outlets)
    lines = [f"# {say['title']}", "", say["intro"].format(n=len(outlets), c=len(countries), **proven), "", say["pages"]]
    for country in sorted(countries):
        lines += ["", f"## {country}", "", *_table(countries[country], say, language)]
    lines += ["", f"## {say['left']}", "", say["left_intro"], ""]
    lines += [f"- {reasons[language == 'ar']} (`{name}`)" for name, reasons in LEFT_OUT.items()]
    text = "\n".join(lines) + "\n"
    return f'<div dir="rtl">\n\n{text}\n</div>\n' if language == "ar" else text


def _table(outlets: Iterable[Outlet], say: Mapping[str, str], language: str) -> list[str]:
    head = say["head"].split("|")
    rows = [head, ["---"] * len(head)]
    for outlet in sorted(outlets, key=lambda o: o.id):
        names = (outlet.name_ar, outlet.name_en) if language == "ar" else (outlet.name_en, outlet.name_ar)
        rows.append(
            [
                f"[{say['comma'].join(names)}]({outlet.homepage})",
                f"[`{outlet.id}`](../crawler/outlets/{outlet.id}.yaml)",
                say[outlet.kind],
                _ways(outlet, say),
                outlet.layout or say["general"],
                "; ".join(_remarks(outlet, say, language)),
            ]
        )
    return ["| " + " | ".join(row) + " |" for row in rows]


def _ways(outlet: Outlet, say: Mapping[str, str]) -> str:
    """«2 feed (live), page (guess)»: of each kind how many, and how far the best of them is proven."""
    said = []
    for kind in ("feeds", "sitemaps", "apis", "listings"):
        if ways := getattr(outlet, kind):
            best = min((way.proven for way in ways), key=PROVEN.index)
            said.append(f"{f'{len(ways)} × ' if len(ways) > 1 else ''}{say[kind]} ({say[best]})")
    return say["comma"].join(said)


def _remarks(outlet: Outlet, say: Mapping[str, str], language: str) -> Iterable[str]:
    if outlet.language != "ar":
        yield say["language"].format(Locale(language).languages[outlet.language])
    if outlet.family:
        yield say["family"].format(f"`{outlet.family}`")
    if outlet.z_is_local:
        yield say["z_is_local"]
    if outlet.feed_offset_is_false:
        yield say["feed_offset_is_false"]
    if outlet.accept_encoding:
        yield say["accept_encoding"].format(say["comma"].join(outlet.accept_encoding))
    if any(way.whole_text for way in outlet.ways):
        yield say["whole_text"]
    if outlet.telegram:
        yield f"Telegram [@{outlet.telegram}](https://t.me/s/{outlet.telegram})"


def files() -> dict[Path, str]:
    """The files that are made, with their text."""
    outlets = list(load_catalogue().values())
    return {DOCS / "outlets.md": document(outlets, "en"), DOCS / "outlets.ar.md": document(outlets, "ar")}


def main() -> int:
    """Writes the files; prints their names."""
    for path, text in files().items():
        path.write_text(text, encoding="utf-8")
        print(path.relative_to(DOCS.parent))
    return 0


if __name__ == "__main__":
    sys.exit(main())
