"""The standard Monday on which most tests play, and city time of it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Jakarta")
MONDAY = date(2026, 11, 23)
FRESHNESS = timedelta(minutes=3)


def at(clock: str, day: date = MONDAY) -> datetime:
    """City time "07:31" or "07:31:05" of the day, in UTC."""
    return datetime.combine(day, time.fromisoformat(clock), ZONE).astimezone(UTC)
