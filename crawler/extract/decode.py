"""Bytes to text: the encoding of a page or feed, judged by the bytes before what anybody declares.

Declarations of Arabic outlets are often wrong (windows-1256 under a utf-8 prolog, UTF-8 under an iso-8859-1
header), and w3lib, Scrapy's decoder, believes them; hence this module. UTF-8 and UTF-16 prove themselves: text in
another encoding is next to never valid there. Between one-byte encodings the letters decide (`encodings.py`), the
declarations only where those do not, or where there are too few. Of the 120 bodies of benchmarks/bench_decode.py this
reads 120 rightly, charset-normalizer 3.5 108 (short ones in windows-1256 and iso-8859-6 wrongly), w3lib 20.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from w3lib.encoding import html_body_declared_encoding, resolve_encoding

from crawler.extract.encodings import is_gibberish, likelihood
from crawler.extract.unreadable import Unreadable

MAX_BYTES = 5 * 1024 * 1024
"""Bytes read of a body: the crawler's own DOWNLOAD_MAXSIZE; a news page or feed is under 1 MiB."""

_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARATION_BYTES = 4096
_PROBED = 65536  # bytes looked at to tell text from none
_WIDE_PROBED = 4096  # of these, to tell how wide its characters are
_CONTROL_BYTES = bytes([*range(9), 11, 12, *range(14, 32), 0x7F])
_MOST_CONTROLS = 0.01  # of the bytes of a text; a stray NUL or U+000B is seen in feeds
_MOST_BROKEN = 0.1  # of a text's non-ASCII characters
_MOST_DAMAGED = 0.02  # of the non-ASCII bytes of a UTF-8 text that may be no UTF-8; more are another encoding
_FEW = 8
"""Non-ASCII characters too few to judge a text by."""
_GONE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_C1 = re.compile("[\x80-\x9f]")
_C1_BYTES = re.compile(rb"\xc2[\x80-\x9f]")
_QUOTES = {n: bytes([n]).decode("windows-1252", "ignore") for n in range(0x80, 0xA0)}
"""C1 controls in decoded text are windows-1252's quotes and dashes, as in HTML (WHATWG, numeric references)."""


def decode(body: bytes, charset: str | None = None) -> str:
    """The text of `body` (at most `MAX_BYTES` of it), without byte order mark and control characters.

    `charset` is that of the Content-Type header, as written. What single bytes are broken becomes U+FFFD; text
    that was decoded wrongly before it was sent (`Ø®Ø¨Ø±`, `ÎÈÑ`) is mended. Raises Unreadable (`broken`) for bytes
    that are no text and for text that no encoding makes readable.
    """
    body = body[:MAX_BYTES].removeprefix(codecs.BOM_UTF8)
    for mark, name in _BOMS:
        if body.startswith(mark):
            return _without_controls(_sound(body[len(mark) :].decode(name, "replace"), name))
    probe = body[:_PROBED]
    if wide := _wide(probe[:_WIDE_PROBED]) or _ebcdic(body):
        return _without_controls(_sound(body.decode(wide, "replace"), wide))
    controls = _controls(body)
    if controls > _FEW and _controls(probe) > _FEW + len(probe) * _MOST_CONTROLS:
        raise Unreadable("broken", "bytes that are no text")
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as e:
        if e.end != len(body) or e.reason != "unexpected end of data":  # else cut within a character
            return _without_controls(_runs_apart(body, charset))
        text = body[: e.start].decode("utf-8")
    if any(sign[:1] in body and sign in body for sign in _SUSPECT):
        text = _mend(text)
    return _without_controls(text) if controls or _has_other_controls(body) else text.lstrip("\ufeff")


def _controls(body: bytes) -> int:
    return len(body) - len(body.translate(None, _CONTROL_BYTES))


def _has_other_controls(utf8: bytes) -> bool:
    """Whether there is more to remove; ten times as quick on bytes as the patterns on text, and nearly never so."""
    return (b"\xef" in utf8 and b"\xef\xbf" in utf8) or _C1_BYTES.search(utf8) is not None


def _without_controls(text: str) -> str:
    return _C1.sub(lambda m: _QUOTES[ord(m[0])], _GONE.sub("", text.lstrip("\ufeff")))


def _sound(text: str, name: str) -> str:
    """The text, unless much of it is broken."""
    broken = text.count("\ufffd")
    if broken > _FEW and broken > _MOST_BROKEN * sum(1 for char in text if char > "\x7f"):
        raise Unreadable("broken", f"{broken} characters that are no {name}")
    return text


def _wide(head: bytes) -> str | None:
    """UTF-16 or UTF-32 without a mark (annahar.com's feed): the high bytes are 00 (ASCII) or 06 (Arabic)."""

    def plain(start: int, step: int) -> float:
        part = head[start::step]
        return (part.count(0) + part.count(6)) / len(part)

    if len(head) < _FEW:
        return None
    if plain(2, 4) > 0.9 and plain(3, 4) > 0.9:
        return "utf-32-le"
    if plain(0, 4) > 0.9 and plain(1, 4) > 0.9:
        return "utf-32-be"
    for name, high in (("utf-16-le", 1), ("utf-16-be", 0)):
        if plain(high, 2) > 0.7 and plain(1 - high, 2) < 0.3:
            return name
    return None


_EBCDIC = "<?xm".encode("cp037")
_EBCDIC_CODECS = ("cp037", "cp273", "cp424", "cp500", "cp875", "cp1026", "cp1140")
"""Python's that spell XML's declaration alike; of no use to news, but in feedparser's suite."""


def _ebcdic(body: bytes) -> str | None:
    """The encoding that a body in EBCDIC declares (XML 1.0, appendix F)."""
    if not body.startswith(_EBCDIC):
        return None
    said = html_body_declared_encoding(body[:_DECLARATION_BYTES].decode("cp037").encode())
    return said if said in _EBCDIC_CODECS else "cp037"


# ---- not UTF-8, or not all of it ---------------------------------------------------------------------------------

_UPPER = bytes(range(0x80, 0x100))
_RUN = re.compile(rb"[\x80-\xff]+")
_ARABIC = ("cp1256", "iso8859-6")  # MacArabic has the letters of the latter
_OF_TEXT = re.compile(r"cp\d{3,4}|iso8859-\d+|koi8-\w|mac-\w+|big5\w*|gb\w+|euc_\w+|shift_jis\w*")
"""Python's names of codecs that a body may declare; it knows others that are slow on hostile input (punycode, idna)
or no encodings of text."""
_DEFAULT = "cp1252"
"""What servers declare of themselves, as iso-8859-1: it says nothing of the page."""
_SAMPLE = 8192  # bytes that are weighed; 100 are as a rule enough
_DECLARED = 2.0
"""Nats that a declaration is worth, about one letter that fits: those of Arabic outlets are often wrong."""
_MARGIN = 4.0
"""Nats by which a reading must be likelier than any other. Measured on words out of 1,500 newspaper articles, in
windows-1256 and iso-8859-6, declared rightly, wrongly or not: of ten words all are read rightly, of six 99.9 % and
the others refused, of three 97 % (2 of 11,580 wrong)."""


def _runs_apart(body: bytes, charset: str | None) -> str:
    """Bytes that are not valid UTF-8, run of non-ASCII bytes by run: in either encoding a run is a word or so.

    A run that is valid UTF-8 beyond chance is that, also in a page of another encoding, and the reverse; broken
    characters among much UTF-8 are damage.
    """
    runs = _RUN.findall(body)
    others = [run for run in runs if not _is_utf8(run)]
    strange, total = sum(map(len, others)), sum(map(len, runs))
    if strange < _MOST_DAMAGED * total or (strange <= _FEW // 2 and strange < total / 2):
        return body.decode("utf-8", "replace")
    mixed = strange < total * (1 - _MOST_BROKEN / 2)
    sample = b" ".join(others)[:_SAMPLE] if mixed else _with_neighbours(body)
    declared = _declared(body, charset)
    name, rival = _likeliest(sample, declared)
    if is_gibberish(sample.decode(name, "replace"), _beyond_ascii(sample), _FEW):
        raise Unreadable("broken", f"no encoding makes words of its bytes (declared: {', '.join(declared) or 'none'})")
    if rival:
        raise Unreadable("broken", f"too little text to tell {name} from {rival}")
    text = "".join(_each_run(body, name)) if mixed else body.decode(name, "replace")
    return _sound(text, name)


def _beyond_ascii(sample: bytes) -> int:
    return len(sample) - len(sample.translate(None, _UPPER))


def _is_utf8(run: bytes) -> bool:
    """Whether a run is UTF-8, damaged or cut perhaps; a single character of two bytes may be chance."""
    text = run.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    return len(text) - broken > max(1, broken)


def _each_run(body: bytes, name: str) -> Iterable[str]:
    end = 0
    for match in _RUN.finditer(body):
        yield body[end : match.start()].decode("ascii")
        yield match[0].decode("utf-8" if _is_utf8(match[0]) else name, "replace")
        end = match.end()
    yield body[end:].decode("ascii")


def _with_neighbours(body: bytes) -> bytes:
    """The pieces between tags that hold non-ASCII bytes, up to `_SAMPLE` of them."""
    pieces, size = [], 0
    for piece in re.split(rb"[<>\n]+", body):
        if not piece.isascii():
            pieces.append(piece)
            size += len(piece)
            if size > _SAMPLE:
                break
    return b"\n".join(pieces)[: 2 * _SAMPLE]


def _declared(body: bytes, charset: str | None) -> Sequence[str]:
    """Python's names of the encodings that header and head declare, those that a text may have."""
    said = (charset and resolve_encoding(charset), html_body_declared_encoding(body[:_DECLARATION_BYTES]))
    return list(dict.fromkeys(name for name in said if name and _OF_TEXT.fullmatch(name)))


def _likeliest(sample: bytes, declared: Sequence[str] = ()) -> tuple[str, str]:
    """(encoding that makes the likeliest text of `sample`, one that does nearly as well with another text or "").

    Of fewer than `_FEW` bytes it is the declared one, unless another is likelier beyond doubt.
    """
    readings = {name: sample.decode(name, "replace") for name in dict.fromkeys([*declared, *_ARABIC, _DEFAULT])}
    weights = {name: likelihood(text) + (_DECLARED if name in declared else 0) for name, text in readings.items()}
    best = max(weights, key=weights.__getitem__)
    near = [name for name in weights if weights[best] - weights[name] < _MARGIN]
    if _beyond_ascii(sample) < _FEW:
        believed = (name for name in declared if name in near and name != _DEFAULT and "\ufffd" not in readings[name])
        best = next(believed, best)
        near = [best] if best in declared else near
    return best, next((name for name in near if readings[name] != readings[best]), "")


# ---- UTF-8 of text that had been decoded wrongly before ----------------------------------------------------------


def _table(name: str) -> dict[str, int]:
    """Character → byte of an encoding's upper half; the controls that latin-1 has there count as windows-1252's."""
    controls = {chr(byte): byte for byte in range(0x80, 0xA0)}
    return controls | {bytes([byte]).decode(name): byte for byte in _UPPER if bytes([byte]).decode(name, "ignore")}


def _class(table: Iterable[str]) -> str:
    return "[" + re.escape("".join(table)) + "]"


@dataclass(frozen=True, slots=True)
class _Misreading:
    """UTF-8 that was read in a one-byte encoding: how alef and lam look then, its bytes, and runs of its letters."""

    signs: tuple[str, ...]
    table: dict[str, int]
    runs: re.Pattern[str]

    def mend(self, text: str) -> str:
        return self.runs.sub(self._mended, text) if any(sign in text for sign in self.signs) else text

    def _mended(self, run: re.Match[str]) -> str:
        try:
            return bytes(self.table[char] for char in run[0]).decode("utf-8")
        except UnicodeDecodeError:
            return run[0]


_WESTERN, _EASTERN = _table("windows-1252"), _table("windows-1256")
_MISREADINGS = (
    _Misreading(("Ø§", "Ù„", "Ù\x84", "Ã˜", "Ã\x98"), _WESTERN, re.compile(_class(_WESTERN) + "{4,}")),
    _Misreading(("ط§", "ظ„"), _EASTERN, re.compile(_class(_EASTERN) + "{4,}")),
)
_ALEF_LAM = ("Çá", "Çä")
"""«ال» of windows-1256 and of iso-8859-6, read as windows-1252."""
_SUSPECT = (b"\xc3", "§".encode(), "„".encode())
"""What all of the above hold in UTF-8, and Arabic pages seldom; no bytes of Arabic letters, among which a search is ten
times as long."""
_ACCENTS = re.compile(rf"(?<![A-Za-z]){_class(_WESTERN)}+(?![A-Za-z])")
_TIMES = 2  # a text may have been encoded twice too often


def _mend(text: str) -> str:
    """The text with those words set right that were UTF-8 or windows-1256 and had been read as something else."""
    for misreading in _MISREADINGS * _TIMES:
        text = misreading.mend(text)
    return _as_one_byte(text) if any(sign in text for sign in _ALEF_LAM) else text


def _as_one_byte(text: str) -> str:
    """Accented letters that are no language's, read anew in the Arabic encoding that fits; French is left."""
    runs = " ".join(_ACCENTS.findall(text))
    raw = bytes(_WESTERN.get(char, 0x20) for char in runs)
    if len(runs) < _FEW:
        return text
    name, rival = _likeliest(raw)
    if rival or name not in _ARABIC or is_gibberish(raw.decode(name, "replace"), _beyond_ascii(raw), _FEW):
        return text
    return _ACCENTS.sub(lambda m: bytes(_WESTERN[char] for char in m[0]).decode(name, "replace"), text)
