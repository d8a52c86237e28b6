"""How moments lie in the database.

PostgreSQL has types for them. SQLite has none: an aware moment is the number of microseconds since 1970 there
(`datetime(at / 1000000, 'unixepoch')` shows it), and a terminal's own naive time is its ISO 8601 text,
`2026-11-23T07:30:00`. Both sort as time does.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import DateTime, Dialect, Integer, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def utc_number(moment: datetime) -> int:
    """The number under which an aware moment lies in SQLite."""
    return (moment - EPOCH) // MICROSECOND


def utc_moment(number: int) -> datetime:
    """The moment, aware, UTC, that lies under a number in SQLite."""
    return EPOCH + timedelta(microseconds=number)


class UtcMoment(TypeDecorator[datetime]):
    """An aware moment; UTC out of the database. A naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """A number on SQLite, timestamptz on PostgreSQL."""
        kind: TypeEngine[Any] = Integer() if dialect.name == "sqlite" else DateTime(timezone=True)
        return dialect.type_descriptor(kind)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | int | None:
        """Into the database."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        return utc_number(value) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | int | None, dialect: Dialect) -> datetime | None:
        """Out of the database: aware, UTC."""
        if isinstance(value, datetime):
            return value.astimezone(UTC)
        return None if value is None else utc_moment(value)


class DeviceTime(TypeDecorator[datetime]):
    """A terminal's own naive time, kept exactly as recorded."""

    impl = DateTime(timezone=False)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Text on SQLite, timestamp without time zone on PostgreSQL."""
        kind: TypeEngine[Any] = Text() if dialect.name == "sqlite" else DateTime(timezone=False)
        return dialect.type_descriptor(kind)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | str | None:
        """Into the database."""
        if value is None:
            return None
        if value.tzinfo is not None:
            raise ValueError(f"{value} has a time zone; a terminal's time has none")
        return value.isoformat() if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | str | None, dialect: Dialect) -> datetime | None:
        """Out of the database: naive."""
        return datetime.fromisoformat(value) if isinstance(value, str) else value
