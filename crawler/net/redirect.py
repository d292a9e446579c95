"""Redirects: followed within the outlet's own site, a few times, and nowhere else."""

from __future__ import annotations

from typing import Any

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from crawler.identity import host_of
from crawler.net.refused import Refused
from crawler.net.site import belongs


class RedirectWithin(RedirectMiddleware):
    """Scrapy's, bound to the hosts of `request.meta["hosts"]`. Raises Refused("redirect")."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RedirectWithin:
        middleware = cls(crawler.settings)
        middleware.crawler = crawler
        return middleware

    def handle_referer(self, request: Request, response: Response) -> None:
        """None is ever sent."""

    def _redirect(self, redirected: Request, request: Request, reason: Any) -> Request:
        if why := off_site(request.url, redirected.url, request.meta.get("hosts", ())):
            raise Refused("redirect", why)
        try:
            return super()._redirect(redirected, request, reason)
        except IgnoreRequest as e:
            raise Refused("redirect", f"more than {self.max_redirect_times} redirects") from e


def off_site(source: str, target: str, hosts: tuple[str, ...] | frozenset[str]) -> str | None:
    """Why a redirect from `source` to `target` is not followed by an outlet with `hosts`; None: it is."""
    if not belongs(target, hosts):
        return f"redirected to another site, {target[:200]}"
    if source.startswith("https:") and not target.startswith("https:") and host_of(source) != host_of(target):
        return f"redirected from https to another host's http, {target[:200]}"
    return None
