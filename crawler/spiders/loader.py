"""OutletLoader: `scrapy list` and `scrapy crawl ID` over the catalogue; each outlet is a spider of its id."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import List  # noqa: UP035

from scrapy import Request, Spider
from scrapy.exceptions import UsageError
from scrapy.settings import BaseSettings
from scrapy.spiderloader import SpiderLoaderProtocol

from crawler.net.site import belongs, hosts_of
from crawler.outlets.catalogue import CatalogueError, Outlet, load_catalogue
from crawler.spiders.outlet import OutletSpider


class OutletLoader(SpiderLoaderProtocol):
    """Scrapy's SpiderLoaderProtocol. The catalogue (with MARSAD_OUTLETS, the operator's own files, over it) is read
    when it is first asked for: a crawl that is handed its outlets needs none."""

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> OutletLoader:
        return cls()

    def load(self, spider_name: str) -> type[Spider]:
        """The spider of the outlet with that id; raises KeyError."""
        return type("OutletSpider", (OutletSpider,), {"name": spider_name, "outlets": (self._catalogue[spider_name],)})

    def list(self) -> list[str]:
        """The ids of all outlets."""
        return [*self._catalogue]

    def find_by_request(self, request: Request) -> List[str]:  # noqa: UP006 (`list` is the method above)
        """The ids of the outlets to whose site the request goes."""
        return [outlet.id for outlet in self._catalogue.values() if belongs(request.url, hosts_of(outlet))]

    @cached_property
    def _catalogue(self) -> Mapping[str, Outlet]:
        folder = os.environ.get("MARSAD_OUTLETS")
        try:
            return load_catalogue(Path(folder) if folder else None)
        except CatalogueError as e:
            raise UsageError(str(e)) from e  # one line, exit 2
