"""Which pushed punches bear a time at which they cannot have been made. Pure.

Nobody can look at the clock of a terminal that calls us. Its punches betray it all the same: they come in the
order in which they were made, none is made after it came, and none that is new was made before the moment
through which the terminal had proved to have sent everything.

A clock ahead by as much as it is known to be is no surprise: its punches are corrected. Once that changes,
nobody knows which clock dated which punch.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from attendance.punch import Punch
from collector.clock_watch import OLDEST_CLOCK
from collector.normalize import NO_OFFSET, SLACK


class Dating:
    """What the punches of one terminal told of its clock, from upload to upload."""

    def __init__(self, tolerance: timedelta) -> None:
        """`tolerance`: a change of the clock within it misdates nobody."""
        self._tolerance = tolerance
        self._ahead = NO_OFFSET
        self._last: Punch | None = None

    def changed(self, ahead: timedelta, late: timedelta) -> bool:
        """Whether the newest punch of an upload, dated `ahead` or else `late` when it came, shows another
        clock than the one before, or leaves that open.
        """
        if not ahead and late < self._tolerance:
            self._ahead = NO_OFFSET
            return False
        differs = abs(ahead - self._ahead) > self._tolerance
        if differs and ahead:
            self._ahead = ahead
        return differs

    def misdated(
        self, punches: Sequence[Punch], through: datetime | None, received_at: datetime, *, in_order: bool
    ) -> list[Punch]:
        """Those that cannot have been made when they say, if the store does not hold them yet; with a jump
        back, the punch before it too. `through`: the terminal had proved that it had sent all until then.
        `in_order`: they come as they were recorded, and not because they were asked for.
        """
        first = None if through is None else through - SLACK
        latest = received_at + SLACK
        found: list[Punch] = []
        for punch in punches:
            too_early = first is not None and punch.at < first
            if too_early or punch.at > latest or punch.device_time < OLDEST_CLOCK:
                found.append(punch)
            if in_order and punch.at <= latest:
                if self._last is not None and punch.at < self._last.at - SLACK:
                    found += (self._last, punch)
                self._last = punch
        return found
