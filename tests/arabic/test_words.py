"""Shapes and forms of words, and the tables that they come from."""

from __future__ import annotations

import pytest

from alerts.arabic.clitics import HEAD_LENGTH, HEADS, TAIL_LENGTH, open_shapes, shapes
from alerts.arabic.folding import SEPARATORS, fold
from alerts.arabic.inflection import inflected_shapes
from alerts.arabic.lexicon import common_words, families, is_common, is_other_word, ta_marbuta
from alerts.arabic.words import within_number, written_words


def reads(term: str, word: str, *, all_forms: bool = False) -> bool:
    found = [*shapes(term), *(inflected_shapes(term) if all_forms else ())]
    folded = fold(word)
    return any(
        folded.startswith(head + stem) and folded[len(head + stem) :] in tails
        for stem, frame, _ in found
        for head, tails in frame.items()
    )


@pytest.mark.parametrize(
    "head", ["", "و", "ف", "ب", "ل", "ك", "ال", "وال", "بال", "كال", "لل", "وب", "ول", "وبال", "ولل", "فلل"]
)
def test_a_noun_is_read_after_every_head(head: str) -> None:
    assert reads("قصف", head + "قصف")


@pytest.mark.parametrize("pronoun", ["نا", "ك", "كما", "كم", "كن", "ه", "ها", "هما", "هم", "هن"])
def test_a_noun_is_read_before_every_pronoun_but_not_after_the_article(pronoun: str) -> None:
    assert reads("قصف", "قصف" + pronoun)
    assert reads("قصف", "وبقصف" + pronoun)
    assert not reads("قصف", "القصف" + pronoun)


@pytest.mark.parametrize("word", ["قصفي", "قصفني", "قصفية", "اقصف", "تقصف", "سقصف", "الللقصف", "بقصفا", "القصفا"])
def test_what_the_grammar_does_not_know_is_not_read(word: str) -> None:
    assert not reads("قصف", word)


def test_no_head_or_tail_is_longer_than_what_the_scanner_cuts_out() -> None:
    assert max(map(len, HEADS)) == HEAD_LENGTH
    tails = {
        tail
        for word in ("غارة", "مستشفى", "أبناء", "مسؤول", "عراقي", "دراسات")
        for shape in (*shapes(word), *inflected_shapes(word))
        for some in shape.frame.values()
        for tail in some
    }
    assert max(map(len, tails)) < TAIL_LENGTH


def test_any_ending_means_any() -> None:
    (shape,) = open_shapes("دراس")
    assert "ةالعليا" in shape.frame["ال"]


@pytest.mark.parametrize(
    ("term", "forms"),
    [
        ("غارة", "غارات غارتان الغارتين غارتي بغاراتهم غارتيهما"),
        ("عمل", "أعمال الأعمال أعماله عملان عملين"),
        ("مسؤول", "مسؤولون مسؤولين مسؤولو لمسؤولي مسؤولة المسؤولات مسؤولوها"),
        ("لبناني", "لبنانيون لبنانيين لبنانية اللبنانيات لبنانيتان"),
        ("مستوى", "مستويات مستويين"),
        ("وزراء", "وزير الوزير وزيرة وزيرين"),
        ("قوات", "قوة قوى"),
        ("مستثمرين", "مستثمر مستثمرون مستثمرة"),
        ("دولتين", "دولة دول"),
        ("كبير", "كبيرة كبار كبيرات"),
        ("كاميرا", "كاميرات"),
        ("نزاعات", "نزاع نزاعين"),
    ],
)
def test_all_forms_of_a_word_are_read(term: str, forms: str) -> None:
    for form in forms.split():
        assert reads(term, form, all_forms=True), form


@pytest.mark.parametrize(
    ("term", "others"),
    [
        ("مصر", "مصري مصرية مصريون"),
        ("مركز", "مركزي"),
        ("عمل", "عملة عملات"),
        ("عقدة", "عقد"),
        ("كتاب", "كاتب كتابة"),
        ("إعداد", "عدد"),
        ("مظاهرات", "مظاهر مظهر"),
        ("قطاع", "قطاعة"),
    ],
)
def test_other_words_are_no_forms(term: str, others: str) -> None:
    for other in others.split():
        assert not reads(term, other, all_forms=True), other


def test_every_family_has_a_singular_and_a_plural_of_plain_letters() -> None:
    for family in families():
        assert len(family) > 1, family
        assert all(word == ">" or (len(word) > 1 and not set(word) & set(SEPARATORS)) for word in family), family


def test_no_family_stands_twice_and_none_repeats_itself() -> None:
    assert len(set(families())) == len(families())
    assert [family for family in families() if len(set(family)) < len(family)] == []


def test_the_table_of_plurals_and_the_list_of_common_words_are_as_large_as_promised() -> None:
    assert len(families()) > 1000
    assert len(common_words()) > 3000


@pytest.mark.parametrize(
    ("head", "stem", "tail", "other"),
    [
        ("و", "احد", "", True),
        ("و", "احد", "ا", True),
        ("ب", "طاقت", "ه", True),
        ("وب", "طاقة", "", True),
        ("", "مال", "ك", True),
        ("و", "مال", "ك", True),
        ("ال", "بحر", "ين", True),
        ("ال", "طاقة", "", False),
        ("ال", "سنة", "", False),
        ("", "مال", "ه", False),
        ("", "واحد", "", False),
        ("وب", "قصف", "", False),
    ],
)
def test_a_reading_that_is_rather_another_word_is_known(head: str, stem: str, tail: str, other: bool) -> None:
    assert is_other_word(head, stem, tail) is other


def test_ha_is_read_for_ta_marbuta_only_where_it_is_no_pronoun() -> None:
    assert {"دوله", "مدينه"} <= ta_marbuta()
    assert not {"كتابه", "عمله", "اليه"} & ta_marbuta()
    assert is_common("كتاب")


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("ضربات جوية", ["ضربات", "جوية"]),
        ("U.N.", ["u", "n"]),
        ("قصفًا", ["قصفًا"]),
        ("كوفيد-19", ["كوفيد", "19"]),
        ("…", []),
        ("\ud800", []),
    ],
)
def test_a_term_falls_into_its_words(written: str, words: list[str]) -> None:
    assert written_words(written) == words


@pytest.mark.parametrize(
    ("text", "part", "inside"), [("3.5 ", "3", True), ("1,500 ", "500", True), ("عام 3. ثم ", "3", False)]
)
def test_a_part_of_a_number_is_told_from_a_number(text: str, part: str, inside: bool) -> None:
    folded = fold(text)
    start = folded.index(part)
    assert within_number(folded, start, start + len(part)) is inside
