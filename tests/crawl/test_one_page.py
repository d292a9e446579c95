from __future__ import annotations

import pytest

from crawler.extract.unreadable import Unreadable
from crawler.one_page import fetch_article
from crawler.outlets.catalogue import general_outlet
from tests.clock import Clock
from tests.crawl.conftest import page
from tests.crawl.web import Answer, Web

URL = "http://damas.test/news/1"


async def test_a_page_is_fetched_and_read_by_its_address(web: Web, clock: Clock) -> None:
    web.pages[URL] = Answer(page("قصف على أطراف المدينة"))
    article = await fetch_article(URL, general_outlet("", URL), clock)
    assert article.title == "قصف على أطراف المدينة"


async def test_a_page_that_gives_nothing_says_why(web: Web, clock: Clock) -> None:
    with pytest.raises(Unreadable, match="status"):
        await fetch_article("http://damas.test/none", general_outlet("", URL), clock)
