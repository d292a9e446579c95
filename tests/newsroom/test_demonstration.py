"""The demonstration as a check: what it takes for right and for wrong in the output of a pass."""

from __future__ import annotations

from newsroom.demonstration import complaints
from newsroom.server import Newsroom

OUT = Newsroom().out
TOLD = list(dict.fromkeys(published.piece.title for published in OUT if published.piece.told))
ALL_TOLD = "\n\n".join(TOLD)


def test_each_wanted_headline_told_once_is_right() -> None:
    assert len(TOLD) == 7
    assert complaints(ALL_TOLD, OUT) == []
    assert complaints("", ()) == []


def test_direction_marks_colours_and_line_ends_inside_a_headline_do_not_hide_it() -> None:
    dressed = ALL_TOLD.replace("|", "\u2068|\u2069").replace("عاجل", "\x1b[1mعاجل\x1b[0m").replace(" قرب ", "\nقرب ")
    assert complaints(dressed, OUT) == []


def test_a_headline_that_is_missing_repeated_or_unwanted_is_named() -> None:
    first = TOLD[0]
    assert complaints(ALL_TOLD.replace(first, ""), OUT) == [f"told 0 times instead of once: {first}"]
    assert complaints(f"{ALL_TOLD}\n{first}", OUT) == [f"told 2 times instead of once: {first}"]
    assert complaints(first, ()) == [f"told, and should not have been: {first}"]
    manoeuvre = next(published.piece.title for published in OUT if "مناورة" in published.piece.title)
    assert complaints(f"{ALL_TOLD}\n{manoeuvre}", OUT) == [f"told, and should not have been: {manoeuvre}"]
    related = "قصف مدفعي يستهدف بلدة في ريف حماة الغربي"
    assert complaints(f"{ALL_TOLD}\n{related}", OUT) == [f"told, and should not have been: {related}"]
