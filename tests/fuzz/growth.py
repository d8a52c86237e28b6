"""Does a parser's time grow faster than its input? Measured on inputs made to be as hard as possible."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from devices.zk.commands import Command
from devices.zk.frames import Packet
from tests.fuzz.parser import Grow, Parser

FACTOR: Final = 16
"""How much longer the long input is. Quadratic time takes this many times as long a byte."""
LINEAR: Final = 5.0
"""A time a byte that grows by less is linear. The system hands out large buffers page by page: a byte in them
costs up to four times what it costs in a small one, so that a fast parser is measured with large ones only.
"""
_BEYOND_DOUBT: Final = 2 * LINEAR
_SHORTEST: Final = 1 << 13
_LONGEST: Final = 1 << 19
_MEASURABLE: Final = 0.004
_LEAST: Final = 0.000_02
"""Seconds that no clock here tells apart."""
_COPYING: Final = 2e-9
"""Seconds a byte in which nothing happens but copying: what that costs depends on caches and fresh pages."""
_MOST_CALLS: Final = 20
_TRIES: Final = 3


@dataclass(frozen=True, slots=True)
class Slowness:
    """How much longer a byte takes in the long input than in the short one, in the worst form."""

    ratio: float
    form: str
    """Which kind of input that was."""

    @property
    def linear(self) -> bool:
        """Whether the time grows in proportion to the input."""
        return self.ratio < LINEAR


def slowness(parser: Parser, *, every_form: bool = True) -> Slowness:
    """The worst of all forms of input, measured in processor time; a suspicion is measured again.

    `every_form` also tries those that are no more suspect than others.
    """
    worst = Slowness(0.0, "")
    for form, grow in (_forms if every_form else _suspect_forms)(parser):
        ratio = _ratio(parser, grow)
        for _ in range(_TRIES):
            if not LINEAR <= ratio < _BEYOND_DOUBT:
                break
            ratio = min(ratio, _ratio(parser, grow))
        worst = max(worst, Slowness(ratio, form), key=lambda found: found.ratio)
    return worst


def repeated(piece: bytes) -> Grow:
    """The piece over and over."""
    return lambda size: piece * max(1, size // len(piece))


def frames_of(payload: int) -> Grow:
    """Sound frames with so many bytes of data."""
    return repeated(Packet(Command.DATA, 0, 9, bytes(payload)).to_frame())


def one_damaged_frame(payload: int) -> Grow:
    """A long frame whose checksum does not hold, and then bytes that are none."""
    frame = bytearray(Packet(Command.DATA, 0, 0, bytes(payload)).to_frame())
    frame[-1] ^= 0xFF
    damaged = bytes(frame)
    return lambda size: damaged[: size // 2] + bytes(max(0, size - size // 2))


def _suspect_forms(parser: Parser) -> Iterator[tuple[str, Grow]]:
    yield from parser.grow.items()
    for number, seed in enumerate(parser.seeds[:1]):
        yield f"seed {number}, repeated", repeated(seed)


def _forms(parser: Parser) -> Iterator[tuple[str, Grow]]:
    yield from (
        (f"{piece!r}, repeated", repeated(piece))
        for piece in (b"\0", b"\xff", b"1", b" ", b"\t", b"\n", b"\r", b"=", b"&", b"a,")
    )
    for number, seed in enumerate(parser.seeds):
        yield f"seed {number}, repeated", repeated(seed)
        yield f"seed {number}, then one token", _after(seed)
    for token in parser.tokens:
        yield f"token {token!r}, repeated", repeated(token)
    yield from parser.grow.items()


def _after(seed: bytes) -> Grow:
    return lambda size: seed + b"7" * size


def _ratio(parser: Parser, grow: Grow) -> float:
    """0 where the two inputs cannot be compared, because only one of them was refused."""
    size = _SHORTEST if parser.most is None else parser.most // FACTOR
    short = grow(size)
    parser.attempt(short)  # some parsers make tables when first used
    taken, took = _measured(parser, short)
    while parser.most is None and took < _MEASURABLE and size < _LONGEST:
        size *= 4
        short = grow(size)
        taken, took = _measured(parser, short)
    long = grow(size * FACTOR)
    long_taken, long_took = _measured(parser, long)
    if long_taken is not taken:
        return 0.0
    return long_took / len(long) / max(max(took, _LEAST) / len(short), _COPYING)


def _measured(parser: Parser, data: bytes) -> tuple[bool, float]:
    """Whether the input was taken, and the shortest of some times that took."""
    begun = previous = time.process_time()
    took = float("inf")
    taken = False
    for _ in range(_MOST_CALLS):
        taken = parser.attempt(data)
        now = time.process_time()
        took, previous = min(took, now - previous), now
        if now - begun > 2 * _MEASURABLE:
            break
    return taken, took
