"""What an exception or a status becomes for the memory."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
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

from crawler.net.failure import LONGEST_WAIT, failure_of, retry_after, status_failure
from crawler.net.refused import Refused

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (CannotResolveHostError("no such host"), "dns"),
        (DownloadConnectionRefusedError("refused"), "connection"),
        (DownloadFailedError("broken off"), "connection"),
        (DownloadTimeoutError("20 s"), "timeout"),
        (ResponseDataLossError("half of it"), "data-loss"),
        (DownloadCancelledError("6 MiB"), "too-large"),
        (IgnoreRequest("a bomb"), "too-large"),
        (Refused("robots", "not for us"), "robots"),
        (ZeroDivisionError("a mistake"), "broken"),
        (RecursionError("deep"), "broken"),
    ],
)
def test_each_exception_has_its_kind(error: Exception, kind: str) -> None:
    failure = failure_of(error, NOW)
    assert (failure.kind, failure.at) == (kind, NOW)
    assert str(error) in failure.detail


def test_a_time_out_after_the_headers_is_slowness() -> None:
    assert failure_of(DownloadTimeoutError("20 s"), NOW, answered=True).kind == "slow"


def test_a_proxys_credentials_are_in_no_detail() -> None:
    error = DownloadFailedError("407, url='http://operator:s3cret@proxy.test:3128'")
    assert "s3cret" not in failure_of(error, NOW).detail


def test_a_detail_is_one_bounded_line() -> None:
    detail = failure_of(DownloadFailedError("x\r\n" * 10_000), NOW).detail
    assert len(detail) <= 300
    assert detail.isprintable()


@pytest.mark.parametrize("status", [200, 203])
def test_a_good_status_is_no_failure(status: int) -> None:
    assert status_failure(Response("http://o.test/", status=status), NOW) is None


@pytest.mark.parametrize("status", [202, 204, 206, 301, 302, 304, 308, 403, 404, 429, 500, 503])
def test_any_other_status_is_a_failure_that_carries_it(status: int) -> None:
    failure = status_failure(Response("http://o.test/", status=status), NOW)
    assert failure is not None
    assert (failure.kind, failure.status) == ("redirect" if status in (301, 302, 308) else "status", status)


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        (None, None),
        (b"", None),
        (b"soon", None),
        (b"-5", None),
        (b"0", timedelta(0)),
        (b" 120 ", timedelta(minutes=2)),
        (b"99999", LONGEST_WAIT),
        (b"9" * 5000, LONGEST_WAIT),
        (b"Mon, 23 Nov 2026 12:01:30 GMT", timedelta(seconds=90)),
        (b"Mon, 23 Nov 2026 12:01:30 -0000", timedelta(seconds=90)),
        (b"Mon, 23 Nov 2026 11:00:00 GMT", timedelta(0)),
        (b"Mon, 23 Nov 2099 11:00:00 GMT", LONGEST_WAIT),
        ("١٢٠".encode(), None),
    ],
)
def test_retry_after_is_read_in_both_forms_and_bounded(header: bytes | None, wait: timedelta | None) -> None:
    assert retry_after(header, NOW) == wait


@given(st.binary(max_size=60))
def test_no_retry_after_raises(header: bytes) -> None:
    wait = retry_after(header, NOW)
    assert wait is None or timedelta(0) <= wait <= LONGEST_WAIT
