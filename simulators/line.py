"""What every way of reaching a simulated terminal has in common, whatever carries its frames."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Final

from devices.zk.frames import Packet
from simulators.faults.layer import Layer, Piece, Transport
from simulators.faults.wire import Delivery
from simulators.session import TerminalSession
from simulators.station import Station
from simulators.terminal import FINGER, NO_KEY, Pressed, TerminalSim

LOOPBACK: Final = "127.0.0.1"

_TICK: Final = 0.02
"""Real seconds of a paced line's bytes that are written at once."""
_BITS_PER_BYTE: Final = 10
"""On a serial line: eight, a start and a stop bit."""


class LineServer(Station):
    """One terminal that can be called."""

    host = LOOPBACK
    port = 0
    bytes_sent = 0
    bytes_received = 0

    def __init__(
        self,
        terminal: TerminalSim,
        now: Callable[[], datetime],
        *,
        host: str = LOOPBACK,
        port: int = 0,
        delivery: Delivery | None = None,
        baud: int | None = None,
    ) -> None:
        """`now` gives city time, naive and local. Port 0 lets the system choose; see `port` after `start`.

        `baud`: how many bits a second pass, at ten a byte; None: as many as will.
        """
        super().__init__(terminal, now)
        self.host = host
        self.port = port
        self.baud = baud
        self.connections_accepted = 0
        self._lines: dict[TerminalLine, None] = {}
        self._listening = False
        self._turning = asyncio.Lock()
        """A line is mended only once it is cut all through."""
        self._heard_until = 0.0
        self._delivery = delivery or Delivery()
        self._delivering = self._delivery.layers()

    @property
    def address(self) -> str:
        """Its host."""
        return self.host

    @property
    def whereabouts(self) -> str:
        """Host and port."""
        return f"{self.host}:{self.port}"

    @property
    def delivery(self) -> Delivery:
        """How its lines always deliver. May be changed while they stand."""
        return self._delivery

    @delivery.setter
    def delivery(self, delivery: Delivery) -> None:
        self._delivery = delivery
        self._delivering = delivery.layers()

    @property
    def layers(self) -> list[Layer]:
        """What frames go through, faults first."""
        layers = [*self._faults.layers, *self._delivering]
        if self.transport is Transport.UDP:
            return [layer for layer in layers if not layer.streams_only]
        return layers

    @property
    def is_cut(self) -> bool:
        """Whether the line is cut, with a sign or silently."""
        return self.silent or not self._listening

    @property
    def connections(self) -> int:
        """Lines that stand now."""
        return len(self._lines)

    async def start(self) -> None:
        """Take calls. Raises `OSError` when the port is taken."""
        await self._listen()
        self._listening = True

    async def stop(self) -> None:
        """Heal what goes wrong, hang up and take no more calls for good."""
        await super().stop()
        self.hang_up()
        self._listening = False
        await self._leave()

    async def cut(self, *, silent: bool = False) -> None:
        """Cut the line: reset every connection and refuse new ones; or, `silent`, swallow everything.

        The terminal itself goes on: fingers are taken, records stay in the log.
        """
        async with self._turning:
            if self.is_cut:
                return
            if silent:
                self.silent = True
                return
            self.hang_up()
            self._listening = False
            await self._refuse()

    async def restore(self) -> None:
        """Mend a cut line, at the same place. What a silent cut swallowed is lost and its lines break."""
        async with self._turning:
            if self.silent:
                self.silent = False
                self.hang_up()
            elif not self._listening:
                await self._listen()
                self._listening = True

    def press(self, pin: str, now: datetime, *, verify: int = FINGER, state: int = NO_KEY) -> Pressed:
        """A finger at city time `now`: into the log, and at once to every session that listens."""
        pressed = super().press(pin, now, verify=verify, state=state)
        frames = dict(pressed.events)
        for line in list(self._lines) if frames else ():
            if line.session in frames:
                line.send([frames[line.session]])
        return pressed

    def hang_up(self) -> None:
        """Break every line now; new ones are taken."""
        for line in list(self._lines):
            line.abort()

    def request(self, packet: Packet, line_of: Callable[[Packet], TerminalLine]) -> None:
        """A request arrived, for the line that `line_of` gives; a slow line takes its time to bring it."""
        rate = self.bytes_per_second
        if rate is None:
            self._hear(packet, line_of)
            return
        loop = asyncio.get_running_loop()
        self._heard_until = max(loop.time(), self._heard_until) + len(packet.to_frame()) / rate
        loop.call_at(self._heard_until, self._hear, packet, line_of)

    def joined(self, line: TerminalLine) -> None:
        """A client is there."""
        self._lines[line] = None
        self.connections_accepted += 1

    def left(self, line: TerminalLine) -> None:
        """A line ended."""
        self._lines.pop(line, None)

    @property
    def bytes_per_second(self) -> float | None:
        """How fast bytes pass; None: as fast as they will."""
        return self.baud / _BITS_PER_BYTE if self.baud else None

    @abstractmethod
    async def _listen(self) -> None:
        """Take calls at the address. Raises `OSError`."""

    @abstractmethod
    async def _refuse(self) -> None:
        """Take no calls, and let nobody else have the address."""

    @abstractmethod
    async def _leave(self) -> None:
        """Give the address up."""

    def _hear(self, packet: Packet, line_of: Callable[[Packet], TerminalLine]) -> None:
        packets = [packet]
        for layer in self.layers:
            packets = layer.incoming(packets)
        for heard in packets:
            if not self.silent:
                line_of(heard).answer(heard)


class TerminalLine(ABC):
    """One client's session and the way its answers take. `most`: data bytes that fit into one packet."""

    def __init__(self, server: LineServer, most: int | None = None) -> None:
        self.session = TerminalSession(server.terminal, most)
        self.muted = False
        """It is half open: nothing passes, either way."""
        self._server = server
        self._waiting: deque[Piece] = deque()
        self._writer: asyncio.Task[None] | None = None
        self._sent_until = 0.0

    @property
    @abstractmethod
    def stands(self) -> bool:
        """Whether it has not ended."""

    @abstractmethod
    def abort(self) -> None:
        """Break it so that the client sees it break, where it can."""

    @abstractmethod
    def finish(self) -> None:
        """End it in good order, after what was written."""

    @abstractmethod
    def transmit(self, data: bytes) -> None:
        """Let bytes leave: of a whole frame, or on a stream of a part of one."""

    def answer(self, packet: Packet) -> None:
        """Let the terminal answer a request on this line."""
        if self.muted or not self.stands:
            return
        frames = self.session.respond(packet, self._server.now())
        self.answered(packet, frames)
        self.send(frames, packet.command)
        if self.session.restarting:
            self._server.hang_up()

    def answered(self, packet: Packet, frames: list[bytes]) -> None:  # noqa: B027
        """The terminal's frames for `packet`, before anything goes wrong with them. Nothing to do here."""

    def send(self, frames: list[bytes], asked: int | None = None) -> None:
        """Send frames of an answer to the command `asked`, or of an event, through all that goes wrong."""
        if self.muted or self._server.silent or not self.stands:
            return
        pieces = [Piece(frame, asked) for frame in frames]
        layers = self._server.layers
        for layer in layers:
            pieces = layer.outgoing(pieces, self)
        for layer in layers:
            pieces = layer.wire(pieces)
        self.deliver(pieces)

    def deliver(self, pieces: list[Piece]) -> None:
        """Send pieces as they are, after those that still wait."""
        if self.muted or self._server.silent or not self.stands:
            return
        at_once = not self._waiting and (self._writer is None or self._writer.done())
        if at_once and not self._server.baud and all(piece.wait is None for piece in pieces):
            for piece in pieces:
                self._put(piece)
            return
        self._waiting.extend(pieces)
        if self._writer is None or self._writer.done():
            self._writer = asyncio.get_running_loop().create_task(self._write_waiting())

    def ended(self) -> None:
        """It ended: nothing more is sent, and nobody may be told of new punches."""
        self._waiting.clear()
        if self._writer is not None:
            self._writer.cancel()
        self.session.close()
        self._server.left(self)

    def _put(self, piece: Piece) -> None:
        if not self.stands:
            return
        if piece.data:
            self._server.bytes_sent += len(piece.data)
            self.transmit(piece.data)
        if piece.then is not None:
            piece.then()

    async def _write_waiting(self) -> None:
        while self._waiting and self.stands:
            piece = self._waiting.popleft()
            if piece.wait is not None:
                await asyncio.sleep(piece.wait)
            rate = self._server.bytes_per_second
            if rate is None:
                self._put(piece)
            else:
                await self._put_paced(piece, rate)

    async def _put_paced(self, piece: Piece, rate: float) -> None:
        loop = asyncio.get_running_loop()
        tick = max(1, int(rate * _TICK))
        if not piece.data:
            self._put(piece)
        for at in range(0, len(piece.data), tick):
            part = piece.data[at : at + tick]
            self._sent_until = max(loop.time(), self._sent_until) + len(part) / rate
            await asyncio.sleep(self._sent_until - loop.time())
            last = at + tick >= len(piece.data)
            self._put(replace(piece, data=part, then=piece.then if last else None))
