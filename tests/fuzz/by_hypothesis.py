"""Fuzzing by Hypothesis: inputs of sound pieces and arbitrary bytes, each tried whole and changed.

A failure is made small by Hypothesis before it is shown.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.fuzz.mutation import variants
from tests.fuzz.parser import Parser

VARIANTS: Final = 50
"""Inputs tried for every example that Hypothesis draws, which takes longer than to parse them all."""
_EXAMPLES: Final = 5_000
"""Drawn with one seed; Hypothesis remembers all it drew, which costs time and memory."""


def inputs(parser: Parser) -> st.SearchStrategy[bytes]:
    """Sound inputs, pieces of them joined, and bytes of any kind."""
    anything = st.binary(max_size=400)
    pieces = [*parser.seeds, *parser.tokens]
    if not pieces:
        return anything
    piece = st.sampled_from(pieces) | st.binary(max_size=12)
    joined = st.lists(piece, max_size=8).map(b"".join)
    return st.one_of(joined, anything, *(map(st.just, parser.seeds)))


def examples(parser: Parser, count: int, tried: Callable[[int], None], *, number: int = 0) -> None:
    """Draw `count` examples under the seed `number`, telling `tried` how many inputs each was."""

    @seed(number)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        derandomize=False,
        phases=(Phase.explicit, Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(inputs(parser), st.integers(0, 1 << 32))
    def attempt(base: bytes, chance: int) -> None:
        for data in variants(base, chance, VARIANTS, parser):
            parser.attempt(data)
        tried(VARIANTS)

    attempt()


def run(parser: Parser, count: int) -> tuple[int, float]:
    """Try at least `count` inputs: how many they were, and in how many seconds.

    Raises what the parser raised and must not.
    """
    done = 0

    def tried(more: int) -> None:
        nonlocal done
        done += more

    begun = time.perf_counter()
    number = 0
    while done < count:
        examples(parser, min(_EXAMPLES, -(-(count - done) // VARIANTS)), tried, number=number)
        number += 1
    return done, time.perf_counter() - begun
