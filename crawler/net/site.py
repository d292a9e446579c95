"""Site: the hosts that belong to an outlet, and whether an address is one of them."""

from __future__ import annotations

from collections.abc import Collection

from crawler.identity import host_of
from crawler.outlets.catalogue import Outlet


def hosts_of(outlet: Outlet) -> frozenset[str]:
    """The host names, as `host_of` spells them, that `outlet` names: its hosts, homepage and ways in."""
    urls = (outlet.homepage, *(way.url for way in outlet.ways))
    return frozenset(h for h in (*(h.lower() for h in outlet.hosts), *map(host_of, urls)) if h)


def belongs(url: str, hosts: Collection[str]) -> bool:
    """Whether `url` is http(s) on one of `hosts`, or on a host beneath one of them when "www." is left off.

    (m.example.test and example.test belong to www.example.test; a list of public suffixes is not needed, since
    nothing above the outlet's own name ever belongs to it.)
    """
    if not url.lower().startswith(("http://", "https://")):
        return False
    host = host_of(url)
    return any(host == base or host.endswith("." + base) for base in (h.removeprefix("www.") for h in hosts))
