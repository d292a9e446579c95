"""Logs: events with fields, one line each, on standard error; secrets never.

Any module logs with the standard library, the event as the message and its fields as `extra`:

    log.warning("message refused", extra={"channel": "desk", "reason": "chat not found"})
    2026-11-23T15:01:02Z WARNING alerts.delivery.worker: message refused channel=desk reason="chat not found"

At the default level a quiet pass prints nothing, because cron mails what is printed.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TextIO
from urllib.parse import quote

from alerts.config import Secret

_HIDDEN = "***"
_PATTERNS = (
    re.compile(r"(?<!\d)\d{5,}:[A-Za-z0-9_-]{20,}"),  # a bot's token, as BotFather writes it
    re.compile(r"(?<=/bot)[^/\s\"']+(?=/)"),  # whatever stands for one in a Bot API address
    re.compile(r"(?<=://)[^/\s:@]*:[^/\s@]*(?=@)"),  # user:password of a proxy or database address
)

_CHATTY = ("httpx", "httpcore", "telegram", "scrapy", "twisted", "apscheduler", "asyncio", "alembic", "filelock")
"""Libraries that tell at INFO what they do; httpx and telegram would tell the token with it."""
_REPORTED_OTHERWISE = (
    "scrapy.core.downloader",
    "scrapy.core.scraper",
    "scrapy.downloadermiddlewares.retry",
    "scrapy.downloadermiddlewares.robotstxt",
    "apscheduler.scheduler",
)
"""Scrapy calls every page that fails an error; here it is a state of the entry and shown by `marsad status`.
APScheduler warns of each turn that a slow outlet misses, which is what it is told to do."""

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_FIELD_TYPES = (str, int, float, date, timedelta, Path)  # bool is an int, datetime a date; objects are no fields


def redact(text: str, secrets: Iterable[Secret] = ()) -> str:
    """`text` with `secrets`, and whatever looks like a token or an address's password, shown as `***`."""
    for secret in secrets:
        for form in (secret.reveal(), quote(secret.reveal(), safe="")):
            if form:  # in any case: python-telegram-bot writes error texts in small letters
                text = re.sub(re.escape(form), _HIDDEN, text, flags=re.IGNORECASE)
    for pattern in _PATTERNS:
        text = pattern.sub(_HIDDEN, text)
    return text


class Redact(logging.Filter):
    """Takes secrets out of a record itself, so that no handler after this one sees them either."""

    def __init__(self, secrets: Iterable[Secret] = ()) -> None:
        super().__init__()
        self._secrets = tuple(secrets)

    def filter(self, record: logging.LogRecord) -> bool:
        """Never drops a record."""
        record.msg, record.args = redact(record.getMessage(), self._secrets), ()
        for name, value in _fields(record):
            if isinstance(value, str | Path):
                setattr(record, name, redact(str(value), self._secrets))
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = redact(record.exc_text, self._secrets)
        if record.stack_info:
            record.stack_info = redact(record.stack_info, self._secrets)
        return True


class EventFormatter(logging.Formatter):
    """Time (UTC), level, logger, event, fields; a traceback only where `tracebacks`, else its last line."""

    def __init__(self, *, tracebacks: bool = False) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._tracebacks = tracebacks

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:
        """UTC, whole seconds."""
        return datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def formatMessage(self, record: logging.LogRecord) -> str:
        """One line, whatever the message holds."""
        fields = "".join(f" {name}={_shown(value)}" for name, value in _fields(record))
        return super().formatMessage(record).replace("\r", "\\r").replace("\n", "\\n") + fields

    def format(self, record: logging.LogRecord) -> str:
        """The line and, where asked for, the traceback below it."""
        if self._tracebacks or not record.exc_info:
            return super().format(record)
        line = logging.makeLogRecord({**vars(record), "exc_info": None, "exc_text": None, "stack_info": None})
        error = record.exc_text or logging.Formatter().formatException(record.exc_info)
        return f"{super().format(line)} error={_shown(error.strip().splitlines()[-1])}"


def setup(verbose: int = 0, *, secrets: Iterable[Secret] = (), stream: TextIO | None = None) -> None:
    """Sends logs to standard error (or `stream`), replacing handlers that were there.

    `verbose`: 0 shows warnings, 1 our own events too, 2 also details and what libraries say of themselves.
    `secrets` are shown as `***` wherever they come up.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(EventFormatter(tracebacks=verbose > 0))
    handler.addFilter(Redact(secrets))
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel((logging.WARNING, logging.INFO, logging.DEBUG)[min(max(verbose, 0), 2)])
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING if verbose < 2 else logging.INFO)
    for name in _REPORTED_OTHERWISE:
        logging.getLogger(name).setLevel(logging.CRITICAL if verbose == 0 else logging.NOTSET)


def _fields(record: logging.LogRecord) -> list[tuple[str, object]]:
    return [(k, v) for k, v in vars(record).items() if k not in _STANDARD and isinstance(v, _FIELD_TYPES)]


def _shown(value: object) -> str:
    """A value as it stands in a line: bare where that is one word, else quoted as JSON does."""
    text = str(value)
    return (
        text if text and text.isprintable() and not set(text) & set(" \"='") else json.dumps(text, ensure_ascii=False)
    )
