"""What every fault is made of: frames in, frames out, and when it strikes."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from devices.zk.commands import Command
from devices.zk.frames import Packet

if TYPE_CHECKING:
    from simulators.line import TerminalLine
    from simulators.station import Station

FRAME_HEADER: Final = 8
"""Bytes in front of the packet: magic and length."""

_COMMAND = struct.Struct("<H")


class Transport(StrEnum):
    """What carries a terminal's frames; or its punches, when it calls by itself."""

    TCP = "tcp"
    UDP = "udp"
    SERIAL = "serial"
    PUSH = "push"
    """The terminal calls a server, over HTTP. Where a fault counts frames it counts uploads here."""


class CannotStrike(Exception):
    """This fault makes no sense here; the message says why."""


@dataclass(frozen=True, slots=True)
class When:
    """Which of the frames that a fault looks at it strikes. What stands still strikes at nothing."""

    after: int = 0
    """So many pass unharmed first. A fault of the terminal itself strikes at once when this is 0."""
    every: int = 1
    """Then each `every`-th, the first of them included."""
    times: int | None = None
    """So many strikes and it is over. None: until it is healed."""
    chance: float = 1.0
    """How likely it strikes when it could; decided by the seed."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Something on its way to the client: a whole frame, until a layer of the wire cuts it up."""

    data: bytes
    asked: int | None = None
    """The command that it answers; None for a live event."""
    wait: float | None = None
    """Real seconds before it leaves; 0 lets the event loop go round once; None: with the one before."""
    then: Callable[[], None] | None = None
    """What happens once it has left."""

    @property
    def command(self) -> int:
        """The command of the packet in this frame. Only for a whole frame."""
        return int(_COMMAND.unpack_from(self.data, FRAME_HEADER)[0])

    @property
    def is_bulk(self) -> bool:
        """Whether it carries part of a log or of the users."""
        return self.command == Command.DATA


class Layer:
    """One fault at work on one server. As it stands here it lets everything pass.

    Deterministic: the same frames and the same `rng` give the same faults.
    """

    streams_only = False
    """It cuts or joins bytes, which datagrams do not allow."""
    ends_itself = False
    """How long it lasts counts from its strike, and is its own affair."""

    def __init__(self, when: When, rng: random.Random) -> None:
        self.when = when
        self.rng = rng
        self.strikes = 0
        self._seen = 0

    @property
    def over(self) -> bool:
        """Whether it will do nothing any more and may be taken off."""
        return self.spent

    @property
    def spent(self) -> bool:
        """Whether it has struck as often as it was to."""
        return self.when.times is not None and self.strikes >= self.when.times

    def arm(self, server: Station) -> None:
        """It is put on a server. Raises `CannotStrike`."""

    def heal(self) -> None:
        """Undo what lasts. Harmless when nothing does."""

    def incoming(self, packets: list[Packet]) -> list[Packet]:
        """What the terminal hears of what its client sent."""
        return packets

    def outgoing(self, frames: list[Piece], line: TerminalLine) -> list[Piece]:
        """What becomes of whole frames that the terminal sends at once."""
        return frames

    def wire(self, pieces: list[Piece]) -> list[Piece]:
        """How the bytes travel. Changes none of them."""
        return pieces

    def turn(self) -> bool:
        """One more frame comes by: is it struck?"""
        if self.spent:
            return False
        self._seen += 1
        past = self._seen - self.when.after - 1
        if past < 0 or past % self.when.every:
            return False
        if self.when.chance < 1 and self.rng.random() >= self.when.chance:
            return False
        self.strikes += 1
        return True
