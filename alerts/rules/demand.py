"""A condition over needles: what a rule demands, with every term by the number under which the scanner reports it.

Pure structure: whether terms stand is told by whoever asks (`evaluate.py` for an article, `near.py` for a window).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from alerts.rules.expression import Condition, Group, Near, Scope, Term

Span = tuple[int, int]
"""Start and end in `Page.folded`."""


class Leaf(NamedTuple):
    """A term, by the number of its needle."""

    needle: int
    scopes: tuple[Scope, ...]
    weight: int
    written: str


class Branch(NamedTuple):
    """A group: holds where the weights of the parts that hold reach the threshold and nothing of `none` holds."""

    threshold: int
    parts: tuple[Leaf | Branch, ...]
    weight: int
    none: tuple[Leaf | Branch, ...] = ()


class Demand(NamedTuple):
    """A condition over needles."""

    wanted: Branch | None
    where: Branch | None
    near: Near | None
    none: tuple[Leaf | Branch, ...]


Stands = Callable[[Leaf], bool]


def demand_of(condition: Condition, number: Callable[[Term], int]) -> Demand:
    """A condition, its terms numbered by `number`."""

    def part(item: Term | Group) -> Leaf | Branch:
        if isinstance(item, Term):
            return Leaf(number(item), item.scopes, item.weight, item.written)
        return branch(item)

    def branch(group: Group) -> Branch:
        return Branch(group.threshold, tuple(map(part, group.parts)), group.weight, tuple(map(part, group.none)))

    return Demand(
        wanted=branch(condition.wanted) if condition.wanted else None,
        where=branch(Group(1, condition.where)) if condition.where else None,
        near=condition.near,
        none=tuple(map(part, condition.none)),
    )


def leaves(part: Leaf | Branch) -> Iterator[Leaf]:
    """All terms by which a part may hold."""
    if isinstance(part, Leaf):
        yield part
    else:
        for inner in part.parts:
            yield from leaves(inner)


def satisfying(part: Leaf | Branch, stands: Stands) -> list[Leaf]:
    """The terms by which a part holds, those of groups that do not hold left out; none: it does not hold."""
    if isinstance(part, Leaf):
        return [part] if stands(part) else []
    if any(satisfying(inner, stands) for inner in part.none):
        return []
    reached = 0
    by: list[Leaf] = []
    for inner in part.parts:
        if found := satisfying(inner, stands):
            reached += inner.weight
            by += found
    return by if reached >= part.threshold else []


def key_of(demand: Demand, askers: Mapping[int, int]) -> frozenset[int]:
    """Needles of which at least one must be found for the demand to hold: a set that few rules share.

    `askers` is, for each needle, the number of rules that ask for it: a place that every rule names is a poor key.
    """
    keys = [_key(branch, askers) for branch in (demand.wanted, demand.where) if branch is not None]
    return min(keys, key=lambda key: _cost(key, askers), default=frozenset())


def _cost(key: frozenset[int], askers: Mapping[int, int]) -> int:
    return sum(askers[needle] for needle in key)


def _key(part: Leaf | Branch, askers: Mapping[int, int]) -> frozenset[int]:
    if isinstance(part, Leaf):
        return frozenset([part.needle])
    keys = [(_key(inner, askers), inner.weight) for inner in part.parts]
    if part.threshold > 1:
        keys.sort(key=lambda key: _cost(key[0], askers), reverse=True)
    spare = part.threshold - 1  # the weight that may hold outside the key without the group holding
    chosen: list[frozenset[int]] = []
    for key, weight in keys:
        if weight <= spare:
            spare -= weight
        else:
            chosen.append(key)
    return frozenset().union(*chosen)
