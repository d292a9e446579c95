"""Which addresses belong to an outlet, and which redirects are followed."""

from __future__ import annotations

import pytest

from crawler.net.redirect import off_site
from crawler.net.site import belongs

HOSTS = ("www.outlet.test", "feeds.news.test")


@pytest.mark.parametrize(
    ("url", "whether"),
    [
        ("http://www.outlet.test/a", True),
        ("https://outlet.test/a", True),
        ("HTTPS://M.OUTLET.test:8443/a", True),
        ("https://ar.www.outlet.test/", True),
        ("https://feeds.news.test/", True),
        ("https://www.news.test/", False),
        ("https://notoutlet.test/", False),
        ("https://outlet.test.evil.test/", False),
        ("https://outlet.test@evil.test/", False),
        ("https://test/", False),
        ("ftp://www.outlet.test/", False),
        ("javascript:alert(1)", False),
        ("//www.outlet.test/", False),
        ("http://[::1", False),
        ("", False),
    ],
)
def test_an_address_belongs_to_an_outlet_by_its_host(url: str, whether: bool) -> None:
    assert belongs(url, HOSTS) is whether


@pytest.mark.parametrize(
    ("source", "target", "followed"),
    [
        ("http://outlet.test/rss", "https://www.outlet.test/rss", True),
        ("https://www.outlet.test/rss", "https://m.outlet.test/rss", True),
        ("https://www.outlet.test/a", "http://www.outlet.test/b", True),
        ("https://www.outlet.test/a", "http://m.outlet.test/b", False),
        ("https://www.outlet.test/a", "https://ads.test/", False),
        ("http://www.outlet.test/a", "http://127.0.0.1/", False),
        ("http://www.outlet.test/a", "http://localhost/", False),
    ],
)
def test_a_redirect_is_followed_within_the_site_only(source: str, target: str, followed: bool) -> None:
    assert (off_site(source, target, HOSTS) is None) is followed
