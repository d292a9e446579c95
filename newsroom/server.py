"""Newsroom: the server that plays the invented outlets, as an HTTP forward proxy on loopback.

A client is pointed at it by `http_proxy` and asks for `http://damas.test/feed/` as it would on the open network
(absolute-form, RFC 9112 §3.2.2). Conditional requests are answered honestly: 304 where nothing changed (RFC 9110
§13). What is not an outlet's is refused with 502: nothing that goes through here leaves the machine.

    with Newsroom() as newsroom:                # in a thread of its own; in an event loop: `async with`
        subprocess.run([marsad, "run"], env=newsroom.environ(state_dir))
        newsroom.publish()                      # the second wave
        newsroom.fault("http://damas.test/feed/", Answer(500))
        newsroom.journal                        # every exchange so far
"""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path
from threading import Thread
from types import TracebackType

from aiohttp import web

from newsroom.pieces import OUTLETS, RULES, Published, load
from newsroom.site import Resource, find, key, resources

CONTROL = "http://newsroom.test/publish"
"""A POST to this address brings out the second wave: the handle of a newsroom that runs as a process."""
DRIP_BYTES = 1024
"""How much of a dripping answer is sent at a time."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A fault: what an address answers instead of its own. `delay` and `drip` are seconds: the wait before the
    first byte, and the pause after each 1,024 bytes of the body."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    drip: float = 0.0


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request that came and the status that it was given. `conditional`: it carried a validator."""

    method: str
    url: str
    status: int
    conditional: bool


class Newsroom:
    """Plays the outlets from `opened` (aware; default: now) on `port` (0: any that is free) of 127.0.0.1.

    `journal` grows by one for each exchange that was answered; `held` has the addresses whose `fault` is being
    answered now. Raises OSError on entry where the port is taken.
    """

    def __init__(self, *, opened: datetime | None = None, port: int = 0) -> None:
        self.opened = (opened or datetime.now(UTC)).replace(microsecond=0)  # HTTP dates have whole seconds
        self.pieces = load()
        self.journal: list[Exchange] = []
        self.held: list[str] = []
        self._port = port
        self._faults: dict[str, Answer] = {}
        self._out = self._wave(1, self.opened)
        self._resources = resources(self._out)

    # What is out

    @property
    def out(self) -> tuple[Published, ...]:
        """The pieces that are out, each with its time."""
        return self._out

    def publish(self, now: datetime | None = None) -> tuple[Published, ...]:
        """Brings out the second wave at `now` (aware; default: the clock); returns it. A second call does nothing."""
        if any(published.piece.wave == 2 for published in self._out):
            return ()
        wave = self._wave(2, (now or datetime.now(UTC)).replace(microsecond=0))
        self._out += wave
        self._resources = resources(self._out)
        return wave

    def _wave(self, number: int, at: datetime) -> tuple[Published, ...]:
        return tuple(Published(piece, at - piece.age) for piece in self.pieces if piece.wave == number)

    def fault(self, url: str, answer: Answer | None) -> None:
        """From now on the address (in any spelling) answers this, or with None its own again."""
        self._faults.pop(key(url), None)
        if answer:
            self._faults[key(url)] = answer

    # How it is reached

    @property
    def proxy(self) -> str:
        """The value for `http_proxy`."""
        return f"http://127.0.0.1:{self._port}"

    def environ(self, state_dir: Path, base: Mapping[str, str] = os.environ) -> dict[str, str]:
        """The environment in which `marsad` watches this newsroom and nothing else, its state in `state_dir`.

        Settings of Marsad and proxies that `base` has are left out: no token, alerts in the terminal.
        """
        kept = {k: v for k, v in base.items() if not k.startswith("MARSAD_") and not k.lower().endswith("_proxy")}
        return kept | {
            "http_proxy": self.proxy,
            "MARSAD_OUTLETS": str(OUTLETS),
            "MARSAD_RULES": str(RULES),
            "MARSAD_STATE_DIR": str(state_dir),
        }

    # Running

    async def __aenter__(self) -> Newsroom:
        # a slow answer must not hold up the end
        self._runner = web.ServerRunner(web.Server(self._answer, access_log=None), shutdown_timeout=0.1)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        except OSError:
            await self._runner.cleanup()
            raise
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._runner.cleanup()

    def __enter__(self) -> Newsroom:
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="newsroom", daemon=True)
        self._thread.start()
        try:
            asyncio.run_coroutine_threadsafe(self.__aenter__(), self._loop).result()
        except OSError:
            self._stop_thread()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self.__aexit__(kind, error, trace), self._loop).result()
        self._stop_thread()

    def _stop_thread(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    # Answering

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        url = str(request.url)
        if fault := self._faults.get(key(url)):
            self.held.append(url)
            try:
                response = await _faulty(request, fault)
            finally:
                self.held.remove(url)
        elif key(url) == CONTROL and request.method == "POST":
            response = web.Response(text=f"{len(self.publish())} pieces came out\n")
        elif not (request.url.host or "").endswith(".test"):
            response = web.Response(status=502, text="The newsroom plays outlets on *.test over http, nothing else.\n")
        elif request.method not in ("GET", "HEAD"):
            response = web.Response(status=405, headers={"Allow": "GET, HEAD"})
        else:
            response = _respond(request, find(self._resources, url))
        conditional = "If-None-Match" in request.headers or "If-Modified-Since" in request.headers
        self.journal.append(Exchange(request.method, url, response.status, conditional))
        return response


def _respond(request: web.BaseRequest, resource: Resource | None) -> web.Response:
    if resource is None:
        return web.Response(status=404, text="404\n")
    headers = {"Content-Type": resource.content_type}
    if resource.modified:
        headers["ETag"] = f'"{hashlib.sha256(resource.body).hexdigest()[:16]}"'
        headers["Last-Modified"] = format_datetime(resource.modified.astimezone(UTC), usegmt=True)
        if _unchanged(request, headers["ETag"], resource.modified):
            return web.Response(status=304, headers={k: headers[k] for k in ("ETag", "Last-Modified")})
    return web.Response(status=resource.status, body=resource.body, headers=headers)


def _unchanged(request: web.BaseRequest, etag: str, modified: datetime) -> bool:
    """RFC 9110 §13.2.2: an entity tag decides alone where one is sent; a date that cannot be read is ignored."""
    if tags := request.headers.get("If-None-Match"):
        return tags.strip() == "*" or etag in [tag.strip().removeprefix("W/") for tag in tags.split(",")]
    try:
        since = parsedate_to_datetime(request.headers.get("If-Modified-Since", ""))
    except ValueError:
        return False
    return since.tzinfo is not None and modified <= since


async def _faulty(request: web.BaseRequest, fault: Answer) -> web.StreamResponse:
    await asyncio.sleep(fault.delay)
    if not fault.drip:
        return web.Response(status=fault.status, body=fault.body, headers=fault.headers)
    response = web.StreamResponse(status=fault.status, headers=fault.headers)
    await response.prepare(request)
    for start in range(0, len(fault.body), DRIP_BYTES):
        await response.write(fault.body[start : start + DRIP_BYTES])
        await asyncio.sleep(fault.drip)
    return response
