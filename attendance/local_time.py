"""Between the city's wall clock and UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache

_DAY = timedelta(days=1)


def moment(day: date, clock: time, zone: tzinfo) -> datetime:
    """What the clock of `zone` shows on `day`, in UTC."""
    return datetime.combine(day, clock, zone).astimezone(UTC)


@lru_cache(maxsize=2048)
def bounds(day: date, zone: tzinfo) -> tuple[datetime, datetime]:
    """[beginning, end) of the date in `zone`, in UTC. Kept: it is asked of the same dates for everybody."""
    return moment(day, time.min, zone), moment(day + _DAY, time.min, zone)
