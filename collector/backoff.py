"""How long to wait before trying a terminal again. Durations in real seconds."""

from __future__ import annotations

from random import Random

from devices.errors import Retry

LEAST_SHARE = 0.5
"""A pause is drawn between this share of its full length and the full length."""


class Backoff:
    """Pauses that double from `first` to `most`, each shortened at random, so that terminals that failed
    together do not come back together.
    """

    def __init__(self, first: float, most: float, random: Random) -> None:
        self._first = first
        self._most = most
        self._random = random
        self._next = first

    def pause(self, retry: Retry = Retry.BACKOFF) -> float:
        """Seconds to wait after one more failure that says `retry`.

        What only a person can mend is tried again at the slowest pace from the first failure on.
        """
        if retry in {Retry.OPERATOR, Retry.NEVER}:
            self._next = self._most
        full = self._next
        self._next = min(self._most, self._next * 2)
        return full * self._random.uniform(LEAST_SHARE, 1.0)

    def reset(self) -> None:
        """The terminal is well again: the next failure begins with the shortest pause."""
        self._next = self._first
