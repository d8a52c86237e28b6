"""Duty days, horizons and facts for the tests of the judgement."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from attendance.board import Horizon, PersonDay, Reach
from attendance.ids import PersonId, TerminalId
from attendance.people import ExcuseKind, Outage
from attendance.schedule import Deviation, DutyDay, Grade, Schedule

ZONE = ZoneInfo("Asia/Jakarta")
MONDAY = date(2026, 11, 23)
FRESHNESS = timedelta(minutes=3)
PERSON = PersonId(1)

LATE = Deviation(0, (Grade("TL1", 30), Grade("TL2", 60), Grade("TL3", 90), Grade("TL4", None)))
EARLY = Deviation(0, (Grade("PSW1", 30), Grade("PSW2", 60), Grade("PSW3", 90), Grade("PSW4", None)))
WORK, FRIDAY = (time(7, 30), time(16)), (time(7, 30), time(16, 30))
SCHEDULE = Schedule(
    (WORK, WORK, WORK, WORK, FRIDAY, None, None), time(6), time(23), LATE, EARLY, timedelta(minutes=30)
)


def at(clock: str, day: date = MONDAY) -> datetime:
    """City time "07:31" or "07:31:05" of the day, in UTC."""
    return datetime.combine(day, time.fromisoformat(clock), ZONE).astimezone(UTC)


def duty() -> DutyDay:
    """The standard Monday."""
    found = SCHEDULE.duty_on(MONDAY, ZONE)
    assert found is not None
    return found


def horizon(
    read: str | None = None,
    *,
    terminal: int = 1,
    online: bool = True,
    since: str | None = None,
    outages: tuple[Outage, ...] = (),
) -> Horizon:
    """A terminal read through `read`; offline since `since`."""
    return Horizon(
        TerminalId(terminal), online, at(read) if read else None, at(since) if since else None, outages
    )


def facts(
    *horizons: Horizon,
    punches: Sequence[str] = (),
    excuse: ExcuseKind | None = None,
    has_pin: bool = True,
) -> PersonDay:
    """A person with the standard Monday's duty."""
    moments = tuple(at(clock) for clock in punches)
    return PersonDay(PERSON, duty(), moments, excuse, Reach(has_pin, horizons))
