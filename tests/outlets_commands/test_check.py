"""`marsad outlets --check`: what is found is told, for people and as JSON, and nothing is kept."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from alerts.cli import main
from alerts.commands.outlets_check import age, printable
from newsroom.pieces import OUTLETS
from newsroom.server import Answer, Newsroom

MARSAD = Path(sys.executable).with_name("marsad")
LIMIT = 60  # seconds after which a process is taken to hang


def checked(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, dict[str, Any]]]:
    code = main(["outlets", "--check", "--json", *words])
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return code, {row["id"]: row for row in rows}


def test_what_is_alive_is_told_with_its_items_their_age_and_the_articles_read(
    newsroom: Newsroom, capsys: pytest.CaptureFixture[str]
) -> None:
    code, found = checked(capsys, "manara", "ufuq", "furat48", "warraq")
    assert (code, {row["state"] for row in found.values()}) == (0, {"fine", "partly"})
    (way,) = found["manara"]["ways"]
    newest = max(published.at for published in newsroom.out if published.piece.outlet == "manara")
    assert (way["kind"], way["alive"], way["items"], way["error"]) == ("feed", True, 4, None)
    assert way["newest"] == newest.isoformat()
    assert found["manara"]["articles"]["read"] == found["manara"]["articles"]["tried"] == 3
    assert [way["kind"] for way in found["furat48"]["ways"]] == ["listing", "listing"]
    assert found["warraq"]["state"] == "partly"  # one of its articles has no date
    assert found["warraq"]["articles"]["missing"]["published_at"] == 1
    assert {robots["origin"]: robots["found"] for robots in found["manara"]["robots"]} == {
        "http://feeds.manara.test": False,
        "http://www.manara.test": True,
    }


def test_an_interstitial_and_an_empty_page_are_told_and_the_outlet_is_partly_read(
    newsroom: Newsroom, capsys: pytest.CaptureFixture[str]
) -> None:
    code, found = checked(capsys, "damas")
    assert (code, found["damas"]["state"]) == (0, "partly")
    assert {error["kind"] for error in found["damas"]["articles"]["errors"]} == {"no-body", "interstitial"}


HTML = b"<html><head><title>x</title></head><body><p>We have moved.</p></body></html>"


@pytest.mark.parametrize(
    ("answer", "kind", "status"),
    [
        (Answer(500), "status", 500),
        (Answer(404), "status", 404),
        (Answer(403), "status", 403),
        (Answer(200, HTML, {"Content-Type": "text/html"}), "not-a-feed", None),
        (Answer(200, b""), "not-a-feed", None),
        (Answer(302, headers={"Location": "http://elsewhere.test/feed"}), "redirect", None),
        (Answer(302, headers={"Location": "http://127.0.0.1/feed"}), "redirect", None),
        (Answer(200, b"x" * (6 * 2**20)), "too-large", None),
    ],
    ids=["500", "404", "403", "html", "empty", "off-site", "private", "large"],
)
def test_a_dead_way_in_is_told_with_its_reason_and_exit_1_and_the_others_go_on(
    newsroom: Newsroom, capsys: pytest.CaptureFixture[str], answer: Answer, kind: str, status: int | None
) -> None:
    newsroom.fault("http://www.ufuq.test/rss", answer)
    code, found = checked(capsys, "ufuq", "manara")
    assert (code, found["ufuq"]["state"], found["manara"]["state"]) == (1, "failing", "fine")
    (way,) = found["ufuq"]["ways"]
    assert (way["alive"], way["error"]["kind"], way["error"]["status"]) == (False, kind, status)


def test_one_dead_listing_of_two_is_no_failing_outlet(newsroom: Newsroom, capsys: pytest.CaptureFixture[str]) -> None:
    newsroom.fault("http://www.furat48.test/محليات", Answer(500))
    code, found = checked(capsys, "furat48")
    assert (code, found["furat48"]["state"]) == (0, "partly")
    assert [way["alive"] for way in found["furat48"]["ways"]] == [True, False]


def test_a_robots_txt_that_forbids_is_obeyed_and_told(newsroom: Newsroom, capsys: pytest.CaptureFixture[str]) -> None:
    newsroom.fault("http://damas.test/robots.txt", Answer(200, b"User-agent: *\nDisallow: /archives/\n"))
    code, found = checked(capsys, "damas")
    assert (code, {error["kind"] for error in found["damas"]["articles"]["errors"]}) == (1, {"robots"})
    main(["outlets", "--check", "damas"])
    assert "damas.test forbids 3 of what was asked" in capsys.readouterr().out
    assert not [exchange for exchange in newsroom.journal if "/archives/" in exchange.url]


def test_a_crawl_delay_is_told(newsroom: Newsroom, capsys: pytest.CaptureFixture[str]) -> None:
    newsroom.fault("http://damas.test/robots.txt", Answer(200, b"User-agent: *\nCrawl-delay: 0.1\n"))
    _, found = checked(capsys, "damas")
    assert [robots["crawl_delay"] for robots in found["damas"]["robots"]] == [0.1]


def test_a_refusal_is_told_with_the_public_channel_that_the_catalogue_knows(
    newsroom: Newsroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (OUTLETS / "sahel.yaml").read_text(encoding="utf-8") + "telegram: sahel_today\n"
    (tmp_path / "sahel.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setenv("MARSAD_OUTLETS", str(tmp_path))
    code, found = checked(capsys, "sahel")
    assert (code, found["sahel"]["refused"]) == (1, True)
    assert found["sahel"]["alternative"] == "https://t.me/s/sahel_today"
    main(["outlets", "--check", "sahel"])
    assert "telegram: {instead: true} would allow it)  https://t.me/s/sahel_today" in capsys.readouterr().out


def test_nothing_is_asked_conditionally_and_no_state_is_left(
    newsroom: Newsroom, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    checked(capsys, "manara")
    checked(capsys, "manara")
    assert [exchange.status for exchange in newsroom.journal if exchange.url.endswith("rss.xml")] == [200, 200]
    assert not any(exchange.conditional for exchange in newsroom.journal)
    assert not (tmp_path / "state").exists()


def test_as_many_articles_are_asked_for_as_wanted(newsroom: Newsroom, capsys: pytest.CaptureFixture[str]) -> None:
    _, found = checked(capsys, "manara", "--articles", "1")
    assert found["manara"]["articles"]["tried"] == 1
    assert len([e for e in newsroom.journal if "/articles/" in e.url]) == 1


def test_the_report_for_people_has_no_colours_in_a_file_and_ends_with_a_summary(
    newsroom: Newsroom, capsys: pytest.CaptureFixture[str]
) -> None:
    newsroom.fault("http://www.ufuq.test/rss", Answer(500))
    assert main(["outlets", "--check", "ufuq", "manara", "damas"]) == 1
    told = capsys.readouterr()
    assert "\x1b" not in told.out + told.err
    assert "dead: status: answered 500  http://www.ufuq.test/rss\n" in told.out
    assert re.search(r"alive: 4 items, the newest \d+ min old  http://feeds\.manara\.test/arabic/rss\.xml\n", told.out)
    assert "3 of 3 read; without section 3\n" in told.out
    assert told.out.endswith("3 tried: 1 fine, 1 partly, 1 failing: ufuq\n")
    head = next(line for line in told.out.splitlines() if line.startswith("manara"))
    assert head.endswith("Manara Arabic (المنارة عربي)")  # what is written from the right moves nothing


def test_an_unknown_outlet_is_told_and_the_others_are_tried(
    newsroom: Newsroom, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["outlets", "--check", "manara", "no-such"]) == 1
    told = capsys.readouterr()
    assert "there is no outlet no-such" in told.err
    assert "1 tried: 1 fine" in told.out


def on_terminal(words: list[str], env: dict[str, str]) -> tuple[int, str]:
    """(exit code, all that a process writes to the terminal that it has)."""
    main_end, its_end = pty.openpty()
    with subprocess.Popen(words, env=env, stdin=its_end, stdout=its_end, stderr=its_end) as process:
        os.close(its_end)
        written = b""
        while piece := _read(main_end):
            written += piece
        os.close(main_end)
        return process.wait(LIMIT), written.decode()


def _read(end: int) -> bytes:
    try:
        return os.read(end, 65536)
    except OSError:  # the other end is closed: Linux says EIO
        return b""


@pytest.mark.parametrize(("more", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_on_a_terminal_there_is_a_progress_bar_and_colour_unless_none_is_wanted(
    newsroom: Newsroom, more: dict[str, str], coloured: bool
) -> None:
    code, written = on_terminal([str(MARSAD), "outlets", "--check", "manara", "ufuq"], dict(os.environ) | more)
    assert code == 0
    assert re.search(r"\[#{12}\.{12}\] 1/2  (manara|ufuq)", written)
    assert ("\x1b[32mfine\x1b[0m" in written) is coloured
    assert written.splitlines()[-1].endswith("2 tried: 2 fine, 0 partly, 0 failing")


def test_ctrl_c_leaves_the_summary_so_far(newsroom: Newsroom) -> None:
    newsroom.fault("http://www.ufuq.test/rss", Answer(200, b"", delay=3.0))
    words = [str(MARSAD), "outlets", "--check", "ufuq", "manara", "damas", "--jobs", "2"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        told = ""
        while told.count("robots ") < 2:  # manara and damas are done, ufuq is still asked
            told += process.stdout.readline()
        process.send_signal(signal.SIGINT)
        rest, err = process.communicate(timeout=LIMIT)
    assert rest == "2 tried, 1 not tried: 1 fine, 1 partly, 0 failing\n"
    assert process.returncode == 130
    assert "Ctrl-C again leaves at once" in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(-5, "0 s"), (59, "59 s"), (60, "1 min"), (3599, "59 min"), (7200, "2 h"), (86400, "1 day"), (864000, "10 days")],
)
def test_an_age_is_told_in_the_largest_unit(seconds: int, said: str) -> None:
    assert age(timedelta(seconds=seconds)) == said


def test_what_a_stranger_wrote_cannot_steer_the_terminal() -> None:
    assert printable("http://x.test/\x1b[2J\u202eخبر\r\n") == "http://x.test/\ufffd[2J\ufffdخبر\ufffd\ufffd"
