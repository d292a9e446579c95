"""The crawler alone, as its user runs it: `scrapy list`, `scrapy crawl ID -O out.jsonl`, in processes of their own."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from crawler.outlets.catalogue import load_catalogue
from tests.crawl.conftest import feed, page
from tests.crawl.web import Answer, Web, reset

ROOT = Path(__file__).parents[2]
OUTLET = """
id: spring
name: {ar: النبع, en: The Spring}
country: PS
homepage: https://www.spring.test
hosts: [www.spring.test]
timezone: Asia/Hebron
feeds:
  - {url: "https://www.spring.test/rss", proven: live, note: of this test}
evidence: [this test]
checked: 2026-11-23
"""
RSS = "https://www.spring.test/rss"
PAGES = [f"https://www.spring.test/{n}" for n in (1, 2)]


@dataclass
class Done:
    code: int
    out: str
    err: str


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of the operator's own outlets, and a state folder, both in the environment."""
    outlets = tmp_path / "outlets"
    outlets.mkdir()
    (outlets / "spring.yaml").write_text(OUTLET, encoding="utf-8")
    monkeypatch.setenv("MARSAD_OUTLETS", str(outlets))
    monkeypatch.setenv("MARSAD_STATE_DIR", str(tmp_path / "state"))
    return tmp_path


async def scrapy(*arguments: str) -> Done:
    """`scrapy …` in the project's folder."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "scrapy", *arguments,
        cwd=ROOT, env=os.environ, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await asyncio.wait_for(process.communicate(), 60)
    return Done(process.returncode or 0, out.decode(), err.decode())


async def crawl(outlet: str, folder: Path, *options: str) -> list[dict[str, Any]]:
    """The records that a quiet `scrapy crawl` of the outlet writes."""
    out = folder / "out.jsonl"
    done = await scrapy("crawl", outlet, "-O", str(out), *options)
    assert (done.code, done.out, done.err) == (0, "", "")
    return [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def spring(web: Web) -> Web:
    web.pages[RSS] = Answer(feed(*PAGES), etag='"spring-1"')
    web.pages.update({url: Answer(page()) for url in PAGES})
    return web


async def test_scrapy_list_shows_the_catalogue_and_the_operators_own(folder: Path) -> None:
    done = await scrapy("list")
    assert done.code == 0
    assert done.out.split() == sorted([*load_catalogue(), "spring"])


async def test_a_crawl_by_hand_writes_records_and_a_second_one_fetches_no_article(spring: Web, folder: Path) -> None:
    records = await crawl("spring", folder)
    assert [r["url"] for r in records] == PAGES
    assert all(r["outlet"] == "spring" and r["text"] and r["published_at"] for r in records)
    assert "\\u" not in (folder / "out.jsonl").read_text(encoding="utf-8")
    assert spring.urls() == [RSS, *PAGES]
    assert set(spring.tunnels) == {"www.spring.test:443"}
    assert await crawl("spring", folder) == []
    assert spring.header(RSS, "If-None-Match") == '"spring-1"'
    assert spring.urls(robots=True) == [RSS]
    assert (folder / "state" / "crawl.db").exists()


async def test_a_certificate_of_an_unknown_authority_is_refused(
    spring: Web, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    done = await scrapy("crawl", "spring")
    assert "spring: feed https://www.spring.test/rss gave nothing: connection: " in done.err
    assert "certificate verify failed" in done.err
    assert spring.urls(robots=True) == []


async def test_on_twisteds_reactor_it_does_the_same(spring: Web, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MARSAD_REACTOR", "asyncio")
    assert len(await crawl("spring", folder)) == 2
    assert await crawl("spring", folder) == []


async def test_the_operator_may_say_who_asks(spring: Web, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MARSAD_USER_AGENT", "NewsDesk/2 (+https://desk.test/bot)")
    await crawl("spring", folder)
    assert spring.header(RSS, "User-Agent") == "NewsDesk/2 (+https://desk.test/bot)"


async def test_the_shipped_arab48_is_crawled_and_asked_conditionally(web: Web, folder: Path) -> None:
    """Its feed fails and one of its pages too: the rest is had, and what fails is told in a line each."""
    first, second = (
        "https://www.arab48.com/" + quote(f"الأخبار/أخبار-عاجلة/2026/11/23/{slug}")
        for slug in ("أعمال-ترميم-في-سوق-البلدة", "حملة-تشجير-في-الجليل")
    )
    outlet = load_catalogue()["arab48"]
    listings = [way.url for way in outlet.listings]
    links = "".join(
        f'<div><span class="category-inside-time">23/11/2026</span><a href="{url}">{title}</a></div>'
        for url, title in ((first, "أعمال ترميم في سوق البلدة القديمة"), (second, "حملة تشجير واسعة في الجليل"))
    )
    for number, url in enumerate(listings):
        path = url.removeprefix("https://www.arab48.com/")
        listing = f"<html><body><main>{links}</main></body></html>".encode()
        web.pages["https://www.arab48.com/" + quote(path)] = Answer(listing, etag=f'"listing-{number}"')
    web.pages["https://www.arab48.com/rss"] = Answer(status=404)
    body = page("أعمال ترميم في سوق البلدة القديمة").replace(b"<article>", b'<article class="article-content">')
    web.pages[first], web.pages[second] = Answer(body), reset
    out = folder / "out.jsonl"

    done = await scrapy("crawl", "arab48", "-O", str(out))
    assert done.code == 0
    assert len(done.err.splitlines()) == 2
    assert re.search(r"arab48: feed https://www\.arab48\.com/rss gave nothing: status: .* 404", done.err)
    assert "Traceback" not in done.err
    records = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert {r["title"]: r["flags"] for r in records} == {
        "أعمال ترميم في سوق البلدة القديمة": [],
        "حملة تشجير واسعة في الجليل": ["headline-only", "day-only"],
    }
    web.urls()

    await scrapy("crawl", "arab48", "-O", str(out))
    assert out.read_text(encoding="utf-8") == ""
    assert {a.url for a in web.asked} == {"https://www.arab48.com/rss"} | {
        url for url in web.pages if "listing" in str(getattr(web.pages[url], "etag", ""))
    }
    assert sum("if-none-match" in a.headers for a in web.asked) == len(listings)


async def test_a_broken_outlet_file_is_told_in_a_line_with_its_place(folder: Path) -> None:
    (folder / "outlets" / "broken.yaml").write_text("id: broken\ncountry: [\n", encoding="utf-8")
    done = await scrapy("list")
    assert done.code == 2
    assert "broken.yaml:" in done.err
    assert "Traceback" not in done.err


async def test_an_outlet_that_nobody_knows_is_an_error(folder: Path) -> None:
    assert (await scrapy("crawl", "nobody")).code != 0
