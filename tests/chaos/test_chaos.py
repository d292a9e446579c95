"""The chaos in small (`make chaos` is the whole of it): the real program, killed, against the strict server."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.chaos import Progress, storm
from benchmarks.chaos_world import VARIANTS, Variant
from benchmarks.chaos_writes import MODES, every_write_point

POINTS_APART = 7
"""Every seventh write point here; prime, so that it meets each kind of transaction somewhere."""


@pytest.mark.parametrize("variant", VARIANTS, ids=[v.key for v in VARIANTS])
async def test_killed_at_random_moments_nothing_is_lost_or_shown_twice_and_the_order_is_kept(
    variant: Variant, tmp_path: Path
) -> None:
    row = await storm(variant, tmp_path / "world", alerts=18, kills=4, seed=11, progress=Progress(4))
    assert row.verdict.alerts == 18
    assert row.kills.total() == 4
    assert row.verdict.good, row.verdict
    assert set(row.states) == {"sent"}


@pytest.mark.parametrize("mode", MODES)
async def test_a_write_that_fails_loses_nothing_and_repeats_nothing(mode: str, tmp_path: Path) -> None:
    row = await every_write_point(mode, tmp_path / "world", step=POINTS_APART)
    assert row.points > 20
    assert row.verdict.good, row.verdict
