"""Worker: the process in which bodies are read, so that no page holds the loop, the machine or the pass.

One spawned process, started when there is something to read and kept for what follows; a task that takes longer than
it may is given up, with the process, and the next one starts another. What runs there is `worker_main`'s; what is
read and how, `crawler.extract`'s, which only that process imports.

(multiprocessing and concurrent.futures cannot serve: neither gives up a task that runs, spawn imports the whole
program again, and fork would take the pass's lock along.)
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import io
import os
import pickle
import socket
import subprocess
import sys
from collections import deque
from dataclasses import dataclass
from functools import cache
from typing import Any

from crawler import worker_main
from crawler.extract.unreadable import Unreadable

READ_SECONDS = 10.0
"""A body that takes longer to read is given up."""
START_SECONDS = 30.0
"""The process, on a machine that is very busy, starts within this; it needs 0.3 s."""
MEMORY_MOST = 512 * 2**20
"""Bytes of data that the process may hold. It starts at 40 MB; a page of 5 MiB, the most there is, takes 150."""
RENEWED_AFTER = 2000
"""Bodies, after which a new process takes over: what libraries leak or leave in pieces ends with the old one."""
_ENVIRONMENT = ("LANG", "LC_ALL", "LD_LIBRARY_PATH", "PATH", "PYTHONHOME", "PYTHONTZPATH", "TZDIR")
"""All that the process is given of ours: it reads what strangers wrote, and has no use for a token."""


class WorkerError(Exception):
    """The process cannot be started: the machine's fault, and no page's."""


@dataclass(slots=True)
class _Task:
    """A message for the process, and who waits for its answer."""

    message: bytes
    result: asyncio.Future[worker_main.Answer]
    sent: bool = False


class Worker:
    """Tasks in, results out, in order. One event loop at a time may use it; it outlives loops."""

    def __init__(
        self,
        *,
        read_seconds: float = READ_SECONDS,
        memory_most: int = MEMORY_MOST,
        renewed_after: int = RENEWED_AFTER,
    ) -> None:
        self._read_seconds = read_seconds
        self._memory_most = memory_most
        self._renewed_after = renewed_after
        self._process: subprocess.Popen[bytes] | None = None
        self._link: socket.socket | None = None
        self._ready = False
        self._done = 0
        self._tasks: deque[_Task] = deque()
        self._receiving: asyncio.Task[None] | None = None
        self._sending: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """Of the process, while there is one."""
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Starts the process, where there is none, and does not wait for it."""
        if self._process is not None:
            return
        self._link, theirs = socket.socketpair()
        self._link.setblocking(False)
        environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, sys.path))
        command = [sys.executable, "-m", worker_main.__name__, str(os.getpid()), str(self._memory_most)]
        with theirs:  # nothing else goes along: sockets and files are not inherited, so neither is the pass's lock
            self._process = subprocess.Popen(  # noqa: S603 (our own module)
                command, stdin=theirs.fileno(), stdout=subprocess.DEVNULL, env=environment
            )
        self._ready, self._done = False, 0

    async def run(self, function: str, *args: Any, **facts: Any) -> Any:
        """What `function`, "module:name", returns for them in the process. Raises WorkerError; Unreadable: the
        function's own, `slow-to-read`, `too-large` (for the process's memory), or `broken` for whatever else."""
        task = _Task(worker_main.framed((function, args, facts)), asyncio.get_running_loop().create_future())
        self._tasks.append(task)
        if self._receiving is None or self._receiving.done():
            self._receiving = asyncio.create_task(self._receive_all())
        if self._ready and (self._sending is None or self._sending.done()):
            self._sending = asyncio.create_task(self._send_all())
        result, why = await task.result
        if why is not None:
            raise Unreadable(*why)
        return result

    def close(self) -> None:
        """Ends the process; the task that it is at is given to the next one, if somebody still waits for it."""
        if self._process is None or self._link is None:
            return
        if self._sending is not None:
            self._sending.cancel()
        self._link.close()
        self._process.kill()
        self._process.wait()
        self._process = self._link = self._sending = None
        for task in self._tasks:
            task.sent = False

    async def _receive_all(self) -> None:
        """Answers the tasks, as long as there are any."""
        try:
            while self._tasks:
                answer = await self._next_answer()
                self._done += 1
                task = self._tasks.popleft()
                if not task.result.done():  # who waited may be gone
                    task.result.set_result(answer)
                if self._done >= self._renewed_after:
                    self.close()
        except BaseException as e:  # the process cannot be started, or the loop ends: nobody waits for ever
            self.close()
            while self._tasks:
                task = self._tasks.popleft()
                if not task.result.done():
                    task.result.set_exception(e) if isinstance(e, Exception) else task.result.cancel()
            if not isinstance(e, Exception):
                raise

    async def _next_answer(self) -> worker_main.Answer:
        """What the process says to the first task, or what its end amounts to."""
        self.start()
        if not self._ready:
            await self._start_over()
        try:
            async with asyncio.timeout(self._read_seconds):
                answer: worker_main.Answer = await self._message()
                return answer
        except TimeoutError:
            self.close()
            return None, ("slow-to-read", f"reading it takes over {self._read_seconds:g} s")
        except pickle.UnpicklingError as e:
            return None, ("broken", f"what was made of it is not taken: {e}")
        except (OSError, EOFError):
            return None, ("broken", f"the process that read it {self._end()}")

    async def _start_over(self) -> None:
        try:
            async with asyncio.timeout(START_SECONDS):
                await self._message()
        except (TimeoutError, OSError, EOFError) as e:
            raise WorkerError(f"the process that reads pages {self._end()} before it began") from e
        self._ready = True
        self._sending = asyncio.create_task(self._send_all())

    async def _send_all(self) -> None:
        """Sends the tasks not sent yet; they wait in the socket, so that the process never waits for us."""
        loop = asyncio.get_running_loop()
        with contextlib.suppress(OSError):  # the process is gone: who receives sees it too
            while self._link and (task := next((t for t in self._tasks if not t.sent), None)):
                task.sent = True
                await loop.sock_sendall(self._link, task.message)

    async def _message(self) -> Any:
        """The next one from the process. Raises EOFError where it is gone."""
        if self._link is None:
            raise EOFError
        size = int.from_bytes(await _exactly(self._link, worker_main.LENGTH_BYTES), "big")
        return _Ours(io.BytesIO(await _exactly(self._link, size))).load()

    def _end(self) -> str:
        """Ends the process, and says how it ended if it did so by itself."""
        process = self._process
        status = process.poll() if process else None
        if process and status is None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                status = process.wait(0.1)
        self.close()
        return "ended" if status is None else f"ended with status {status}"


class _Ours(pickle.Unpickler):
    """What the process may answer with: values of ours, whatever a page has made of it."""

    def find_class(self, module: str, name: str) -> Any:
        ours = module == "datetime" or module.startswith("crawler.")
        if ours and "." not in name and isinstance(found := super().find_class(module, name), type):
            return found  # a dotted name would reach what our modules import
        raise pickle.UnpicklingError(f"{module}.{name} is none of our values")


async def _exactly(link: socket.socket, size: int) -> bytearray:
    loop, data = asyncio.get_running_loop(), bytearray()
    while len(data) < size:
        piece = await loop.sock_recv(link, size - len(data))
        if not piece:
            raise EOFError
        data += piece
    return data


@cache
def shared() -> Worker:
    """The one that all crawls of this process use, unless they bring their own; it ends with the program."""
    worker = Worker()
    atexit.register(worker.close)
    return worker
