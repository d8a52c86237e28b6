"""Whether the collector still lives, judged by its sign of life in the store."""

from __future__ import annotations

from datetime import datetime

SILENT_SECONDS = 15.0
"""Real seconds without a new sign of life after which a monitor is told that nobody reads the terminals."""


class Liveness:
    """Watches one moment that the collector moves forward while it lives.

    The sign is in city time, patience is in real time: a demo's fast clock must not make it impatient, and
    while the city clock is paused the sign cannot move.
    """

    def __init__(self) -> None:
        self._sign: datetime | None = None
        self._moved_at: float | None = None

    def saw(self, sign: datetime | None, *, now: datetime, rate: float, real: float) -> None:
        """`sign` stands in the store at city time `now`, the clock's `rate`, and `real` monotonic seconds."""
        if sign is None:
            self._sign, self._moved_at = None, None
        elif self._moved_at is None:
            # An old sign found at start is as old as it says, not as new as our looking.
            age = (now - sign).total_seconds() / rate if rate > 0 else 0.0
            self._sign, self._moved_at = sign, real - max(0.0, age)
        elif sign != self._sign or rate == 0:
            self._sign, self._moved_at = sign, real

    def silent(self, real: float) -> bool:
        """Whether the collector was silent too long, or never ran."""
        return self._moved_at is None or real - self._moved_at > SILENT_SECONDS
