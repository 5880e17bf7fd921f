"""A proxy that breaks the network on purpose, between a browser (or any HTTP/1.1 client) and one server.

    with FaultProxy(server_port) as proxy:
        proxy.plan = every(SLOW_3G)                                    # from now on, from any thread
        proxy.plan = script([LOSE, RESET, Fault(delay=2)], only=saves) # then everything passes again
        proxy.plan = chance(seed=7, faults={LOSE: 0.2, TWICE: 0.1})    # the same seed, the same faults
        proxy.refuse(True)                                             # nobody listens any more

A plan (`plans.py`) is asked once for each request and says what happens to it. Standard library only; the proxy runs
in a thread with a loop of its own.
"""

import asyncio
import contextlib
import socket
import struct
import threading
from dataclasses import dataclass, field
from typing import Self

from .plans import UNBROKEN, Fault, Plan, Request

CHUNK = 4096
RST_ON_CLOSE = struct.pack("ii", 1, 0)


@dataclass
class FaultProxy:
    """Listens on a free port of 127.0.0.1 while it is entered. `seen` lists every request with its fault."""

    target: int
    plan: Plan = UNBROKEN
    port: int = 0
    seen: list[tuple[Request, Fault]] = field(default_factory=list)

    def __enter__(self) -> Self:
        self.loop = asyncio.new_event_loop()
        self.writers: set[asyncio.StreamWriter] = set()
        self.busy = {"up": 0.0, "down": 0.0}  # when the slow line will have carried what is on it
        self.thread = threading.Thread(target=self.loop.run_forever, name="fault proxy", daemon=True)
        self.thread.start()
        self._call(self._listen())
        return self

    def __exit__(self, *_error: object) -> None:
        self._call(self._stop())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def refuse(self, refused: bool) -> None:
        """From now on nobody listens here, and open connections end; or listen again, on the same port."""
        self._call(self._stop_listening() if refused else self._listen())

    def break_all(self) -> None:
        """RST on every open connection, as when a phone changes its network."""
        self._call(self._break_all())

    def _call(self, work: object) -> None:
        asyncio.run_coroutine_threadsafe(work, self.loop).result(10)

    async def _listen(self) -> None:
        self.server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, limit=1 << 20)
        self.port = self.server.sockets[0].getsockname()[1]

    async def _stop_listening(self) -> None:
        self.server.close()
        await self._break_all()

    async def _break_all(self) -> None:
        for writer in list(self.writers):
            abort(writer)

    async def _stop(self) -> None:
        await self._stop_listening()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection of a browser: request after request, each with a connection of its own to the server."""
        self.writers.add(writer)
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
                while request := await read_request(reader):
                    fault = self.plan(request)
                    self.seen.append((request, fault))
                    await self._answer(request, fault, reader, writer)
        finally:
            self.writers.discard(writer)
            abort(writer)

    async def _answer(
        self, request: Request, fault: Fault, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if fault.reset:
            raise ConnectionResetError
        if fault.silent:
            await reader.read()  # until the browser gives up
            raise ConnectionResetError
        await asyncio.sleep(fault.delay)
        await self._carry("up", len(request.head) + len(request.body), fault.rate)
        if fault.status:
            writer.write(page_of(fault.status))
            await writer.drain()
            return
        if fault.again is not None:
            self.loop.create_task(self._repeat(request, fault.again)).add_done_callback(lambda task: task.exception())
        answer = await deliver(request, self.target)
        await asyncio.sleep(fault.hold)
        if fault.swallow:
            await reader.read()
        if fault.lose or fault.swallow:
            raise ConnectionResetError
        part = answer if fault.cut is None else answer[: fault.cut]
        for start in range(0, len(part), CHUNK):
            await self._carry("down", len(part[start : start + CHUNK]), fault.rate)
            writer.write(part[start : start + CHUNK])
            await writer.drain()
        if part is not answer or b"\r\nconnection: close\r\n" in answer.partition(b"\r\n\r\n")[0].lower() + b"\r\n":
            await asyncio.sleep(0.05)  # a RST overtakes what was written just before
            raise ConnectionResetError

    async def _repeat(self, request: Request, later: float) -> None:
        await asyncio.sleep(later)
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            await deliver(request, self.target)

    async def _carry(self, way: str, size: int, rate: int) -> None:
        """Wait as long as a line of that rate needs for it, behind what is on the line already."""
        if rate:
            self.busy[way] = max(self.busy[way], self.loop.time()) + size / rate
            await asyncio.sleep(self.busy[way] - self.loop.time())


def abort(writer: asyncio.StreamWriter) -> None:
    """Close with a RST, which a client notices at once."""
    with contextlib.suppress(OSError):
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RST_ON_CLOSE)
    writer.transport.abort()


async def read_request(reader: asyncio.StreamReader) -> Request | None:
    """The next request; None when the browser has closed the connection. Browsers send no chunked bodies."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    method, path, _version = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ", 2)
    return Request(method, path, head, await reader.readexactly(length_of(head) or 0))


async def deliver(request: Request, port: int) -> bytes:
    """Send it to the server; the whole answer as it came."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
    try:
        writer.write(request.head + request.body)
        head = await reader.readuntil(b"\r\n\r\n")
        status = int(head.split(b" ", 2)[1])
        if request.method == "HEAD" or status in {204, 304}:
            return head
        if b"\r\ntransfer-encoding: chunked\r\n" in head.lower():
            return head + await read_chunks(reader)
        length = length_of(head)
        return head + (await reader.read() if length is None else await reader.readexactly(length))
    finally:
        writer.close()


async def read_chunks(reader: asyncio.StreamReader) -> bytes:
    """A chunked body, framing included."""
    body = b""
    while True:
        line = await reader.readuntil(b"\r\n")
        size = int(line.split(b";")[0], 16)
        body += line + await reader.readexactly(size + 2)
        if not size:
            return body


def page_of(status: int) -> bytes:
    """What a load balancer says when nobody stands behind it."""
    page = b"<!doctype html><title>Error</title><h1>Error</h1>"
    return b"HTTP/1.1 %d Error\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % (status, len(page)) + page


def length_of(head: bytes) -> int | None:
    found = [line.split(b":", 1)[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
    return int(found[0]) if found else None
