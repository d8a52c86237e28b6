"""The curve of a morning: into which five minutes of the day each person's first arrival fell. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from attendance.day_result import DayResult, DayStatus

STEP_MINUTES = 5
_STEP = timedelta(minutes=STEP_MINUTES)
BINS = 24 * 60 // STEP_MINUTES
"""Bins of a day. Of a day that a change of clocks makes longer, the last one takes what is left."""

NOT_DUE_TODAY = frozenset({DayStatus.OFF, DayStatus.EXCUSED})
"""In which state nobody is expected that day, so that the curve leaves them out."""


def bin_of(result: DayResult, midnight: datetime) -> int | None:
    """The bin of somebody's coming, counted from the local midnight (aware) that begins the day; None for who
    did not come, or was not expected.

    Who came before midnight to what begins at midnight came in the first bin.
    """
    if result.arrival is None or result.status in NOT_DUE_TODAY:
        return None
    return bin_at(result.arrival.at, midnight)


def bin_at(moment: datetime, midnight: datetime) -> int:
    """The bin in which a moment lies, see `bin_of`."""
    return min(max((moment - midnight) // _STEP, 0), BINS - 1)


def clock_of(place: int) -> str:
    """When a bin begins: "07:25"."""
    hours, minutes = divmod(place * STEP_MINUTES, 60)
    return f"{hours:02}:{minutes:02}"


def key_of(place: int) -> str:
    """A bin's key on the wire: "a:0725"."""
    return f"a:{clock_of(place).replace(':', '')}"


def bin_named(key: str) -> int:
    """The bin of a key."""
    return (int(key[2:4]) * 60 + int(key[4:6])) // STEP_MINUTES
