"""`marsad outlets add URL`: a draft that works, shown, and written only if it is wanted."""

from __future__ import annotations

import asyncio
import os
import pty
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.cli import main
from crawler.drafting.file import Facts, Guess, as_yaml, country_of_host, name_of_host, read_back
from crawler.drafting.site import Site
from crawler.extract.letters import tidy
from crawler.identity import canonical_url
from crawler.outlets.catalogue import Outlet, Way, general_outlet, load_catalogue
from crawler.outlets.reading import read_outlet
from crawler.trial import Trial, try_outlet
from newsroom.pieces import Published
from newsroom.server import Answer, Newsroom
from newsroom.shapes import address, section_of
from newsroom.site import find, resources

MARSAD = Path(sys.executable).with_name("marsad")
LIMIT = 60  # seconds after which a process is taken to hang


def add(url: str, *words: str) -> int:
    return main(["outlets", "add", url, "--yes", *words])


def tried(outlet: Outlet) -> Trial:
    return asyncio.run(try_outlet(outlet, articles=20, clock=lambda: datetime.now(UTC)))


OUTLETS = [
    ("damas", "http://damas.test/feed/", "SY", "صدى دمشق"),
    ("furat48", "http://www.furat48.test/محليات", "SY", "فرات 48"),
    ("manara", "http://feeds.manara.test/arabic/rss.xml", "GB", "المنارة عربي"),
    ("sahel", "http://sahel.test/atom.xml", "LB", "الساحل اليوم"),
    ("ufuq", "http://www.ufuq.test/rss", "AE", "أفق نيوز عربية"),
    ("warraq", "http://warraq.test/rss.xml", "IQ", "جريدة الوراق"),
]


@pytest.mark.parametrize(("outlet", "url", "country", "name"), OUTLETS, ids=[outlet for outlet, *_ in OUTLETS])
def test_the_drafted_file_follows_the_outlet_rightly(
    newsroom: Newsroom, stranger: Path, outlet: str, url: str, country: str, name: str
) -> None:
    assert add(url, "--country", country) == 0
    drafted = load_catalogue(stranger)[outlet]
    assert (drafted.country, drafted.name_ar, drafted.proven) == (country, name, "live")
    pieces = [p for p in newsroom.out if p.piece.outlet == outlet]
    if outlet == "furat48":  # the draft is of one section
        pieces = [p for p in pieces if section_of(p) == "محليات"]
    trial = tried(drafted)
    assert sum(way.items for way in trial.ways) == len(pieces)
    readable = {canonical_url(address(p)): p for p in pieces if p.piece.page == "article" and p.piece.lines}
    readable = {url: p for url, p in readable.items() if p.piece.paragraphs}
    assert {article.url for article in trial.articles} == readable.keys()
    for article in trial.articles:
        told = readable[article.url]
        assert article.title == told.piece.title
        assert set(told.piece.paragraphs) <= set(article.paragraphs)
        if outlet != "manara":  # whose related block, within the article, wants a `drop` that a person writes
            assert not [line.text for line in told.piece.lines if line.kind == "related" and line.text in article.text]
        assert _same_time(article.published_at, told)


def _same_time(moment: datetime | None, told: Published) -> bool:
    """The old paper prints no seconds."""
    return (moment is None) is (not told.piece.dated) and (
        moment is None or abs(moment - told.at) < timedelta(minutes=1)
    )


def home(*feeds: str, more: str = "", name: str = "صدى دمشق") -> Answer:
    """A home page that names feeds."""
    links = "".join(f'<link rel="alternate" type="application/rss+xml" href="{feed}">' for feed in feeds)
    page = f"""<html lang="ar"><head><title>{name}</title><meta property="og:site_name" content="{name}">{links}</head>
    <body><a href="https://t.me/share/url?url=x">شارك</a><a href="https://t.me/s/sada_dimashq">قناتنا</a>{more}</body></html>"""
    return Answer(200, page.encode(), {"Content-Type": "text/html; charset=utf-8"})


def test_a_home_page_leads_to_the_feed_that_it_names_and_no_place_is_guessed(
    newsroom: Newsroom, stranger: Path
) -> None:
    newsroom.fault("http://damas.test/", home("/comments/feed/", "/feed/"))
    assert add("http://damas.test/") == 0
    drafted = load_catalogue(stranger)["damas"]
    assert [way.url for way in drafted.feeds] == ["http://damas.test/feed/"]
    assert (drafted.family, drafted.telegram, drafted.telegram_allowed) == ("wordpress", "sada_dimashq", False)
    assert (drafted.homepage, drafted.language) == ("http://damas.test", "ar")
    assert drafted.selectors.body == ("div.content-article",)
    assert drafted.article_url is not None
    assert "id" in drafted.article_url.groupindex
    assert not [e for e in newsroom.journal if "rss.xml" in e.url or "comments" in e.url]


def test_an_article_leads_to_the_feed_of_its_site(newsroom: Newsroom, stranger: Path) -> None:
    assert add("http://damas.test/archives/348111") == 0
    drafted = load_catalogue(stranger)["damas"]
    assert ([way.url for way in drafted.feeds], drafted.homepage) == (["http://damas.test/feed/"], "http://damas.test")


def test_a_news_sitemap_that_robots_txt_names_is_a_way_in(newsroom: Newsroom, stranger: Path) -> None:
    now = datetime.now(UTC)
    urls = "".join(
        f"<url><loc>http://damas.test/archives/{n}</loc><news:news><news:publication_date>{now.isoformat()}"
        f"</news:publication_date><news:title>خبر {n}</news:title></news:news></url>"
        for n in (348111, 348115)
    )
    sitemap = f"""<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
    xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">{urls}</urlset>"""
    newsroom.fault(
        "http://damas.test/robots.txt",
        Answer(
            200, b"User-agent: *\nAllow: /\nSitemap: http://elsewhere.test/news.xml\nSitemap: http://damas.test/n.xml\n"
        ),
    )
    newsroom.fault("http://damas.test/n.xml", Answer(200, sitemap.encode(), {"Content-Type": "text/xml"}))
    assert add("http://damas.test/feed/") == 0
    drafted = load_catalogue(stranger)["damas"]
    assert [way.url for way in drafted.sitemaps] == ["http://damas.test/n.xml"]
    assert not [e for e in newsroom.journal if "elsewhere" in e.url]


def test_selectors_hold_for_every_sample_or_are_not_proposed(newsroom: Newsroom, stranger: Path) -> None:
    """A name that only some of the pages have is no name of the outlet's template."""
    _, second, *_ = [p for p in newsroom.out if p.piece.outlet == "manara"]
    url = address(second)
    resource = find(resources(newsroom.out), url)
    assert resource is not None
    renamed = resource.body.replace(b'<article class="bbc-w3sd">', b"<div>").replace(b"</article>", b"</div>")
    newsroom.fault(
        f"{url}?at_medium=RSS&at_campaign=rss", Answer(200, renamed, {"Content-Type": resource.content_type})
    )
    assert add("http://feeds.manara.test/arabic/rss.xml") == 0
    drafted = load_catalogue(stranger)["manara"]
    assert drafted.selectors.body == ("main",)  # without the changed page it would be `article`
    assert drafted.selectors.title == ("h1#content",)


def test_what_is_not_known_is_marked_so(newsroom: Newsroom, stranger: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert add("http://damas.test/feed/") == 0
    text = (stranger / "damas.yaml").read_text(encoding="utf-8")
    assert "country: ZZ  # not known: write it\n" in text
    assert "timezone: UTC  # a guess" in text
    assert "  # a guess: the site says no English name\n" in text
    told = capsys.readouterr().out
    assert text in told
    assert "انفجارات تهز البوكمال بعد ضربات جوية على مستودعات عند أطرافها" in told  # the sample
    assert "marsad outlets --check damas" in told
    assert "alive: 5 items" in told


def test_what_the_person_says_stands_over_every_guess(newsroom: Newsroom, stranger: Path) -> None:
    words = ["--country", "sy", "--kind", "local", "--language", "ku", "--id", "sada"]
    assert add("http://damas.test/feed/", *words) == 0
    drafted = read_outlet(stranger / "sada.yaml")
    assert (drafted.id, drafted.country, drafted.kind, drafted.language) == ("sada", "SY", "local", "ku")
    assert drafted.timezone.key == "Asia/Damascus"


# ---- asking and writing -------------------------------------------------------------------------------------


def answered(answer: bytes, *words: str) -> tuple[int, str]:
    """(exit code, what is shown) of the command on a terminal where somebody answers."""
    main_end, its_end = pty.openpty()
    with subprocess.Popen(
        [MARSAD, "outlets", "add", *words], stdin=its_end, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        os.write(main_end, answer)
        shown, _ = process.communicate(timeout=LIMIT)
    os.close(main_end)
    os.close(its_end)
    return process.returncode, shown.decode()


@pytest.mark.parametrize(("answer", "code", "files"), [(b"y\n", 0, ["damas.yaml"]), (b"n\n", 1, []), (b"\n", 1, [])])
def test_nothing_is_written_unless_the_person_says_yes(
    newsroom: Newsroom, stranger: Path, answer: bytes, code: int, files: Sequence[str]
) -> None:
    assert os.environ["http_proxy"] == newsroom.proxy
    returned, shown = answered(answer, "http://damas.test/feed/")
    assert returned == code
    assert f"write {stranger / 'damas.yaml'}? [y/N]" in shown
    assert ("nothing was written" in shown) is (not files)
    assert [path.name for path in stranger.iterdir()] == [*files]


def test_without_a_terminal_it_asks_nothing_of_anybody_and_names_yes(
    newsroom: Newsroom, stranger: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["outlets", "add", "http://damas.test/feed/"]) == 2  # pytest's standard input is no terminal
    assert "--yes" in capsys.readouterr().err
    assert newsroom.journal == []


def test_without_a_folder_it_asks_nothing_of_anybody_and_names_both_remedies(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.delenv("MARSAD_OUTLETS")
    assert add("http://damas.test/feed/") == 2
    err = capsys.readouterr().err
    assert "MARSAD_OUTLETS" in err
    assert "--out FOLDER" in err
    assert add("http://damas.test/feed/", "--out", str(tmp_path / "none")) == 2
    assert newsroom.journal == []


def test_out_goes_before_marsad_outlets_and_the_way_on_is_told(
    newsroom: Newsroom, stranger: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    assert add("http://damas.test/feed/", "--out", str(other)) == 0
    assert [path.name for path in other.iterdir()] == ["damas.yaml"]
    assert [*stranger.iterdir()] == []
    assert f"export MARSAD_OUTLETS={other}" in capsys.readouterr().out


def test_an_outlet_that_is_known_is_named_and_not_drafted(
    newsroom: Newsroom, capsys: pytest.CaptureFixture[str]
) -> None:
    assert add("http://damas.test/feed/") == 1
    assert "of damas, which the catalogue has" in capsys.readouterr().err
    assert newsroom.journal == []


def test_a_file_that_is_there_is_written_over_only_with_its_id_and_said_so(
    newsroom: Newsroom, stranger: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert add("http://damas.test/feed/") == 0
    (stranger / "damas.yaml").write_text((stranger / "damas.yaml").read_text() + "# mine\n", encoding="utf-8")
    assert add("http://damas.test/feed/") == 1
    assert "# mine" in (stranger / "damas.yaml").read_text(encoding="utf-8")
    capsys.readouterr()
    assert add("http://damas.test/feed/", "--id", "damas") == 0
    assert "written over" in capsys.readouterr().out
    assert "# mine" not in (stranger / "damas.yaml").read_text(encoding="utf-8")
    returned, shown = answered(b"n\n", "http://damas.test/feed/", "--id", "damas")
    assert returned == 1
    assert "OVER what the catalogue has? [y/N]" in shown


# ---- hostile addresses and sites ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("damas.test", "http:// or https://"),
        ("ftp://damas.test/feed", "http:// or https://"),
        ("file:///etc/passwd", "http:// or https://"),
        ("http://someone:secret@damas.test/", "without a user's name"),
        ("http:///x", "http:// or https://"),
        ("http://127.0.0.1/feed", "blocked-address"),
        ("http://2130706433/feed", "blocked-address"),
        ("http://0x7f.1/feed", "blocked-address"),
        ("http://[::ffff:127.0.0.1]/feed", "blocked-address"),
        ("http://169.254.169.254/latest/meta-data", "blocked-address"),
        ("http://localhost/feed", "blocked-address"),
    ],
)
def test_an_address_that_may_not_be_asked_is_not_asked(
    newsroom: Newsroom, stranger: Path, capsys: pytest.CaptureFixture[str], url: str, said: str
) -> None:
    assert add(url) == 1
    err = capsys.readouterr().err
    assert said in err
    assert "Traceback" not in err
    assert newsroom.journal == []
    assert [*stranger.iterdir()] == []


NO_FEED = Answer(200, b"<html><head><title>x</title></head><body><p>Nothing here.</p></body></html>")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer(302, headers={"Location": "http://ufuq.test/"}), "write that address"),
        (Answer(302, headers={"Location": "http://10.0.0.1/"}), "redirect"),
        (Answer(200, b"<p>" * (2 * 2**20)), "too-large"),
        (Answer(200, b"<a><b>" * (800_000)), "no way in was found"),
        (NO_FEED, "name the address of its feed"),
        (Answer(200, b""), "no way in was found"),
        (Answer(200, b"\x89PNG\r\n\x1a\n" + b"\0" * 1000), "no way in was found"),
        (home("http://127.0.0.1/feed", "http://169.254.169.254/x", "javascript:alert(1)", "feed://x"), "no way in"),
        (home("/a b.xml", "/\x1b[2J.xml", "http://user:secret@leer.test/feed"), "no way in was found"),
    ],
    ids=["off-site", "private", "too large", "5 MB of tags", "no feed", "empty", "image", "private feeds", "odd feeds"],
)
def test_a_site_that_gives_nothing_is_told_why_in_one_line_and_nothing_is_written(
    newsroom: Newsroom, stranger: Path, capsys: pytest.CaptureFixture[str], answer: Answer, said: str
) -> None:
    newsroom.fault("http://leer.test/", answer)
    assert add("http://leer.test/") == 1
    err = [line for line in capsys.readouterr().err.splitlines() if not line.startswith("…")]
    assert len(err) == 1
    assert said in err[0]
    assert "\x1b" not in err[0]
    assert [*stranger.iterdir()] == []
    assert all("leer.test" in exchange.url for exchange in newsroom.journal)


def test_a_robots_txt_that_forbids_the_page_is_obeyed(
    newsroom: Newsroom, stranger: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    newsroom.fault("http://damas.test/robots.txt", Answer(200, b"User-agent: *\nDisallow: /\n"))
    assert add("http://damas.test/feed/") == 1
    assert "ask its owner" in capsys.readouterr().err
    assert [exchange.url for exchange in newsroom.journal] == ["http://damas.test/robots.txt"]


def test_a_page_that_names_hundreds_of_feeds_has_a_few_asked_for(newsroom: Newsroom, stranger: Path) -> None:
    newsroom.fault("http://leer.test/", home(*(f"/feed-{n}" for n in range(500))))
    assert add("http://leer.test/") == 1
    assert len(newsroom.journal) < 30


ODD_NAMES = [
    "نعم: لا",
    "'مقتبس' \"مزدوج\"",
    "# لا شيء",
    "{a: b}, [c]",
    "no",
    "- نقطة",
    "a\nb: c",
    "&ref *x",
    "%TAG",
    "\\u0000",
]


@pytest.mark.parametrize("name", ODD_NAMES)
def test_a_name_that_means_something_in_yaml_is_written_as_a_name(
    newsroom: Newsroom, stranger: Path, name: str
) -> None:
    newsroom.fault("http://damas.test/", home("/feed/", name=escape(name)))
    assert add("http://damas.test/") == 0
    drafted = load_catalogue(stranger)["damas"]
    assert " ".join(name.split()) in (drafted.name_ar, drafted.name_en)


@given(
    st.text(min_size=1, max_size=60).filter(str.strip),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(str.strip),
)
def test_whatever_a_site_calls_itself_the_draft_is_read_back_as_that(name: str, pattern: str) -> None:
    asked = general_outlet("nahr", "http://nahr.test/")
    names = tuple(filter(None, [tidy(name)]))
    guess = Guess.of(asked, Site("http://nahr.test/", names), [])
    outlet = replace(
        asked,
        country="SY",
        name_ar=guess.name_ar,
        name_en=guess.name_en,
        checked="2026-11-23",
        feeds=(Way("http://nahr.test/rss"),),
        boilerplate=(re.compile(re.escape(tidy(pattern) or "x")),),
    )
    back = read_back(as_yaml(Facts(outlet, None, country_said=True, named=guess.named)))
    assert (back.name_ar, back.name_en) == (guess.name_ar, guess.name_en)
    assert [p.pattern for p in back.boilerplate] == [p.pattern for p in outlet.boilerplate]


@pytest.mark.parametrize(
    ("host", "name", "country"),
    [
        ("www.damas.com.sy", "damas", "SY"),
        ("nahr.co.uk", "nahr", "GB"),
        ("arabic.nahr.com", "nahr", "ZZ"),
        ("nahr.ps", "nahr", "PS"),
        ("nahr.news", "nahr", "ZZ"),
        ("com.sy", "com", "SY"),
    ],
)
def test_a_host_tells_a_name_and_perhaps_a_country(host: str, name: str, country: str) -> None:
    assert (name_of_host(host), country_of_host(host)) == (name, country)
