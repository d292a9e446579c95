"""Who is who: the canonical form of a URL, and the keys under which an entry or article is known.

Two entries are the same when they share a key. A GUID is never a key (it changes: docs of lemon24/reader,
FreshRSS#5909, NetNewsWire#3286), only the canonical URL and the outlet's own id in it. w3lib's
`canonicalize_url` keeps tracking parameters, the trailing slash and NFC/NFD differences and sorts the query,
hence this one.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from crawler.outlets.catalogue import Outlet

Key = tuple[str, str]
"""(kind, value): kind `url`, or `outlet-id` with the value `<outlet>:<id>`."""

MAX_URL = 2048
"""Characters of an address that is still one (the sitemap protocol's limit)."""

_TRACKING = re.compile(
    r"(?:utm|at|ns|mc|pk|mtm|hsa|fb_action)_.*|[a-z]{1,3}clid|[gw]braid|igsh(?:id)?|mkt_tok|_g[al]|traffic_source"
    r"|ref|ref_?src|ref_url|referr?er|cmpid|cmp|ocid|xtor|smid|spm|guccounter|__twitter_impression",
    re.IGNORECASE,
)
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_ESCAPES = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_AS_WRITTEN = _UNRESERVED | frozenset("%/:@!$&'()*+,;=?")
_PLAIN = re.compile(r"[A-Za-z0-9\-._~/:@!$&'()*+,;=?]*")
"""`_AS_WRITTEN` less the percent sign."""
_PORTS = {"http": 80, "https": 443}
_MARKS = "\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
_ESCAPED_MARK = re.compile("%E2%80%(?:8[BEF]|A[A-E])|%E2%81%A[6-9]|%EF%BB%BF")
"""One of them, percent-encoded."""


def canonical_url(url: str) -> str:
    """The one spelling of an address; made twice it is the same.

    Scheme and host in lower case, host in IDNA, no user, default port or fragment; path and query in NFC and
    percent-encoded once (raw Arabic, `%D8` and `%d8` are one; an escaped reserved character stays escaped);
    dot segments resolved; tracking parameters and trailing slashes off; the rest of the query in its order.
    Letters are never dropped (Shafaq's paths carry tatweel). http and https stay as they are, since this
    address is also asked for and shown; `keys` makes them one. An address that is not http(s) with a host
    comes back trimmed, else unchanged.
    """
    trimmed = re.sub(r"[\t\r\n]", "", url).strip(" " + _MARKS)
    try:
        parts = urlsplit(trimmed)
        port = parts.port
    except ValueError:
        return trimmed
    if parts.scheme not in _PORTS or not parts.hostname:
        return trimmed
    host = _host(parts.hostname) + (f":{port}" if port and port != _PORTS[parts.scheme] else "")
    path = _without_dots(_percent(parts.path)).rstrip("/")
    query = "&".join(_percent(p) for p in parts.query.split("&") if p and not _TRACKING.fullmatch(p.split("=")[0]))
    return f"{parts.scheme}://{host}{path}" + (f"?{query}" if query else "")


def keys(url: str, outlet: Outlet | None) -> tuple[Key, ...]:
    """The keys of an address, the canonical URL first.

    The key's URL has neither scheme nor `www.` nor direction marks: outlets answer to both of each.
    `outlet-id` is there when the outlet's `article_url` names a group `id`.
    """
    address = canonical_url(url).partition("://")[2] or canonical_url(url)
    found: list[Key] = [("url", _ESCAPED_MARK.sub("", address).removeprefix("www."))]
    match = article_match(url, outlet) if outlet else None
    if outlet and match and match.groupdict().get("id"):
        found.append(("outlet-id", f"{outlet.id}:{match['id']}"))
    return tuple(found)


def article_match(url: str, outlet: Outlet) -> re.Match[str] | None:
    """The match of the outlet's `article_url` in the address; None where it is no article, or the outlet has no
    pattern. Tried on the canonical form in readable letters, then percent-encoded, each with and without query."""
    if outlet.article_url is None or len(url) > MAX_URL * 3:  # a percent-encoded byte is three characters
        return None
    canonical = canonical_url(url)
    bare = canonical.partition("?")[0]
    forms = dict.fromkeys((unquote(canonical), unquote(bare), canonical, bare))
    return next((m for form in forms if (m := outlet.article_url.search(form))), None)


def host_of(url: str) -> str:
    """The host of an address as `canonical_url` spells it; empty where there is none."""
    try:
        return _host(urlsplit(url.strip()).hostname or "")
    except ValueError:
        return ""


def _host(name: str) -> str:
    name = unicodedata.normalize("NFC", name).lower().rstrip(".")
    if name.isascii():
        return name
    import idna

    try:
        return idna.encode(name, uts46=True).decode("ascii")
    except idna.IDNAError:
        return _percent(name).lower()


def _percent(part: str) -> str:
    """`part` of a URL with each character that may stand raw raw, every other one escaped once."""
    if _PLAIN.fullmatch(part):  # most addresses
        return part
    part = _ESCAPES.sub(_unescape, _STRAY_PERCENT.sub("%25", part))
    return "".join(c if c in _AS_WRITTEN else _escape(c) for c in unicodedata.normalize("NFC", part))


def _unescape(match: re.Match[str]) -> str:
    """Escapes of letters become letters; of reserved characters and broken bytes they stay, in upper case."""
    text = bytes.fromhex(match[0].replace("%", "")).decode("utf-8", "surrogateescape")
    return "".join(c if c in _UNRESERVED or c > "\x7f" else f"%{ord(c):02X}" for c in text)


def _escape(character: str) -> str:
    if "\udc80" <= character <= "\udcff":
        return f"%{ord(character) - 0xDC00:02X}"
    return "".join(f"%{byte:02X}" for byte in character.encode("utf-8", "replace"))


def _without_dots(path: str) -> str:
    """RFC 3986 §5.2.4."""
    if "/." not in path:
        return path
    out: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            if len(out) > 1:
                out.pop()
        elif segment != ".":
            out.append(segment)
    return "/".join(out) + ("/" if path.endswith(("/.", "/..")) else "")
