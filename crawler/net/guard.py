"""The guard: no request leaves for an address that is not public (design.md, "What must always hold", 7).

It stands in two places. Every URL's own host is judged by `refusal` before anything is dialled, redirects
included; a direct connection is judged once more by `public_socket`, which sees the address that is really dialled
whatever DNS said. Through a proxy only the first applies: the connection goes to the operator's proxy, which may be
on loopback, and names are the proxy's to resolve.
"""

from __future__ import annotations

import re
import socket
import unicodedata
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from aiohappyeyeballs import AddrInfoType

from crawler.net.refused import Refused

_LOCAL_SUFFIXES = ("localhost", "localdomain", "local", "internal", "home.arpa")
"""Names that are never public: RFC 6761 §6.3, RFC 6762, RFC 8375, ICANN's .internal (2024)."""
_NAME = re.compile(r"[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)+")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_NAME_MOST = 253  # characters, RFC 1035 §2.3.4

_GLOBAL_UNICAST = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")
_NOT_PUBLIC = (
    IPv4Network("192.88.99.0/24"),  # 6to4 relays, RFC 7526
    IPv6Network("3fff::/20"),  # documentation, RFC 9637; unknown to ipaddress of Python 3.11
)


def refusal(host: str) -> str | None:
    """Why no request may go to `host` (a name, or an address in any notation, brackets or not); None: it may.

    A name passes here when it could be public; what it resolves to is judged by `public_socket`.
    """
    name = unicodedata.normalize("NFKC", host).replace("。", ".").strip("[]").lower().rstrip(".")
    address = _numeric(name)
    if address is not None:
        return None if is_public(address) else f"{host} is not a public address"
    last = name.rpartition(".")[2]
    if name in _LOCAL_SUFFIXES or name.endswith(tuple("." + s for s in _LOCAL_SUFFIXES)):
        return f"{host} is a local name"
    if not name.isascii():
        try:
            name = name.encode("idna").decode("ascii")
        except UnicodeError:
            return f"{host} is no host name"
    if len(name) > _NAME_MOST or not _NAME.fullmatch(name) or _NUMBER.fullmatch(last):
        return f"{host} is no public host name"
    return None


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether `address` is for the public internet, and so is every IPv4 address that it stands for."""
    if isinstance(address, IPv4Address):
        return address.is_global and not address.is_multicast and not any(_within(address, n) for n in _NOT_PUBLIC)
    if address.ipv4_mapped is not None:
        return is_public(address.ipv4_mapped)
    if address in _NAT64:
        return is_public(IPv4Address(int(address) & 0xFFFF_FFFF))
    if address not in _GLOBAL_UNICAST or not address.is_global or any(_within(address, n) for n in _NOT_PUBLIC):
        return False
    if address.sixtofour is not None:
        return is_public(address.sixtofour)
    return address.teredo is None  # a tunnel through a server of the address's own choosing


def public_socket(addr_info: AddrInfoType) -> socket.socket:
    """A socket for aiohttp's TCPConnector(socket_factory=…); raises Refused unless the address is public."""
    family, kind, protocol, _, address = addr_info
    dialled = ip_address(str(address[0]).partition("%")[0])
    if not is_public(dialled):
        # The same words for every address of a host, so that aiohappyeyeballs raises this very exception.
        raise Refused("blocked-address", "the host's name leads to an address that is not public")
    return socket.socket(family, kind, protocol)


def _within(address: IPv4Address | IPv6Address, network: IPv4Network | IPv6Network) -> bool:
    return address.version == network.version and address in network


def _numeric(name: str) -> IPv4Address | IPv6Address | None:
    """The address that `name` is a notation of (decimal, octal, hexadecimal, short forms), as the C library has it."""
    try:
        found = socket.getaddrinfo(name.partition("%")[0], None, flags=socket.AI_NUMERICHOST)
    except (OSError, UnicodeError, ValueError):
        return None
    return ip_address(str(found[0][4][0]))
