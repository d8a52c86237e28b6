"""How far a terminal's clock is ahead of city time, measured between two looks at the city clock."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from config.clock import Clock
from devices.driver import Session

RESOLUTION = timedelta(seconds=1)
"""Terminals tell whole seconds: the time told is up to this much behind the clock's true time."""
CORRECTED_FROM = timedelta(seconds=2)
"""Punches are corrected by offsets beyond this, which no rounding explains: a clock 50 s fast would else make
somebody late who was not.
"""


@dataclass(frozen=True, slots=True)
class ClockOffset:
    """The clock is ahead of city time by something from `least` to `most`; negative means behind."""

    least: timedelta
    most: timedelta

    @property
    def seconds(self) -> float:
        """The best single figure, in whole seconds; 0.0 when the clock may be exactly right."""
        if self.least <= timedelta() <= self.most:
            return 0.0
        return float(round(((self.least + self.most) / 2).total_seconds()))

    def beyond(self, tolerance: timedelta) -> timedelta:
        """The offset; zero when it is within `tolerance`."""
        offset = timedelta(seconds=self.seconds)
        return offset if abs(offset) > tolerance else timedelta()


@dataclass(frozen=True, slots=True)
class Measurement:
    """One look at a terminal's clock."""

    offset: ClockOffset
    shown: datetime
    """What it showed: naive, the terminal's own."""
    at: datetime
    """City time (aware) of the answer."""
    tick: float
    """The same moment by this machine's steady clock, in real seconds."""
    rate: float
    """City seconds per real second then."""


async def measure(session: Session, clock: Clock, zone: ZoneInfo) -> Measurement:
    """Ask the terminal for its time. City time may run fast (the demo), so what passed during the question
    widens the answer instead of falsifying it. Raises `DeviceError`.
    """
    before = clock.now()
    told = await session.read_clock()
    after = clock.now()
    return Measurement(bracket(told, before, after, zone), told, after, time.monotonic(), clock.rate)


def bracket(told: datetime, before: datetime, after: datetime, zone: ZoneInfo) -> ClockOffset:
    """The possible offsets of a clock that told the naive local time `told` at some city moment from `before`
    through `after` (aware). A city clock that was set back in between makes the answer useless but not wrong.
    """
    shown = told.replace(tzinfo=zone).astimezone(UTC)
    first, last = min(before, after), max(before, after)
    return ClockOffset(least=shown - last - RESOLUTION, most=shown + RESOLUTION - first)
