"""One retry: after a broken connection, a time-out or a 5xx, and after a 429 or 503 that asks for a short wait."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

from scrapy import Request
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.http import Response

from crawler.net.failure import retry_after

if TYPE_CHECKING:
    from crawler.spiders.outlet import OutletSpider

_TOO_MANY = 429
_LEAST_LEFT = 1.0  # seconds; with less of its time budget left, an address is not asked again


class RetryOnce(RetryMiddleware):
    """Scrapy's, which knows nothing of Retry-After and asks again within milliseconds: it waits first, as long as
    the server says, or RETRY_WAIT; when that is over RETRY_AFTER_MOST, or the address's time is up, it does not ask
    again, and the answer (with its Retry-After) is what the spider gets."""

    async def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        if response.status not in self.retry_http_codes:
            return response
        spider = cast("OutletSpider", self.crawler.spider)
        wished = retry_after(response.headers.get(b"Retry-After"), spider.clock())
        if wished is None and response.status == _TOO_MANY:
            return response
        if not await self._waited(request, None if wished is None else wished.total_seconds()):
            return response
        return super().process_response(request, response)

    async def process_exception(self, request: Request, exception: Exception) -> Request | Response | None:  # type: ignore[override]
        if not isinstance(exception, self.exceptions_to_retry) or not await self._waited(request, None):
            return None
        return super().process_exception(request, exception)

    async def _waited(self, request: Request, wished: float | None) -> bool:
        """Waits, if `request` may be tried again at all; whether it may."""
        settings = self.crawler.settings
        wait = settings.getfloat("RETRY_WAIT") if wished is None else wished
        left = request.meta.get("time_left", 0.0) - wait
        if (
            request.meta.get("retry_times", 0) >= self.max_retry_times
            or wait > settings.getfloat("RETRY_AFTER_MOST")
            or left < _LEAST_LEFT
        ):
            return False
        await asyncio.sleep(wait)
        request.meta["time_left"] = left
        return True
