"""What a message says: its lines, its limits, and that the strict parser takes every one of them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.delivery.model import Rendered
from alerts.delivery.render import (
    MESSAGE_LIMIT,
    AlertContent,
    Content,
    DigestContent,
    NoticeContent,
    digests,
    render,
    when,
)
from alerts.delivery.text import LRI, PDI, RLI, RLM, number, units
from alerts.rules.model import Channel
from tests.telegram_html import Entity, parse

DAMASCUS = ZoneInfo("Asia/Damascus")
ARABIC = Channel("desk", "@desk", timezone=DAMASCUS)
ENGLISH = Channel("desk", "@desk", language="en", timezone=ZoneInfo("Europe/Berlin"))
ALERT = AlertContent(
    title="غارات ليلية تستهدف مستودعًا قرب البوكمال",
    lead="قال سكان إن طائرات حلّقت فوق البلدة قبل أن تُسمع ثلاثة انفجارات.",
    outlet_name_ar="صدى الفرات",
    outlet_name_en="Sada al-Furat",
    place="البوكمال",
    published_at=datetime(2026, 11, 23, 11, 5, tzinfo=UTC),
    seen_at=datetime(2026, 11, 23, 11, 6, tzinfo=UTC),
    url="https://sada.example/news?id=7&lang=ar",
    rules=(("east-strikes", "ضربات شرق سوريا"),),
)


def visible(html: str) -> tuple[str, list[Entity]]:
    return parse(html)


def expanded(html: str) -> str:
    """The visible text with each link's address on a line of its own below the line that has it."""
    text, entities = parse(html)
    code_units = text.encode("utf-16-le")
    lines, at = [], 0
    for line in text.split("\n"):
        end = at + units(line)
        here = [dict(e.extra)["url"] for e in entities if e.type == "text_link" and at <= e.offset < end]
        lines += [line, *here]
        at = end + 1
    assert len(code_units) // 2 == at - 1
    return "\n".join(lines)


def bare(text: str) -> str:
    return "".join(c for c in text if c not in (LRI, RLI, PDI, RLM))


def test_an_alert_stands_as_a_reader_of_arabic_expects_it() -> None:
    message = render(replace(ALERT, severity="urgent", evidence_line="غارات · البوكمال"), channel=ARABIC)
    text, entities = visible(message.html)
    assert text.split("\n") == [
        "🔴 غارات ليلية تستهدف مستودعًا قرب البوكمال",
        "",
        "قال سكان إن طائرات حلّقت فوق البلدة قبل أن تُسمع ثلاثة انفجارات.",
        "",
        "صدى الفرات · البوكمال",
        f"{number('23')} تشرين الثاني، {number('14:05')} بتوقيت دمشق",
        "طابق: غارات · البوكمال",
        "#ضربات_شرق_سوريا",
    ]
    assert [(e.type, dict(e.extra).get("url")) for e in entities] == [
        ("bold", None),
        ("text_link", "https://sada.example/news?id=7&lang=ar"),
    ]
    assert message.plain.split("\n")[4:6] == ["صدى الفرات · البوكمال", "https://sada.example/news?id=7&lang=ar"]


def test_the_place_is_a_link_to_a_map_in_the_channels_that_want_it() -> None:
    mapped = replace(ALERT, place_url="https://www.openstreetmap.org/?mlat=34.45&mlon=40.91#map=12/34.45/40.91")
    message = render(mapped, channel=replace(ARABIC, map=True))
    text, entities = visible(message.html)
    (link,) = [e for e in entities if dict(e.extra).get("url") == mapped.place_url]
    at = text.encode("utf-16-le")[2 * link.offset : 2 * (link.offset + link.length)].decode("utf-16-le")
    assert at == "البوكمال"
    assert mapped.place_url in message.plain.splitlines()
    without = [render(mapped, channel=ARABIC), render(ALERT, channel=replace(ARABIC, map=True))]
    assert {m.html for m in without} == {render(ALERT, channel=ARABIC).html}
    hostile = render(replace(ALERT, place_url="javascript:alert(1)"), channel=replace(ARABIC, map=True))
    assert "javascript" not in hostile.html


def test_an_alert_in_an_english_channel_has_english_words_and_an_isolated_place() -> None:
    text, _ = visible(render(replace(ALERT, published_at=None, evidence_line="غارات"), channel=ENGLISH).html)
    assert text.split("\n")[4:] == [
        f"Sada al-Furat · {RLI}البوكمال{PDI}",
        "seen 23 November, 12:06 Berlin time",
        f"matched: {RLI}غارات{PDI}",
        "#ضربات_شرق_سوريا",
    ]


def test_what_is_not_known_is_left_out() -> None:
    text, _ = visible(render(replace(ALERT, place=None, lead="", rules=()), channel=ARABIC).html)
    assert text.split("\n") == [
        ALERT.title,
        "",
        "صدى الفرات",
        f"{number('23')} تشرين الثاني، {number('14:05')} بتوقيت دمشق",
    ]


def test_a_lead_that_repeats_the_title_is_left_out() -> None:
    text, _ = visible(render(replace(ALERT, lead=f" {ALERT.title}\n"), channel=ARABIC).html)
    assert text.count(ALERT.title) == 1


def test_an_alert_without_a_text_says_so_and_an_undated_one_that_it_was_seen() -> None:
    text, _ = visible(
        render(replace(ALERT, flags=("headline-only", "undated"), published_at=None), channel=ARABIC).html
    )
    assert "لا نصّ على صفحة الخبر بعد" in text
    assert f"رُصد {number('23')} تشرين الثاني، {number('14:06')} بتوقيت دمشق" in text
    assert "لا نصّ" not in visible(render(ALERT, channel=ARABIC).html)[0]


def test_only_an_urgent_alert_is_marked() -> None:
    assert not render(ALERT, channel=ARABIC).html.startswith("🔴")
    assert render(replace(ALERT, severity="urgent"), channel=ARABIC).html.startswith("🔴 <b>")


def test_a_long_lead_is_cut_at_a_word_with_an_ellipsis() -> None:
    text, _ = visible(render(replace(ALERT, lead="كلمة " * 200), channel=ARABIC).html)
    lead = text.split("\n")[2]
    assert lead.endswith("كلمة…")
    assert 150 < units(lead) <= 200


@pytest.mark.parametrize(
    ("zone", "language", "text"),
    [
        ("Asia/Damascus", "ar", "23 تشرين الثاني، 14:05 بتوقيت دمشق"),
        ("Africa/Cairo", "ar", "23 نوفمبر، 13:05 بتوقيت القاهرة"),
        ("UTC", "ar", "23 نوفمبر، 11:05 UTC"),
        ("Etc/GMT-3", "ar", "23 نوفمبر، 14:05 UTC+03:00"),  # POSIX has the sign the other way round
        ("Asia/Calcutta", "ar", "23 نوفمبر، 16:35 بتوقيت Kolkata"),
        ("America/New_York", "en", "23 November, 06:05 New York time"),
        ("UTC", "en", "23 November, 11:05 UTC"),
    ],
)
def test_a_time_names_its_zone_in_the_channels_language_with_western_digits(
    zone: str, language: str, text: str
) -> None:
    moment = datetime(2026, 11, 23, 11, 5, tzinfo=UTC)
    shown = when(moment, zone=ZoneInfo(zone), language="ar" if language == "ar" else "en")
    assert bare(shown) == text


def test_a_latin_headline_in_an_arabic_channel_keeps_its_order_and_starts_from_the_right() -> None:
    text, _ = visible(render(replace(ALERT, title="Strike hits depot (update)"), channel=ARABIC).html)
    assert text.split("\n")[0] == f"{RLM}{LRI}Strike hits depot (update){PDI}"


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "file:///etc/passwd", "", "https://", "https://a.b/" + "x" * 2048]
)
def test_only_a_web_address_of_bearable_length_becomes_a_link(url: str) -> None:
    message = render(replace(ALERT, url=url), channel=ARABIC)
    assert "<a" not in message.html
    assert url == "" or url not in message.plain


def test_a_hostile_address_stays_inside_its_attribute() -> None:
    message = render(replace(ALERT, url='https://a.example/"><b>x</b>&<a href="\n\0'), channel=ARABIC)
    _, entities = visible(message.html)
    assert [dict(e.extra)["url"] for e in entities if e.type == "text_link"] == [
        'https://a.example/"><b>x</b>&<ahref="'
    ]


def test_a_rule_without_a_title_is_tagged_by_its_id_and_tags_are_not_repeated() -> None:
    rules = (("east-strikes", ""), ("east_strikes", ""), ("7", "2026"))
    text, _ = visible(render(replace(ALERT, rules=rules), channel=ENGLISH).html)
    assert text.split("\n")[-1] == "#east_strikes #rule_7"


def test_a_digest_shows_whole_items_and_says_how_many_are_missing() -> None:
    many = tuple(replace(ALERT, title=f"خبر رقم {i} " + "كلمة " * 20) for i in range(60))
    message = render(DigestContent(many, total=65), channel=ARABIC)
    for text in (bare(visible(message.html)[0]), bare(message.plain)):
        assert units(text) <= MESSAGE_LIMIT
        assert text.startswith("موجز التنبيهات (65)\n\n• خبر رقم 0 ")
        shown = text.count("• خبر رقم")
        assert 10 < shown < 60
        assert text.endswith(f"\n… و{65 - shown} غيرها")
        assert f"• خبر رقم {shown - 1} " in text


@pytest.mark.parametrize("length", range(1, 160, 7))
def test_a_digest_is_as_full_as_whole_items_can_make_it(length: int) -> None:
    item = replace(ALERT, title="ع" * length, url="https://a.example/")
    message = render(DigestContent((item,) * 90, total=90), channel=ARABIC)
    for text in (visible(message.html)[0], message.plain):
        one = text.split("\n\n")[1]
        assert MESSAGE_LIMIT - units(one) - 4 < units(text) <= MESSAGE_LIMIT


def test_a_digest_that_fits_is_whole_and_links_each_headline() -> None:
    message = render(DigestContent((ALERT, replace(ALERT, title="آخر", severity="urgent")), total=2), channel=ARABIC)
    text, entities = visible(message.html)
    assert "غيرها" not in text
    assert "\n🔴 آخر\n" in text
    assert [e.type for e in entities] == ["bold", "text_link", "text_link"]


def test_a_notice_has_its_first_line_in_bold_and_says_how_many_lines_it_leaves_out() -> None:
    html = render(NoticeContent(("منفذ صامت", "<feed> & 3 failures")), channel=ARABIC).html
    assert html == "<b>منفذ صامت</b>\n&lt;feed&gt; &amp; 3 failures"
    text, _ = visible(render(NoticeContent(tuple("x" * 700 for _ in range(20))), channel=ENGLISH).html)
    shown = text.count("…\n")
    assert text.endswith(f"… and {number(str(20 - shown))} more")


def test_the_longest_alert_that_there_can_be_fits() -> None:
    worst = "a غ " * 3000
    alert = AlertContent(
        title=worst,
        lead=worst + "z",
        outlet_name_ar=worst,
        outlet_name_en=worst,
        place=worst,
        published_at=None,
        seen_at=ALERT.seen_at,
        url="https://a.example/" + "x" * 2030,
        rules=tuple((f"{i}", f"{i}" + "ق" * 90) for i in range(40)),
        severity="urgent",
        flags=("headline-only",),
        evidence_line=worst,
    )
    for channel in (ARABIC, ENGLISH):
        message = render(alert, channel=channel)
        assert "غيرها" not in message.plain
        assert "more" not in message.plain
        assert units(message.plain) <= MESSAGE_LIMIT
        assert units(visible(message.html)[0]) <= MESSAGE_LIMIT


def check(message: Rendered) -> None:
    """What must hold of every message: the strict parser takes it, it keeps the limit, both forms say the same."""
    text, _ = visible(message.html)
    assert text.strip() == text != ""
    assert units(text) <= MESSAGE_LIMIT
    assert units(message.plain) <= MESSAGE_LIMIT
    text.encode()
    for line in text.split("\n"):
        assert line.count(LRI) + line.count(RLI) == line.count(PDI)
        assert not set(line) & set("\u202a\u202b\u202c\u202d\u202e\u2068\u061c")


NASTY = (
    "\u202e‏غارة\u202c \u2067على",
    "<b>غير مغلق",
    "</b></a>&lt;&amp;&#x202e;&bogus;&",
    '"><script>alert(1)</script>',
    "غ" * 10_000,
    "كلمة " * 2_500,
    "😀" * 5_000,
    "👨\u200d👩\u200d👧\u200d👦" * 2_000,
    "👨" + "\u200d👨" * 5_000,
    "ب" + "\u0651\u064e" * 5_000,
    "Z̸̢͎̲͝a̷̛̗l̶̙̓g̵o̸" * 300,
    "\0\x01\x1b[2J\x7f\x80",
    "\ud800\udfff\ud83d",
    "\ufeff\u200b\u2060\u00ad\u180e",
    "\u2028\u2029\r\n\v\f",
    "\ufffe\uffff\U0010ffff",
    "🇸🇾🇮🇶🇵🇸" * 900,
    "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f" * 400,
    "١٢٣٤ 1234 ۱۲۳۴ -5% +3 14:05 2026-11-23",
    "http://a.b/?x=<y>&z=\"'",
    "א ב ג abc غ",
    "ﷺ ﷽ ﻼ",
    "\u0600١٢",
    "…" * 5_000,
    " ",
)


def nasty_titles(count: int) -> Iterator[str]:
    """The list above, then mixtures of its pieces; the same ones every time."""
    chance = random.Random(7)
    yield from NASTY
    for _ in range(count - len(NASTY)):
        pieces = [chance.choice(NASTY) for _ in range(chance.randint(1, 6))]
        yield "".join(p[(b := chance.randrange(len(p))) : b + chance.choice((1, 3, 40, 400))] for p in pieces)


def test_two_thousand_nasty_titles_are_all_accepted_and_say_the_same_in_both_forms() -> None:
    for i, title in enumerate(nasty_titles(2_000)):
        alert = replace(ALERT, title=title, lead=title[::-1], place=title[:30], outlet_name_ar=title[-30:] or "x")
        message = render(alert, channel=(ARABIC, ENGLISH)[i % 2])
        check(message)
        assert expanded(message.html) == message.plain


TEXTS = st.text(st.characters(exclude_categories=()), max_size=300) | st.sampled_from(NASTY)


@st.composite
def alerts(draw: st.DrawFn) -> AlertContent:
    moment = st.datetimes(datetime(1970, 1, 2), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
    return AlertContent(
        title=draw(TEXTS),
        lead=draw(TEXTS),
        outlet_name_ar=draw(TEXTS),
        outlet_name_en=draw(TEXTS),
        place=draw(st.none() | TEXTS),
        published_at=draw(st.none() | moment),
        seen_at=draw(moment),
        url=draw(st.sampled_from(["https://a.example/1?b=2&c=3", "http://غزة.example/أ", "x"])),
        rules=draw(st.lists(st.tuples(TEXTS, TEXTS), max_size=7).map(tuple)),
        severity=draw(st.sampled_from(["info", "normal", "urgent"])),
        flags=draw(st.sampled_from([(), ("headline-only",)])),
        evidence_line=draw(TEXTS),
    )


@settings(deadline=None, max_examples=150)
@given(
    alerts()
    | st.builds(DigestContent, st.lists(alerts(), min_size=1, max_size=8).map(tuple), st.integers(1, 30))
    | st.builds(NoticeContent, st.lists(TEXTS, max_size=9).map(lambda lines: ("تنبيه", *lines))),
    st.sampled_from([ARABIC, ENGLISH, replace(ARABIC, timezone=ZoneInfo("Etc/GMT+11"))]),
)
def test_every_message_is_accepted_whole_and_within_the_limit(content: Content, channel: Channel) -> None:
    message = render(content, channel=channel)
    check(message)
    if isinstance(content, AlertContent):
        assert expanded(message.html) == message.plain


def test_many_alerts_are_digests_that_leave_none_out() -> None:
    items = tuple(replace(ALERT, title=f"خبر رقم {n} " + "طويل " * 20, url=f"http://x.test/{n}") for n in range(120))
    pages = digests(items, channel=ARABIC)
    assert [item for page in pages for item in page.items] == list(items)
    rendered = [render(page, channel=ARABIC) for page in pages]
    assert all(f'/{n}"' in "".join(r.html for r in rendered) for n in range(120))
    assert all(len(page.items) > 5 for page in pages[:-1])  # as few as hold them
