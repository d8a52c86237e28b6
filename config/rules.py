"""Rule packs: working hours, punch window, classes of lateness. Figures, never code."""

from __future__ import annotations

from datetime import time, timedelta
from difflib import get_close_matches
from importlib import resources
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator, model_validator

from config.duration import Duration
from config.errors import ConfigError
from config.reading import read_file, validate
from config.sections import Section

SUFFIX = ".toml"
_FOLDER = resources.files("config") / "rules"


def _pair(value: object) -> object:
    """TOML has no "nothing": an empty list stands for a day off."""
    if value is None or value == []:
        return None
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise ValueError('write start and end, as in ["07:30", "16:00"], or [] for a day off')
    return value


Hours = Annotated[tuple[time, time] | None, BeforeValidator(_pair)]
"""Start and end of work in city time; None on a day off."""


class Pack(Section):
    """What the rules are called."""

    title: str = Field(min_length=1)


class Week(Section):
    """Working hours of each day of the week."""

    monday: Hours = None
    tuesday: Hours = None
    wednesday: Hours = None
    thursday: Hours = None
    friday: Hours = None
    saturday: Hours = None
    sunday: Hours = None

    @field_validator("*")
    @classmethod
    def _forwards(cls, value: tuple[time, time] | None) -> tuple[time, time] | None:
        if value is not None and value[0] >= value[1]:
            raise ValueError(f"work ends at {value[1]:%H:%M}, not after it starts at {value[0]:%H:%M}")
        return value

    @property
    def days(self) -> tuple[tuple[time, time] | None, ...]:
        """Seven days from Monday, as `date.weekday()` counts."""
        return (
            self.monday,
            self.tuesday,
            self.wednesday,
            self.thursday,
            self.friday,
            self.saturday,
            self.sunday,
        )


class Window(Section):
    """Between which hours a punch counts for the day, in city time."""

    opens: time
    closes: time

    @model_validator(mode="after")
    def _forwards(self) -> Self:
        if self.opens >= self.closes:
            raise ValueError(f"closes at {self.closes:%H:%M}, not after it opens at {self.opens:%H:%M}")
        return self


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


class RulePack(Section):
    """One rule pack, as its file gives it."""

    pack: Pack
    week: Week
    window: Window
    late: Deviation
    early: Early

    @field_validator("window")
    @classmethod
    def _holds_the_work(cls, window: Window, known: ValidationInfo) -> Window:
        week = known.data.get("week")
        days = week.days if isinstance(week, Week) else ()
        for name, hours in zip(Week.model_fields, days, strict=False):
            if hours and not (window.opens <= hours[0] and hours[1] <= window.closes):
                raise ValueError(
                    f"{window.opens:%H:%M}–{window.closes:%H:%M} does not hold the work of [week] {name}, "
                    f"{hours[0]:%H:%M}–{hours[1]:%H:%M}"
                )
        return window


def load_rules(name: str) -> RulePack:
    """The rule pack `name`: one that comes with Presensi ("standard"), or the path of a TOML file.

    Raises `ConfigError` naming file, line, key and reason.
    """
    if name.endswith(SUFFIX):
        return _load(Path(name))
    with resources.as_file(_FOLDER) as folder:
        path = folder / f"{name}{SUFFIX}"
        if Path(name).name == name and path.is_file():
            return _load(path)
        known = sorted(entry.stem for entry in folder.glob(f"*{SUFFIX}"))
    near = get_close_matches(name, known, 1, 0.5)
    hint = f'did you mean "{near[0]}"?' if near else f"known are: {', '.join(known)}; or name a .toml file"
    raise ConfigError(f'[board] rules: there is no rule pack "{name}"; {hint}')


def _load(path: Path) -> RulePack:
    if not path.is_file():
        raise ConfigError(f"[board] rules: there is no rule pack file {path}")
    return validate(RulePack, read_file(path))
