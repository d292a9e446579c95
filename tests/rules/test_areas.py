"""Places in rules.yaml: a name stands for all that lies within it, and what cannot be settled is refused with why."""

from __future__ import annotations

from pathlib import Path

import pytest

from alerts.places.opening import opener
from alerts.rules.check import check
from alerts.rules.engine import Engine
from alerts.rules.messages import Language
from alerts.rules.model import Document, Problem, RulesError
from alerts.rules.schema import Reading, parse_reading

GAZETTEER = opener(Path(__file__).parent / "none imported")
HEAD = "channels: {desk: {to: '@our_desk'}}\n"


def read(rule: str, top: str = "", language: Language = "en") -> Reading:
    text = f"{HEAD}{top}rules:\n- id: r\n  send: [desk]\n{rule}\n"
    return parse_reading(text, "rules.yaml", (), language, GAZETTEER)


def mistakes(rule: str, top: str = "", language: Language = "en") -> tuple[Problem, ...]:
    with pytest.raises(RulesError) as caught:
        read(rule, top, language)
    return caught.value.problems


def evidence(rule: str, text: str, top: str = "", title: str = "") -> list[tuple[str, str | None]]:
    """What of a text satisfies the rule, each with the place that it is evidence for."""
    engine = Engine.of(read(rule, top).rules, GAZETTEER)
    return [(e.surface, e.place) for match in engine.match(Document(title, text)) for e in match.evidence]


@pytest.mark.parametrize(
    ("where", "text", "found"),
    [
        ("سوريا", "انفجار في البوكمال", [("البوكمال", "سوريا")]),
        ("دير الزور", "انفجار في حي السيال في البوكمال", [("السيال", "دير الزور"), ("البوكمال", "دير الزور")]),
        ("SY-DY", "انفجار في الميادين شرق دير الزور", [("الميادين", "SY-DY"), ("دير الزور", "SY-DY")]),
        ("SY0902", "انفجار في البوكمال", [("البوكمال", "SY0902")]),
        ("'صور، لبنان'", "انفجار في مدينة صور", [("صور", "صور، لبنان")]),
        ("العراق", "انفجار في البوكمال", []),
        ("القدس", "نفت سرايا القدس ذلك", []),
        ("'صور، لبنان'", "نشرت الوكالة صور الحريق", []),
        ("'طرابلس، لبنان'", "اشتباكات بين طرابلس ومصراتة وبنغازي", []),
    ],
)
def test_a_place_of_where_is_met_by_all_that_lies_in_it(where: str, text: str, found: list[tuple[str, str]]) -> None:
    assert evidence(f"  where: [{where}]", text) == found


def test_a_name_that_several_places_bear_is_refused_with_its_candidates() -> None:
    (problem,) = mistakes("  where: [البوكمال, صور]")
    assert problem.code == "place-ambiguous"
    assert (problem.line, problem.column) == (5, 21)
    assert "لبنان" in problem.what
    assert "عمان" in problem.what
    (arabic,) = mistakes("  where: [صور]", language="ar")
    assert "أكثر من مكان" in arabic.what


@pytest.mark.parametrize("where", ["الرقة", "بغداد", "دمشق", "الموصل", "غزة", "'طرابلس، ليبيا'", "'عمان، الأردن'"])
def test_a_name_that_only_one_place_can_mean_is_taken(where: str) -> None:
    assert read(f"  where: [{where}]").warnings == ()


def test_a_name_that_the_gazetteer_lacks_stays_words_with_a_warning() -> None:
    (warning,) = read("  where: [وادي الزمرد الأزرق]").warnings
    assert warning.code == "place-unknown"
    found = evidence("  where: [وادي الزمرد الأزرق]", "حريق بوادي الزمرد الأزرق")
    assert found == [("بوادي الزمرد الأزرق", "وادي الزمرد الأزرق")]


def test_without_a_gazetteer_every_place_is_words() -> None:
    reading = parse_reading(HEAD + "rules: [{id: r, send: [desk], where: [صور]}]", "rules.yaml", ())
    assert reading.warnings == ()
    engine = Engine.of(reading.rules, GAZETTEER)
    assert [e.surface for m in engine.match(Document("", "نشرت صور الحريق")) for e in m.evidence] == ["صور"]


def test_a_rule_is_silent_where_not_where_stands_in_title_or_lead() -> None:
    rule = "  any: [قصف]\n  not_where: [حماة]"
    assert evidence(rule, "قصف على السلمية في ريف حماة وسقوط جرحى بين المدنيين") == []
    assert evidence(rule, "قصف على إدلب وسقوط جرحى بين المدنيين صباح اليوم")


def test_near_ties_a_term_to_what_lies_in_a_place() -> None:
    rule = "  any: [قصف]\n  where: [دير الزور]\n  near: {words: 4}"
    assert evidence(rule, "قصف عنيف على البوكمال") == [("قصف", None), ("البوكمال", "دير الزور")]
    assert evidence(rule, "قصف عنيف على مواقع بعيدة ثم عقد الأهالي اجتماعًا كبيرًا في البوكمال") == []


REGIONS = """regions:
  شرق الفرات كله: [الحسكة, SY11]
  حول دمشق: {within: 40 km of دمشق}
  وادي حقف: {within: SY, names: [وادي الحقف]}
"""


@pytest.mark.parametrize(
    ("region", "text", "surface"),
    [
        ("شرق الفرات كله", "حريق في القامشلي", "القامشلي"),
        ("شرق الفرات كله", "حريق في مدينة الرقة", "الرقة"),
        ("حول دمشق", "حريق في مدينة دوما", "دوما"),
        ("وادي حقف", "سيول في وادي حقف", "وادي حقف"),
        ("وادي حقف", "سيول في وادي الحقف", "وادي الحقف"),
    ],
)
def test_a_region_of_the_file_is_a_place_like_others(region: str, text: str, surface: str) -> None:
    ((said, place),) = evidence(f"  where: [{region}]", text, REGIONS)
    assert (said in surface or surface in said, place) == (True, region)
    assert evidence(f"  where: [{region}]", "حريق في بغداد وحلب", REGIONS) == []


def test_a_region_with_a_name_lies_within_its_country() -> None:
    assert evidence("  where: [سوريا]", "سيول في وادي الحقف", REGIONS)


@pytest.mark.parametrize(
    ("region", "code"),
    [
        ("{names: [وادي الحقف]}", "region-empty"),
        ("{within: 900 km of دمشق}", "circle-size"),
        ("{within: 30 km of البحر الأحمر}", "circle-centre"),
        ("[صور]", "place-ambiguous"),
        ("دمشق", "not-mapping"),
        ("{around: دمشق}", "key-unknown"),
    ],
)
def test_a_region_that_says_nothing_is_a_mistake(region: str, code: str) -> None:
    assert code in [problem.code for problem in mistakes("  where: [سوريا]", f"regions:\n  ر: {region}\n")]


@pytest.mark.parametrize(
    ("rule", "top", "fires"),
    [
        ("  where: [سوريا]\n  demonyms: true", "", True),
        ("  where: [سوريا]", "demonyms: true\n", True),
        ("  where: [سوريا]\n  demonyms: false", "demonyms: true\n", False),
        ("  where: [سوريا]", "", False),
        ("  where: [بغداد]\n  demonyms: true", "", False),
    ],
)
def test_adjectives_count_only_where_the_rule_asks(rule: str, top: str, fires: bool) -> None:
    assert bool(evidence(rule, "تحدث الجنود السوريون عن المعركة", top)) is fires


def test_a_city_has_its_adjective_too() -> None:
    assert evidence("  where: [بغداد]\n  demonyms: true", "أغنية بغدادية قديمة") == [("بغدادية", "بغداد")]


def test_check_runs_examples_with_places() -> None:
    rule = "  where: [دير الزور]\n  examples: {fires: [حريق في البوكمال], silent: [حريق في بغداد]}"
    assert check(read(rule), "en", GAZETTEER).failed == 0
    wrong = "  where: [دير الزور]\n  examples: {fires: [حريق في بغداد]}"
    assert check(read(wrong), "en", GAZETTEER).failed == 1


def test_the_places_of_an_article_come_with_its_matches() -> None:
    engine = Engine.of(read("  where: [سوريا]").rules, GAZETTEER, all_places=True)
    survey = engine.survey(Document("انفجار في البوكمال", "وأدان لبنان الهجوم"))
    assert [match.rule.id for match in survey.matches] == ["r"]
    assert [(hit.field, hit.surface, hit.record()["path"][:1]) for hit in survey.places] == [
        ("title", "البوكمال", ["SY"]),
        ("text", "لبنان", []),
    ]
