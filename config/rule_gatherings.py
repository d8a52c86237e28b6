"""Of a rule pack: roll-calls (apel) and ceremonies, and which excuse decides where several overlap."""

from __future__ import annotations

from datetime import date, time
from typing import Literal, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from config.sections import Section

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
Kind = Literal[
    "city",
    "secretariat",
    "agency",
    "hospital",
    "health_centre",
    "district",
    "subdistrict",
    "school",
    "section",
]
ExcuseWord = Literal["CT", "CB", "CAP", "CS", "CM", "CBer", "CLTN", "CUTI", "DL", "TB", "DIKLAT", "IZIN"]
USUAL_ORDER: tuple[ExcuseWord, ...] = (
    "TB",
    "CLTN",
    "CM",
    "CS",
    "CB",
    "CAP",
    "CT",
    "CUTI",
    "CBer",
    "DL",
    "DIKLAT",
    "IZIN",
)


class Gathering(Section):
    """A required event of its own, apart from coming and leaving: any punch within its window proves it."""

    code: str = Field(min_length=1, max_length=16)
    name: str = Field(min_length=1)
    weekdays: tuple[Weekday, ...] = ()
    dates: tuple[date, ...] = ()
    starts: time
    opens: time
    closes: time
    units: tuple[str, ...] = ()
    """Unit codes, each with all below it; with `kinds` empty too: everybody on regular hours."""
    kinds: tuple[Kind, ...] = ()
    on_days_off: bool = False
    """Also for those who have one of `dates` off: a ceremony on a holiday."""

    @field_validator("on_days_off")
    @classmethod
    def _names_its_dates(cls, value: bool, info: ValidationInfo) -> bool:
        if value and (info.data.get("weekdays") or not info.data.get("dates")):
            raise ValueError("only what is held on dates = [2026-08-17] and no weekdays may be on days off")
        return value

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if not self.weekdays and not self.dates:
            raise ValueError('say when: weekdays = ["monday"] or dates = [2026-08-17]')
        if not self.opens <= self.starts < self.closes:
            raise ValueError(
                f"starts at {self.starts:%H:%M}, which is not from {self.opens:%H:%M} "
                f"until before {self.closes:%H:%M}"
            )
        return self


class Excuses(Section):
    """Of overlapping excuses the first in `order` is the one that is shown and counted."""

    order: tuple[ExcuseWord, ...] = USUAL_ORDER

    @field_validator("order")
    @classmethod
    def _every_code_once(cls, value: tuple[ExcuseWord, ...]) -> tuple[ExcuseWord, ...]:
        twice = sorted({code for code in value if value.count(code) > 1})
        missing = [code for code in USUAL_ORDER if code not in value]
        if twice or missing:
            said = [f"{', '.join(twice)} stands twice"] if twice else []
            said += [f"{', '.join(missing)} is missing"] if missing else []
            raise ValueError(f"every code stands once: {'; '.join(said)}")
        return value
