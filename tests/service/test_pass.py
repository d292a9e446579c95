"""`marsad run`, as cron would start it: what is told, once; what is not; and what a pass leaves behind."""

from __future__ import annotations

import asyncio
from email.utils import format_datetime, localtime
from pathlib import Path

import pytest
import yaml

from newsroom.server import Answer
from newsroom.shapes import address
from tests.botapi import Chat, Fault
from tests.service.conftest import CHANNEL, World, clean, ended


async def test_what_should_be_told_is_told_once_and_a_second_pass_is_silent(world: World) -> None:
    first = await world.marsad("run", "--backfill", "6h")
    assert (first.code, first.out) == (0, "")
    assert world.titles_told() == world.due()
    again = await world.marsad("run", "--all")
    assert (again.code, again.out, again.err) == (0, "", "")
    assert world.titles_told() == world.due()
    world.newsroom.publish()
    await world.marsad("run", "--all")
    assert world.titles_told() == world.due()
    assert len(world.accepted()) == sum(world.due().values())


async def test_the_second_pass_asks_conditionally_and_fetches_no_article_again(world: World) -> None:
    await world.marsad("run")
    fetched = {e.url for e in world.newsroom.journal if e.status == 200 and not e.conditional}
    world.newsroom.journal.clear()
    await world.marsad("run", "--all")
    again = world.newsroom.journal
    assert any(e.conditional for e in again)
    assert {e.status for e in again if e.conditional} == {304}
    assert not {e.url for e in again if e.status == 200} & fetched


async def test_the_first_sight_of_an_outlet_is_history_stored_and_matched_and_not_sent(world: World) -> None:
    assert (await world.marsad("run")).code == 0
    assert world.shown() == []
    assert world.rows("SELECT count(*) FROM match WHERE outcome = 'baseline'") != [(0,)]
    assert world.rows("SELECT count(*) FROM match WHERE outcome NOT IN ('baseline', 'test')") == [(0,)]
    world.newsroom.publish()
    await world.marsad("run", "--all")
    new = {p.piece.title for p in world.newsroom.out if p.piece.wave == 2 and p.piece.told}
    assert set(world.titles_told()) == new


async def test_backfill_after_a_baseline_tells_what_was_history_and_never_twice(world: World) -> None:
    await world.marsad("run")
    await world.marsad("run", "--backfill", "6h")
    assert world.titles_told() == world.due()
    await world.marsad("run", "--backfill", "6h")
    assert world.titles_told() == world.due()


async def test_a_flash_without_a_body_and_an_outlet_that_refuses_its_pages_are_told_from_the_feed(
    world: World,
) -> None:
    await world.marsad("run", "--backfill", "6h")
    headline_only = {
        title for (title,) in world.rows("SELECT title FROM article_version WHERE flags LIKE '%headline-only%'")
    }
    told = {p.piece.title for p in world.newsroom.out if p.piece.told}
    refused = {p.piece.title for p in world.newsroom.out if p.piece.page == "refused"}
    flashes = {p.piece.title for p in world.newsroom.out if not p.piece.lines}
    assert refused & told & headline_only
    assert flashes & told & headline_only
    assert set(world.titles_told()) == told


async def test_an_interstitial_is_never_an_article(world: World) -> None:
    done = await world.marsad("run", "--backfill", "6h")
    [piece] = [p.piece for p in world.newsroom.out if p.piece.page == "interstitial"]
    [(text, flags)] = world.rows(f"SELECT text, flags FROM article_version WHERE title = '{piece.title}'")
    assert "headline-only" in flags
    assert text == piece.summary
    assert f"{piece.outlet}: 1 page gave no article (interstitial" in done.err


async def test_a_page_that_comes_later_edits_the_message_and_sends_none(world: World) -> None:
    out = next(p for p in world.newsroom.out if p.piece.told and p.piece.outlet == "ufuq")
    piece, url = out.piece, address(out)
    world.newsroom.fault(url, Answer(503))
    await world.marsad("run", "--backfill", "6h")
    [before] = [(m.id, m.text) for m in world.api.shown(CHANNEL) if piece.title in clean(m.text)]
    world.newsroom.fault(url, None)
    world.execute("UPDATE entry SET next_try_at = '2020-01-01 00:00:00.000000' WHERE state = 'failed'")
    sends = len(world.accepted())
    assert (await world.marsad("run", "--all")).code == 0
    [after] = [m for m in world.api.shown(CHANNEL) if piece.title in clean(m.text)]
    assert (after.id, after.edits) == (before[0], 1)
    assert after.text != before[1]
    assert len(world.accepted()) == sends


async def test_without_a_token_the_same_messages_are_shown_in_the_terminal(world: World) -> None:
    done = await world.marsad("run", "--backfill", "6h", MARSAD_TELEGRAM_TOKEN="")
    shown = " ".join(clean(done.out).split())
    assert {title for title in world.due() if shown.count(title) == 1} == set(world.due())
    assert world.api.journal == []
    assert (await world.marsad("run", "--all", MARSAD_TELEGRAM_TOKEN="")).out == ""


async def test_a_wrong_token_is_one_clear_line_and_the_outbox_keeps_all(world: World) -> None:
    done = await world.marsad("run", "--backfill", "6h", MARSAD_TELEGRAM_TOKEN="1:falsch")
    assert done.code == 1
    assert "falsch" not in done.out + done.err
    lines = [line for line in done.err.splitlines() if "token" in line]
    assert len(lines) == 1, done.err
    assert world.shown() == []
    assert (await world.marsad("run")).code == 0
    assert world.titles_told() == world.due()


async def test_an_overlapping_pass_leaves_at_once_and_quietly(world: World) -> None:
    asked = asyncio.Event()
    world.newsroom.on_exchange = lambda n: asked.set()
    world.newsroom.fault("http://damas.test/feed/", Answer(200, delay=20))
    slow = await world.start("run")
    await asyncio.wait_for(asked.wait(), 30)
    second = await world.marsad("run")
    assert (second.code, second.out, second.err) == (75, "", "")
    slow.kill()
    await ended(slow)


async def test_more_than_twenty_alerts_for_a_channel_in_one_pass_are_one_digest_and_a_notice(
    world: World, tmp_path: Path
) -> None:
    titles = [f"قصف مدفعي على موقع رقم {n} في أطراف البلدة" for n in range(1, 25)]
    feeds = {
        "http://damas.test/feed/": [(f"http://damas.test/archives/{9000 + n}", t) for n, t in enumerate(titles[:8])],
        "http://sahel.test/atom.xml": [
            (f"http://sahel.test/article/{9000 + n}", t) for n, t in enumerate(titles[8:16])
        ],
        "http://warraq.test/rss.xml": [(f"http://warraq.test/news.php?id={n}", t) for n, t in enumerate(titles[16:])],
    }
    rules = tmp_path / "many.yaml"
    rules.write_text(
        "outlets: [damas, sahel, warraq]\noperator: desk\nchannels: {c: {to: '@many'}, desk: {to: -5}}\n"
        "rules:\n  - {id: r, any: [قصف], send: [c]}\n"
    )
    world.api.chats |= {-4: Chat(-4, username="many"), -5: Chat(-5, "group")}
    await world.marsad("run", "--rules", str(rules))
    for url, items in feeds.items():
        world.newsroom.fault(url, Answer(200, rss(items), {"Content-Type": "application/rss+xml"}))
    done = await world.marsad("run", "--all", "--rules", str(rules))
    shown = "\n".join(clean(text) for text in world.shown("@many"))
    assert len(world.shown("@many")) == 1
    assert [title for title in titles if title not in shown] == []
    assert "24" in done.err
    assert any("24" in text for text in world.shown("-5"))
    assert world.rows("SELECT count(*) FROM alert WHERE channel = 'c'") == [(24,)]


def rss(items: list[tuple[str, str]]) -> bytes:
    """A feed of pages that came out just now."""
    body = "".join(
        f"<item><title>{title}</title><link>{url}</link><pubDate>{format_datetime(localtime())}</pubDate></item>"
        for url, title in items
    )
    return f"<rss version='2.0'><channel><title>x</title>{body}</channel></rss>".encode()


@pytest.mark.parametrize(
    "fault",
    [Fault("drop-before"), Fault("drop-after"), Fault("500-before"), Fault("500-after"), Fault("odd")],
    ids=lambda fault: fault.kind,
)
async def test_a_send_in_doubt_is_looked_for_and_told_once(world: World, tmp_path: Path, fault: Fault) -> None:
    """Which is in doubt is the second message: the first gives the place to look from."""
    rules = tmp_path / "short.yaml"
    written = yaml.safe_load(Path(world.env["MARSAD_RULES"]).read_text())
    written["channels"]["east-syria"]["uncertain"] = {"grace": "1s"}
    rules.write_text(yaml.safe_dump(written, allow_unicode=True))
    world.api.faults.extend([None, fault])
    done = await world.marsad("run", "--backfill", "6h", "--rules", str(rules))
    assert done.code == 0
    assert world.titles_told() == world.due()
    edits = [m.edits for m in world.api.shown(CHANNEL)]
    assert edits == [0] * len(edits)


@pytest.mark.parametrize(("scratch", "times"), [(True, 1), (False, 2)])
async def test_the_first_message_of_a_channel_is_looked_for_only_where_there_is_a_scratch_chat(
    world: World, tmp_path: Path, scratch: bool, times: int
) -> None:
    world.api.chats[900] = Chat(900, "private")
    rules = tmp_path / "short.yaml"
    written = yaml.safe_load(Path(world.env["MARSAD_RULES"]).read_text()) | ({"scratch": 900} if scratch else {})
    written["channels"]["east-syria"] |= {"uncertain": {"grace": "1s"}, "to": -1000000200300}
    rules.write_text(yaml.safe_dump(written, allow_unicode=True))
    world.api.faults.append(Fault("drop-after"))
    done = await world.marsad("run", "--backfill", "6h", "--rules", str(rules))
    assert max(world.titles_told().values()) == times
    assert set(world.titles_told()) == set(world.due())
    assert ("sent again, by policy" in done.err) is not scratch
    assert world.api.shown(900) == []


async def test_a_flood_wait_is_waited_out_and_nothing_is_said_twice(world: World) -> None:
    world.api.faults.append(Fault("flood", retry_after=1))
    done = await world.marsad("run", "--backfill", "6h")
    assert done.code == 0
    assert world.titles_told() == world.due()


async def test_a_channel_that_refuses_is_told_once_keeps_all_and_goes_on_when_it_takes_messages_again(
    world: World,
) -> None:
    world.api.chat(CHANNEL).forbidden = "bot was kicked from the channel chat"
    done = await world.marsad("run", "--backfill", "6h")
    assert done.err.count("bot was kicked") == 1
    tried = len(world.api.journal)
    again = await world.marsad("run", "--all")
    assert len(world.api.journal) == tried
    assert "bot was kicked" not in again.err
    status = await world.marsad("status")
    assert status.code == 1
    assert "bot was kicked" in status.out
    world.api.chat(CHANNEL).forbidden = None
    world.execute("UPDATE stopped_channel SET next_try_at = '2020-01-01 00:00:00.000000'")
    freed = await world.marsad("run", "--all")
    assert "takes messages again" in freed.err
    assert world.titles_told() == world.due()


async def test_a_new_rule_looks_at_new_articles_only_unless_asked(world: World, tmp_path: Path) -> None:
    written = yaml.safe_load(Path(world.env["MARSAD_RULES"]).read_text())
    rules = tmp_path / "rules.yaml"
    rules.write_text(yaml.safe_dump(written | {"rules": written["rules"][-1:]}, allow_unicode=True))
    await world.marsad("run", "--rules", str(rules))
    world.newsroom.publish()
    await world.marsad("run", "--all", "--rules", str(rules))
    rules.write_text(yaml.safe_dump(written, allow_unicode=True))
    await world.marsad("run", "--all", "--rules", str(rules))
    assert world.shown() == []
    await world.marsad("run", "--backfill", "6h", "--rules", str(rules))
    assert world.titles_told() == world.due()


async def test_a_store_that_served_another_rules_file_says_so(world: World, tmp_path: Path) -> None:
    await world.marsad("run")
    other = tmp_path / "other.yaml"
    other.write_text(Path(world.env["MARSAD_RULES"]).read_text())
    done = await world.marsad("run", "--rules", str(other))
    assert f"now it serves {other}" in done.err
