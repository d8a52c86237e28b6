"""What became of a terminal's clock since it was last looked at: steady, jumped, or without a battery. Pure.

Clocks drift by seconds a day. What changes faster did not drift: somebody set the clock, its battery is
dead and the power was cut, or it is broken. A punch recorded between the two looks may then have been dated
before or after the jump, and nobody can tell.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from collector.offset import ClockOffset, Measurement

DRIFT_PER_DAY: Final = timedelta(seconds=30)
"""More than any quartz clock drifts: 350 parts in a million."""
NOTICED: Final = timedelta(seconds=3)
"""A change up to this is the rounding of two measurements."""
NOTICED_LATER: Final = timedelta(seconds=60)
"""The same where the collector was restarted in between: this machine's own clock may have been set then."""
SEEN_APART: Final = 0.25
"""Real seconds by which two processes may notice apart that a simulated city's clock goes on or stops. At the
usual rate that is nothing beside `NOTICED`; in a city a thousand times as fast it is minutes.
"""
CITY_MOVED: Final = timedelta(seconds=2)
"""City time that is further than this, at its own rate, from where it should be was moved."""
CONVALESCENCE: Final = timedelta(days=1)
"""City time after which a clock that jumped and is right again is trusted again."""
FAR_BEHIND: Final = timedelta(days=2)
"""A clock less behind than this was set wrong, or to another time zone."""
OLDEST_CLOCK: Final = datetime(2005, 1, 1)  # noqa: DTZ001
"""No terminal in use showed a right time before this. Clocks without a battery begin at 2000-01-01."""

_BUILT = re.compile(r"\b(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\w*\.?\s+(\d{1,2})\s+(20\d\d)\b")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Condition(StrEnum):
    """How far a terminal's clock can be trusted."""

    STEADY = "steady"
    JUMPED = "jumped"
    """It jumped, and is still wrong or was not yet seen steady for a day."""
    DEAD = "dead"
    """It shows a time before its firmware was made: its battery is empty, and the power was cut."""


@dataclass(frozen=True, slots=True)
class Jump:
    """A change that no drift explains, found by two measurements."""

    since: datetime
    """City time (aware) of the last measurement before it."""
    until: datetime
    """City time (aware) of the first after it."""
    before: timedelta
    """How far the clock was ahead at `since`."""
    after: timedelta
    """And at `until`."""
    dead: bool


@dataclass(frozen=True, slots=True)
class LastKnown:
    """What is remembered of a measurement over a restart of the collector."""

    offset: timedelta
    at: datetime
    """City time, aware."""


class ClockWatch:
    """Follows one terminal's clock from measurement to measurement."""

    def __init__(self, last: LastKnown | None = None) -> None:
        self.condition = Condition.STEADY
        self._last: LastKnown | Measurement | None = last
        self._jumped_at: datetime | None = None

    def suspects(self, new: Measurement) -> bool:
        """Whether this measurement would be a jump. Look again then: city time may be moving."""
        return self._jump(new, dead=False) is not None

    def note(self, new: Measurement, firmware: str, tolerance: timedelta) -> Jump | None:
        """Take note of a measurement; the jump that it proves, if any.

        `tolerance`: a clock that jumped and is within it may be trusted again after a day.
        """
        dead = looks_dead(new, firmware)
        jump = self._jump(new, dead=dead)
        self._last = new
        right = not new.offset.beyond(tolerance)
        mended = jump is not None and right and abs(jump.after) < abs(jump.before)
        if dead:
            self.condition = Condition.DEAD
        elif mended or (self.condition is Condition.DEAD and right):
            # Somebody has set it right.
            self.condition = Condition.STEADY
        elif jump is not None:
            self.condition, self._jumped_at = Condition.JUMPED, new.at
        elif self.condition is Condition.JUMPED and right and self._recovered(new.at):
            self.condition = Condition.STEADY
        return jump

    def was_set(self, new: Measurement) -> None:
        """We have set the clock, and this is how it stood afterwards: no jump."""
        self._last = new
        self.condition = Condition.STEADY

    def _recovered(self, now: datetime) -> bool:
        return self._jumped_at is None or not timedelta() <= now - self._jumped_at < CONVALESCENCE

    def _jump(self, new: Measurement, *, dead: bool) -> Jump | None:
        last = self._last
        if last is None:
            return None
        if isinstance(last, Measurement):
            if city_moved(last, new):
                return None
            before, noticed = last.offset, NOTICED
        else:
            before, noticed = ClockOffset(last.offset, last.offset), NOTICED_LATER
        elapsed = max(timedelta(), new.at - last.at)
        apart = max(new.offset.least - before.most, before.least - new.offset.most)
        rate = max(new.rate, last.rate) if isinstance(last, Measurement) else new.rate
        noticed = max(noticed, timedelta(seconds=rate * SEEN_APART))
        if apart <= noticed + DRIFT_PER_DAY * (elapsed / timedelta(days=1)):
            return None
        was = timedelta(seconds=before.seconds)
        return Jump(min(last.at, new.at), new.at, was, timedelta(seconds=new.offset.seconds), dead)


def looks_dead(measured: Measurement, firmware: str) -> bool:
    """Whether the clock has lost its battery: it is behind, and before the day its own firmware was built,
    which a version text such as "Ver 6.60 Sep 27 2019" tells.
    """
    if measured.offset.most > -FAR_BEHIND:
        return False
    return measured.shown < max(_built(firmware) or OLDEST_CLOCK, OLDEST_CLOCK)


def _built(firmware: str) -> datetime | None:
    found = _BUILT.search(firmware)
    if found is None:
        return None
    month, day, year = found.groups()
    try:
        return datetime(int(year), _MONTHS.index(month) + 1, int(day))  # noqa: DTZ001
    except ValueError:
        return None


def city_moved(last: Measurement, new: Measurement) -> bool:
    """Whether city time was moved, or changed its rate, between the two: then nothing can be concluded."""
    if new.rate != last.rate:
        return True
    expected = last.at + timedelta(seconds=(new.tick - last.tick) * new.rate)
    return abs(new.at - expected) > CITY_MOVED * max(1.0, new.rate)
