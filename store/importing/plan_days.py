"""Planning what says who is to work when: employment, calendar, hours, shifts, rosters, terminals' posts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from attendance.ids import Nip
from store.importing.cells import FIRST_YEAR
from store.importing.dating import Dated, Placed, differences, merged, refuse_gaps
from store.importing.day_facts import (
    CalendarFact,
    CalendarKey,
    DayState,
    EmploymentFact,
    PatternFact,
    PostFact,
    RotationFact,
    RotationPeriodFact,
    ShiftEntryFact,
    ShiftFact,
    Turn,
    Worked,
)
from store.importing.entries import Entries, Entry, TerminalEntry
from store.importing.facts import PersonFact, TerminalFact, UnitFact
from store.importing.periods import Period
from store.importing.placing import check_person
from store.importing.problems import Findings, Problem
from store.importing.registers import Register, once, register_all
from store.importing.tables import Row

SINCE_EVER = date(FIRST_YEAR, 1, 1)
"""Where a terminal hung before its first move is known, but not since when."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DayPlan:
    """What becomes of each kind."""

    employments: Register[tuple[Nip, date], EmploymentFact]
    calendar: Register[CalendarKey, CalendarFact]
    patterns: Dated[PatternFact]
    shifts: Register[tuple[str, date], ShiftFact]
    rotations: Register[str, RotationFact]
    rotation_periods: Dated[RotationPeriodFact]
    shift_entries: Register[tuple[Nip, date], ShiftEntryFact]


def plan_days(
    state: DayState,
    entries: Entries,
    people: Mapping[Nip, PersonFact],
    units: Mapping[str, UnitFact],
    findings: Findings,
) -> DayPlan:
    """All kinds, each against what it refers to; contradictions go to `findings`."""
    shifts = _plan_shifts(state.shifts, entries.shifts, findings)
    rotations = _plan_rotations(state.rotations, entries.rotations, shifts.after, findings)
    return DayPlan(
        employments=_plan_employments(state.employments, entries.employments, people, findings),
        calendar=_plan_calendar(state.calendar, entries.calendar, units, findings),
        patterns=_plan_patterns(state.patterns, entries.patterns, units, findings),
        shifts=shifts,
        rotations=rotations,
        rotation_periods=_plan_rotation_periods(
            state.rotation_periods, entries.rotation_periods, people, rotations.after, findings
        ),
        shift_entries=_plan_shift_entries(
            state.shift_entries, entries.shift_entries, people, shifts.after, findings
        ),
    )


def plan_posts(
    state: DayState,
    terminals: Sequence[tuple[TerminalFact | None, TerminalFact]],
    entries: Iterable[TerminalEntry],
    findings: Findings,
) -> Dated[PostFact]:
    """A terminal whose unit changes has hung at the former one until the day before `posted_from`."""
    rows = {entry.terminal.serial: entry for entry in entries}
    pairs: list[tuple[PostFact | None, PostFact | None]] = []
    for before, after in terminals:
        if before is None or before.unit_code == after.unit_code:
            continue
        entry = rows[after.serial]
        known = state.posts.get(after.serial, ())
        first = max((post.last_day for post in known), default=SINCE_EVER - _DAY) + _DAY
        if entry.posted_from < first:
            reason = f"lies within the days until {first - _DAY}, for which its place is known already"
            findings.problems.append(
                entry.row.problem("posted_from", reason, "write the first day at the new unit")
            )
        elif entry.posted_from > first:
            last = entry.posted_from - _DAY
            pairs.append((None, PostFact(after.serial, before.unit_code, first, last)))
    return Dated(pairs, 0)


def _plan_employments(
    known: Mapping[tuple[Nip, date], EmploymentFact],
    entries: Sequence[Entry[EmploymentFact]],
    people: Mapping[Nip, PersonFact],
    findings: Findings,
) -> Register[tuple[Nip, date], EmploymentFact]:
    """A state from the same first day is corrected."""
    for entry in entries:
        check_person(entry.fact.nip, people, entry.row, findings)
    rows = [(entry.fact.key, entry.fact, entry.row, "valid_from") for entry in entries]
    return register_all(known, once(rows, findings))


def _plan_calendar(
    known: Mapping[CalendarKey, CalendarFact],
    entries: Sequence[Entry[CalendarFact]],
    units: Mapping[str, UnitFact],
    findings: Findings,
) -> Register[CalendarKey, CalendarFact]:
    """One entry for each kind, first day and unit: the same again corrects its name, end and decree."""
    for entry in entries:
        if entry.fact.unit_code is not None:
            _check_unit(entry.fact.unit_code, units, entry.row, findings)
    rows = [(entry.fact.key, entry.fact, entry.row, "first_day") for entry in entries]
    return register_all(known, once(rows, findings))


def _plan_patterns(
    known: Mapping[str, tuple[Period[Worked], ...]],
    entries: Sequence[Entry[PatternFact]],
    units: Mapping[str, UnitFact],
    findings: Findings,
) -> Dated[PatternFact]:
    """Changed hours end those before them on the day before."""
    wanted: dict[str, list[Placed[Worked]]] = defaultdict(list)
    for entry in entries:
        wanted[entry.fact.unit_code].append((entry.fact.period, entry.row))
        _check_unit(entry.fact.unit_code, units, entry.row, findings)
    after, unchanged = merged(known, wanted, findings)
    refuse_gaps(known, after, wanted, findings)
    pairs = [
        (PatternFact(unit, before) if before else None, PatternFact(unit, period) if period else None)
        for unit, periods in after.items()
        for before, period in differences(known.get(unit, ()), periods)
    ]
    return Dated(pairs, unchanged)


def _plan_shifts(
    known: Mapping[tuple[str, date], ShiftFact], entries: Sequence[Entry[ShiftFact]], findings: Findings
) -> Register[tuple[str, date], ShiftFact]:
    rows = [(entry.fact.key, entry.fact, entry.row, "code") for entry in entries]
    return register_all(known, once(rows, findings))


def _plan_rotations(
    known: Mapping[str, RotationFact],
    entries: Sequence[Entry[RotationFact]],
    shifts: Mapping[tuple[str, date], ShiftFact],
    findings: Findings,
) -> Register[str, RotationFact]:
    codes = {code for code, _ in shifts}
    for entry in entries:
        unknown = sorted({code for day in entry.fact.cycle for code in day} - codes)
        if unknown:
            findings.problems.append(_unknown_shift(entry.row, "cycle", unknown[0], codes))
    rows = [(entry.fact.code, entry.fact, entry.row, "code") for entry in entries]
    return register_all(known, once(rows, findings))


def _plan_rotation_periods(
    known: Mapping[Nip, tuple[Period[Turn], ...]],
    entries: Sequence[Entry[RotationPeriodFact]],
    people: Mapping[Nip, PersonFact],
    rotations: Mapping[str, RotationFact],
    findings: Findings,
) -> Dated[RotationPeriodFact]:
    """A changed rotation ends the one before it on the day before."""
    wanted: dict[Nip, list[Placed[Turn]]] = defaultdict(list)
    for entry in entries:
        fact = entry.fact
        wanted[fact.nip].append((fact.period, entry.row))
        check_person(fact.nip, people, entry.row, findings)
        if fact.period.value.rotation not in rotations:
            remedy = "add it to the rotations sheet, or correct the code"
            findings.problems.append(entry.row.problem("rotation", "is no known rotation", remedy))
    after, unchanged = merged(known, wanted, findings)
    refuse_gaps(known, after, wanted, findings)
    pairs = [
        (
            RotationPeriodFact(nip, before) if before else None,
            RotationPeriodFact(nip, period) if period else None,
        )
        for nip, periods in after.items()
        for before, period in differences(known.get(nip, ()), periods)
    ]
    return Dated(pairs, unchanged)


def _plan_shift_entries(
    known: Mapping[tuple[Nip, date], ShiftEntryFact],
    entries: Sequence[Entry[ShiftEntryFact]],
    people: Mapping[Nip, PersonFact],
    shifts: Mapping[tuple[str, date], ShiftFact],
    findings: Findings,
) -> Register[tuple[Nip, date], ShiftEntryFact]:
    """A day that is told again is corrected; days that a file is silent about stay."""
    since: dict[str, date] = {}
    for code, first in shifts:
        since[code] = min(first, since.get(code, first))
    checked: set[tuple[Nip, int]] = set()
    for entry in entries:
        fact = entry.fact
        if (fact.nip, id(entry.row)) not in checked:
            checked.add((fact.nip, id(entry.row)))
            check_person(fact.nip, people, entry.row, findings)
        for code in fact.codes:
            if code not in since:
                findings.problems.append(_unknown_shift(entry.row, entry.column, code, since.keys()))
            elif fact.day < since[code]:
                reason = f"shift {code} holds only from {since[code]}"
                remedy = "add the shift with an earlier valid_from to the shifts sheet, or correct the day"
                findings.problems.append(entry.row.problem(entry.column, reason, remedy))
    rows = [(entry.fact.key, entry.fact, entry.row, entry.column) for entry in entries]
    return register_all(known, once(rows, findings))


def _unknown_shift(row: Row, column: str, code: str, known: Iterable[str]) -> Problem:
    told = ", ".join(sorted(known)) or "none yet"
    return row.problem(
        column,
        f"{code} is no known shift",
        f"add it to the shifts sheet, or write one of the known ones: {told}",
    )


def _check_unit(code: str, units: Mapping[str, UnitFact], row: Row, findings: Findings) -> None:
    if code not in units:
        findings.problems.append(
            row.problem(
                "unit_code", "is no known unit", "add that unit to the units sheet, or correct the code"
            )
        )
