"""The process that reads: what `crawler.worker` starts, hands bodies to, and ends.

It reads one task after the other from its standard input, a socket, and answers each on it. It owns its own bounds
(memory, no outliving its parent) and nothing else: no network, no storage, no lock, and none of the environment's
secrets. Pages are hostile; whatever one of them breaks breaks here.
"""

from __future__ import annotations

import contextlib
import importlib
import logging
import os
import pickle
import resource
import signal
import sys
from typing import Any, BinaryIO

from crawler.extract.unreadable import Unreadable

LENGTH_BYTES = 4
"""Every message is a pickle after its length, big-endian."""
Answer = tuple[Any, tuple[str, str] | None]
"""A result, or kind and detail of the Unreadable that there is instead."""
_PR_SET_PDEATHSIG = 1  # prctl(2)


def main(parent: int, memory_most: int) -> None:
    """Answers tasks until the parent, process `parent`, closes the socket. `memory_most`: bytes of data."""
    for number in (signal.SIGINT, signal.SIGTERM):  # sent to the whole group; the parent finishes first
        signal.signal(number, signal.SIG_IGN)
    _end_with(parent)
    resource.setrlimit(resource.RLIMIT_DATA, (memory_most, memory_most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    logging.disable()  # what a library has to say of a page comes back as its failure
    link = os.fdopen(0, "r+b", buffering=0)
    for reader in ("feed", "page"):  # while the first answer is under way
        importlib.import_module(f"crawler.extract.{reader}")
    with contextlib.suppress(ConnectionError):  # the parent was killed
        _send(link, None)
        while (task := _receive(link)) is not None:
            _send(link, _answer(*task))


def framed(message: Any) -> bytes:
    """The message as it goes over the socket."""
    data = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    return len(data).to_bytes(LENGTH_BYTES, "big") + data


def _answer(function: str, args: tuple[Any, ...], facts: dict[str, Any]) -> Answer:
    """What `module:function` makes of them, or why it makes nothing."""
    module, _, name = function.partition(":")
    try:
        return getattr(importlib.import_module(module), name)(*args, **facts), None
    except Unreadable as e:
        return None, (e.kind, e.detail[:_DETAIL_MOST])
    except MemoryError:
        return None, ("too-large", "reading it takes more memory than it may")
    except Exception as e:
        return None, ("broken", f"{type(e).__name__}: {e}"[:_DETAIL_MOST])


_DETAIL_MOST = 300  # code points


def _end_with(parent: int) -> None:
    """Where Linux can, this process is killed with its parent, even amid a page; elsewhere it ends after the page."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit()


def _send(link: BinaryIO, message: Any) -> None:
    rest = memoryview(framed(message))
    while rest:
        rest = rest[link.write(rest) :]


def _receive(link: BinaryIO) -> Any:
    """The next message; None at the end."""
    head = _exactly(link, LENGTH_BYTES)
    body = _exactly(link, int.from_bytes(head, "big")) if head else b""
    return pickle.loads(body) if body else None  # noqa: S301 (the parent wrote it)


def _exactly(link: BinaryIO, size: int) -> bytes:
    """That many bytes; b"" where the socket ended before."""
    data = bytearray()
    while len(data) < size:
        piece = link.read(size - len(data))
        if not piece:
            return b""
        data += piece
    return bytes(data)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
