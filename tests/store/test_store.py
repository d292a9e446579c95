from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from alerts.store.errors import StoreError
from alerts.store.store import Store
from tests.clock import Clock


async def test_what_the_database_refuses_is_one_line_and_nothing_of_it_is_written(url: str, clock: Clock) -> None:
    store = Store(url, clock)
    await store.open_notice("source", "http://damas.test/feed", "too slow")

    def half(c: Connection) -> None:
        c.execute(sa.text("DELETE FROM notice"))
        c.execute(sa.text("SELECT * FROM nowhere"))

    with pytest.raises(StoreError, match="nowhere") as caught:
        await store.write(half)
    assert "\n" not in str(caught.value)
    assert [notice.subject for notice in (await store.status()).notices] == ["http://damas.test/feed"]
    await store.close()


async def test_a_notice_is_opened_once_and_closed_once(url: str, clock: Clock) -> None:
    store = Store(url, clock)
    assert await store.open_notice("source", "u", "a")
    assert not await store.open_notice("source", "u", "b")
    assert [notice.detail for notice in (await store.status()).notices] == ["b"]
    assert [notice.subject for notice in await store.close_notices("source", ["u", "other"])] == ["u"]
    assert await store.close_notices("source", ["u"]) == []
    assert await store.open_notice("source", "u", "c")
    await store.close()
