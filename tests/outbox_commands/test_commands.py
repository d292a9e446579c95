"""The commands as an operator types them: real processes, a real store, a strict Bot API server."""

from __future__ import annotations

import asyncio
import json
import re

import pytest

from newsroom.server import Answer
from newsroom.shapes import address
from tests.botapi import Fault
from tests.outbox_commands.conftest import Office
from tests.service.conftest import CHANNEL, LIMIT, World, clean, ended

WHY = "نفت إدارة المشفى وقوع قصف"


async def sent(office: Office, *texts: str) -> list[int]:
    """Messages that stand in the channel; their ids in the outbox."""
    ids = office.post(*texts)
    assert (await office.marsad("channels", "--send-test", "desk")).code == 0  # delivers all that is due
    return ids


async def test_a_test_message_is_posted_and_the_line_that_deletes_it_deletes_it(office: Office) -> None:
    done = await office.marsad("channels", "--send-test", "desk")
    assert (done.code, done.err) == (0, "")
    [message] = office.api.shown("@desk_news")
    assert f"https://t.me/desk_news/{message.id}" in done.out
    line = re.search(r"marsad (retract .*)$", done.out, re.MULTILINE)
    assert line
    assert (await office.marsad(*line[1].split())).out == "Deleted.\n"
    assert office.shown() == []


async def test_a_retraction_strikes_the_headline_by_link_by_number_and_by_id(office: Office) -> None:
    first, _, third = await sent(office, "قصف على المشفى", "خبر ثان", "خبر ثالث")
    one, two, *_ = office.api.shown("@desk_news")
    by_link = await office.marsad("retract", f"https://t.me/Desk_News/{one.id}?single", "--because", WHY)
    assert (by_link.code, by_link.err) == (0, "")
    by_number = await office.marsad("retract", str(two.id), "--channel", "desk", "--because", WHY)
    by_id = await office.marsad("retract", str(third), "--because", WHY)
    assert (by_number.code, by_id.code) == (0, 0)
    struck = [f"<s>{text}</s>\n\n<b>سُحب هذا الخبر:</b> {WHY}" for text in ("قصف على المشفى", "خبر ثان", "خبر ثالث")]
    assert office.shown()[:3] == struck
    shown = await office.marsad("outbox", "show", str(first))
    assert WHY in shown.out
    assert "قصف على المشفى" in shown.out


async def test_a_retraction_whose_process_is_killed_is_carried_out_by_the_next_pass(office: Office) -> None:
    [version] = await sent(office, "قصف على المشفى")
    office.api.faults.append(Fault("hold"))
    process = await office.start("retract", str(version), "--because", WHY)
    async with asyncio.timeout(LIMIT):
        while office.api.journal[-1].method != "editMessageText":  # carried out, and the answer is held
            await asyncio.sleep(0.05)
    process.kill()
    await process.wait()
    office.api.release.set()
    office.execute("UPDATE message_version SET next_try_at = NULL WHERE state = 'pending'")
    await office.marsad("channels", "--send-test", "desk")
    assert [html for html in office.shown() if "المشفى" in html] == [
        f"<s>قصف على المشفى</s>\n\n<b>سُحب هذا الخبر:</b> {WHY}"
    ]


async def test_what_telegram_will_not_delete_is_said_and_can_still_be_struck(office: Office) -> None:
    [version] = await sent(office, "قصف على المشفى")
    office.api.chat("@desk_news").undeletable = True
    done = await office.marsad("retract", str(version), "--because", WHY, "--delete")
    assert done.code == 1
    assert "message can't be deleted" in done.out.lower()
    assert "without --delete" in done.out.lower()
    assert (await office.marsad("retract", str(version), "--because", WHY)).code == 0
    assert office.shown()[0].startswith("<s>قصف على المشفى</s>")


async def test_what_waits_is_listed_dropped_and_sent_again(office: Office) -> None:
    first, second = office.post("خبر أول", "خبر ثان")
    listed = await office.marsad("outbox")
    assert [line.split()[0] for line in listed.out.splitlines() if line[0] != " "] == [str(first), str(second)]
    assert "خبر أول" in listed.out
    assert (await office.marsad("outbox", "drop", str(first), "--because", "سحبته الوكالة")).code == 0
    await office.marsad("channels", "--send-test", "desk")
    assert office.shown()[0] == "<b>خبر ثان</b>"
    [refused] = (await office.marsad("outbox", "--state", "refused", "--json")).out.splitlines()
    assert json.loads(refused)["reason"].endswith(": سحبته الوكالة")
    again = await office.marsad("outbox", "resend", str(first), str(second))
    assert again.code == 1
    assert f"{first} (desk) is sent again" in again.out
    assert again.err == f"marsad: {second}: it has been sent, and nothing is told twice\n"
    await office.marsad("channels", "--send-test", "desk")
    assert [html for html in office.shown() if html == "<b>خبر أول</b>"] == ["<b>خبر أول</b>"]


async def test_what_is_held_in_doubt_is_released_with_a_warning(office: Office) -> None:
    [version] = office.post("خبر في شك")
    office.execute("UPDATE message_version SET state = 'uncertain', next_try_at = NULL, reason = 'timed out'")
    assert "held" in (await office.marsad("outbox")).out
    done = await office.marsad("outbox", "release", str(version))
    assert (done.code, "twice" in done.out) == (0, True)
    await office.marsad("channels", "--send-test", "desk")
    assert office.shown()[0] == "<b>خبر في شك</b>"


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["outbox", "show", "77"], 1, "the outbox has no row 77"),
        (["outbox", "resend", "77"], 1, "the outbox has no row 77"),
        (["outbox", "show", "x"], 2, "is no id"),
        (["outbox", "drop", "1"], 2, "--because"),
        (["outbox", "--state", "lost"], 2, "invalid choice"),
        (["retract", "77", "--because", "x"], 1, "the outbox has no row 77"),
        (["retract", "https://t.me/desk_news/9", "--because", "x"], 1, "no message of ours stands as 9 in @desk_news"),
        (["retract", "https://example.org/9", "--because", "x"], 2, "neither a number nor a link"),
        (["retract", "1", "--because", " "], 2, "say why"),
        (["retract", "1"], 2, "--because"),
        (["channels", "desck"], 2, "is no channel"),
        (["channels", "--send-test", "desck"], 2, "is no channel"),
    ],
)
async def test_what_cannot_be_is_one_line_and_an_exit_code(
    office: Office, words: list[str], code: int, says: str
) -> None:
    office.post("خبر")
    done = await office.marsad(*words)
    assert done.code == code
    assert says in done.err.splitlines()[-1]
    assert "Traceback" not in done.err
    assert office.api.journal == []


async def test_without_a_token_nothing_is_taken_out_of_the_outbox(office: Office) -> None:
    [version] = await sent(office, "قصف على المشفى")
    before = office.shown()
    done = await office.marsad("retract", str(version), "--because", WHY, MARSAD_TELEGRAM_TOKEN="")
    assert "waits in the outbox" in done.out
    assert office.shown() == before
    await office.marsad("channels", "--send-test", "desk")
    assert office.shown()[0].startswith("<s>قصف على المشفى</s>")


async def test_a_digest_is_not_taken_back_for_one_of_its_items(office: Office) -> None:
    [version] = office.post("موجز", kind="digest")
    await office.marsad("channels", "--send-test", "desk")
    done = await office.marsad("retract", str(version), "--because", WHY)
    assert (done.code, "digest" in done.err) == (1, True)
    assert office.shown()[0] == "<b>موجز</b>"


async def test_the_check_names_what_is_wrong_and_changes_nothing(office: Office) -> None:
    await sent(office, "خبر")
    group, before = office.api.chat(-1000000000777), office.shown()
    group.topics = frozenset({9})
    done = await office.marsad("channels", "--check")
    assert done.code == 1
    assert "topic 5 is not in the group" in done.out
    assert "@nobody_there cannot be reached (Chat not found)" in done.out
    assert office.shown() == before
    group.topics = frozenset({5})
    done = await office.marsad("channels", "--check", "desk", "group")
    assert (done.code, done.err) == (0, "")
    office.api.chat("@desk_news").can_post_messages = False
    done = await office.marsad("channels", "--check", "--json", "desk")
    assert done.code == 1
    [line] = done.out.splitlines()
    assert [f["level"] for f in json.loads(line)["findings"]] == ["wrong"]


async def test_the_check_sees_posts_of_others_between_ours_and_leaves_no_copy(office: Office) -> None:
    await office.marsad("channels", "--send-test", "desk")
    strange = office.api.post("@desk_news", "خبر من محرر آخر")
    await office.marsad("channels", "--send-test", "desk")
    done = await office.marsad("channels", "--check", "desk")
    assert (done.code, f"1 post of others between our last two messages ({strange.id})" in done.out) == (0, True)
    rules = office.folder / "rules.yaml"
    rules.write_text(rules.read_text().replace("Damascus}", "Damascus, sole: true}"), encoding="utf-8")
    assert (await office.marsad("channels", "--check", "desk")).code == 1
    assert office.api.shown(4242) == []


async def test_a_wrong_token_is_the_one_finding(office: Office) -> None:
    done = await office.marsad("channels", "--check", MARSAD_TELEGRAM_TOKEN="1:wrong")
    assert done.code == 1
    assert "token is refused" in done.out
    assert "1:wrong" not in done.out + done.err


async def test_a_channel_that_rules_yaml_no_longer_has_is_named_while_messages_wait_for_it(office: Office) -> None:
    office.post("خبر")
    rules = office.folder / "rules.yaml"
    rules.write_text(rules.read_text().replace("desk", "bureau"), encoding="utf-8")
    assert "desk: not in rules.yaml\n      nothing sent yet, 1 wait" in (await office.marsad("channels")).out


async def test_later_pages_do_not_undo_a_retraction_and_its_story_stays_told(world: World) -> None:
    out = next(p for p in world.newsroom.out if p.piece.told and p.piece.outlet == "ufuq")
    world.newsroom.fault(address(out), Answer(503))
    await world.marsad("run", "--backfill", "6h")
    [told] = [m for m in world.api.shown(CHANNEL) if out.piece.title in clean(m.text)]
    assert (await world.marsad("retract", f"https://t.me/{CHANNEL[1:]}/{told.id}", "--because", WHY)).code == 0
    struck = told.html
    assert "<s>" in struck
    world.newsroom.fault(address(out), None)
    world.execute("UPDATE entry SET next_try_at = '2020-01-01 00:00:00.000000' WHERE state = 'failed'")
    sends = len(world.accepted())
    await world.marsad("run", "--all")
    assert told.html == struck
    assert len(world.accepted()) == sends


async def test_beside_a_running_daemon_a_retraction_arrives_within_seconds(world: World) -> None:
    await world.marsad("run", "--backfill", "6h")
    [message, *_] = world.api.shown(CHANNEL)
    polled = asyncio.Event()
    world.newsroom.on_exchange = lambda _: polled.set()
    daemon = await world.start("serve")
    await asyncio.wait_for(polled.wait(), LIMIT)  # it holds the lock
    done = await world.marsad("retract", f"https://t.me/{CHANNEL[1:]}/{message.id}", "--because", WHY)
    assert (done.code, "Changed" in done.out) == (0, True)
    assert message.html.startswith("<s>")
    daemon.terminate()
    assert (await ended(daemon)).code == 0
