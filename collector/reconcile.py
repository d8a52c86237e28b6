"""Does what a terminal holds add up with what we hold?"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from attendance.terminal import LogCursor


class Verdict(StrEnum):
    """How a terminal's count adds up."""

    EVEN = "even"
    """Every record of its log is accounted for."""
    BEHIND = "behind"
    """It holds records not read yet, or does not say how many it holds; reading goes on by itself."""
    NEVER_READ = "never read"
    SHORT = "short"
    """The store has fewer punches than were stored from this log: rows were lost. It must be read anew."""


@dataclass(frozen=True, slots=True)
class Tally:
    """The figures of one terminal."""

    cursor: LogCursor | None
    log_records: int | None
    """What the terminal last said it holds; None: it does not say."""
    punches: int
    """Punches of this terminal in the store, whatever way they came."""

    @property
    def verdict(self) -> Verdict:
        """What the figures say. The worst wins."""
        if self.cursor is None:
            return Verdict.NEVER_READ
        if self.punches < self.cursor.stored:
            return Verdict.SHORT
        return Verdict.EVEN if self.log_records == self.cursor.records_read else Verdict.BEHIND
