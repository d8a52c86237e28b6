"""Unsound inputs made from sound ones: cut, flipped, doubled, spliced. The same seed makes the same ones."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import Final

from tests.fuzz.parser import Parser

_NUMBERS: Final = (
    b"\0",
    b"\xff",
    b"\x7f",
    b"\x80",
    b"\xff\xff",
    b"\xff\xff\xff\xff",
    b"\0\0\0\x80",
    b"\0\0\x01\0",
)
_MOST_EDITS: Final = 4


def variants(base: bytes, seed: int, count: int, parser: Parser) -> Iterator[bytes]:
    """`base` itself, and `count - 1` that differ from it in a few places."""
    yield base[: parser.longest]
    chance = random.Random(seed)
    for _ in range(count - 1):
        data = bytearray(base)
        for _ in range(chance.randint(1, _MOST_EDITS)):
            _edit(data, chance, parser.tokens)
        yield bytes(data[: parser.longest])


def _edit(data: bytearray, chance: random.Random, tokens: Sequence[bytes]) -> None:
    at = chance.randint(0, len(data))
    end = min(len(data), at + chance.choice((1, 2, 4, 9, 40)))
    match chance.randrange(7):
        case 0:
            del data[at:]
        case 1:
            data[at:end] = chance.randbytes(end - at)
        case 2:
            data[at:at] = chance.choice(tokens or _NUMBERS)
        case 3:
            data[at:end] = chance.choice(_NUMBERS)
        case 4:
            data[at:at] = data[at:end] * chance.choice((1, 2, 30))
        case 5:
            del data[at:end]
        case _:
            if at < len(data):
                data[at] ^= 1 << chance.randrange(8)
