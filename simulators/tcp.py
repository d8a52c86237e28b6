"""Binds a simulated terminal to a TCP port, and lets its line behave as badly as lines do."""

from __future__ import annotations

import asyncio
import random
import socket
import struct
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import cast

from devices.errors import ProtocolError
from devices.zk.frames import NEED_DATA, FrameReader
from simulators.session import TerminalSession
from simulators.terminal import FINGER, NO_KEY, Pressed, TerminalSim

LOOPBACK = "127.0.0.1"

_RESET_ON_CLOSE = struct.pack("ii", 1, 0)
_SPLIT_PAUSE = 0.0005
"""Real seconds between two pieces of a split frame: enough for the reader to see them apart."""
_LONGEST_PIECE = 4096


class Mode(StrEnum):
    """How frames are cut into what the reader receives."""

    WHOLE = "whole"
    """Each frame in one write."""
    COALESCED = "coalesced"
    """All frames of an answer in one write."""
    SPLIT = "split"
    """Cut at random places that ignore frame borders."""
    BYTEWISE = "bytewise"
    """One byte at a time."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """How a line delivers. `gap`: real seconds of silence after each write; some clients need it."""

    mode: Mode = Mode.WHOLE
    gap: float = 0.0
    seed: int = 0
    """For the places where SPLIT cuts."""


class TerminalServer:
    """One terminal on one TCP port. Single-threaded: use it from the event loop that started it."""

    def __init__(
        self,
        terminal: TerminalSim,
        now: Callable[[], datetime],
        *,
        host: str = LOOPBACK,
        port: int = 0,
        delivery: Delivery | None = None,
    ) -> None:
        """`now` gives city time, naive and local. Port 0 lets the system choose; see `port` after `start`."""
        self.terminal = terminal
        self.now = now
        self.host = host
        self.port = port
        self.delivery = delivery or Delivery()
        self.bytes_received = 0
        self.bytes_sent = 0
        self.connections_accepted = 0
        self.silent = False
        """The line is cut without a sign: connections stand, and nothing passes."""
        self._listener: asyncio.Server | None = None
        self._place_holder: socket.socket | None = None
        self._lines: set[_Line] = set()

    @property
    def is_cut(self) -> bool:
        """Whether the line is cut, with a sign or silently."""
        return self.silent or self._listener is None

    @property
    def connections(self) -> int:
        """Lines that stand now."""
        return len(self._lines)

    async def start(self) -> None:
        """Listen. Raises `OSError` when the port is taken."""
        await self._listen(self._bind())

    async def stop(self) -> None:
        """Hang up and stop listening for good."""
        self._drop_lines()
        await self._close_listener()
        if self._place_holder is not None:
            self._place_holder.close()
            self._place_holder = None

    async def cut(self, *, silent: bool = False) -> None:
        """Cut the line: reset every connection and refuse new ones; or, `silent`, swallow everything.

        The terminal itself goes on: fingers are taken, records stay in the log.
        """
        if self.is_cut:
            return
        if silent:
            self.silent = True
            return
        self._drop_lines()
        await self._close_listener()
        # Bound but not listening: connecting is refused, and nobody else can take the port meanwhile.
        self._place_holder = self._bind()

    async def restore(self) -> None:
        """Mend a cut line, on the same port. What a silent cut swallowed is lost and its lines break."""
        if self.silent:
            self.silent = False
            self._drop_lines()
        elif self._listener is None:
            listening, self._place_holder = self._place_holder, None
            await self._listen(listening or self._bind())

    def press(self, pin: str, now: datetime, *, verify: int = FINGER, state: int = NO_KEY) -> Pressed:
        """A finger at city time `now`: into the log, and at once to every session that listens."""
        pressed = self.terminal.press(pin, now, verify=verify, state=state)
        frames = dict(pressed.events)
        if frames:
            for line in self._lines:
                if line.session in frames:
                    line.send([frames[line.session]])
        return pressed

    def hang_up(self) -> None:
        """Break every line now; new ones are taken."""
        self._drop_lines()

    def joined(self, line: _Line) -> None:
        """A client connected."""
        self._lines.add(line)
        self.connections_accepted += 1

    def left(self, line: _Line) -> None:
        """A line ended."""
        self._lines.discard(line)

    def _bind(self) -> socket.socket:
        sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.setblocking(False)
            sock.bind((self.host, self.port))
        except OSError:
            sock.close()
            raise
        self.port = sock.getsockname()[1]
        return sock

    async def _listen(self, sock: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        self._listener = await loop.create_server(lambda: _Line(self), sock=sock)

    async def _close_listener(self) -> None:
        if self._listener is not None:
            self._listener.close()
            self._listener = None

    def _drop_lines(self) -> None:
        for line in list(self._lines):
            line.abort()


class _Line(asyncio.Protocol):
    """One client's connection."""

    def __init__(self, server: TerminalServer) -> None:
        self.session = TerminalSession(server.terminal)
        self._server = server
        self._reader = FrameReader()
        self._transport: asyncio.Transport | None = None
        self._waiting: deque[bytes] = deque()
        self._writer: asyncio.Task[None] | None = None
        self._rng = random.Random(server.delivery.seed)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        sock = transport.get_extra_info("socket")
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._server.joined(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self.session.close()
        self._server.left(self)
        if self._writer is not None:
            self._writer.cancel()

    def data_received(self, data: bytes) -> None:
        if self._server.silent:
            return
        self._server.bytes_received += len(data)
        self._reader.feed(data)
        try:
            while (packet := self._reader.next_packet()) is not NEED_DATA:
                self.send(self.session.respond(packet, self._server.now()))
        except ProtocolError:
            self.abort()
            return
        if self.session.restarting:
            self._server.hang_up()

    def send(self, frames: list[bytes]) -> None:
        """Deliver frames in the way this line delivers."""
        if self._server.silent or self._transport is None or not frames:
            return
        delivery = self._server.delivery
        if delivery.mode is Mode.COALESCED:
            frames = [b"".join(frames)]
        if delivery.gap == 0 and delivery.mode in {Mode.WHOLE, Mode.COALESCED}:
            for frame in frames:
                self._write(frame)
            return
        self._waiting.extend(frames)
        if self._writer is None or self._writer.done():
            self._writer = asyncio.get_running_loop().create_task(self._write_waiting())

    def abort(self) -> None:
        """Break the connection so that the peer sees a reset, not an orderly end."""
        if self._transport is None:
            return
        sock = self._transport.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        self._transport.abort()
        # `connection_lost` comes in the loop's next round; until then nobody may be told of new punches.
        self.session.close()
        self._transport = None
        self._server.left(self)

    def _write(self, piece: bytes) -> None:
        if self._transport is not None:
            self._server.bytes_sent += len(piece)
            self._transport.write(piece)

    async def _write_waiting(self) -> None:
        gap = self._server.delivery.gap
        while self._waiting and self._transport is not None:
            for piece in self._pieces(self._waiting.popleft()):
                self._write(piece)
                if self._server.delivery.mode is Mode.SPLIT:
                    await asyncio.sleep(_SPLIT_PAUSE)
                elif self._server.delivery.mode is Mode.BYTEWISE:
                    await asyncio.sleep(0)
            if gap:
                await asyncio.sleep(gap)

    def _pieces(self, frame: bytes) -> Iterator[bytes]:
        match self._server.delivery.mode:
            case Mode.BYTEWISE:
                yield from (frame[at : at + 1] for at in range(len(frame)))
            case Mode.SPLIT:
                # Whatever else waits is cut along with this frame, so that pieces cross frame borders.
                whole = frame + b"".join(self._waiting)
                self._waiting.clear()
                at = 0
                while at < len(whole):
                    size = self._rng.choice((1, 3, 7, 8, 9, 15, 16, 17, 40, 1448, _LONGEST_PIECE))
                    yield whole[at : at + size]
                    at += size
            case _:
                yield frame
