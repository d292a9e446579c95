"""A small web for the tests: every `*.test` host, behind one HTTP proxy on loopback, over HTTP and TLS.

The guard refuses loopback, so the crawler meets these hosts as it would behind a company's proxy: `http://` in
absolute form, `https://` by CONNECT, with certificates of an authority that the test trusts by SSL_CERT_FILE.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import trustme

Misbehaviour = Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True)
class Asked:
    """A request as it came: `url` as the crawler means it, header names in lower case."""

    url: str
    headers: dict[str, str]


@dataclass(frozen=True)
class Answer:
    """What a URL answers with. With an `etag` (or `modified`), a request that sends it back is told 304."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    etag: str = ""
    modified: str = ""

    def to(self, asked: Asked) -> bytes:
        same = (self.etag and asked.headers.get("if-none-match") == self.etag) or (
            not self.etag and self.modified and asked.headers.get("if-modified-since") == self.modified
        )
        status, body = (304, b"") if same else (self.status, self.body)
        headers = {"Content-Length": str(len(body)), **self.headers}
        if self.etag:
            headers["ETag"] = self.etag
        if self.modified:
            headers["Last-Modified"] = self.modified
        lines = [f"HTTP/1.1 {status} Said", *(f"{name}: {value}" for name, value in headers.items())]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + body


Page = Answer | Misbehaviour | list["Answer | Misbehaviour"]


class Web:
    """`pages[url]` answers; a list answers one by one, its last one for good. What is not there is a 404."""

    def __init__(self) -> None:
        self.pages: dict[str, Page] = {}
        self.asked: list[Asked] = []
        self.tunnels: list[str] = []
        self.busy: Counter[str] = Counter()
        self.busiest: Counter[str] = Counter()
        self.reached = asyncio.Event()
        self.gate: asyncio.Event | None = None
        self.authority = trustme.CA()
        self.port = 0

    @property
    def proxy(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def urls(self, *, robots: bool = False) -> list[str]:
        """The URLs asked for so far, in order; then they are forgotten."""
        urls = [a.url for a in self.asked if robots or not a.url.endswith("/robots.txt")]
        self.asked.clear()
        return urls

    def header(self, url: str, name: str) -> str | None:
        """That header of the last request for `url`."""
        return next(a for a in reversed(self.asked) if a.url == url).headers.get(name.lower())

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, ssl.SSLError):
            await self._serve(reader, writer)
        with contextlib.suppress(OSError, ssl.SSLError):
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        origin = ""
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            first, *lines = head.strip().split("\r\n")
            method, target, _ = first.split(" ")
            headers = {n.lower(): v.strip() for n, _, v in (line.partition(":") for line in lines)}
            if method == "CONNECT":
                self.tunnels.append(target)
                host = target.rpartition(":")[0]
                writer.write(b"HTTP/1.1 200 Tunnel\r\n\r\n")
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                self.authority.issue_cert(host).configure_cert(context)
                await writer.start_tls(context)
                origin = f"https://{host}"
                continue
            await self._answer(Asked(origin + target, headers), writer)

    async def _answer(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        self.asked.append(asked)
        self.reached.set()
        host = asked.url.split("/")[2]
        self.busy[host] += 1
        self.busiest[host] = max(self.busiest[host], self.busy[host])
        try:
            if self.gate is not None:
                await self.gate.wait()
            page = self.pages.get(asked.url, Answer(status=404))
            if isinstance(page, list):
                page = page.pop(0) if len(page) > 1 else page[0]
            if isinstance(page, Answer):
                writer.write(page.to(asked))
                await writer.drain()
            else:
                await page(writer)
        finally:
            self.busy[host] -= 1


@asynccontextmanager
async def running_web() -> AsyncIterator[Web]:
    web = Web()
    tasks: set[asyncio.Task[None]] = set()

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.ensure_future(web.serve(reader, writer)))

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    web.port = server.sockets[0].getsockname()[1]
    try:
        yield web
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


# Misbehaviour

SLOWLY = 0.3  # seconds


async def slow_redirect(writer: asyncio.StreamWriter) -> None:
    """On to `/next`, after a while."""
    await asyncio.sleep(SLOWLY)
    writer.write(Answer(status=302, headers={"Location": "/next"}).to(Asked("", {})))
    await writer.drain()


async def endless(writer: asyncio.StreamWriter) -> None:
    """A body without end."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
    while True:
        writer.write(b"<p>" * 20_000)
        await writer.drain()


async def trickle(writer: asyncio.StreamWriter) -> None:
    """Headers at once, then a byte now and then."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
    while True:
        writer.write(b"<")
        await writer.drain()
        await asyncio.sleep(0.05)


async def silence(writer: asyncio.StreamWriter) -> None:
    """Nothing at all."""
    await asyncio.Event().wait()


async def reset(writer: asyncio.StreamWriter) -> None:
    """The connection breaks before a word was said."""
    writer.transport.abort()


async def short(writer: asyncio.StreamWriter) -> None:
    """Less than Content-Length promised."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n<html>")
    await writer.drain()
    writer.close()


async def nonsense(writer: asyncio.StreamWriter) -> None:
    """No HTTP."""
    writer.write(b"\x00\x01 what\r\n\r\n")
    await writer.drain()
    writer.close()
