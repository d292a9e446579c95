"""Agencies: who signed, in which of the forms that signatures take."""

from __future__ import annotations

import pytest

from crawler.extract.agencies import agencies_in, agency_named, dateline_agency
from tests.extract.samples import BODY, LEAD, SECOND, json_ld, news, outlet, page, paragraphs, read

SIGNED = {
    "(رويترز)": "رويترز",
    "--(بترا)": "بترا",
    "أ ف ب": "أ ف ب",
    "أ.ف.ب": "أ ف ب",
    "فرانس برس": "أ ف ب",
    "AFP": "أ ف ب",
    "© Reuters": "رويترز",
    "وام": "وام",
    "(واس)": "واس",
    "سانا": "سانا",
    "د ب أ": "د ب أ",
    "وكالة الأناضول": "الأناضول",
    "أسوشيتد برس": "أ ب",
    "AP": "أ ب",
    "سبوتنيك": "سبوتنيك",
    "المصدر: رويترز + وكالات": "رويترز، وكالات",
    "(أ ف ب، رويترز)": "أ ف ب، رويترز",
    "رويترز - أ ف ب": "رويترز، أ ف ب",
    "--(بترا) س ع/م ن 23/11/2026 10:15:00": "بترا",
}


@pytest.mark.parametrize(("signature", "name"), SIGNED.items())
def test_a_signature_goes_from_the_text_and_names_the_source(signature: str, name: str) -> None:
    article = read(page(f"<article>{paragraphs(LEAD, SECOND, signature)}</article>"))
    assert (article.paragraphs, article.source, article.reasons["source"]) == ((LEAD, SECOND), name, "signature")


@pytest.mark.parametrize(
    ("tail", "name"),
    [
        ("--(بترا)", "بترا"),
        (" (رويترز)", "رويترز"),
        (" – أ ف ب", "أ ف ب"),
        ("--(بترا) س ع/م ن23/11/2026 10:15:00", "بترا"),
        (" [وام]", "وام"),
    ],
)
def test_a_signature_glued_to_the_last_paragraph_names_the_source_too(tail: str, name: str) -> None:
    article = read(page(f"<article>{paragraphs(LEAD, SECOND + tail)}</article>"))
    assert (article.paragraphs, article.source) == ((LEAD, SECOND), name)


def test_the_editors_initials_and_clock_at_the_end_go_though_nobody_signed() -> None:
    article = read(page(f"<article>{paragraphs(LEAD, SECOND + 'س ع/م ن23/11/2026 10:15:00')}</article>"))
    assert (article.paragraphs, article.source) == ((LEAD, SECOND), None)


@pytest.mark.parametrize(
    ("opening", "name"),
    [
        ("عمّان 23 تشرين الثاني (بترا) -- أكد الوزير", "بترا"),
        ("أبوظبي في 23 نوفمبر / وام / بحث الوزيران", "وام"),
        ("واشنطن (أ ف ب) - قال المتحدث", "أ ف ب"),
        ("رويترز - قال المتحدث", "رويترز"),
        ("دمشق-سانا", "سانا"),
        ("دمشق-سانا أعادت الورشات التيار", "سانا"),
        ("طرابزون/ الأناضول أعلنت البلدية", "الأناضول"),
        ("إسطنبول/ مراسل الأناضول/ افتتح المعرض", "الأناضول"),
        ("أنقرة / سليم دمير / الأناضول ارتفعت الأسعار", "الأناضول"),
        ("دمشق/ وفا الوزير بوعده", ""),
        ("حلب/ أب يبحث عن ابنه", ""),
        ("حلب - كونا فريقا واحدا", ""),
        ("دمشق - سانا - أكد الوزير", "سانا"),
        ("رام الله 23-11-2026 وفا- قال المحافظ", "وفا"),
        ("جدة (واس): بحث الوزيران", "واس"),
        ("قالت وكالة رويترز إن الحصيلة ارتفعت", ""),
        ("وفا الوزير بوعده (بعد عام) - وعاد", ""),
        ("قال المدير (وفا لأهله) إنه باق", ""),
        ("دمشق - المدينة القديمة", ""),
        ("", ""),
    ],
)
def test_a_dateline_names_the_agency(opening: str, name: str) -> None:
    assert dateline_agency(opening) == name


def test_the_dateline_stays_in_the_text_and_gives_the_source() -> None:
    opening = f"دمشق (رويترز) - {LEAD}"
    article = read(page(f"<article>{paragraphs(opening, SECOND)}</article>"))
    assert (article.paragraphs, article.source, article.reasons["source"]) == ((opening, SECOND), "رويترز", "dateline")


def test_an_author_who_is_an_agency_is_the_source_and_a_person_is_not() -> None:
    assert read(page(head=json_ld(news(author={"name": "وكالة رويترز"})))).source == "رويترز"
    assert read(page(head=json_ld(news(author="وفاء العلي")))).source is None
    assert agency_named(["محمد وفا"]) == ""


def test_an_outlet_that_says_source_and_names_none_gives_none() -> None:
    article = read(page(f"<article>{paragraphs(*BODY, 'المصدر:')}</article>"), outlet())
    assert (article.paragraphs, article.source) == (BODY, None)


def test_agencies_are_named_once_in_their_order() -> None:
    assert agencies_in("رويترز / AFP / Reuters") == "رويترز، أ ف ب"
    assert agencies_in("المحرر") == ""
