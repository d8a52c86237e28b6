"""What a terminal's own count of its records is worth: believed once it was seen to follow the log.

Counts lie. Access-control models say 0 and hold punches; others say some more than they ever give; one that
stands still would hide every new punch. So a count proves nothing until it was seen to grow with the log. And
a terminal that says more than it gives is held to keep punches back, until its surplus has stayed the same
over several growths whose new records were all made since the look before: then what it lacks is not the
newest punches, and it is no punch of today that is missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

GROWTHS: Final = 3
"""So many growths with the same surplus make it believed."""
EDGE: Final = timedelta(seconds=3)
"""A new record's moment may miss the span between two looks by this: clocks tell whole seconds."""


@dataclass(frozen=True, slots=True)
class Look:
    """One log read and the count before it."""

    at: datetime
    """City time (aware) at which the count was asked."""
    said: int
    held: int
    """Records the log turned out to hold."""


class CountLedger:
    """One terminal's counts beside its log reads, in the order of time."""

    def __init__(self) -> None:
        self.surplus = 0
        """How many records more than its log gives the terminal is known to count; never negative."""
        self._follows = False
        self._before: Look | None = None
        self._suspected = 0
        self._growths = 0

    def proves(self, said: int, held: int) -> bool:
        """Whether the count `said` shows that a log of `held` records has not grown."""
        return self._follows and said > 0 and said - self.surplus == held

    def missing(self, said: int, held: int) -> int:
        """How many records the terminal seems to keep back."""
        return max(0, said - self.surplus - held)

    def note(self, look: Look, made: Sequence[datetime]) -> bool:
        """Take in a read; `made` are the moments (aware) of the records new in it, as far as they could be
        read. True when a surplus is believed from now on that was not before.
        """
        before, self._before = self._before, look
        if before is None:
            return False
        grown = look.held - before.held
        if grown < 0:
            # Another log: whatever its count was worth.
            self.surplus, self._follows, self._suspected, self._growths = 0, False, 0, 0
            return False
        if look.said - self.surplus < before.held:
            # Fewer than were there before it was asked: after the next punch it would say what is held now.
            self._follows, self._growths = False, 0
            return False
        if not grown:
            return False
        over, over_before = look.said - look.held, before.said - before.held
        if over == over_before == self.surplus:
            self._follows = True
            self._growths = 0
            return False
        if over <= 0 or over != over_before or not _all_made_since(before, look, grown, made):
            self._growths = 0
            return False
        self._growths = self._growths + 1 if over == self._suspected else 1
        self._suspected = over
        if self._growths < GROWTHS:
            return False
        self.surplus, self._follows, self._growths = over, True, 0
        return True


def _all_made_since(before: Look, look: Look, grown: int, made: Sequence[datetime]) -> bool:
    return len(made) == grown and all(before.at - EDGE <= moment <= look.at + EDGE for moment in made)
