"""`marsad extract` and `marsad outlets`, as a user calls them."""

from __future__ import annotations

import io
import json
import sys
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from alerts.cli import main
from crawler.extract.feed_odd import MAX_TAGS
from crawler.worker import Worker
from tests.extract.samples import BODY, HEADLINE, LEAD, paragraphs

PAGE = f"""<html lang="ar"><head><title>{HEADLINE}</title><link rel="canonical" href="https://www.arab48.com/محليات/2026/11/22/x">
</head><body><h1>{HEADLINE}</h1><div class="article-content">{paragraphs(*BODY)}</div></body></html>"""
FEED = f"""<rss><channel><item><title>{HEADLINE}</title><link>/news/1</link><description>{LEAD}</description>
<pubDate>Mon, 23 Nov 2020 10:00:00 +0000</pubDate><guid>g</guid></item></channel></rss>"""


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("MARSAD_OUTLETS", "MARSAD_RULES", "MARSAD_STATE_DIR", "MARSAD_TELEGRAM_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def run(capsys: pytest.CaptureFixture[str], *args: str) -> tuple[int, list[dict[str, Any]], str]:
    """(exit code, the JSON objects printed, what stands on standard error)."""
    code = main(args)
    out, err = capsys.readouterr()
    return code, [json.loads(line) for line in out.splitlines()], err


def test_a_saved_page_becomes_one_object_with_every_field(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "page.html"
    file.write_text(PAGE, encoding="utf-8")
    code, (row,), _ = run(capsys, "extract", "--json", str(file))
    assert code == 0
    assert list(row) == (
        [
            "file",
            "url",
            "outlet",
            "title",
            "text",
            "published_at",
            "modified_at",
            "author",
            "section",
            "image",
            "language",
            "source",
            "flags",
            "reasons",
        ]
    )
    assert (row["file"], row["outlet"], row["title"], row["text"]) == (str(file), "arab48", HEADLINE, "\n".join(BODY))
    assert row["published_at"] == "2026-11-21T22:00:00+00:00"


def test_the_outlet_may_be_named_or_known_by_the_address(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "page.html"
    file.write_text(PAGE.replace("www.arab48.com", "nobody.test"), encoding="utf-8")
    assert run(capsys, "extract", "--outlet", "arab48", str(file))[1][0]["outlet"] == "arab48"
    assert run(capsys, "extract", "--url", "https://www.arab48.com/x", str(file))[1][0]["outlet"] == "arab48"
    unknown = run(capsys, "extract", "--outlet", "some-paper", str(file))[1][0]
    assert (unknown["outlet"], "unknown-outlet" in unknown["flags"]) == ("some-paper", True)
    assert "unknown-outlet" in run(capsys, "extract", str(file))[1][0]["flags"]


def test_a_file_that_yields_nothing_says_so_in_its_place_and_the_others_go_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "good.html").write_text(PAGE, encoding="utf-8")
    (tmp_path / "empty.html").write_text("", encoding="utf-8")
    code, rows, _ = run(capsys, "extract", "absent.html", "empty.html", "good.html", str(tmp_path))
    assert code == 1
    assert [list(row)[:2] for row in rows] == [["file", "error"], ["file", "error"], ["file", "url"], ["file", "error"]]
    assert [row["file"] for row in rows[:3]] == ["absent.html", "empty.html", "good.html"]


def test_a_saved_feed_becomes_an_object_for_each_entry(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "rss.xml").write_text(FEED, encoding="utf-8")
    (tmp_path / "page.xml").write_text(PAGE, encoding="utf-8")
    code, rows, _ = run(capsys, "extract", "--feed", "--url", "https://daily.test/rss", "rss.xml", "page.xml")
    assert code == 1
    assert rows[0] == {
        "file": "rss.xml",
        "url": "https://daily.test/news/1",
        "title": HEADLINE,
        "summary": LEAD,
        "published_at": "2020-11-23T10:00:00+00:00",
        "id": "g",
    }
    assert rows[1]["error"].startswith("not-a-feed")


def test_a_file_that_takes_too_long_is_given_up_and_the_next_one_is_read(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("crawler.worker.Worker", partial(Worker, read_seconds=1.0))
    Path("slow.xml").write_text("<rss><item>" + "<a/>" * (MAX_TAGS - 9), encoding="utf-8")
    Path("rss.xml").write_text(FEED, encoding="utf-8")
    code, rows, _ = run(capsys, "extract", "--feed", "--url", "https://daily.test/rss", "slow.xml", "rss.xml")
    assert code == 1
    assert rows[0] == {"file": "slow.xml", "error": "slow-to-read: reading it takes over 1 s"}
    assert rows[1]["title"] == HEADLINE


@pytest.mark.parametrize("args", [(), ("-",)])
def test_without_a_file_standard_input_is_read(
    args: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(PAGE.encode("windows-1256"))))
    code, (row,), _ = run(capsys, "extract", *args)
    assert (code, row["file"], row["title"]) == (0, "-", HEADLINE)


def test_the_catalogue_is_a_table_and_with_json_one_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["outlets"]) == 0
    table = capsys.readouterr().out
    assert "arab48" in table and "عرب 48" in table
    code, rows, _ = run(capsys, "outlets", "--json")
    assert code == 0
    assert len(rows) == len(table.splitlines()) - 1
    arab48 = next(row for row in rows if row["id"] == "arab48")
    assert {way["proven"] for way in arab48["feeds"]} == {"listed"}
    assert arab48["name"] == {"ar": "عرب 48", "en": "Arab48"}


def test_only_the_outlets_asked_for_are_shown_and_an_unknown_one_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    code, rows, err = run(capsys, "outlets", "arab48", "no-such", "--json")
    assert (code, [row["id"] for row in rows]) == (1, ["arab48"])
    assert "no-such" in err


@pytest.mark.parametrize("command", ["extract", "outlets"])
def test_a_mistake_in_the_operators_folder_is_one_line_and_exit_2(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.yaml").write_text("id: mine\nnmae: x\n", encoding="utf-8")
    monkeypatch.setenv("MARSAD_OUTLETS", str(tmp_path))
    assert main([command, "x"]) == 2
    err = capsys.readouterr().err
    assert f"{tmp_path / 'mine.yaml'}:2: unknown key 'nmae'" in err
    assert "did you mean name?" in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("command", ["extract", "outlets"])
def test_help_shows_an_example(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main([command, "--help"])
    assert left.value.code == 0
    assert "example:\n  marsad " + command in capsys.readouterr().out
