"""The download handler: Scrapy's aiohttp one, with the guard, the manners and one time budget an address."""

from __future__ import annotations

from time import monotonic
from typing import Any, NoReturn

import aiohttp
from scrapy import Request
from scrapy.core.downloader.handlers._aiohttp import AiohttpDownloadHandler, _ClientResponse
from scrapy.core.downloader.handlers._base_streaming import BaseStreamingDownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadCancelledError, DownloadTimeoutError
from scrapy.http import Response
from yarl import URL

from crawler.net.guard import public_socket, refusal
from crawler.net.manners import CONNECTIONS, Manners
from crawler.net.refused import Refused

_HEADERS_BY_SCRAPY = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")


class GuardedHandler(AiohttpDownloadHandler):
    """For http and https. A request's `meta` may hold `postponable` (see Manners.turn) and `crawl_delay` (seconds, the
    outlet's own); `time_left` (seconds) is what remains of ADDRESS_TIMEOUT for the retries and redirects that it is
    copied to; waiting for a turn is free."""

    experimental = False  # no word about it at each start; settings.py names the way back

    def __init__(self, crawler: Crawler) -> None:
        # Not the parent's own __init__: it would read the system's certificates anew for each crawl, 30 ms. True is
        # aiohttp's verifying context, made when it is imported, of those or of SSL_CERT_FILE's.
        BaseStreamingDownloadHandler.__init__(self, crawler)
        self._ssl_context = True  # type: ignore[assignment]
        self._session = _Routes(direct=_session(public_socket), proxied=_session(None))  # type: ignore[assignment]
        self._fail_on_dataloss_warned = True  # it is told as a Failure, not logged
        manners = crawler.get_extension(Manners)
        if manners is None:
            raise RuntimeError("the extension crawler.net.manners.Manners is not enabled; see crawler/settings.py")
        self._manners = manners
        self._try_timeout = crawler.settings.getfloat("DOWNLOAD_TIMEOUT")
        self._address_timeout = crawler.settings.getfloat("ADDRESS_TIMEOUT")

    async def download_request(self, request: Request) -> Response:
        """Raises Refused (guard), Postponed (manners), and what Scrapy's handlers raise."""
        host = URL(request.url).raw_host or ""
        if why := refusal(host):
            raise Refused("blocked-address", why)
        meta = request.meta
        postponable = bool(meta.get("postponable")) and not meta.keys() & {"retry_times", "redirect_times"}
        meta.pop("download_latency", None)  # set again when headers come: tells "slow" from "timeout"
        if delay := meta.get("crawl_delay"):
            self._manners.slow_down(host, delay)
        async with self._manners.turn(host, postponable=postponable):
            left: float = meta.get("time_left", self._address_timeout)
            if left <= 0:
                raise DownloadTimeoutError(f"{request.url} was not had within {self._address_timeout:g} s in all")
            meta["download_timeout"] = min(left, self._try_timeout)
            begun = monotonic()
            try:
                return await super().download_request(request)
            finally:
                meta["time_left"] = left - (monotonic() - begun)

    @staticmethod
    def _cancel_maxsize(size: int, limit: int, request: Request, *, expected: bool) -> NoReturn:
        raise DownloadCancelledError(f"{request.url} is larger than {limit} bytes")  # as the parent, unlogged


class _Routes:
    """Two sessions as one: the guarded one for direct requests, the other for those that go to the proxy."""

    def __init__(self, *, direct: aiohttp.ClientSession, proxied: aiohttp.ClientSession) -> None:
        self._direct, self._proxied = direct, proxied

    async def request(self, method: str, url: Any, *, proxy: str | None, **options: Any) -> aiohttp.ClientResponse:
        session = self._proxied if proxy else self._direct
        return await session.request(method, url, proxy=proxy, **options)

    async def close(self) -> None:
        await self._direct.close()
        await self._proxied.close()


def _session(socket_factory: Any) -> aiohttp.ClientSession:
    """As the parent makes its session, but for the socket factory, the limit (Manners counts connections) and
    aiohttp's own silent second try on a connection that was kept open: RetryOnce's is the only one."""
    session = aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0, limit_per_host=CONNECTIONS, socket_factory=socket_factory),
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        response_class=_ClientResponse,
        skip_auto_headers=_HEADERS_BY_SCRAPY,
    )
    session._retry_connection = False
    return session
