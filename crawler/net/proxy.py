"""The proxy of an outlet: a name in its file, an address (which may hold a password) in the environment only."""

from __future__ import annotations

from collections.abc import Mapping

from crawler.net.refused import Refused
from crawler.outlets.catalogue import Outlet

VARIABLE = "MARSAD_PROXY_"


def proxy_of(outlet: Outlet, environment: Mapping[str, str]) -> str | None:
    """The address of the proxy by which this outlet is reached; None: as every other. Raises Refused("proxy") where
    it names one that is not set: going without it would show the site what the operator meant to hide."""
    if not outlet.proxy:
        return None
    variable = VARIABLE + outlet.proxy
    address = environment.get(variable, "")
    if not address.startswith(("http://", "https://")):
        raise Refused("proxy", f"{variable} is not set to a proxy's address (http://…)")
    return address
