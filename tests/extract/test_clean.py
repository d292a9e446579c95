"""Which parts of an article's lines are article."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extract.clean import MUCH, Line, clean, is_headline, is_marker, kept_spans
from crawler.outlets.catalogue import load_catalogue

FIRST = "وصلت قافلة المساعدات إلى مدخل المدينة بعد انتظار دام يومين عند الحاجز الشمالي."
SECOND = "وذكر مدير المستشفى الميداني أن الطواقم استقبلت عشرات الجرحى منذ ساعات الفجر الأولى."
LAST = "ولم تصدر السلطات المحلية بيانا حول أسباب التأخير حتى مساء أمس."
HEADLINE = "انقطاع الكهرباء عن ثلاثة أحياء في حمص"


def kept(*lines: str, boilerplate: tuple[str, ...] = ()) -> list[str]:
    """The kept pieces of flat text."""
    text = "\n".join(lines)
    spans = kept_spans(text, [re.compile(p) for p in boilerplate])
    return [piece for a, b in spans for piece in text[a:b].split("\n")]


MARKERS = [
    "طالع أيضًا:",
    "طالع أيضا",
    "طالع ايضا :",
    "اقرأ أيضًا",
    "اقرأ أيضاً:",
    "إقرأ أيضا",
    "إقرأ أيضًا..",
    "اقرأوا أيضا",
    "اقرؤوا أيضا",
    "اقرئي أيضا",
    "اقرأ المزيد",
    "اقرأ المزيد:",
    "شاهد أيضًا",
    "تابع المزيد",
    "انظر أيضا",
    "مواضيع ذات صلة",
    "مواضيع ذات صلة:",
    "موضوعات ذات صلة",
    "المواضيع ذات الصلة",
    "أخبار ذات صلة",
    "مقالات ذات صلة",
    "أخبار متعلقة",
    "مواضيع مشابهة",
    "ذات صلة",
    "قد يهمك أيضًا",
    "قد يعجبك أيضا:",
    "الأكثر قراءة",
    "للمزيد:",
    "◄ اقرأ أيضاً",
    "## طالع أيضا ##",
    "«اقرأ أيضا»",
    "طَالِعْ أَيْضًا",
    "اقــرأ أيضا",
    "Read also:",
    "Related articles",
]


@pytest.mark.parametrize("marker", MARKERS)
def test_a_marker_goes_with_the_headlines_right_after_it(marker: str) -> None:
    assert kept(FIRST, marker, HEADLINE, "وزير الصحة يزور الجنوب", SECOND, LAST) == [FIRST, SECOND, LAST]


@pytest.mark.parametrize("marker", MARKERS)
def test_a_marker_at_the_end_goes_too(marker: str) -> None:
    assert kept(FIRST, SECOND, marker, HEADLINE) == [FIRST, SECOND]


@pytest.mark.parametrize(
    "line",
    [
        f"اقرأ أيضا: {HEADLINE}",
        f"اقرأ أيضًا {HEADLINE}",
        f"طالع أيضًا : {HEADLINE}",
        f"شاهد أيضا| {HEADLINE}",
        f"أخبار ذات صلة: {HEADLINE}",
        f"اقرأ أيضا: {HEADLINE}.",
    ],
)
def test_a_marker_with_its_headline_on_one_line_goes(line: str) -> None:
    assert kept(FIRST, line, SECOND) == [FIRST, SECOND]


@pytest.mark.parametrize(
    "line",
    [
        "وقال لطلابه: اقرأ أيضا ما كتبه المؤرخون عن تلك المرحلة.",
        "ونصح الكاتب قراءه بالقول طالع أيضا روايات الجيل السابق.",
        "اقرأ المزيد من الكتب، هكذا أوصى الشاعر الراحل تلاميذه في آخر لقاء جمعهم به في بيته القديم.",
        "أخبار متعلقة بالهدنة وصلت إلى العواصم الكبرى",
        "تابع أيضا الوزير سير العمل في الورشات خلال جولته.",
        "شاهد عيان يروي ما جرى في السوق",
    ],
)
def test_a_marker_inside_prose_is_prose(line: str) -> None:
    assert kept(FIRST, line, SECOND) == [FIRST, line, SECOND]


def test_a_marker_that_ends_a_paragraph_takes_the_headlines_after_it() -> None:
    assert kept(f"{FIRST} طالع أيضا:", HEADLINE, SECOND) == [FIRST, SECOND]


def test_a_marker_and_headline_that_end_a_paragraph_go() -> None:
    assert kept(f"{FIRST} اقرأ أيضا: {HEADLINE}", SECOND) == [FIRST, SECOND]


def test_empty_lines_do_not_end_a_related_block() -> None:
    assert kept(FIRST, "اقرأ أيضا:", "", HEADLINE, "  ", "موجة حر تضرب الساحل", SECOND) == [FIRST, SECOND]


def test_a_body_paragraph_ends_the_related_block() -> None:
    subheading = "خلفية الأزمة"
    assert kept(FIRST, "اقرأ أيضا:", HEADLINE, SECOND, subheading, LAST) == [FIRST, SECOND, subheading, LAST]


def test_a_paragraph_without_full_stop_is_kept_from_twenty_words_on() -> None:
    nineteen, twenty = " ".join(["كلمة"] * 19), " ".join(["كلمة"] * 20)
    assert kept(FIRST, "اقرأ أيضا:", twenty, SECOND) == [FIRST, twenty, SECOND]
    assert kept(FIRST, "اقرأ أيضا:", nineteen, SECOND) == [FIRST, SECOND]


def test_a_block_takes_links_of_any_length_but_not_without_end() -> None:
    link = Line("عنوان طويل ينتهي بنقطة رغم أنه رابط إلى خبر آخر.", is_link=True)
    assert clean([Line("اقرأ أيضا"), link, Line(FIRST)]).spans == ((), (), ((0, len(FIRST)),))
    many = clean([Line("اقرأ أيضا"), *[Line(f"عنوان رقم {n}") for n in range(30)]])
    assert 0 < sum(not s for s in many.spans) < 15


def test_headlines_without_a_marker_are_kept() -> None:
    assert kept(FIRST, HEADLINE, SECOND) == [FIRST, HEADLINE, SECOND]


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("هدوء حذر في المدينة", True),
        ("هدوء حذر.. والأهالي يعودون", True),
        ("ارتفاع بنسبة 3.5 بالمئة في أسعار الوقود", True),
        ("هل تعود المفاوضات؟", True),
        ("عاد الأهالي إلى بيوتهم.", False),
        ("«عدنا إلى بيوتنا.»", False),
        ("عاد الأهالي. وفتحت الأسواق", False),
        ("وقع ذلك عام 2025.", False),
    ],
)
def test_a_headline_has_no_full_stop(text: str, is_one: bool) -> None:
    assert is_headline(text) is is_one


NOTICES = [
    "تابعونا على فيسبوك",
    "تابعونا على تلغرام",
    "تابعونا:",
    "تابعنا عبر",
    "تابعنا عبر تطبيق نبض",
    "تابعوا آخر الأخبار عبر غوغل نيوز",
    "تابع أخبار الساعة وانضم إلى ملايين القراء على تطبيق نبض",
    "لمتابعة أهم الأخبار انضموا إلى قناتنا على واتساب",
    "ولمتابعة كل جديد يمكنكم زيارة صفحتنا على إنستغرام",
    "اشترك في نشرتنا البريدية لتصلك أهم الأخبار",
    "اشتركوا الآن في خدمة التنبيهات",
    "انضموا إلى قناتنا على تيليجرام",
    "حمّل تطبيق الصحيفة الآن",
    "إضافة تعليق جديد",
    "جميع الحقوق محفوظة لدار النشر 2026",
    "شارك الخبر",
    "للمزيد من التفاصيل اضغط هنا",
    "الآراء الواردة في هذا المقال لا تعبر بالضرورة عن رأي الصحيفة",
    "The post خبر appeared first on موقع.",
]


@pytest.mark.parametrize("notice", NOTICES)
def test_what_an_outlet_says_of_itself_goes_wherever_it_stands(notice: str) -> None:
    assert kept(FIRST, notice, SECOND) == [FIRST, SECOND]
    assert kept(FIRST, SECOND, notice) == [FIRST, SECOND]


@pytest.mark.parametrize("notice", NOTICES)
def test_a_notice_that_is_one_sentence_of_a_paragraph_goes_alone(notice: str) -> None:
    assert kept(f"{FIRST} {notice}") == [FIRST]


@pytest.mark.parametrize(
    "prose",
    [
        "تابع الرئيس المباراة النهائية عبر تطبيق زوم من مكتبه.",
        "تابعنا الحدث من غرفة الأخبار حتى الصباح.",
        "حمل تطبيق القانون الجديد مفاجآت كثيرة للموظفين وأثار اعتراضات واسعة بين النقابات المهنية في البلاد.",
        "سجل المقطع ملايين المشاهدات على يوتيوب خلال ساعات.",
        "انضم الوزير إلى الوفد المفاوض في جنيف.",
        "اشترك اللاعب في المباراة بعد شفائه.",
        "قال المتحدث إن الحساب على تلغرام مزور ولا يعبر عن الجماعة.",
        "وأعلنت الشركة أن جميع الحقوق في الصفقة انتقلت إلى المالك الجديد.",
        "وشارك الخبر على صفحته نجم الكرة المعتزل.",
    ],
)
def test_prose_about_following_and_joining_is_kept(prose: str) -> None:
    assert kept(FIRST, prose, SECOND) == [FIRST, prose, SECOND]


@pytest.mark.parametrize(
    "signature",
    ["رويترز", "(رويترز)", "أ ف ب", "أ.ف.ب", "Reuters", "AFP", "المصدر: وكالات", "رويترز - أ ف ب", "— الأناضول"],
)
def test_an_agencys_signature_as_a_line_goes(signature: str) -> None:
    assert kept(FIRST, SECOND, signature) == [FIRST, SECOND]


@pytest.mark.parametrize("tail", ["--(بترا)", " (رويترز)", " – أ ف ب", " (أ ف ب، رويترز)"])
def test_a_signature_at_the_end_of_the_last_paragraph_is_cut_off(tail: str) -> None:
    assert kept(FIRST, SECOND + tail) == [FIRST, SECOND]
    assert kept(FIRST + tail, SECOND) == [FIRST + tail, SECOND]


def test_an_agency_named_in_a_sentence_is_kept() -> None:
    prose = "ونقلت رويترز عن مصدر طبي أن الحصيلة مرشحة للارتفاع (رويترز لم تتحقق من الرقم)"
    assert kept(FIRST, prose) == [FIRST, prose]


def test_the_outlets_own_lines_go_in_whatever_spelling() -> None:
    own = ("انضموا الى قارئينا", "إذاعة الأمل")
    for line in ("اِنضموا إلى قارئينا كل صباح", "استمعوا إلى اذاعة الامل مباشرة"):
        assert kept(FIRST, line, SECOND, boilerplate=own) == [FIRST, SECOND]
        assert kept(FIRST, line, SECOND) == [FIRST, line, SECOND]


def test_a_long_paragraph_is_no_boilerplate_whatever_it_mentions() -> None:
    prose = " ".join(["كلمة"] * 45) + " إذاعة الأمل"
    assert kept(FIRST, prose, boilerplate=("إذاعة الأمل",)) == [FIRST, prose]


def test_what_went_is_told_with_the_reason_and_the_share() -> None:
    cleaned = clean([Line(FIRST), Line("تابعونا على فيسبوك"), Line("رويترز"), Line("اقرأ أيضا"), Line(HEADLINE)])
    assert [d.why for d in cleaned.dropped] == ["boilerplate", "signature", "marker", "related"]
    assert cleaned.share() == pytest.approx(13 / 26)
    assert cleaned.share() > MUCH
    assert clean([Line(FIRST)]).share() == 0 == clean([]).share()


def test_neighbouring_kept_lines_are_one_span_in_the_code_points_given() -> None:
    text = f"{FIRST}\n{SECOND}\nتابعونا على فيسبوك\n😀 {LAST}"
    spans = kept_spans(text)
    assert [text[a:b] for a, b in spans] == [f"{FIRST}\n{SECOND}", f"😀 {LAST}"]


def test_text_without_boilerplate_is_one_span() -> None:
    assert kept_spans(f"{FIRST}\n\n{SECOND}") == ((0, len(FIRST) + 2 + len(SECOND)),)
    assert kept_spans("") == ()


def test_is_marker_looks_at_whole_lines_only() -> None:
    assert is_marker("اقرأ أيضا:")
    assert not is_marker(f"اقرأ أيضا: {HEADLINE}")


@given(
    st.lists(
        st.sampled_from(
            [FIRST, SECOND, HEADLINE, "اقرأ أيضا:", "تابعونا على فيسبوك", "رويترز", "", " ", "--", "(أ ف ب)"]
        )
    )
)
def test_kept_spans_are_in_order_within_the_text_and_whole_words(lines: list[str]) -> None:
    text = "\n".join(lines)
    end = 0
    for a, b in kept_spans(text):
        assert end <= a < b <= len(text)
        assert text[a:b].strip()
        end = b


@given(st.text(max_size=200))
def test_no_text_makes_cleaning_fail(text: str) -> None:
    for a, b in kept_spans(text):
        assert 0 <= a < b <= len(text)


SEED = Path(__file__).parents[2] / "../shared/data/seed/arab48.txt"


@pytest.fixture
def seed() -> list[str]:
    if not SEED.exists():
        pytest.skip("../shared/data is not beside the checkout")
    return SEED.read_text(encoding="utf-8").rstrip("\n").split("\n")


@pytest.mark.parametrize("middle", [False, True], ids=["as it is", "with the related block in the middle"])
def test_of_the_seed_article_only_the_telegram_line_and_the_related_block_go(seed: list[str], middle: bool) -> None:
    body, block = seed[:-2], seed[-2:]
    lines = [*body[:4], *block, *body[4:]] if middle else seed
    own = load_catalogue()["arab48"].boilerplate
    text = "\n".join(lines)
    left = [piece for a, b in kept_spans(text, own) for piece in text[a:b].split("\n")]
    assert left == [line for line in body if "تلجرام" not in line]
    assert len(left) == len(seed) - 3


@pytest.mark.parametrize("name", ["د. ليلى حداد", "أ. د. ليلى حداد", "م. ليلى حداد"])
def test_a_title_goes_with_its_name(name: str) -> None:
    assert kept(FIRST, f"{name} {SECOND}", boilerplate=("ليلى حداد",)) == [FIRST]


def test_a_headline_with_a_title_is_a_headline_and_an_hour_ends_its_sentence() -> None:
    assert is_headline("د. ليلى حداد تفتتح مركز العلاج")
    assert kept(f"يبدأ العرض في الساعة 5 م. تابعونا على فيسبوك. {LAST}") == ["يبدأ العرض في الساعة 5 م.", LAST]


@pytest.mark.parametrize("end", ["ــ", "---", "ع.ف", "س ع / م ن", "ر ك", "(النهاية)", "(النهاية) ع ف / ر ك", "انتهى."])
def test_what_closes_a_text_and_tells_nothing_goes(end: str) -> None:
    assert kept(FIRST, LAST, end) == [FIRST, LAST]
    assert kept(FIRST, end, LAST) == [FIRST, end, LAST]


def test_the_end_glued_to_the_last_paragraph_goes_and_a_signature_before_a_rule_too() -> None:
    assert kept(FIRST, f"{LAST} (النهاية) ع ف / ر ك") == [FIRST, LAST]
    assert kept(FIRST, f"{LAST} (رويترز)", "ــ") == [FIRST, LAST]


def test_suggested_stories_go_with_their_headlines() -> None:
    assert kept(FIRST, "قصص مقترحة", HEADLINE, LAST) == [FIRST, LAST]
