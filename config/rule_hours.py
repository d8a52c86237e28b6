"""Of a rule pack: its kinds of working week, and between which hours punches count."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, StringConstraints, field_validator, model_validator

from config.duration import Duration
from config.sections import Section

FIVE_DAY = "five_day"
"""The hours that every pack has."""
SHIFT_WORD = "shift"
"""Means "by the shift roster" where a unit's hours are named, so no week may be called that."""


def _pair(value: object) -> object:
    """TOML has no "nothing": an empty list stands for a day off."""
    if value is None or value == []:
        return None
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise ValueError('write start and end, as in ["07:30", "16:00"], or [] for a day off')
    return value


Hours = Annotated[tuple[time, time] | None, BeforeValidator(_pair)]
"""Start and end of work in city time; None on a day off."""


class Week(Section):
    """Working hours of each day of the week."""

    monday: Hours = None
    tuesday: Hours = None
    wednesday: Hours = None
    thursday: Hours = None
    friday: Hours = None
    saturday: Hours = None
    sunday: Hours = None

    @field_validator("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    @classmethod
    def _forwards(cls, value: tuple[time, time] | None) -> tuple[time, time] | None:
        if value is not None and value[0] >= value[1]:
            raise ValueError(f"work ends at {value[1]:%H:%M}, not after it starts at {value[0]:%H:%M}")
        return value

    @property
    def days(self) -> tuple[tuple[time, time] | None, ...]:
        """Seven days from Monday, as `date.weekday()` counts."""
        return tuple(getattr(self, name) for name in WEEKDAYS)


WEEKDAYS = tuple(Week.model_fields)
"""Their names, as `date.weekday()` counts."""


class KindOfHours(Week):
    """One kind of working week, and how it is in the fasting month."""

    ramadan: Week | None = None
    """None: as ever."""

    @model_validator(mode="after")
    def _works(self) -> Self:
        if self.monday is None:
            raise ValueError("monday has no hours; they also hold for a day worked in spite of the week")
        if self.ramadan is not None and self.ramadan.monday is None:
            raise ValueError("ramadan: monday has no hours")
        return self


HoursName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]


class Window(Section):
    """Between which hours a punch counts for the day, in city time."""

    opens: time
    closes: time
    shift_before: Duration = Field(default=timedelta(hours=1), ge=timedelta(), le=timedelta(hours=6))
    """Shifts: punches count from this long before the start…"""
    shift_after: Duration = Field(default=timedelta(hours=3), ge=timedelta(), le=timedelta(hours=6))
    """… until just before this long after the end."""

    @model_validator(mode="after")
    def _forwards(self) -> Self:
        if self.opens >= self.closes:
            raise ValueError(f"closes at {self.closes:%H:%M}, not after it opens at {self.opens:%H:%M}")
        return self
