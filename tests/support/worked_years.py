"""A year's and a month's worked examples: `[[sanksi]]` and `[[potongan]]`, from punches to thresholds.

A day that an example does not name is worked in full, 07.20 to 16.35.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, TypeVar

from pydantic import Field, ValidationError

from attendance.assembly import Assembler
from attendance.city_facts import CityFacts, RosterSpan
from attendance.consequences import RUN_MARGIN, YearOutcome, year_outcomes
from attendance.day_result import DayResult
from attendance.deductions import MonthDeductions, month_deductions
from attendance.facts import Horizon, Mark
from attendance.ids import PunchId
from attendance.judgement import judge
from config.rules import load_deductions
from realtime.city_calendar import with_computed
from realtime.rulebook import deductions_from
from tests.support.worked_cases import FRESHNESS
from tests.support.worked_city import PERSON, TERMINAL_IDS, ZONE, city_facts, moment
from tests.support.worked_examples import Broken, Example, Excused, Expected, Overlay, Sheet, why
from tests.support.worked_rules import rulebook

_DAY = timedelta(days=1)
FULL_DAY = ("07:20", "16:35")


class Minutes(Sheet):
    """A day on which somebody came late, or left early, by so many minutes."""

    hari: date
    menit: int


class Pressed(Sheet):
    """A day with punches of its own."""

    hari: date
    absen: list[str]


class Threshold(Sheet):
    """[sanksi.hasil]"""

    hari: int
    """What is held against the ladder."""
    ambang: str | None = None
    """The step's code; None: none is reached."""
    menit_hari: int = 0
    """Of these the days that minutes add up to."""
    berturut: int | None = None
    karena_berturut: bool = False
    menunggu: int = 0
    """Days that are not final."""


class Year(Sheet):
    """[[sanksi]]"""

    judul: str = Field(min_length=10)
    kantor: str = "BKD"
    sampai: date
    tanpa_keterangan: list[str] = Field(default_factory=list)
    """Days without a punch: "2026-03-02", or "2026-03-02..2026-03-06"."""
    terlambat: list[Minutes] = Field(default_factory=list)
    pulang_cepat: list[Minutes] = Field(default_factory=list)
    izin: list[Excused] = Field(default_factory=list)
    gangguan: list[Broken] = Field(default_factory=list)
    terbaca_sampai: str | None = None
    aturan: Overlay = Overlay()
    hasil: Threshold


class Lines(Sheet):
    """[potongan.hasil]. `baris`: "2026-11-23 TL1 0.5"; the last word is the per cent."""

    potongan: str
    baris: list[str] = Field(default_factory=list)
    menunggu: int = 0


class Month(Sheet):
    """[[potongan]]"""

    judul: str = Field(min_length=10)
    kantor: str = "BKD"
    bulan: str
    tabel: str
    hari: list[Pressed] = Field(default_factory=list)
    izin: list[Excused] = Field(default_factory=list)
    gangguan: list[Broken] = Field(default_factory=list)
    aturan: Overlay = Overlay()
    hasil: Lines


_Kind = TypeVar("_Kind", Year, Month)


def read_years(path: Path) -> list[Year]:
    """The examples of `[[sanksi]]`. Raises `ValueError` naming the file, the title, the key and why."""
    return _read(path, "sanksi", Year)


def read_months(path: Path) -> list[Month]:
    """The examples of `[[potongan]]`. Raises as `read_years` does."""
    return _read(path, "potongan", Month)


def _read(path: Path, name: str, kind: type[_Kind]) -> list[_Kind]:
    tables: list[dict[str, Any]] = tomllib.loads(path.read_text(encoding="utf-8"))[name]
    found = []
    for table in tables:
        try:
            found.append(kind.model_validate(table))
        except ValidationError as error:
            raise ValueError(f'{path.name}: "{table.get("judul")}": {why(error)}') from None
    return found


def outcome_of(year: Year) -> YearOutcome:
    """The person's year, judged day by day."""
    first = date(year.sampai.year, 1, 1) - RUN_MARGIN
    pressed: dict[date, list[str]] = {day: [] for span in year.tanpa_keterangan for day in _days(span)}
    for late in year.terlambat:
        pressed[late.hari] = [_clock(time(7, 30), late.menit), FULL_DAY[1]]
    for early in year.pulang_cepat:
        pressed[early.hari] = [FULL_DAY[0], _clock(time(16), -early.menit)]
    example = _example(year.kantor, first, year.izin, year.gangguan, year.aturan)
    read = None if year.terbaca_sampai is None else moment(year.terbaca_sampai, first)
    results = _results(example, first, year.sampai, pressed, read)
    return year_outcomes(results, rulebook(year.aturan), year.sampai.year, year.sampai)[PERSON]


def deductions_of(month: Month) -> MonthDeductions:
    """The person's month, judged day by day."""
    first = date.fromisoformat(f"{month.bulan}-01")
    last = (first + timedelta(days=31)).replace(day=1) - _DAY
    pressed = {day.hari: day.absen for day in month.hari}
    example = _example(month.kantor, first, month.izin, month.gangguan, month.aturan)
    table = deductions_from(load_deductions(month.tabel))
    results = _results(example, first, last, pressed, None)
    return month_deductions(results, rulebook(month.aturan), table)[PERSON]


def _example(
    office: str,
    first: date,
    excuses: list[Excused],
    faults: list[Broken],
    rules: Overlay,
) -> Example:
    return Example(
        judul="bulan dan tahun",
        hari=first,
        kantor=office,
        izin=excuses,
        gangguan=faults,
        aturan=rules,
        hasil=Expected(status="hadir"),
    )


def _results(
    example: Example,
    first: date,
    last: date,
    pressed: dict[date, list[str]],
    read: datetime | None,
) -> Iterator[DayResult]:
    """Every day's result, as known two days after the last one; `read`: how far the terminals were read."""
    facts = _facts_of(city_facts(example), first, last)
    assembler = Assembler(facts, rulebook(example.aturan), ZONE)
    now = datetime.combine(last + 2 * _DAY, time(), ZONE).astimezone(UTC)
    horizons = {
        terminal_id: Horizon(
            terminal_id,
            True,
            read or now,
            None,
            tuple(outage for outage in facts.outages if outage.terminal_id == terminal_id),
        )
        for terminal_id in TERMINAL_IDS.values()
    }
    terminal_id = TERMINAL_IDS[f"{example.kantor}-1"]
    for day in _all_days(first, last):
        marks = [
            Mark(moment(clock, day), terminal_id, PunchId(number))
            for number, clock in enumerate(pressed.get(day, FULL_DAY), 1)
        ]
        yield judge(assembler.person_day(PERSON, day, marks, horizons), now, FRESHNESS)


def _facts_of(facts: CityFacts, first: date, last: date) -> CityFacts:
    """Those of one day, for all days from `first` through `last`: who is where does not change."""
    span = RosterSpan(first - _DAY, last + _DAY, facts.rosters[1].roster)
    calendar = with_computed((), first - _DAY, last + _DAY)
    return replace(facts, first=first, last=last, rosters=(span,), calendar=calendar)


def _days(span: str) -> Iterable[date]:
    first, _, last = span.partition("..")
    return _all_days(date.fromisoformat(first), date.fromisoformat(last or first))


def _all_days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=number) for number in range((last - first).days + 1))


def _clock(start: time, minutes: int) -> str:
    moved = datetime.combine(date(2026, 1, 1), start) + timedelta(minutes=minutes)
    return f"{moved:%H:%M}"
