"""The rosters of a stretch of days, each indexed once."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date

from attendance.city_facts import RosterSpan
from attendance.roster import RosterIndex


class RosterSpans:
    """Which roster holds on a date."""

    def __init__(self, spans: Sequence[RosterSpan]) -> None:
        """Raises `ValueError` for no spans."""
        if not spans:
            raise ValueError("facts need a roster")
        self._spans = sorted(spans, key=lambda span: span.first)
        self._starts = [span.first for span in self._spans]
        self._built: dict[int, RosterIndex] = {}
        self._by_day: dict[date, RosterIndex] = {}

    def on(self, day: date) -> RosterIndex:
        """The roster of the date; beyond the first and the last span, theirs."""
        found = self._by_day.get(day)
        if found is None:
            number = max(0, bisect_right(self._starts, day) - 1)
            found = self._built.get(number)
            if found is None:
                found = self._built[number] = RosterIndex(self._spans[number].roster)
            self._by_day[day] = found
        return found
