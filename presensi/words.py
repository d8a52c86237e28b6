"""How numbers are said in a table."""

from __future__ import annotations


def fill(count: int | None, capacity: int | None) -> str:
    """How full something is."""
    if count is None:
        return "not told"
    if not capacity:
        return f"{count}"
    return f"{count} of {capacity} ({count / capacity:.0%})"


def people(count: int) -> str:
    """How many people."""
    return "1 person" if count == 1 else f"{count} people"
