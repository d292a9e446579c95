"""Family: what outlets of one CMS share, written once in `families/<name>.yaml`, with places that the outlet fills.

A family file has the keys of an outlet that are not its own (SHARED_KEYS), and two more: `needs`, names of places
that every outlet must fill, and `usual`, places with what they hold where an outlet fills them not.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import yaml

from crawler.identity import host_of
from crawler.outlets import values
from crawler.outlets.nodes import Reader, error, mapping, read_nodes, text

SHARED_KEYS = (
    *("kind", "language", "timezone", "tags", "feeds", "sitemaps", "listings", "apis", "article_url"),
    *("layout", "selectors", "listing", "boilerplate", "z_is_local", "feed_offset_is_false", "month_first"),
    *("accept_encoding", "interval", "crawl_delay", "proxy"),
)
"""Keys of an outlet that a family may give it."""
PLACE = re.compile(r"\{([a-z][a-z_]*)\}")
"""A place to be filled; other braces ({1,3} of patterns) are none."""
SHIPPED = Path(__file__).parent / "families"

_PATTERNS = ("article_url", "boilerplate")
_MERGED = ("selectors", "listing")


def with_family(own: Mapping[str, yaml.Node], folder: Path) -> tuple[str, Mapping[str, yaml.Node]]:
    """(the family's name, the outlet's keys with those that its family gives); ("", own) without a family.

    `own` are the keys of an outlet file in `folder`. `family: wordpress`, or `family: {is: named-rss, name: news}`
    where the family needs a `name`. The places `{host}` (the homepage's) and `{site}` (that without `www.`) are
    always filled; in patterns a filled value is taken literally. A key of the outlet stands over the family's; of
    `selectors` and `listing`, each key within. Raises CatalogueError.
    """
    if "family" not in own:
        return "", own
    node = own["family"]
    parts = _texts(node) if isinstance(node, yaml.MappingNode) else {"is": node}
    if "is" not in parts:
        raise error(node, "family has no is", "write the family's name: family: {is: wordpress}")
    name = Reader(parts).one("is", values.identifier, "write the family's name, e.g. wordpress", "")
    given = dict(_family(parts["is"], name, folder))
    needs = Reader(given).many("needs", str, "write names of places")
    usual = _texts(given["usual"]) if "usual" in given else {}
    if isinstance(node, yaml.MappingNode):
        mapping(node, ("is", *needs, *usual), "family")
    if missing := [key for key in needs if key not in parts]:
        raise error(node, f"family {name} needs {missing[0]}", f"write family: {{is: {name}, {missing[0]}: …}}")
    host = host_of(text(own["homepage"], "homepage")) if "homepage" in own else ""
    filling = {key: text(value, key) for key, value in {**usual, **parts}.items()}
    filling |= {"host": host, "site": host.removeprefix("www.")}
    literal = {key: re.escape(value) for key, value in filling.items()}
    merged = {key: _filled(given[key], literal if key in _PATTERNS else filling) for key in SHARED_KEYS if key in given}
    for key, value in own.items():
        merged[key] = _over(value, merged[key]) if key in _MERGED and key in merged else value
    return name, merged


def _family(node: yaml.Node, name: str, folder: Path) -> Mapping[str, yaml.Node]:
    """The keys of the family's file: one beside the outlet's, in `families/`, else the shipped one."""
    places = (folder / "families", SHIPPED)
    for path in (place / f"{name}.yaml" for place in places):
        if path.exists():
            return _read(path, path.stat().st_mtime_ns)
    known = sorted({path.stem for place in places for path in place.glob("*.yaml")})
    near = difflib.get_close_matches(name, known, 1)
    raise error(
        node,
        f"there is no family {name}",
        f"did you mean {near[0]}?" if near else f"known families: {', '.join(known)}",
    )


@lru_cache(maxsize=64)
def _read(path: Path, changed_ns: int) -> Mapping[str, yaml.Node]:
    """A family file's keys. `changed_ns`, its time of change, makes an edited file a new one."""
    return mapping(read_nodes(path), (*SHARED_KEYS, "needs", "usual"), "the family")


def _texts(node: yaml.Node) -> dict[str, yaml.Node]:
    """The values of a mapping whose keys are free."""
    if not isinstance(node, yaml.MappingNode):
        raise error(node, "this is not a mapping", "write names and values")
    return {text(key, "a key"): value for key, value in node.value}


def _filled(node: yaml.Node, filling: Mapping[str, str]) -> yaml.Node:
    """The node with its places filled; those that nobody fills ({n} of pages, {id} of links) stay."""
    if isinstance(node, yaml.ScalarNode):
        filled = PLACE.sub(lambda place: filling.get(place[1], place[0]), node.value)
        return yaml.ScalarNode(node.tag, filled, node.start_mark, node.end_mark)
    if isinstance(node, yaml.SequenceNode):
        inner = [_filled(item, filling) for item in node.value]
        return yaml.SequenceNode(node.tag, inner, node.start_mark, node.end_mark)
    pairs = [(key, _filled(value, filling)) for key, value in node.value]
    return yaml.MappingNode(node.tag, pairs, node.start_mark, node.end_mark)


def _over(upper: yaml.Node, lower: yaml.Node) -> yaml.Node:
    """The pairs of two mappings, those of `upper` where both have a key."""
    if not isinstance(upper, yaml.MappingNode) or not isinstance(lower, yaml.MappingNode):
        return upper
    said = {key.value for key, _ in upper.value}
    pairs = [*upper.value, *(pair for pair in lower.value if pair[0].value not in said)]
    return yaml.MappingNode(upper.tag, pairs, upper.start_mark, upper.end_mark)
