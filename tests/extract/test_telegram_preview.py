"""A channel's preview page into entries. The page is written here, in the shape of the widget's classes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crawler.article import Entry
from crawler.extract.telegram_preview import read_preview
from crawler.extract.unreadable import Unreadable
from tests.extract.samples import HEADLINE, LEAD, NOW, SECOND, outlet

URL = "https://t.me/s/daily_test"


def post(n: int, text: str | None, more: str = "", time: str = "2026-11-23T13:00:00+03:00") -> str:
    body = f'<div class="tgme_widget_message_text js-message_text" dir="auto">{text}</div>' if text is not None else ""
    return f"""<div class="tgme_widget_message_wrap js-widget_message_wrap">
    <div class="tgme_widget_message text_not_supported_wrap js-widget_message" data-post="daily_test/{n}">
      <div class="tgme_widget_message_user"><a href="https://t.me/daily_test"><i></i></a></div>
      <div class="tgme_widget_message_bubble">{more}{body}
        <div class="tgme_widget_message_footer"><span class="tgme_widget_message_views">1.2K</span>
       <a class="tgme_widget_message_date" href="https://t.me/daily_test/{n}"><time datetime="{time}">10:00</time></a>
    </div></div></div></div>"""


def read(*posts: str) -> tuple[Entry, ...]:
    page = f"""<!DOCTYPE html><html><head><title>اليومية – Telegram</title></head><body class="widget_frame_base">
    <div class="tgme_channel_info"></div><section>{"".join(posts)}</section></body></html>"""
    return read_preview(page.encode(), url=URL, outlet=outlet(), fetched_at=NOW)


def test_a_post_is_an_entry_with_all_of_its_text() -> None:
    (entry,) = read(post(41, f"<b>{HEADLINE}</b><br/><br/>{LEAD}<br/>{SECOND}"))
    assert entry == Entry(
        "daily",
        "https://t.me/daily_test/41",
        HEADLINE,
        f"{HEADLINE}\n{LEAD}\n{SECOND}",
        datetime(2026, 11, 23, 10, tzinfo=UTC),
        "daily_test/41",
        text=f"{HEADLINE}\n{LEAD}\n{SECOND}",
    )


def test_the_newest_post_comes_first() -> None:
    assert [e.guid for e in read(post(41, "أول"), post(42, "ثان"))] == ["daily_test/42", "daily_test/41"]


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ('خبر <a href="https://daily.test/news/7">التفاصيل</a>', "https://daily.test/news/7"),
        (
            '<a href="https://elsewhere.test/1">x</a> <a href="http://www.daily.test/news/7">y</a>',
            "http://www.daily.test/news/7",
        ),
        ('خبر <a href="https://daily.test.evil.test/news/7">x</a>', "https://t.me/daily_test/41"),
        ('خبر <a href="?q=%23وسم">#وسم</a>', "https://t.me/daily_test/41"),
        ('خبر <a href="javascript:x">x</a>', "https://t.me/daily_test/41"),
    ],
)
def test_the_address_is_the_outlets_own_page_where_the_post_links_to_it(text: str, url: str) -> None:
    assert read(post(41, text))[0].url == url


def test_the_card_of_a_link_counts_too() -> None:
    card = '<a class="tgme_widget_message_link_preview" href="https://daily.test/news/8"><div>عنوان</div></a>'
    assert read(post(41, "خبر", more=card))[0].url == "https://daily.test/news/8"


def test_a_photo_is_the_picture_and_a_reply_is_not_the_text() -> None:
    style = "width:800px;background-image:url('https://cdn.test/a.jpg')"
    photo = f'<a class="tgme_widget_message_photo_wrap" style="{style}"></a>'
    reply = '<div class="tgme_widget_message_text js-message_reply_text">قديم</div>'
    (entry,) = read(post(41, "خبر", more=reply + photo))
    assert (entry.title, entry.image) == ("خبر", "https://cdn.test/a.jpg")


def test_posts_without_text_and_ones_with_an_odd_name_are_left_out() -> None:
    odd = post(41, "خبر").replace("daily_test/41", "../../41")
    assert read(post(40, None), odd, post(42, "")) == ()


def test_a_time_ahead_becomes_now_and_a_missing_one_is_none() -> None:
    assert read(post(41, "خبر", time="2026-11-24T13:00:00+03:00"))[0].published_at == NOW
    assert read(post(41, "خبر", time=""))[0].published_at is None


@pytest.mark.parametrize("page", ["<html><body>Telegram: Contact</body></html>", "{}"])
def test_what_is_no_preview_is_told(page: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_preview(page.encode(), url=URL, outlet=outlet(), fetched_at=NOW)
    assert refused.value.kind == "not-a-feed"
