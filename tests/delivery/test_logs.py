"""Logs: one line an event, with its fields, without secrets."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator

import pytest

from alerts.config import Secret
from alerts.logs import redact, setup

TOKEN = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"


@pytest.fixture
def out() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    levels = {
        name: logger.level for name, logger in root.manager.loggerDict.items() if isinstance(logger, logging.Logger)
    }
    yield io.StringIO()
    root.handlers[:], root.level = handlers, level
    for name, logger in root.manager.loggerDict.items():
        if isinstance(logger, logging.Logger):
            logger.setLevel(levels.get(name, logging.NOTSET))


def test_an_event_is_one_line_with_its_fields(out: io.StringIO) -> None:
    setup(0, stream=out)
    fields = {"channel": "desk", "version": 12, "reason": 'chat "x"\nnot found', "empty": "", "thing": object()}
    logging.getLogger("alerts.x").warning("message %s", "refused\nfor good", extra=fields)
    stamp, rest = out.getvalue().split(" ", 1)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", stamp)
    assert rest == (
        "WARNING alerts.x: message refused\\nfor good channel=desk version=12 "
        'reason="chat \\"x\\"\\nnot found" empty=""\n'
    )


def test_by_default_a_quiet_pass_prints_nothing(out: io.StringIO) -> None:
    setup(stream=out)
    logging.getLogger("alerts.x").info("polled")
    for name in ("httpx", "scrapy.core.engine", "telegram.Bot", "apscheduler.scheduler"):
        logging.getLogger(name).info("noise")
    logging.getLogger("scrapy.core.scraper").error("Error downloading")
    logging.getLogger("scrapy.downloadermiddlewares.retry").error("Gave up")
    assert out.getvalue() == ""


@pytest.mark.parametrize(("verbose", "shown"), [(1, ["ours", "warned"]), (2, ["ours", "details", "theirs", "warned"])])
def test_more_is_shown_when_asked_for_and_libraries_last(verbose: int, shown: list[str], out: io.StringIO) -> None:
    setup(verbose, stream=out)
    logging.getLogger("alerts.x").info("ours")
    logging.getLogger("alerts.x").debug("details")
    logging.getLogger("httpx").info("theirs")
    logging.getLogger("httpcore").debug("chatter")
    logging.getLogger("scrapy").warning("warned")
    assert [line.rsplit(" ", 1)[1] for line in out.getvalue().splitlines()] == shown


def test_setting_up_again_does_not_say_everything_twice(out: io.StringIO) -> None:
    setup(stream=out)
    setup(stream=out)
    logging.getLogger("alerts.x").warning("once")
    assert out.getvalue().count("once") == 1


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"POST https://api.telegram.org/bot{TOKEN}/sendMessage", "POST https://api.telegram.org/bot***/sendMessage"),
        ("http://127.0.0.1:8081/bot1:x/getMe", "http://127.0.0.1:8081/bot***/getMe"),
        (f"token {TOKEN}.", "token ***."),
        ("postgresql://me:pa55@db/marsad", "postgresql://***@db/marsad"),
        ("proxy http://u:p@10.0.0.1:3128/ at 12:30:05", "proxy http://***@10.0.0.1:3128/ at 12:30:05"),
        ("http://127.0.0.1:8081/ and 2026-11-23T12:00:00 1234567:short", None),
    ],
)
def test_what_looks_like_a_secret_is_not_shown(text: str, shown: str | None) -> None:
    assert redact(text) == (text if shown is None else shown)


def test_a_known_secret_is_not_shown_in_any_form() -> None:
    assert redact("a s3cr/et b S3CR%2Fet", [Secret("s3cr/et")]) == "a *** b ***"


@pytest.mark.parametrize("verbose", [0, 1])
def test_secrets_are_taken_out_of_messages_arguments_fields_and_tracebacks(verbose: int, out: io.StringIO) -> None:
    setup(verbose, secrets=[Secret("hunter2")], stream=out)
    log = logging.getLogger("alerts.x")
    seen: list[logging.LogRecord] = []
    other = logging.Handler()
    other.emit = seen.append  # type: ignore[method-assign]
    logging.getLogger().addHandler(other)
    try:
        raise ValueError(f"no route to /bot{TOKEN}/x with hunter2")
    except ValueError:
        log.exception("failed %s", TOKEN, extra={"password": "hunter2"}, stack_info=True)
    text = out.getvalue()
    assert "hunter2" not in text
    assert TOKEN not in text
    assert "ValueError: no route to /bot***/x with ***" in text
    assert ("Traceback" in text) == (verbose > 0)
    if verbose == 0:
        assert text.count("\n") == 1
    assert TOKEN not in f"{seen[0].getMessage()}{seen[0].exc_text}{vars(seen[0])['password']}"
