"""A moment as it is stored in JSON."""

from __future__ import annotations

from datetime import UTC, datetime


def moment_text(at: datetime) -> str:
    """An aware moment as ISO 8601 in UTC: "2026-11-23T00:41:00Z"; `datetime.fromisoformat` reads it."""
    return (at if at.tzinfo is UTC else at.astimezone(UTC)).isoformat().removesuffix("+00:00") + "Z"
