"""How a line ends: without a word, with a reset, in the middle of a frame, with the terminal's power."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from simulators.faults.layer import FRAME_HEADER, Layer, Piece, When

if TYPE_CHECKING:
    from simulators.line import TerminalLine
    from simulators.station import Station

_OUT: Final = 0.3
"""Real seconds that a restarting terminal is away, unless told otherwise; a real one takes some forty."""


class Break(Layer):
    """Ends lines of one server."""

    server: Station

    def arm(self, server: Station) -> None:
        """Remember whose lines they are."""
        self.server = server


class Silence(Break):
    """The line is half open: it stands, and nothing passes any more. A new one is served."""

    def __init__(self, when: When, rng: random.Random) -> None:
        super().__init__(when, rng)
        self._muted: list[TerminalLine] = []

    @property
    def over(self) -> bool:
        """As long as a dead line stands, it is not over."""
        return self.spent and not any(line.stands for line in self._muted)

    def outgoing(self, frames: list[Piece], line: TerminalLine) -> list[Piece]:
        """Swallow the struck frame and all that follows on its line."""
        sent: list[Piece] = []
        for frame in frames:
            if self.turn():
                line.muted = True
                self._muted.append(line)
                return sent
            sent.append(frame)
        return sent

    def heal(self) -> None:
        """A line that comes back to life after a silence breaks: what was swallowed is lost."""
        for line in self._muted:
            line.abort()
        self._muted.clear()


class Reset(Break):
    """Every line of the terminal is reset; new ones are taken. Where there is no connection, the terminal
    forgets its sessions.
    """

    def outgoing(self, frames: list[Piece], line: TerminalLine) -> list[Piece]:
        """Send nothing of what is struck, nor what follows."""
        sent: list[Piece] = []
        for frame in frames:
            if self.turn():
                if not sent:
                    self.server.hang_up()
                    return sent
                return [*sent[:-1], replace(sent[-1], then=self.server.hang_up)]
            sent.append(frame)
        return sent


class EofMidChunk(Break):
    """The terminal ends the line, in good order, in the middle of a frame of data."""

    def outgoing(self, frames: list[Piece], line: TerminalLine) -> list[Piece]:
        """Send a part of the struck frame, then the end."""
        for number, frame in enumerate(frames):
            if frame.is_bulk and self.turn():
                return [*frames[:number], replace(_part_of(frame, self.rng), then=line.finish)]
        return frames


class RebootMidRead(Break):
    """The terminal restarts while its log is read: it is away for a while, and has forgotten its sessions."""

    ends_itself = True

    def __init__(self, when: When, rng: random.Random, out: float | None = None) -> None:
        super().__init__(when, rng)
        self._out = _OUT if out is None else out
        self._away = False

    @property
    def over(self) -> bool:
        """Not before the terminal is back."""
        return self.spent and not self._away

    def outgoing(self, frames: list[Piece], line: TerminalLine) -> list[Piece]:
        """Send a part of the struck frame, then go."""
        for number, frame in enumerate(frames):
            if frame.is_bulk and not self._away and self.turn():
                self._away = True
                return [*frames[:number], replace(_part_of(frame, self.rng), then=self._go)]
        return frames

    def heal(self) -> None:
        """Be back at once."""
        if self._away:
            self._away = False
            self.server.soon(0.0, self.server.restore)

    def _go(self) -> None:
        if not self._away:
            return  # healed before the struck frame's turn came on a slow line
        self.server.terminal.disabled = False
        self.server.soon(0.0, self.server.cut)
        self.server.soon(self._out, self._come_back)

    async def _come_back(self) -> None:
        if self._away:
            await self.server.restore()
            self._away = False


def _part_of(frame: Piece, rng: random.Random) -> Piece:
    return replace(frame, data=frame.data[: rng.randrange(FRAME_HEADER, len(frame.data))])
