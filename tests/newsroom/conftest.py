"""A newsroom opened at a fixed time, and a client that goes through it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest

from newsroom.server import Newsroom
from tests.newsroom.client import OPENED, Get, client


@pytest.fixture
async def newsroom() -> AsyncIterator[Newsroom]:
    async with Newsroom(opened=OPENED) as newsroom:
        yield newsroom


@pytest.fixture
async def get(newsroom: Newsroom) -> AsyncIterator[Get]:
    async with aiohttp.ClientSession() as session:
        yield client(session, newsroom.proxy)
