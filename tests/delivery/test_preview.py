"""The preview in the terminal."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime

from alerts.config import Config
from alerts.delivery.model import Outgoing, Rendered, Sent
from alerts.delivery.render import AlertContent, render
from alerts.delivery.targets import open_target
from alerts.delivery.targets.preview import RULE, Preview
from alerts.rules.model import Channel

MOMENT = datetime(2026, 11, 23, 11, 5, tzinfo=UTC)
ALERT = AlertContent(
    "قصف <مستودع> قرب البوكمال", "", "صدى الفرات", "Sada", None, MOMENT, MOMENT, "https://sada.example/?a=1&b=2", ()
)
MESSAGE = Outgoing(1, "desk", "@desk", None, render(ALERT, channel=Channel("desk", "@desk")))


class Terminal(io.StringIO):
    """A stream that says it is one."""

    def isatty(self) -> bool:
        return True


async def test_without_a_token_messages_are_shown_with_their_links_and_no_colours_in_a_pipe() -> None:
    out = io.StringIO()
    target = open_target(Config.from_env({}), out=out)
    assert await target.send(MESSAGE) == Sent(0, 0)
    assert await target.send(MESSAGE) == Sent(1, 0)
    assert await target.send(replace(MESSAGE, edits=0)) == Sent(0, 0)
    await target.close()
    shown = out.getvalue()
    assert "\x1b" not in shown
    assert shown.startswith("── desk → @desk ───")
    assert f"\n{MESSAGE.text.plain}\n{RULE}\n" in shown
    assert "https://sada.example/?a=1&b=2\n" in shown
    assert shown.count("(edited)") == 1


async def test_a_terminal_shows_bold_and_links_with_their_addresses_below() -> None:
    out = Terminal()
    await Preview(out).send(MESSAGE)
    shown = out.getvalue()
    assert "\x1b[1mقصف <مستودع> قرب البوكمال\x1b[0m\n" in shown
    assert "\x1b[4;34mصدى الفرات\x1b[0m\n\x1b[2mhttps://sada.example/?a=1&b=2\x1b[0m\n" in shown


async def test_nested_styles_end_one_by_one() -> None:
    out = Terminal()
    await Preview(out).send(replace(MESSAGE, text=Rendered("<b>أ<i>ب</i>ج</b>د", "")))
    assert "\x1b[1mأ\x1b[3mب\x1b[0m\x1b[1mج\x1b[0mد\n" in out.getvalue()


async def test_no_message_can_drive_the_terminal() -> None:
    hostile = Rendered("a\x1b]0;title\x07b\x9b2Jc\rd", "a\x1b]0;title\x07b\x9b2Jc\rd")
    for out in (io.StringIO(), Terminal()):
        await Preview(out).send(replace(MESSAGE, text=hostile))
        assert "a]0;titleb2Jcd\n" in out.getvalue()
