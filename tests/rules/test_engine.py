"""The engine: which rules an article satisfies, and by what."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alerts.rules.engine import Engine
from alerts.rules.evaluate import MAX_EVIDENCE
from alerts.rules.expression import HEAD, Condition, Near
from alerts.rules.model import Document, Evidence
from tests.rules.make import condition, fires, group, rule, surfaces, term

TITLE = "غارات على أطراف البوكمال"
LEAD = "قال ناشطون إن طائرات مجهولة نفذت ضربات جوية على مواقع قرب الحدود."
MORE = "ولم ترد أنباء عن ضحايا. وتشهد المدينة تدريبات ومناورات منذ أيام."
TEXT = "خاص\n" + LEAD + "\n" + MORE
DOCUMENT = Document(TITLE, TEXT, outlet="ahrar")


@pytest.mark.parametrize(
    ("name", "demand", "found"),
    [
        ("any of the terms", condition(["قصف", "ضربات جوية", "غارات"]), ["غارات", "ضربات جوية"]),
        ("none of the terms", condition(["قصف", "انفجار"]), None),
        ("all of them", condition(group(["غارات", "مواقع"], 2)), ["غارات", "مواقع"]),
        ("all but one", condition(group(["غارات", "مواقع", "قصف"], 3)), None),
        ("two of three", condition(group(["غارات", "مواقع", "قصف"], 2)), ["غارات", "مواقع"]),
        ("a place", condition(where=["البوكمال"]), ["البوكمال"]),
        ("a term and a place", condition(["غارات"], where=["البوكمال", "الميادين"]), ["غارات", "البوكمال"]),
        ("a term without its place", condition(["غارات"], where=["الميادين"]), None),
        ("a place without its term", condition(["قصف"], where=["البوكمال"]), None),
        (
            "weights that add up",
            condition(group([term("غارات", weight=2), term("قصف", weight=3), term("مواقع")], 3)),
            ["غارات", "مواقع"],
        ),
        ("weights that do not", condition(group([term("غارات", weight=2), term("قصف", weight=3)], 3)), None),
        (
            "a group in a group",
            condition(group([group(["غارات", "قصف"]), group(["مواقع", "طائرات"], 2)], 2)),
            ["غارات", "طائرات", "مواقع"],
        ),
        ("only the parts that hold", condition([group(["غارات", "قصف"], 2), "مواقع"]), ["مواقع"]),
        ("a group counts by its weight", condition(group([group(["غارات"], weight=2), "قصف"], 2)), ["غارات"]),
        ("a term twice is evidence once", condition(group(["غارات", group(["غارات"])], 2)), ["غارات"]),
    ],
)
def test_a_rule_fires_when_its_demands_add_up(name: str, demand: Condition, found: list[str] | None) -> None:
    assert fires(demand, TEXT, TITLE) == found


@pytest.mark.parametrize(
    ("name", "demand", "silent"),
    [
        ("in the title", condition(["غارات"], none=[term("أطراف", scopes=HEAD)]), True),
        ("in the lead", condition(["غارات"], none=[term("طائرات", scopes=HEAD)]), True),
        ("far down", condition(["غارات"], none=[term("مناورات", scopes=HEAD)]), False),
        ("far down, if asked for", condition(["غارات"], none=["مناورات"]), True),
        ("a group of which one is missing", condition(["غارات"], none=[group(["تدريبات", "مسلسل"], 2)]), False),
        ("a group that is there", condition(["غارات"], none=[group(["تدريبات", "مناورات"], 2)]), True),
        ("absent", condition(["غارات"], none=["مسلسل"]), False),
    ],
)
def test_what_none_names_silences_a_rule_where_it_looks(name: str, demand: Condition, silent: bool) -> None:
    assert (fires(demand, TEXT, TITLE) is None) is silent


@pytest.mark.parametrize(
    ("scopes", "found"),
    [
        (("title",), ["البوكمال"]),
        (("lead",), None),
        (("text",), None),
        (("title", "lead"), ["البوكمال"]),
    ],
)
def test_a_term_counts_only_in_its_scopes(scopes: tuple[str, ...], found: list[str] | None) -> None:
    assert fires(condition([term("البوكمال", scopes=scopes)]), TEXT, TITLE) == found  # type: ignore[arg-type]


def test_the_lead_is_the_first_paragraph_of_eight_words() -> None:
    lead = term("ناشطون", scopes=("lead",))
    assert fires(condition([lead]), TEXT, TITLE) == ["ناشطون"]
    assert fires(condition([lead]), "قال ناشطون إن الهدنة انتهت\n" + MORE) is None
    assert fires(condition([lead]), "قال ناشطون") is None, "a text without such a paragraph has no lead"


# -- evidence ------------------------------------------------------------------------------------------------------


def test_evidence_names_field_place_and_surface_in_the_order_of_the_article() -> None:
    (match,) = Engine([rule("r", condition(["مواقع", "غارات"], where=["البوكمال"]))]).match(DOCUMENT)
    at = TEXT.index("مواقع")
    assert match.evidence == (
        Evidence("title", 0, 5, "غارات", term="غارات"),
        Evidence("title", 16, 24, "البوكمال", place="البوكمال"),
        Evidence("text", at, at + 5, "مواقع", term="مواقع"),
    )


def test_evidence_lists_every_occurrence_with_its_clitics() -> None:
    text = "والغارة الأولى ثم غارتهم الثانية وبالغارة الثالثة"
    assert fires(condition(["غارة"]), text) == ["والغارة", "غارتهم", "وبالغارة"]


def test_evidence_lists_the_first_thousand_occurrences_of_each_term() -> None:
    text = "غارة " * 1500 + "قصف " * 3
    found = fires(condition(["غارة", "قصف"]), text)
    assert found is not None
    assert (found.count("غارة"), found.count("قصف")) == (MAX_EVIDENCE, 3)
    assert MAX_EVIDENCE == 1000


def test_positions_count_code_points_of_the_text_as_given() -> None:
    text = "\U0001f534 عاجل | غَـــارَةٌ\u200f على ﺍﻟﺒﻮﻛﻤﺎﻝ\ud800"
    (match,) = Engine([rule("r", condition(["غارة"], where=["البوكمال"]))]).match(Document("", text))
    assert surfaces(match) == ["غَـــارَةٌ", "ﺍﻟﺒﻮﻛﻤﺎﻝ"]
    assert [text[e.start : e.end] for e in match.evidence] == surfaces(match)


def test_a_term_stands_in_title_or_text_and_never_across_them() -> None:
    assert fires(condition(["ضربة جوية"]), "جوية على الموقع", "ضربة") is None
    assert fires(condition(["«ضربة جوية»"]), "جوية على الموقع", "ضربة") is None


# -- what is not article -------------------------------------------------------------------------------------------


def test_only_what_is_kept_counts_and_positions_stay_those_of_the_input() -> None:
    text = "قصف على الريف\nتابعونا بعد غارة\nغارة ثانية"
    second = text.rindex("غارة")
    kept = ((0, 13), (second, len(text)))
    (match,) = Engine([rule("r", condition(["غارة"]))]).match(Document("", text, kept=kept))
    assert [(e.start, e.surface) for e in match.evidence] == [(second, "غارة")]


def test_a_phrase_does_not_span_what_was_left_out() -> None:
    text = "ضربة (إعلان) جوية"
    assert fires(condition(["ضربة جوية"]), text, kept=((0, 5), (13, 17))) is None
    assert fires(condition(["ضربة جوية"]), text, kept=((0, 0),)) is None


def test_the_lead_is_looked_for_in_what_is_kept() -> None:
    advert = "اشترك الآن في نشرتنا البريدية لتصلك كل الأخبار أولا بأول"
    text = advert + "\n" + LEAD
    demand = condition([term("ضربات جوية", scopes=("lead",))])
    assert fires(demand, text) is None
    assert fires(demand, text, kept=((len(advert), len(text)),)) == ["ضربات جوية"]


# -- rules and documents -------------------------------------------------------------------------------------------


def test_matches_come_in_the_order_of_the_rules() -> None:
    rules = [rule(name, condition([word])) for name, word in (("c", "مواقع"), ("a", "غارات"), ("b", "طائرات"))]
    assert [match.rule.id for match in Engine(rules).match(DOCUMENT)] == ["c", "a", "b"]


def test_only_rules_of_the_statuses_asked_for_match() -> None:
    rules = [rule(status, condition(["غارات"]), status) for status in ("draft", "test", "live")]
    engine = Engine(rules)
    assert [match.rule.id for match in engine.match(DOCUMENT)] == ["test", "live"]
    assert [match.rule.id for match in engine.match(DOCUMENT, ("live",))] == ["live"]
    assert [match.rule.id for match in engine.match(DOCUMENT, ("draft", "test", "live"))] == ["draft", "test", "live"]


@pytest.mark.parametrize(
    ("outlet", "matched"), [(None, ["all", "one"]), ("ahrar", ["all", "one"]), ("other", ["all"]), ("unknown", ["all"])]
)
def test_a_rule_of_some_outlets_matches_those_and_documents_without_one(outlet: str | None, matched: list[str]) -> None:
    rules = [rule("all", condition(["غارات"])), rule("one", condition(["غارات"]), outlets=("ahrar",))]
    assert [match.rule.id for match in Engine(rules).match(Document(TITLE, TEXT, outlet))] == matched


def test_an_article_that_is_ignored_matches_no_rule() -> None:
    engine = Engine([rule("r", condition(["غارات"]))], [condition([term("مسلسل", scopes=("title",))])])
    assert engine.match(DOCUMENT)
    assert not engine.match(Document("غارات في مسلسل جديد", TEXT))
    assert engine.match(Document(TITLE, TEXT + "\nمسلسل جديد")), "an exclusion looks where it says"


def test_an_exclusion_has_exceptions_of_its_own() -> None:
    engine = Engine([rule("r", condition(["غارات"]))], [condition(["مواقع"], none=["طائرات"])])
    assert engine.match(DOCUMENT)


@pytest.mark.parametrize(
    "document", [Document("", ""), Document("", "\n\n"), Document("!", "…"), Document("\ud800", "\udfff")]
)
def test_an_empty_article_matches_nothing(document: Document) -> None:
    assert Engine([rule("r", condition(["غارات"], none=["قصف"]))]).match(document) == ()


def test_no_rules_match_nothing() -> None:
    assert Engine([]).match(DOCUMENT) == ()


def test_a_term_without_letters_finds_nothing() -> None:
    for written in ("…", "«!»", "*"):
        assert fires(condition([written, "غائب"]), TEXT, TITLE) is None


def test_rules_that_share_terms_are_each_decided_for_themselves() -> None:
    rules = [
        rule("strike", condition(["غارات"], where=["البوكمال"])),
        rule("elsewhere", condition(["غارات"], where=["درعا"])),
        rule("title", condition([term("غارات", scopes=("title",))])),
        rule("text", condition([term("غارات", scopes=("text",))])),
        rule("forms", condition([term("غارة", forms="all")])),
        rule("given", condition(["غارة"])),
    ]
    assert [match.rule.id for match in Engine(rules).match(DOCUMENT)] == ["strike", "title", "forms"]


# -- near ----------------------------------------------------------------------------------------------------------

SCATTERED = (
    "غارة على الميادين صباحا. ثم هدوء في البوكمال حتى المساء.\n"
    "وقع قصف قرب دير الزور، وسمع دوي انفجار.\n"
    "لا أنباء عن غارة أخرى."
)


@pytest.mark.parametrize(
    ("near", "where", "found"),
    [
        (Near("words", 2), ["الميادين"], ["غارة", "الميادين"]),
        (Near("words", 1), ["الميادين"], None),
        (Near("words", 6), ["البوكمال"], None),
        (Near("words", 7), ["البوكمال"], ["غارة", "البوكمال"]),
        (Near("sentence"), ["البوكمال"], None),
        (Near("sentence"), ["البوكمال", "الميادين"], ["غارة", "الميادين"]),
        (Near("paragraph"), ["البوكمال"], ["غارة", "البوكمال"]),
        (Near("paragraph"), ["دير الزور"], None),
        (Near("lead"), ["البوكمال"], ["غارة", "البوكمال"]),
        (Near("title"), ["البوكمال"], None),
        (None, ["دير الزور"], ["غارة", "دير الزور", "غارة"]),
    ],
)
def test_a_term_and_a_place_must_stand_as_near_as_asked(
    near: Near | None, where: list[str], found: list[str] | None
) -> None:
    assert fires(condition(["غارة"], where, near), SCATTERED) == found


def test_near_in_the_title_means_both_in_the_title() -> None:
    demand = condition(["غارات"], ["البوكمال"], Near("title"))
    assert fires(demand, "غارات على البوكمال", "غارات أطراف البوكمال") == ["غارات", "البوكمال"]
    assert fires(demand, "غارات على البوكمال", "غارات على الحدود") is None


def test_a_word_of_the_title_is_near_no_word_of_the_text() -> None:
    assert fires(condition(["غارة"], ["البوكمال"], Near("words", 50)), "البوكمال", "غارة") is None
    assert fires(condition(["غارة"], ["البوكمال"], Near("sentence")), "البوكمال", "غارة") is None


@pytest.mark.parametrize(
    ("near", "found"),
    [
        (Near("words", 3), None),
        (Near("words", 5), ["قصف", "انفجار"]),
        (Near("sentence"), ["قصف", "انفجار"]),
    ],
)
def test_without_places_the_parts_of_the_group_must_stand_near_each_other(near: Near, found: list[str] | None) -> None:
    text = "قصف عنيف ثم دوي انفجار. هدوء منذ ذلك الحين في كل أحياء المدينة وريفها الشرقي. انفجار"
    assert fires(condition(group(["قصف", "انفجار"], 2), near=near), text) == found


def test_all_terms_must_be_near_the_same_place() -> None:
    demand = condition(group(["قصف", "غارة"], 2), ["درعا", "إدلب"], Near("sentence"))
    assert fires(demand, "قصف في درعا. غارة في إدلب.") is None
    assert fires(demand, "قصف في درعا. غارة وقصف في إدلب.") == ["غارة", "وقصف", "إدلب"]


def test_phrases_are_as_near_as_their_nearest_words() -> None:
    demand = condition(["ضربات جوية"], ["دير الزور"], Near("words", 2))
    assert fires(demand, "ضربات جوية قرب دير الزور") == ["ضربات جوية", "دير الزور"]
    assert fires(demand, "دير الزور تشهد ضربات جوية") == ["دير الزور", "ضربات جوية"]
    assert fires(demand, "دير الزور لم تشهد ضربات جوية") is None


def test_what_near_leaves_silent_none_does_not_wake() -> None:
    demand = condition(["غارة"], ["دير الزور"], Near("sentence"), none=["هدوء"])
    assert fires(demand, SCATTERED) is None


def test_a_sentence_does_not_end_inside_a_number_or_after_one_letter() -> None:
    demand = condition(["زلزال"], ["إدلب"], Near("sentence"))
    assert fires(demand, "زلزال بقوة 3.5 درجات قال د. سمير إنه قرب إدلب") == ["زلزال", "إدلب"]
    assert fires(demand, "زلزال جديد! إدلب تنتظر") is None


# -- trace ---------------------------------------------------------------------------------------------------------


def test_a_trace_says_of_every_demand_whether_it_is_met_and_by_what() -> None:
    asked = rule(
        "r",
        condition(["غارات", "قصف"], ["البوكمال"], Near("title"), none=[term("مناورات", scopes=HEAD)]),
        outlets=("ahrar",),
    )
    trace = Engine([]).trace(asked, DOCUMENT)
    assert trace.fires
    assert [(step.what, step.met) for step in trace.steps] == [
        ("outlet", True),
        ("wanted", True),
        ("where", True),
        ("near", True),
        ("none", True),
    ]
    wanted = trace.steps[1]
    assert [(part.term, part.met, len(part.found)) for part in wanted.parts] == [("غارات", True, 1), ("قصف", False, 0)]
    assert [e.place for e in trace.steps[2].parts[0].found] == ["البوكمال"]
    assert [e.surface for e in trace.steps[3].found] == ["غارات", "البوكمال"]


@pytest.mark.parametrize(
    ("demand", "missed"),
    [
        (condition(["قصف"]), ["wanted"]),
        (condition(["غارات"], ["درعا"]), ["where"]),
        (condition(["غارات"], none=["أطراف"]), ["none"]),
        (condition(["مواقع"], ["البوكمال"], Near("sentence")), ["near"]),
        (condition(["قصف"], ["درعا"], none=["أطراف"]), ["wanted", "where", "none"]),
    ],
)
def test_a_trace_says_what_is_missed(demand: Condition, missed: list[str]) -> None:
    trace = Engine([]).trace(rule("r", demand), DOCUMENT)
    assert not trace.fires
    assert [step.what for step in trace.steps if not step.met] == missed


def test_a_trace_names_the_exclusion_and_the_outlet_that_silence_a_rule() -> None:
    engine = Engine([], [condition(["مناورات"]), condition(["مسلسل"])])
    trace = engine.trace(rule("r", condition(["غارات"]), outlets=("other",)), DOCUMENT)
    assert [(step.what, step.met) for step in trace.steps] == [
        ("outlet", False),
        ("ignore", False),
        ("ignore", True),
        ("wanted", True),
    ]
    assert [e.surface for e in trace.steps[1].found] == ["ومناورات"]
    assert trace.match is None


@pytest.mark.parametrize("status", ["draft", "test", "live"])
def test_trace_and_match_agree_whatever_the_status(status: str) -> None:
    for demand in (condition(["غارات"]), condition(["غارات"], none=["أطراف"]), condition(["قصف"])):
        asked = rule("r", demand, status)
        engine = Engine([asked])
        matches = engine.match(DOCUMENT, ("draft", "test", "live"))
        assert engine.trace(asked, DOCUMENT).match == (matches[0] if matches else None)


# -- none inside a group -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("قصف على الأطراف", ["قصف"]),
        ("قصف في مباراة على الأطراف", None),
        ("قصف في مباراة وانفجار على الأطراف", ["وانفجار"]),
    ],
)
def test_a_group_holds_only_where_nothing_of_its_own_none_does(text: str, found: list[str] | None) -> None:
    shelling = replace(group(["قصف"]), none=group(["مباراة"]).parts)
    assert fires(condition([shelling, "انفجار"]), text) == found


def test_a_groups_none_is_told_in_the_trace() -> None:
    shelling = replace(group(["قصف"]), none=group(["مباراة"]).parts)
    one = rule("r", condition([shelling]))
    trace = Engine([one]).trace(one, Document("", "قصف في مباراة"))
    wanted = next(step for step in trace.steps if step.what == "wanted")
    none = wanted.parts[0].parts[-1]
    assert (trace.fires, none.what, none.met, none.parts[0].term) == (False, "none", False, "مباراة")
