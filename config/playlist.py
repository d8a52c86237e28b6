"""A wall's playlist as an operator writes it: a TOML file with one [[stop]] for each view.

[[stop]]
view = "names"            # city, office, names, terminals, day
seconds = 40              # 5 to 3600; left out: 30
state = "late"            # of names: late, absent, not_yet; left out: one after the other
hours = "07:00-09:00"     # city time; left out: always

[[stop]]
view = "office"
unit = "BKPSDM"           # of office: the unit's code
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Self

from pydantic import Field, field_validator, model_validator

from config.day_span import SpanOfDay
from config.errors import ConfigError
from config.look import MOST_STOPS, NameList, Stop, View
from config.reading import read_file, validate
from config.sections import Section

SECONDS = 30


class WrittenStop(Section):
    """One stop, with the unit's code in place of its number."""

    view: View
    seconds: int = Field(default=SECONDS, ge=5, le=3600)
    unit: str | None = Field(default=None, min_length=1)
    state: NameList | None = None
    hours: SpanOfDay | None = None

    @model_validator(mode="after")
    def _fitting(self) -> Self:
        if self.view == "office" and self.unit is None:
            raise ValueError('the view "office" needs a unit, as in unit = "BKPSDM"')
        if self.view != "office" and self.unit is not None:
            raise ValueError(f'a unit belongs to the view "office", not to "{self.view}"; leave it out')
        if self.view != "names" and self.state is not None:
            raise ValueError(f'a state belongs to the view "names", not to "{self.view}"; leave it out')
        return self

    def stop(self, unit_id: int | None) -> Stop:
        """The stop, of the unit with that number."""
        hours = self.hours
        return Stop(
            view=self.view,
            seconds=self.seconds,
            unit=unit_id,
            state=self.state,
            begins=None if hours is None else f"{hours.begins:%H:%M}",
            ends=None if hours is None else f"{hours.ends:%H:%M}",
        )


class _File(Section):
    stop: tuple[WrittenStop, ...] = ()

    @field_validator("stop", mode="before")
    @classmethod
    def _listed(cls, value: object) -> object:
        if not isinstance(value, list | tuple):
            raise ValueError("write [[stop]], in double brackets, on a line of its own above each view")
        return value


def read_playlist(path: Path) -> tuple[WrittenStop, ...]:
    """The stops in the file. Raises `ConfigError` that names each line that is wrong, and what to write."""
    if not path.exists():
        raise ConfigError(f"{path}: there is no such playlist; docs/walls.md shows how to write one")
    stops = validate(_File, read_file(path)).stop
    if not 1 <= len(stops) <= MOST_STOPS:
        raise ConfigError(f"{path}: it has {len(stops)} stops; write one [[stop]] or up to {MOST_STOPS}")
    return stops


def write_playlist(stops: tuple[Stop, ...], codes: Mapping[int, str]) -> str:
    """The file that `read_playlist` reads as these stops. `codes`: those of the units."""
    return "\n".join("\n".join(_lines(stop, codes)) + "\n" for stop in stops)


def _lines(stop: Stop, codes: Mapping[int, str]) -> list[str]:
    lines = ["[[stop]]", f'view = "{stop.view}"', f"seconds = {stop.seconds}"]
    if stop.unit is not None:
        lines.append(f'unit = "{codes.get(stop.unit, f"number {stop.unit}")}"')
    if stop.state is not None:
        lines.append(f'state = "{stop.state}"')
    if stop.begins is not None:
        lines.append(f'hours = "{stop.begins}-{stop.ends}"')
    return lines
