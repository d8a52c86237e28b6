"""One rule pack as its TOML file gives it. Figures, never code."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import date, time
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StringConstraints, ValidationInfo, field_validator

from config.reading import nearest
from config.rule_consequences import Deductions, Sanctions
from config.rule_gatherings import Excuses, Gathering
from config.rule_hours import FIVE_DAY, SHIFT_WORD, WEEKDAYS, HoursName, KindOfHours, Window
from config.rule_minutes import Deviation, Early, Flexi, Forgot
from config.sections import Section

ClauseWord = Literal[
    "hours",
    "window",
    "late",
    "early",
    "flexi",
    "forgot",
    "holidays",
    "shifts",
    "excuses",
    "gatherings",
    "data",
    "sanctions",
    "deductions",
]


def _both(value: object) -> object:
    """One text stands for both languages."""
    return [value, value] if isinstance(value, str) else value


Paragraph = Annotated[tuple[str, str], BeforeValidator(_both)]
"""Where the local rule says it: Indonesian, English."""


class PackHead(Section):
    """What the rules are called, from when they hold, what they rest on."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=40)]
    title: str = Field(min_length=1)
    title_en: str = Field(min_length=1)
    valid_from: date
    basis: str = Field(min_length=1)
    usual_hours: str = FIVE_DAY
    """The hours of units that have none of their own."""


class RulePack(Section):
    """One rule pack, as its file gives it."""

    pack: PackHead
    hours: dict[HoursName, KindOfHours]
    window: Window
    late: Deviation
    early: Early
    flexi: Flexi = Flexi()
    forgot: Forgot = Forgot()
    gatherings: tuple[Gathering, ...] = ()
    excuses: Excuses = Excuses()
    sanctions: Sanctions
    deductions: Deductions | None = None
    clauses: dict[ClauseWord, Paragraph] = Field(default_factory=dict)

    @field_validator("hours")
    @classmethod
    def _names(cls, value: dict[str, KindOfHours], known: ValidationInfo) -> dict[str, KindOfHours]:
        if SHIFT_WORD in value:
            raise ValueError(f'no hours may be called "{SHIFT_WORD}": that word means the shift roster')
        if FIVE_DAY not in value:
            raise ValueError(f"every pack has [hours.{FIVE_DAY}]")
        head = known.data.get("pack")
        if isinstance(head, PackHead) and head.usual_hours not in value:
            near = nearest(head.usual_hours, list(value))
            raise ValueError(
                f'[pack] usual_hours names "{head.usual_hours}", which is not below [hours]{near}'
            )
        return value

    @field_validator("window")
    @classmethod
    def _holds_the_work(cls, window: Window, known: ValidationInfo) -> Window:
        for name, day, (start, end) in _days_of_work(known.data.get("hours", {})):
            if not (window.opens <= start and end <= window.closes):
                raise ValueError(
                    f"{window.opens:%H:%M}–{window.closes:%H:%M} does not hold the work of [hours.{name}] "
                    f"{day}, {start:%H:%M}–{end:%H:%M}"
                )
        return window

    @field_validator("gatherings")
    @classmethod
    def _own_codes(cls, value: tuple[Gathering, ...]) -> tuple[Gathering, ...]:
        codes = [gathering.code for gathering in value]
        if twice := sorted({code for code in codes if codes.count(code) > 1}):
            raise ValueError(f"two gatherings have the code {twice[0]}")
        return value

    @field_validator("deductions")
    @classmethod
    def _every_class(cls, value: Deductions | None, known: ValidationInfo) -> Deductions | None:
        late, early = known.data.get("late"), known.data.get("early")
        if value is None or not isinstance(late, Deviation) or not isinstance(early, Early):
            return value
        codes = [entry.code for entry in (*late.classes, *early.classes)]
        if unknown := [code for code in value.grades if code not in codes]:
            raise ValueError(
                f"grades has {unknown[0]}, no class of [late] or [early]{nearest(unknown[0], codes)}"
            )
        if missing := [code for code in codes if code not in value.grades]:
            raise ValueError(f"grades lacks {', '.join(missing)}; write 0 where nothing is deducted")
        return value

    @property
    def id(self) -> str:
        """Name, first day and a hash of every figure. Titles and paragraphs are words: a corrected one
        leaves the id as it is. So does a setting that a later version adds, as long as it is not written:
        the defaults of this model therefore never change.
        """
        figures = self.model_dump(
            mode="json",
            exclude={"pack": {"title", "title_en", "basis"}, "clauses": True},
            exclude_defaults=True,
        )
        digest = hashlib.sha256(json.dumps(figures, sort_keys=True).encode()).hexdigest()
        return f"{self.pack.name} {self.pack.valid_from:%Y-%m-%d} #{digest[:8]}"


def _days_of_work(hours: dict[str, KindOfHours]) -> Iterator[tuple[str, str, tuple[time, time]]]:
    for name, kind in hours.items():
        for part, week in (("", kind), (".ramadan", kind.ramadan)):
            for day, work in zip(WEEKDAYS, week.days if week else (), strict=False):
                if work is not None:
                    yield name + part, day, work
