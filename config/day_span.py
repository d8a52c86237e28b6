"""A span of the day as an operator writes it: "01:00-03:00", "22:30-04:00" over midnight."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer

_WRITTEN = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)")


@dataclass(frozen=True, slots=True)
class DaySpan:
    """From `begins` until before `ends`, by the city's clocks; over midnight when `ends` is the earlier."""

    begins: time
    ends: time

    def holds(self, moment: time) -> bool:
        """Whether that time of the day lies within."""
        if self.begins < self.ends:
            return self.begins <= moment < self.ends
        return moment >= self.begins or moment < self.ends

    def __str__(self) -> str:
        return f"{self.begins:%H:%M}-{self.ends:%H:%M}"


def parse_day_span(text: str) -> DaySpan:
    """The span that `text` writes. Raises `ValueError`, with an example, on anything else."""
    found = _WRITTEN.fullmatch(text)
    problem = f'"{text}" is not a span of the day; write it as "01:00-03:00"'
    if found is None:
        raise ValueError(problem)
    hour, minute, last_hour, last_minute = map(int, found.groups())
    try:
        span = DaySpan(time(hour, minute), time(last_hour, last_minute))
    except ValueError:
        raise ValueError(problem) from None
    if span.begins == span.ends:
        raise ValueError(f'"{text}" begins and ends at the same time')
    return span


def _coerce(value: object) -> DaySpan:
    if isinstance(value, DaySpan):
        return value
    return parse_day_span(value.strip() if isinstance(value, str) else str(value))


SpanOfDay = Annotated[DaySpan, BeforeValidator(_coerce), PlainSerializer(str, return_type=str)]
"""A settings field that holds a `DaySpan` and is written as text."""
