"""Where messages go: one module a target, chosen by what the configuration says.

A target's libraries are loaded when it has something to send, so that an idle pass starts without them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TextIO

from alerts.config import Config
from alerts.delivery.look import LookResult, Unseen
from alerts.delivery.model import Outcome, Outgoing, Target, Unusable
from alerts.logs import redact


def open_target(config: Config, *, out: TextIO | None = None) -> Target:
    """Telegram, or without a token the preview, which writes to `out` (default: standard output)."""
    if config.token is None:
        from alerts.delivery.targets.preview import Preview

        return Preview(out or sys.stdout)

    def telegram() -> Target:
        from alerts.delivery.targets.telegram import TelegramTarget

        return TelegramTarget(config)

    return OnFirstUse(telegram)


class OnFirstUse:
    """A target that `make` makes when there is something to send. Where it cannot (a proxy or certificate file
    that is wrong), nothing can be sent, which is `Unusable`."""

    def __init__(self, make: Callable[[], Target]) -> None:
        self._make = make
        self._target: Target | None = None

    async def send(self, message: Outgoing) -> Outcome:
        """Sends by the real target."""
        made = self._made()
        return Unusable(made) if isinstance(made, str) else await made.send(message)

    async def look(self, message: Outgoing, scratch: int | str | None) -> LookResult:
        """Looks by the real target."""
        made = self._made()
        return Unseen(made, again=True) if isinstance(made, str) else await made.look(message, scratch)

    def _made(self) -> Target | str:
        """The real target, or why there is none."""
        if self._target is None:
            try:
                self._target = self._make()
            except Exception as e:
                return redact(f"{e} ({type(e).__name__}); see the token, proxy and certificate settings")
        return self._target

    async def close(self) -> None:
        """Lets go of connections, where there are any."""
        if self._target is not None:
            await self._target.close()
