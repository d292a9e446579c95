"""Telegram's HTML, read as the Bot API reads it: text and entities out, or its own words about what is wrong.

Rules and error texts are those of `parse_html` in TDLib (td/telegram/MessageEntity.cpp, and its tests): offsets
count bytes of UTF-8, an unknown `&name;` is plain text, an entity of nothing is dropped.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
}
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_ENTITY = re.compile(r"&(?:#[xX](?P<hex>[0-9a-fA-F]+)|#(?P<dec>[0-9]+)|(?P<name>[a-zA-Z]+));?")
_SPACE = " \t\r\n\v\0"
_TOKEN = re.compile(r"[0-9A-Za-z.-]*")


class MarkupError(ValueError):
    """What the Bot API says after "can't parse entities: "."""


@dataclass(frozen=True)
class Entity:
    """Offset and length in UTF-16 code units."""

    type: str
    offset: int
    length: int
    extra: tuple[tuple[str, str], ...] = ()

    def record(self) -> dict[str, object]:
        """A MessageEntity of the Bot API."""
        return {"type": self.type, "offset": self.offset, "length": self.length, **dict(self.extra)}


@dataclass
class _Open:
    tag: str
    argument: str
    begin: int  # in `out`


def utf16(text: str) -> int:
    """UTF-16 code units; lone surrogates count as one."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def unescape(text: str) -> str:
    """Decodes the four names and the numbers that Telegram knows."""

    def one(m: re.Match[str]) -> str:
        if m["name"]:
            return _NAMED.get(m["name"], m[0])
        code = int(m["hex"], 16) if m["hex"] else int(m["dec"])
        return chr(code) if 0 < code < 0x10FFFF else m[0]

    return _ENTITY.sub(one, text)


def parse(html: str) -> tuple[str, list[Entity]]:
    """Visible text and entities in order; raises MarkupError."""
    return _Parser(html).parse()


@dataclass
class _Parser:
    html: str
    i: int = 0
    out: list[str] = field(default_factory=list)
    open: list[_Open] = field(default_factory=list)
    entities: list[Entity] = field(default_factory=list)

    def parse(self) -> tuple[str, list[Entity]]:
        while self.i < len(self.html):
            if self.html[self.i] == "<":
                self._end_tag() if self.html.startswith("</", self.i) else self._start_tag()
            else:
                end = self.html.find("<", self.i)
                end = len(self.html) if end < 0 else end
                self.out.append(unescape(self.html[self.i : end]))
                self.i = end
        if self.open:
            raise MarkupError(f'Can\'t find end tag corresponding to start tag "{self.open[-1].tag}"')
        text = "".join(self.out)
        try:
            text.encode()
        except UnicodeEncodeError as e:
            raise MarkupError(
                "Text contains invalid Unicode characters after decoding HTML entities, "
                "check for unmatched surrogate code units"
            ) from e
        return text, sorted(self.entities, key=lambda e: (e.offset, -e.length, e.type))

    def _at(self) -> str:
        return self.html[self.i] if self.i < len(self.html) else "\0"

    def _until(self, stops: str) -> str:
        begin = self.i
        while self._at() not in stops:
            self.i += 1
        return self.html[begin : self.i]

    def _skip_space(self) -> None:
        while self.i < len(self.html) and self.html[self.i] in _SPACE:
            self.i += 1

    def _offset(self, i: int) -> str:
        return f"at byte offset {len(self.html[:i].encode('utf-8', 'surrogatepass'))}"

    def _start_tag(self) -> None:
        begin = self.i
        self.i += 1
        tag = self._until(_SPACE + ">").lower()
        if self.i >= len(self.html):
            raise MarkupError(f"Unclosed start tag {self._offset(begin)}")
        if tag not in TAGS:
            raise MarkupError(f'Unsupported start tag "{tag}" {self._offset(begin)}')
        argument = ""
        while True:
            self._skip_space()
            if self._at() == ">":
                break
            name, value = self._attribute(tag, begin)
            if (tag, name) in (("a", "href"), ("code", "class"), ("span", "class"), ("tg-emoji", "emoji-id")):
                argument = value
        if tag == "span" and argument != "tg-spoiler":
            raise MarkupError(f'Tag "span" must have class "tg-spoiler" {self._offset(begin)}')
        self.i += 1
        self.open.append(_Open(tag, argument, utf16("".join(self.out))))

    def _attribute(self, tag: str, begin: int) -> tuple[str, str]:
        name = self._until(_SPACE + "=" + (">" if tag == "blockquote" else ""))
        if not name:
            raise MarkupError(f'Empty attribute name in the tag "{tag}" {self._offset(begin)}')
        self._skip_space()
        if self._at() != "=":
            if (tag, name) == ("blockquote", "expandable"):
                return name, ""
            raise MarkupError(
                f'Expected equal sign in declaration of an attribute of the tag "{tag}" {self._offset(begin)}'
            )
        self.i += 1
        self._skip_space()
        if self.i >= len(self.html):
            raise MarkupError(f'Unclosed start tag "{tag}" {self._offset(begin)}')
        quote = self._at()
        if quote in "'\"":
            end = self.html.find(quote, self.i + 1)
            if end < 0:
                raise MarkupError(f"Unclosed start tag {self._offset(begin)}")
            value = unescape(self.html[self.i + 1 : end])
            self.i = end + 1
            return name, value
        token = self.i
        match = _TOKEN.match(self.html, token)
        assert match
        self.i = match.end()
        if self._at() not in _SPACE + ">":
            raise MarkupError(f"Unexpected end of name token {self._offset(token)}")
        return name, match[0].lower()

    def _end_tag(self) -> None:
        begin = self.i
        if not self.open:
            raise MarkupError(f"Unexpected end tag {self._offset(begin)}")
        self.i += 2
        name = self._until(_SPACE + ">").lower()
        self._skip_space()
        if self._at() != ">":
            raise MarkupError(f"Unclosed end tag {self._offset(begin)}")
        self.i += 1
        opened = self.open.pop()
        if name and name != opened.tag:
            raise MarkupError(f'Unmatched end tag {self._offset(begin)}, expected "</{opened.tag}>", found "</{name}>"')
        text = "".join(self.out)
        length = utf16(text) - opened.begin
        if length:
            self._add(opened, length, text)

    def _add(self, opened: _Open, length: int, text: str) -> None:
        kind = TAGS[opened.tag]
        extra: tuple[tuple[str, str], ...] = ()
        if kind == "text_link":
            inner = text.encode("utf-16-le", "surrogatepass")[2 * opened.begin :].decode("utf-16-le", "surrogatepass")
            url = opened.argument or inner
            if "://" not in url:
                url = f"http://{url}"
            try:
                parts = urlsplit(url)
            except ValueError:
                return
            if parts.scheme not in ("http", "https", "tg", "ton") or "." not in (parts.hostname or "") or " " in url:
                return  # Telegram leaves the text and drops the link
            extra = (("url", url if parts.path or parts.query else f"{url}/"),)
        elif kind == "custom_emoji":
            if not opened.argument.isdigit():
                raise MarkupError("Invalid custom emoji identifier specified")
            extra = (("custom_emoji_id", opened.argument),)
        elif kind == "code" and opened.argument.startswith("language-"):
            extra = (("language", opened.argument.removeprefix("language-")),)
        self.entities.append(Entity(kind, opened.begin, length, extra))
