"""A process of very many walls on bare sockets: their own cost must not hide what they cost the server.

    python -m tests.benchmarks.crowd URL COUNT

Opens COUNT WebSockets that speak just enough Socket.IO to join the city, and prints "ready" once each holds
its snapshot. Listens until its standard input closes, then prints one JSON object: `snapshot` (the first
snapshot's text), `frames` (every different text that came since, in order), `seen` (for each wall [number of
the frame, Unix time] of every delta), `bytes` (for each wall what arrived since "ready", headers included).
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import sys
import time
from urllib.parse import urlsplit

from tests.benchmarks.helper import READY

SNAPSHOT_SECONDS = 60.0
AT_ONCE = 20
"""Walls that connect at the same time: a power cut's end is another benchmark."""
TEXT, CLOSE, PING = 0x1, 0x8, 0x9


class Crowd:
    """What all walls saw; a text that went to every wall is kept once."""

    def __init__(self) -> None:
        self.snapshot = ""
        self.frames: dict[bytes, int] = {}
        self.seen: list[list[tuple[int, float]]] = []
        self.bytes: list[int] = []

    def number(self, text: bytes) -> int:
        """The number of a frame's text."""
        return self.frames.setdefault(text, len(self.frames))


class Wall:
    """One wall on the whole city."""

    def __init__(self, crowd: Crowd, place: int) -> None:
        self._crowd = crowd
        self._place = place
        self.joined = asyncio.Event()
        self.listening = False

    async def run(self, host: str, port: int, door: asyncio.Semaphore) -> None:
        """Connect, join, and note what comes until the line is cut."""
        async with door:
            reader, writer = await asyncio.open_connection(host, port)
            key = base64.b64encode(os.urandom(16)).decode()
            writer.write(
                f"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: {host}:{port}\r\n"
                f"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
                "Sec-WebSocket-Version: 13\r\n\r\n".encode()
            )
            head = await reader.readuntil(b"\r\n\r\n")
            if b" 101 " not in head.split(b"\r\n", 1)[0]:
                raise SystemExit(f"the server refused a wall: {head[:60]!r}")
            send(writer, b"40")
            while not self.joined.is_set():
                self._take(writer, *await receive(reader), time.time())
        while True:
            kind, text, size = await receive(reader)
            self._take(writer, kind, text, size, time.time())

    def _take(self, writer: asyncio.StreamWriter, kind: int, text: bytes, size: int, now: float) -> None:
        if kind == CLOSE:
            raise SystemExit("the server hung up on a wall")
        if self.listening:
            self._crowd.bytes[self._place] += size
        if text == b"2":
            send(writer, b"3")
        elif text.startswith(b"40"):
            send(writer, b'42["join",{"scope":"city"}]')
        elif text.startswith(b'42["snapshot"'):
            self._crowd.snapshot = self._crowd.snapshot or text.decode()
            if self.joined.is_set():
                raise SystemExit("a wall fell behind and got a second snapshot: its arrivals say nothing")
            self.joined.set()
        elif text.startswith(b'42["delta"') and self.listening:
            self._crowd.seen[self._place].append((self._crowd.number(text), now))


def send(writer: asyncio.StreamWriter, text: bytes) -> None:
    """One masked text frame; the mask is zero, which the protocol allows."""
    writer.write(bytes((0x80 | TEXT, 0x80 | len(text), 0, 0, 0, 0)) + text)


async def receive(reader: asyncio.StreamReader) -> tuple[int, bytes, int]:
    """The next frame's kind, payload and whole size in bytes."""
    first, second = await reader.readexactly(2)
    length, size = second & 0x7F, 2
    if length >= 126:
        extra = await reader.readexactly(2 if length == 126 else 8)
        length, size = int.from_bytes(extra), 2 + len(extra)
    return first & 0x0F, await reader.readexactly(length), size + length


async def attend(url: str, count: int) -> Crowd:
    """Let `count` walls look at the city until standard input closes."""
    parts = urlsplit(url)
    assert parts.hostname is not None
    assert parts.port is not None
    crowd = Crowd()
    crowd.seen, crowd.bytes = [[] for _ in range(count)], [0] * count
    walls = [Wall(crowd, place) for place in range(count)]
    door = asyncio.Semaphore(AT_ONCE)
    tasks = [asyncio.create_task(wall.run(parts.hostname, parts.port, door)) for wall in walls]
    try:
        async with asyncio.timeout(SNAPSHOT_SECONDS):
            for wall in walls:
                await wall.joined.wait()
    except TimeoutError:
        raise SystemExit("not every wall got a snapshot") from None
    for wall in walls:
        wall.listening = True
    print(READY, flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    if any(task.done() for task in tasks):
        raise SystemExit("a wall's line was cut")
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return crowd


def main() -> None:
    """Open the walls, listen until told to stop, tell what came."""
    crowd = asyncio.run(attend(sys.argv[1], int(sys.argv[2])))
    told = {
        "snapshot": crowd.snapshot,
        "frames": [text.decode() for text in crowd.frames],
        "seen": crowd.seen,
        "bytes": crowd.bytes,
    }
    print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
