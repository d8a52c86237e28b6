"""What happens to whole frames, on a stream as among datagrams: lost, sent twice, overtaken, damaged."""

from __future__ import annotations

import asyncio
import random
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from devices.errors import ProtocolError
from devices.zk.commands import Command
from devices.zk.frames import Packet
from simulators.faults.layer import FRAME_HEADER, Layer, Piece, When

if TYPE_CHECKING:
    from simulators.line import TerminalLine

_OVERTAKEN_WITHIN: Final = 0.3
"""Real seconds after which a frame that nothing overtook arrives all the same."""


class Lost(Layer):
    """A frame, either way, does not arrive."""

    def incoming(self, packets: list[Packet]) -> list[Packet]:
        """Drop struck requests."""
        return [packet for packet in packets if not self.turn()]

    def outgoing(self, frames: list[Piece], line: TerminalLine) -> list[Piece]:
        """Drop struck answers and events."""
        return [frame for frame in frames if not self.turn()]


class Duplicated(Layer):
    """A frame, either way, arrives twice."""

    def incoming(self, packets: list[Packet]) -> list[Packet]:
        """Let the terminal hear struck requests twice."""
        return [it for packet in packets for it in ((packet, packet) if self.turn() else (packet,))]

    def outgoing(self, frames: list[Piece], line: TerminalLine) -> list[Piece]:
        """Send struck frames twice."""
        return [it for frame in frames for it in ((frame, frame) if self.turn() else (frame,))]


class Reordered(Layer):
    """A frame of the terminal's arrives after the one that followed it; a lone one arrives late."""

    def __init__(self, when: When, rng: random.Random) -> None:
        super().__init__(when, rng)
        self._held: tuple[TerminalLine, Piece] | None = None

    @property
    def over(self) -> bool:
        """Not before what is held back has left."""
        return self.spent and self._held is None

    def outgoing(self, frames: list[Piece], line: TerminalLine) -> list[Piece]:
        """Hold a struck frame back until the next one on its line has gone."""
        sent: list[Piece] = []
        for frame in frames:
            if self._held is None and self.turn():
                self._held = (line, frame)
                asyncio.get_running_loop().call_later(_OVERTAKEN_WITHIN, self._release, frame)
                continue
            sent.append(frame)
            if self._held is not None and self._held[0] is line:
                sent.append(self._held[1])
                self._held = None
        return sent

    def heal(self) -> None:
        """Let go of what is held back."""
        if self._held is not None:
            self._release(self._held[1])

    def _release(self, frame: Piece) -> None:
        if self._held is not None and self._held[1] is frame:
            line, self._held = self._held[0], None
            line.deliver([frame])


class BadChecksum(Layer):
    """One bit of a packet of the terminal's is turned on its way, which its checksum always shows."""

    def outgoing(self, frames: list[Piece], line: TerminalLine) -> list[Piece]:
        """Turn a bit behind the frame's header."""
        return [self._turned(frame) if self.turn() else frame for frame in frames]

    def _turned(self, frame: Piece) -> Piece:
        damaged = bytearray(frame.data)
        bit = self.rng.randrange(FRAME_HEADER * 8, len(damaged) * 8)
        damaged[bit // 8] ^= 1 << bit % 8
        return replace(frame, data=bytes(damaged))


class CorruptLine(Layer):
    """A line that is no punch stands among those that a terminal pushes."""


class WrongSessionField(Layer):
    """The session field of an answer holds something else, as real terminals put other things there.

    The answer to CONNECT is left alone, since there the field is the answer; so are live events, where it is
    the event's code.
    """

    def outgoing(self, frames: list[Piece], line: TerminalLine) -> list[Piece]:
        """Rewrite the field, with a checksum that fits."""
        return [self._rewritten(it) if self._has_field(it) and self.turn() else it for it in frames]

    @staticmethod
    def _has_field(frame: Piece) -> bool:
        return frame.asked not in (None, Command.CONNECT)

    def _rewritten(self, frame: Piece) -> Piece:
        try:
            packet = Packet.from_bytes(frame.data[FRAME_HEADER:])
        except ProtocolError:
            return frame  # damaged by another fault: nobody will read its fields
        other = (packet.session + self.rng.randrange(1, 0xFFFF)) & 0xFFFF
        return replace(frame, data=frame.data[:FRAME_HEADER] + replace(packet, session=other).to_bytes())
