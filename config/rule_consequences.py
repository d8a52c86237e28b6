"""Of a rule pack: the ladder of absence without excuse, and the table of allowance deductions."""

from __future__ import annotations

from itertools import pairwise

from pydantic import Field, field_validator

from config.sections import Section

Percent = float


class Step(Section):
    """One step of a regulation: `first` through `last` days in a year; without `last`: and more."""

    first: int = Field(ge=1)
    last: int | None = Field(default=None, ge=1)
    code: str = Field(min_length=1, max_length=24)
    sanction: str = Field(min_length=1)
    sanction_en: str = Field(min_length=1)


class Sanctions(Section):
    """A regulation's steps. They say when an examination is due, and impose nothing."""

    name: str = Field(min_length=1)
    minutes_per_day: int | None = Field(default=None, ge=1)
    """Minutes late and early that add up to one day; absent: they do not add up."""
    running: int | None = Field(default=None, ge=2)
    """Workdays without a break that reach the last step by themselves; absent: no such rule."""
    steps: tuple[Step, ...] = Field(min_length=1)

    @field_validator("steps")
    @classmethod
    def _without_gaps(cls, value: tuple[Step, ...]) -> tuple[Step, ...]:
        if value[-1].last is not None:
            raise ValueError(f'the last step, {value[-1].code}, must have no "last"')
        for one, two in pairwise(value):
            if one.last is None or one.last < one.first or two.first != one.last + 1:
                raise ValueError(
                    f"step {two.code} begins at {two.first}; it must begin on the day after "
                    f'the "last" of {one.code}, which is {"not given" if one.last is None else one.last}'
                )
        if len({step.code for step in value}) != len(value):
            raise ValueError("two steps have the same code")
        return value


class Deductions(Section):
    """Allowance (TPP) deductions in per cent of the month's allowance."""

    name: str = Field(min_length=1)
    basis: str = ""
    """The local rule it follows."""
    absent: Percent = Field(ge=0, le=100)
    grades: dict[str, Percent]
    """By class of minutes: TL1 = 0.5."""
    forgot_in: Percent = Field(default=0.0, ge=0, le=100)
    forgot_out: Percent = Field(default=0.0, ge=0, le=100)
    gathering: Percent = Field(default=0.0, ge=0, le=100)
    """A roll-call missed."""
    most: Percent = Field(default=100.0, ge=0, le=100)
    """Never more than this in a month."""

    @field_validator("grades")
    @classmethod
    def _per_cent(cls, value: dict[str, Percent]) -> dict[str, Percent]:
        for code, per_cent in value.items():
            if not 0 <= per_cent <= 100:
                raise ValueError(f"{code} = {per_cent:g} is no percentage from 0 to 100")
        return value


class DeductionFile(Section):
    """A table that packs choose by its name."""

    deductions: Deductions
