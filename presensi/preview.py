"""What a roster import would change, in words a person can check."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date, time, tzinfo

from rich.markup import escape
from rich.table import Table

from attendance.ids import Nip
from store.importing import Action, Change, FactKind, Plan
from store.importing.day_cells import day_words
from store.importing.day_facts import (
    CalendarFact,
    DayFact,
    EmploymentFact,
    PatternFact,
    PostFact,
    RotationFact,
    RotationPeriodFact,
    ShiftEntryFact,
    ShiftFact,
)
from store.importing.facts import (
    EnrollmentFact,
    ExcuseFact,
    Fact,
    PersonFact,
    PlacementFact,
    TerminalFact,
    UnitFact,
)

EXAMPLES = 3
"""Changes of one kind that a preview spells out."""


def preview_table(plan: Plan, zone: tzinfo) -> Table:
    """One line a kind: how many, and a few examples. `zone` is the city's."""
    table = Table("", "added", "changed", "removed", "unchanged", "for example")
    for kind in FactKind:
        counts = [plan.count(kind, action) for action in Action]
        if not any(counts) and not plan.unchanged[kind]:
            continue
        examples = "\n".join(describe(change, plan.people, zone) for change in _examples(plan, kind))
        table.add_row(kind, *(str(count) for count in counts), str(plan.unchanged[kind]), escape(examples))
    return table


def describe(change: Change, people: Mapping[Nip, PersonFact], zone: tzinfo) -> str:
    """One change in one line. People by name: a NIP holds birth date and sex."""
    fact = change.after or change.before
    assert fact is not None
    words = _words(fact, people, zone)
    if change.action is Action.REMOVED:
        return f"{words} (within a longer one now)"
    if change.before is None or change.after is None:
        return words
    return f"{words}: {_difference(change.before, change.after, zone)}"


def _examples(plan: Plan, kind: FactKind) -> list[Change]:
    """What is changed before what is added: a new row surprises less."""
    mine = [change for change in plan.changes if change.kind is kind]
    mine.sort(key=lambda change: change.action is Action.ADDED)
    return mine[:EXAMPLES]


def _words(fact: Fact, people: Mapping[Nip, PersonFact], zone: tzinfo) -> str:
    match fact:
        case UnitFact():
            return f"{fact.name} ({fact.code})"
        case TerminalFact():
            return f"{fact.name} ({fact.serial})"
        case PersonFact():
            return _name(fact.nip, people)
        case PlacementFact():
            return (
                f"{_name(fact.nip, people)}, {fact.period.value} {_days(fact.period.first, fact.period.last)}"
            )
        case EnrollmentFact():
            where = fact.owner.serial or "the whole city"
            return f"{_name(fact.owner.nip, people)}, PIN {fact.owner.pin} at {where} {_known(fact, zone)}"
        case ExcuseFact():
            begins, ends = _moment(fact.first_day, fact.first_time), _moment(fact.last_day, fact.last_time)
            return f"{_name(fact.nip, people)}, {fact.code} from {begins} to {ends}"
        case _:
            return _day_words(fact, people)


def _day_words(fact: DayFact, people: Mapping[Nip, PersonFact]) -> str:
    match fact:
        case PostFact():
            return f"{fact.serial} hung at {fact.unit_code} until {fact.last_day}"
        case EmploymentFact():
            return f"{_name(fact.nip, people)}, {fact.state} {_days(fact.valid_from, fact.valid_to)}"
        case CalendarFact():
            where = fact.unit_code or "the whole city"
            return f"{fact.name} ({fact.kind}, {where}) {_days(fact.first_day, fact.last_day)}"
        case PatternFact():
            period = fact.period
            return f"{fact.unit_code} works {period.value} {_days(period.first, period.last)}"
        case ShiftFact():
            return f"{fact.code} {fact.name} {fact.starts:%H:%M}–{fact.ends:%H:%M} from {fact.valid_from}"
        case RotationFact():
            return f"{fact.code} {fact.name}: {_cycle(fact.cycle)}"
        case RotationPeriodFact():
            turn = fact.period
            return f"{_name(fact.nip, people)}, {turn.value} {_days(turn.first, turn.last)}"
        case ShiftEntryFact():
            return f"{_name(fact.nip, people)}, {fact.day}: {day_words(fact.codes, fact.on_call)}"


def _cycle(cycle: Sequence[Sequence[str]]) -> str:
    return ",".join(day_words(day, False) for day in cycle)


def _moment(day: date, at: time | None) -> str:
    return f"{day}" + (f" {at:%H:%M}" if at else "")


def _difference(before: Fact, after: Fact, zone: tzinfo) -> str:
    match before, after:
        case PlacementFact(), PlacementFact():
            return f"was {before.period.value} {_days(before.period.first, before.period.last)}"
        case EnrollmentFact(), EnrollmentFact():
            return f"was {_known(before, zone)}"
        case PatternFact(), PatternFact():
            return f"was {before.period.value} {_days(before.period.first, before.period.last)}"
        case RotationPeriodFact(), RotationPeriodFact():
            return f"was {before.period.value} {_days(before.period.first, before.period.last)}"
        case ShiftEntryFact(), ShiftEntryFact():
            return f"was {day_words(before.codes, before.on_call)}"
        case _:
            told = [
                f"{field.name} {getattr(before, field.name)} → {getattr(after, field.name)}"
                for field in fields(before)
                if getattr(before, field.name) != getattr(after, field.name)
            ]
            return ", ".join(told)


def _known(fact: EnrollmentFact, zone: tzinfo) -> str:
    days = _days(fact.period.first, fact.period.last)
    if fact.effective_at is None:
        return days
    return f"{days}, finger known there from {fact.effective_at.astimezone(zone):%Y-%m-%d %H:%M}"


def _name(nip: Nip, people: Mapping[Nip, PersonFact]) -> str:
    person = people.get(nip)
    return person.name if person else "unknown person"


def _days(first: date, last: date | None) -> str:
    return f"from {first}" + (f" to {last}" if last else "")
