"""Of a rule pack: how minutes late and early are counted, forgiven and classed."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from pydantic import Field, field_validator

from config.duration import Duration
from config.sections import Section


class MinuteClass(Section):
    """A class of lateness or earliness."""

    code: str = Field(min_length=1, max_length=8)
    to: int | None = Field(default=None, ge=1)
    """Whole minutes through which it reaches; None: without end."""


class Deviation(Section):
    """How minutes late or early are counted and classed."""

    tolerance: int = Field(default=0, ge=0)
    classes: tuple[MinuteClass, ...] = Field(min_length=1)

    @field_validator("classes")
    @classmethod
    def _rising(cls, value: tuple[MinuteClass, ...]) -> tuple[MinuteClass, ...]:
        if value[-1].to is not None:
            raise ValueError(f'the last class, {value[-1].code}, must have no "to"')
        ends = [entry.to for entry in value[:-1]]
        if None in ends or any(one >= two for one, two in pairwise(end for end in ends if end is not None)):
            raise ValueError('every class but the last has a "to", each higher than the one before')
        return value


class Early(Deviation):
    """The same for leaving, and how far apart coming and leaving are at least."""

    apart: Duration = Field(default=timedelta(minutes=30), ge=timedelta())


class Flexi(Section):
    """Minutes late that may be made up the same day after the end of work."""

    minutes: int = Field(default=0, ge=0, le=180)
    """0: none."""


class Forgot(Section):
    """A day with a single punch: the other one was forgotten (lupa absen)."""

    leaving_from: Duration = Field(default=timedelta(hours=2), ge=timedelta(), le=timedelta(hours=6))
    """This long before the end of work or later, a single punch is a leaving; sooner, a coming."""
