"""Durations as an operator writes them: "100ms", "30s", "3m", "1h30m", "2d"."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer

_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")
_UNITS = {
    "ms": timedelta(milliseconds=1),
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
}
_WRITTEN = (("d", timedelta(days=1)), ("h", timedelta(hours=1)), ("m", timedelta(minutes=1)))


def parse_duration(text: str) -> timedelta:
    """The duration that `text` writes: numbers with the units ms, s, m, h, d, joined without blanks.

    Raises `ValueError`, with an example, on anything else: a bare number has no unit to guess.
    """
    parts = _PART.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise ValueError(
            f'"{text}" is not a duration; write a number with a unit, as in "100ms", "30s" or "3m"'
        )
    try:
        return sum((float(number) * _UNITS[unit] for number, unit in parts), timedelta())
    except OverflowError:
        raise ValueError(f'"{text}" is longer than any duration can be') from None


def format_duration(duration: timedelta) -> str:
    """The shortest text that `parse_duration` reads back as `duration` (not negative)."""
    left = duration
    written = ""
    for unit, length in _WRITTEN:
        count, left = divmod(left, length)
        written += f"{count}{unit}" if count else ""
    whole = left.total_seconds()
    if whole and whole < 1:
        return written + f"{whole * 1000:g}ms"
    if whole or not written:
        written += f"{whole:g}s"
    return written


def _coerce(value: object) -> timedelta:
    if isinstance(value, timedelta):
        return value
    if isinstance(value, str):
        return parse_duration(value.strip())
    raise ValueError(f'{value!r} has no unit; write a duration in quotes, as in "100ms", "30s" or "3m"')


Duration = Annotated[timedelta, BeforeValidator(_coerce), PlainSerializer(format_duration, return_type=str)]
"""A settings field that holds a `timedelta` and is written as text."""
