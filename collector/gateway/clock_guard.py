"""Keeps a wrong clock of this machine from spreading: every terminal sets itself by our Date header.

While the machine's clock is doubtful nobody is answered at all, since any answer carries a Date. Terminals
keep what is not acknowledged, and no horizon moves.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from config.clock import Clock

JUMP = timedelta(seconds=30)
"""A clock that differs from how it ran until now by more than this has jumped. Time services slew what is
less, and so do we: the line it is held against follows it."""


class ClockGuard:
    """Holds the clock against the machine's count of seconds. Thread-safe."""

    def __init__(
        self, clock: Clock, newest: datetime | None, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        """`newest`: a moment (aware) known to be past, None where none is; a clock that shows an earlier one
        is doubtful from the start. A clock that does not run at the rate of life is steered by somebody, and
        is not held against anything.
        """
        self._clock = clock
        self._monotonic = monotonic
        self._newest = newest
        self._lock = threading.Lock()
        self._line: tuple[datetime, float] | None = (clock.now(), monotonic())
        self._steered = clock.rate != 1.0

    def doubt(self) -> str | None:
        """Why the clock is doubtful now, in one sentence with what to do; None when it is not.

        A clock that jumped is believed again once it is back where it should be.
        """
        with self._lock:
            now, ticks = self._clock.now(), self._monotonic()
            self._steered = self._steered or self._clock.rate != 1.0
            if self._steered:
                return None
            if self._newest is not None and now < self._newest - JUMP:
                # Known to be wrong, it is no line to hold the right time against.
                self._line = None
                return (
                    f"The machine's clock shows {now:%Y-%m-%d %H:%M:%S} UTC, but the store holds punches "
                    f"received at {self._newest:%Y-%m-%d %H:%M:%S} UTC. Correct the clock; if it is right "
                    "now and was wrong then, start `presensi gateway --trust-clock` once."
                )
            begun, begun_ticks = self._line or (now, ticks)
            jumped = now - begun - timedelta(seconds=ticks - begun_ticks)
            if abs(jumped) > JUMP:
                return (
                    f"The machine's clock jumped by {jumped.total_seconds():+.0f} s. Correct it; "
                    "if it is right now, start the gateway anew."
                )
            self._line = (now, ticks)
            self._newest = None
            return None
