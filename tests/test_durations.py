from __future__ import annotations

from datetime import timedelta

import pytest

from crawler.durations import parse_duration


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("20 sec", 20), ("5m", 300), (" 10min ", 600), ("6h", 21600), ("1d", 86400)]
)
def test_a_duration_is_a_number_and_a_unit(text: str, seconds: int) -> None:
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "6", "h", "6 hours", "-1h", "1.5h", "٦h", "9999999h"])
def test_what_is_no_duration_says_the_form(text: str) -> None:
    with pytest.raises(ValueError, match="write a number and a unit"):
        parse_duration(text)
