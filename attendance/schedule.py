"""Working hours of a week, and the duty day that they make of a date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from attendance.rules import Deviation, Grade

__all__ = ["Deviation", "DutyDay", "Grade", "Schedule"]

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class DutyDay:
    """What is expected of a person on one work date. All moments aware, UTC."""

    day: date
    start: datetime
    end: datetime
    window_open: datetime
    """First moment whose punch counts."""
    window_close: datetime
    """First moment whose punch no longer counts."""
    late: Deviation
    early: Deviation
    apart: timedelta
    """A last punch sooner than this after the first is the same arrival, not leaving."""

    @property
    def late_from(self) -> datetime:
        """The first moment at which an arrival is late."""
        return self.start + (self.late.tolerance + 1) * MINUTE

    def minutes_late(self, arrival: datetime) -> int:
        """Whole minutes from start to `arrival`; 0 when in time or within the tolerance."""
        minutes = (arrival - self.start) // MINUTE
        return minutes if minutes > self.late.tolerance else 0

    def minutes_early(self, leaving: datetime) -> int:
        """Whole minutes from `leaving` to end; 0 when not early or within the tolerance."""
        minutes = (self.end - leaving) // MINUTE
        return minutes if minutes > self.early.tolerance else 0


@dataclass(frozen=True, slots=True)
class Schedule:
    """A working week in local time: what a rule pack says."""

    week: Sequence[tuple[time, time] | None]
    """Start and end for seven days from Monday; None on a day off."""
    opens: time
    closes: time
    late: Deviation
    early: Deviation
    apart: timedelta

    def duty_on(self, day: date, zone: tzinfo) -> DutyDay | None:
        """The duty of `day`, a date in `zone`; None on a day off."""
        hours = self.week[day.weekday()]
        if hours is None:
            return None

        def moment(at: time) -> datetime:
            return datetime.combine(day, at, zone).astimezone(UTC)

        return DutyDay(
            day=day,
            start=moment(hours[0]),
            end=moment(hours[1]),
            window_open=moment(self.opens),
            window_close=moment(self.closes),
            late=self.late,
            early=self.early,
            apart=self.apart,
        )
