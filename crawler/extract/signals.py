"""Signals: what headline, address and structured data say of the kind of an article.

A headline keeps its words («عاجل | …»): what they signal becomes a flag, and `bare` is the headline without them,
for comparing.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from urllib.parse import unquote, urlsplit

from crawler.article import EXCLUSIVE, GALLERY, LIVE, PHOTOS, URGENT, VIDEO
from crawler.extract.letters import fold
from crawler.extract.phrases import any_of

_PARTED = r"\s{0,3}(?:[|:!.،*•؛…»\])}]|[-–—]{1,3})[\W_]{0,6}"
_BEFORE = r"^[\W_]{0,6}"
_WORDS: dict[str, str] = {
    URGENT: any_of("عاجل(?: جدا)?", "خبر عاجل", "breaking(?: news)?", "urgent"),
    VIDEO: any_of("(?:شاهد )?بالفيديو", "فيديو", "شاهد", "video", "watch"),
    PHOTOS: any_of("(?:شاهد )?بالصور", "صور", "photos?"),
    EXCLUSIVE: any_of("خاص", "حصريا?", "انفراد", "exclusive"),
    LIVE: any_of("مباشر", "بث مباشر", "لحظه بلحظه", "تغطيه (?:مباشره|حيه|مستمره)", "live(?: updates?)?"),
}
_ANY = any_of(*_WORDS.values())
_START = re.compile(rf"{_BEFORE}{_ANY}(?:\s?(?:و ?(?:ال)?)?{_ANY})?{_PARTED}")
_PLAIN_START = re.compile(rf"{_BEFORE}(?:عاجل|بالفيديو|بالصور|شاهد (?:بالفيديو|بالصور))\s+")
"""Words that signal without a mark after them; «خاص», «شاهد» and «صور» begin sentences too."""
_END = re.compile(rf"(?:[\s.]{{0,3}}[|({{\[«…-][\W_]{{0,4}}|\s?\.{{2,4}}\s?)(?:و?{_ANY}\s?){{1,2}}[\W_]{{0,4}}$")

_LIVE_TYPES = frozenset({"LiveBlogPosting"})
_GALLERY_TYPES = frozenset({"ImageGallery", "MediaGallery"})
_LIVE_PATH = re.compile(r"/(?:live-?blog|liveblog|live|live-?updates?|بث-مباشر|تغطية-مباشرة)(?:/|-|$)", re.IGNORECASE)
_GALLERY_PATH = re.compile(r"/(?:photo-?)?(?:gallery|galleries|photos|album|albums|صور|ألبوم)(?:/|$)", re.IGNORECASE)
_VIDEO_PATH = re.compile(r"/(?:videos?|watch|فيديو)(?:/|$)", re.IGNORECASE)


def signals_of(title: str) -> tuple[str, ...]:
    """The flags that a headline's signal words give, in the order of `_WORDS`."""
    plain = fold(title).strip()
    said = " ".join(match[0] for match in _signals(plain))
    return tuple(flag for flag, pattern in _WORDS.items() if re.search(rf"(?<!\w)(?:و?ال|و)?{pattern}(?!\w)", said))


def bare(title: str) -> str:
    """A folded headline without its signal words; «عاجل | كذا» and «كذا» are one."""
    plain = fold(title).strip()
    for match in _signals(plain):
        plain = plain.replace(match[0], " ", 1)
    return plain.strip()


def _signals(plain: str) -> list[re.Match[str]]:
    found: list[re.Match[str]] = []
    if start := _START.match(plain) or _PLAIN_START.match(plain):
        found.append(start)
    if (end := _END.search(plain, pos=max(0, len(plain) - _ENDING))) and (not found or end.start() >= found[0].end()):
        found.append(end)
    return found


_ENDING = 30  # code points of «.. (فيديو وصور)»


def kinds_of(url: str, types: Collection[str], metas: Collection[str]) -> tuple[str, ...]:
    """The flags that a page's address, its JSON-LD types and its og:type or content type give."""
    path = unquote(urlsplit(url).path) if url.startswith(("http://", "https://")) else ""
    said = {meta.lower().replace("-", "").replace("_", "") for meta in metas}
    kinds = {
        LIVE: bool(_LIVE_TYPES.intersection(types) or said & {"liveblog", "live"} or _LIVE_PATH.search(path)),
        GALLERY: bool(_GALLERY_TYPES.intersection(types) or said & _GALLERY_METAS or _GALLERY_PATH.search(path)),
        VIDEO: bool(any(meta.startswith("video") for meta in said) or _VIDEO_PATH.search(path)),
    }
    return tuple(flag for flag, so in kinds.items() if so)


_GALLERY_METAS = {"gallery", "photogallery", "imagegallery", "album", "photos"}
