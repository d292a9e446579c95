"""2,000 nasty titles through the real target to the strict server.

What a title means is taken to be its letters, digits and signs in their order (spaces, and what nobody sees, count for
nothing), up to where a headline is cut and an ellipsis says so. Nothing of it becomes mark-up: the message's links are
those to the article, its bold the headline. What Telegram's clients find in plain text by themselves (@name, #tag, a
bare address) is the outlet's own words, and left as they are.
"""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import regex

from alerts.config import Config, Secret
from alerts.delivery.markup import look_of, look_of_html
from alerts.delivery.model import Outgoing, Sent
from alerts.delivery.render import TITLE_LIMIT, AlertContent, render
from alerts.delivery.targets.telegram import TelegramTarget
from alerts.delivery.text import ELLIPSIS, STACK_LIMIT, units
from alerts.rules.model import Channel
from tests.botapi import TOKEN, BotAPI, Chat
from tests.chaos.titles import titles
from tests.telegram_html import Entity

COUNT = 2000
UNSEEN = regex.compile(
    r"[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]"
)  # spaces, controls, fillers, blank Braille
CHAT = -1_000_000_000_500
URL = "https://sada.example/news?id=7&lang=ar"
ALERT = AlertContent(
    title="",
    lead="",
    outlet_name_ar="صدى الفرات",
    outlet_name_en="Sada al-Furat",
    place=None,
    published_at=datetime(2026, 11, 23, 11, 5, tzinfo=UTC),
    seen_at=datetime(2026, 11, 23, 11, 6, tzinfo=UTC),
    url=URL,
    rules=(("east", "ضربات"),),
)


@pytest.mark.parametrize("language", ["ar", "en"])
async def test_every_nasty_title_is_accepted_at_once_and_says_what_it_said(language: str, tmp_path: Path) -> None:
    channel = Channel("desk", CHAT, language="ar" if language == "ar" else "en")
    async with BotAPI([Chat(CHAT)]) as api:
        target = TelegramTarget(Config(tmp_path, tmp_path, "", Secret(TOKEN), api.url, False, None))
        for number, title in enumerate(titles(COUNT)):
            text = render(replace(ALERT, title=title), channel=channel)
            outcome = await target.send(Outgoing(number, "desk", CHAT, None, text))
            assert isinstance(outcome, Sent), (title, outcome)
            shown = api.chats[CHAT].messages.pop(outcome.message_id)
            marked = [(e.type, piece(shown.text, e)) for e in shown.entities]
            assert {kind for kind, _ in marked} <= {"bold", "text_link"}, title
            assert [dict(e.extra)["url"] for e in shown.entities if e.type == "text_link"] == [URL], title
            headline = shown.text.split("\n")[0]
            assert says(headline, title), (title, headline)
            assert look_of(shown.text, marked) == look_of_html(text.html), title  # a look would know it
        assert len(api.journal) == COUNT  # none was refused and sent again as plain text
        await target.close()


def says(headline: str, title: str) -> bool:
    """Whether a headline is the title, or its beginning where that is too long."""
    said, meant = seen(headline), seen(title)
    if not meant:
        return said in ("(بلاعنوان)", "(untitled)")
    if said == meant:
        return True
    return said.endswith(ELLIPSIS) and meant.startswith(said.removesuffix(ELLIPSIS)) and units(title) > TITLE_LIMIT


def seen(text: str) -> str:
    """Letters, digits, signs and the marks on them; of a heap of marks those that a reader can tell apart."""
    kept, stack = [], 0
    for c in unicodedata.normalize("NFD", text):
        stack = stack + 1 if unicodedata.category(c)[0] == "M" else 0
        if not UNSEEN.match(c) and stack <= STACK_LIMIT // 2:
            kept.append(c)
    return unicodedata.normalize("NFC", "".join(kept))


def piece(text: str, entity: Entity) -> str:
    """The text of an entity."""
    code_units = text.encode("utf-16-le")
    return code_units[2 * entity.offset : 2 * (entity.offset + entity.length)].decode("utf-16-le")
