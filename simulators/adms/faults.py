"""What goes wrong between a push terminal and its server, on purpose and the same for the same seed."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable
from enum import StrEnum


class LineFault(StrEnum):
    """What happens to one upload."""

    LOST_ANSWER = "lost-answer"
    """The server did everything, and the terminal does not hear of it: it sends the same again."""
    DUPLICATE = "duplicate"
    """The same upload goes out twice, though the first was acknowledged."""
    CUT_BODY = "cut-body"
    """The line breaks in mid-body."""
    SLOW_BODY = "slow-body"
    """The body dribbles in."""
    CORRUPT_LINE = "corrupt-line"
    """A line that is no punch stands among the others."""


class PushFaults:
    """Strikes every `every`-th upload on average with one of `kinds`; for nobody else's uploads."""

    def __init__(self, kinds: Iterable[LineFault] = (), *, every: int = 3, seed: int = 0) -> None:
        self.kinds = tuple(kinds)
        self.struck: Counter[LineFault] = Counter()
        self._every = every
        self._rng = random.Random(seed)

    def next(self) -> LineFault | None:
        """What strikes the next upload, if anything."""
        if not self.kinds or self._rng.randrange(self._every):
            return None
        fault = self._rng.choice(self.kinds)
        self.struck[fault] += 1
        return fault

    def heal(self) -> None:
        """From now on nothing goes wrong."""
        self.kinds = ()
