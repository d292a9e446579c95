"""A client of the newsroom, and the fixed time at which the tests open one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

import aiohttp
from multidict import CIMultiDictProxy

OPENED = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Got:
    """An answer of the newsroom."""

    status: int
    headers: CIMultiDictProxy[str]
    body: bytes


class Get(Protocol):
    """Asks for an address; headers are written with underscores (`If_None_Match=…`)."""

    async def __call__(self, url: str, method: str = "GET", **headers: str) -> Got: ...


def client(session: aiohttp.ClientSession, proxy: str) -> Get:
    """Asks through the proxy, as a client with http_proxy does."""

    async def get(url: str, method: str = "GET", **headers: str) -> Got:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        async with session.request(method, url, proxy=proxy, headers=sent) as response:
            return Got(response.status, response.headers, await response.read())

    return get
