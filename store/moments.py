"""How moments lie in the database: one form on each engine, sortable and readable in both.

SQLite has no time type, so moments are ISO 8601 text there: `2026-11-23T00:30:00+00:00` for an aware moment
(always UTC) and `2026-11-23T07:30:00` for a terminal's own naive time. Both sort as text as they do as time,
fractions of a second included, because "+" and the end of the text sort before ".".
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, Text
from sqlalchemy.types import TypeDecorator, TypeEngine


def utc_text(moment: datetime) -> str:
    """The text under which an aware moment lies in SQLite."""
    return moment.astimezone(UTC).isoformat()


def naive_text(moment: datetime) -> str:
    """The text under which a terminal's naive time lies in SQLite."""
    return moment.isoformat()


class UtcMoment(TypeDecorator[datetime]):
    """An aware moment; UTC in the database and out of it. A naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Text on SQLite, timestamptz on PostgreSQL."""
        kind: TypeEngine[Any] = Text() if dialect.name == "sqlite" else DateTime(timezone=True)
        return dialect.type_descriptor(kind)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> object:
        """Into the database."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        return utc_text(value) if dialect.name == "sqlite" else value

    def process_result_value(self, value: object, dialect: Dialect) -> datetime | None:
        """Out of the database: aware, UTC."""
        if value is None:
            return None
        if isinstance(value, str):
            return datetime.fromisoformat(value)
        assert isinstance(value, datetime)
        return value.astimezone(UTC)


class DeviceTime(TypeDecorator[datetime]):
    """A terminal's own naive time, kept exactly as recorded."""

    impl = DateTime(timezone=False)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Text on SQLite, timestamp without time zone on PostgreSQL."""
        kind: TypeEngine[Any] = Text() if dialect.name == "sqlite" else DateTime(timezone=False)
        return dialect.type_descriptor(kind)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> object:
        """Into the database."""
        if value is None:
            return None
        if value.tzinfo is not None:
            raise ValueError(f"{value} has a time zone; a terminal's time has none")
        return naive_text(value) if dialect.name == "sqlite" else value

    def process_result_value(self, value: object, dialect: Dialect) -> datetime | None:
        """Out of the database: naive."""
        if isinstance(value, str):
            return datetime.fromisoformat(value)
        assert value is None or isinstance(value, datetime)
        return value
