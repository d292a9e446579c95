"""What went wrong with a request, as the `Failure` that a memory keeps: from an exception or from an answer."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from scrapy.http import Response

from crawler.memory import Failure
from crawler.net.refused import Refused

GOOD = frozenset({200, 203})
"""Statuses whose body is the document asked for (RFC 9110 §15.3); a 202 is what challenge pages answer with."""
LONGEST_WAIT = timedelta(days=1)
"""A server's Retry-After counts for no more than this, or one line of it could silence an outlet for good."""
_DETAIL_MOST = 300  # code points of a detail; what a server says is not ours to store at any length

_KINDS: tuple[tuple[type[Exception], str], ...] = (
    (CannotResolveHostError, "dns"),
    (DownloadConnectionRefusedError, "connection"),
    (ResponseDataLossError, "data-loss"),
    (DownloadFailedError, "connection"),
    (DownloadCancelledError, "too-large"),
    (IgnoreRequest, "too-large"),  # of Scrapy's own, only HttpCompressionMiddleware's is left: too large when unpacked
)
_USERINFO = re.compile(r"//[^/@\s]*@")


def failure_of(error: BaseException, at: datetime, *, answered: bool = False) -> Failure:
    """The failure that `error`, raised instead of an answer, amounts to. `answered`: its headers had come."""
    detail = _detail(error)
    if isinstance(error, Refused):
        return Failure(error.kind, detail, at, status=error.status, retry_after=error.retry_after)
    if isinstance(error, DownloadTimeoutError):
        return Failure("slow" if answered else "timeout", detail, at)
    for kind_of_error, kind in _KINDS:
        if isinstance(error, kind_of_error):
            return Failure(kind, detail, at)
    return Failure("broken", f"{type(error).__name__}: {detail}", at)


def status_failure(response: Response, at: datetime) -> Failure | None:
    """The failure that the answer's status amounts to; None: its body is the document asked for."""
    if response.status in GOOD:
        return None
    return Failure(
        "redirect" if 300 <= response.status < 304 or response.status in (307, 308) else "status",
        f"{response.url[:_DETAIL_MOST]} answered {response.status}",
        at,
        status=response.status,
        retry_after=retry_after(response.headers.get(b"Retry-After"), at),
    )


def retry_after(value: bytes | None, now: datetime) -> timedelta | None:
    """The wait that a Retry-After header asks for (seconds or an HTTP date, RFC 9110 §10.2.3), 0 to LONGEST_WAIT;
    None where there is none or it cannot be read."""
    text = (value or b"").decode("latin-1").strip()
    if text.isascii() and text.isdigit():
        return min(timedelta(seconds=int(text)), LONGEST_WAIT) if len(text) < 10 else LONGEST_WAIT
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if moment.tzinfo is None:  # "-0000": UTC, RFC 5322 §3.3
        moment = moment.replace(tzinfo=UTC)
    return min(max(moment - now, timedelta(0)), LONGEST_WAIT)


def _detail(error: BaseException) -> str:
    """One bounded line without the credentials that a proxy's URL may carry."""
    return " ".join(_USERINFO.sub("//", str(error)[: 2 * _DETAIL_MOST]).split())[:_DETAIL_MOST]
