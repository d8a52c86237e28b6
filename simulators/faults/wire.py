"""How bytes travel: cut, joined or late, but all there and in order."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from simulators.faults.layer import Layer, Piece, When

SPLIT_PAUSE: Final = 0.0005
"""Real seconds between two pieces of a split frame: enough for the reader to see them apart."""
_SPLIT_SIZES: Final = (1, 3, 7, 8, 9, 15, 16, 17, 40, 1448, 4096)
_LATE: Final = (0.02, 0.3)
"""Real seconds, least and most, that a delayed frame is late."""


class OneByte(Layer):
    """Every frame comes one byte at a time."""

    streams_only = True

    def wire(self, pieces: list[Piece]) -> list[Piece]:
        """Cut each struck frame into its bytes."""
        return [part for piece in pieces for part in (self._bytes(piece) if self.turn() else (piece,))]

    @staticmethod
    def _bytes(piece: Piece) -> Iterator[Piece]:
        yield from _cut(piece, range(1, len(piece.data)), 0.0)


class Coalesced(Layer):
    """All frames of an answer come in one piece."""

    streams_only = True

    def wire(self, pieces: list[Piece]) -> list[Piece]:
        """Join them."""
        if len(pieces) < 2 or not self.turn():
            return pieces
        joined = b"".join(piece.data for piece in pieces)
        return [Piece(joined, pieces[0].asked, pieces[0].wait, pieces[-1].then)]


class Split(Layer):
    """Frames are cut at random places, which ignore where one ends and the next begins."""

    streams_only = True

    def wire(self, pieces: list[Piece]) -> list[Piece]:
        """Cut what is sent at once as if it were one."""
        if not pieces or not self.turn():
            return pieces
        joined = Piece(b"".join(piece.data for piece in pieces), pieces[0].asked, None, pieces[-1].then)
        places: list[int] = []
        at = self.rng.choice(_SPLIT_SIZES)
        while at < len(joined.data):
            places.append(at)
            at += self.rng.choice(_SPLIT_SIZES)
        return list(_cut(joined, places, SPLIT_PAUSE))


class Delayed(Layer):
    """Frames are late by a random time, still in order."""

    def wire(self, pieces: list[Piece]) -> list[Piece]:
        """Let each struck piece wait."""
        return [replace(it, wait=self.rng.uniform(*_LATE)) if self.turn() else it for it in pieces]


class Spaced(Layer):
    """A steady silence before each piece; some clients need it."""

    def __init__(self, gap: float) -> None:
        super().__init__(When(), random.Random())
        self._gap = gap

    def wire(self, pieces: list[Piece]) -> list[Piece]:
        """Let each piece wait the same time."""
        return [replace(piece, wait=(piece.wait or 0.0) + self._gap) for piece in pieces]


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
    """How a line always delivers, faults apart. `gap`: real seconds of silence before each write."""

    mode: Mode = Mode.WHOLE
    gap: float = 0.0
    seed: int = 0
    """For the places where SPLIT cuts."""

    def layers(self) -> tuple[Layer, ...]:
        """What does it."""
        spaced = (Spaced(self.gap),) if self.gap else ()
        if self.mode is Mode.WHOLE:
            return spaced
        kind = {Mode.COALESCED: Coalesced, Mode.SPLIT: Split, Mode.BYTEWISE: OneByte}[self.mode]
        return (kind(When(), random.Random(self.seed)), *spaced)


def _cut(piece: Piece, places: Iterator[int] | range | list[int], pause: float) -> Iterator[Piece]:
    start, wait = 0, piece.wait
    for place in places:
        yield Piece(piece.data[start:place], piece.asked, wait)
        start, wait = place, pause
    yield Piece(piece.data[start:], piece.asked, wait, piece.then)
