"""What a roster import would change, in words a person can check."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date

from rich.table import Table

from attendance.ids import Nip
from store.importing import Action, Change, FactKind, Plan
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


def preview_table(plan: Plan) -> Table:
    """One line a kind: how many, and a few examples."""
    table = Table("", "added", "changed", "removed", "unchanged", "for example")
    for kind in FactKind:
        counts = [plan.count(kind, action) for action in Action]
        if not any(counts) and not plan.unchanged[kind]:
            continue
        examples = "\n".join(describe(change, plan.people) for change in _examples(plan, kind))
        table.add_row(kind, *(str(count) for count in counts), str(plan.unchanged[kind]), examples)
    return table


def describe(change: Change, people: Mapping[Nip, PersonFact]) -> str:
    """One change in one line. People by name: a NIP holds birth date and sex."""
    fact = change.after or change.before
    assert fact is not None
    words = _words(fact, people)
    if change.action is Action.REMOVED:
        return f"{words} (within a longer one now)"
    if change.before is None or change.after is None:
        return words
    return f"{words}: {_difference(change.before, change.after)}"


def _examples(plan: Plan, kind: FactKind) -> list[Change]:
    """What is changed before what is added: a new row surprises less."""
    mine = [change for change in plan.changes if change.kind is kind]
    mine.sort(key=lambda change: change.action is Action.ADDED)
    return mine[:EXAMPLES]


def _words(fact: Fact, people: Mapping[Nip, PersonFact]) -> str:
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
            days = _days(fact.period.first, fact.period.last)
            return f"{_name(fact.owner.nip, people)}, PIN {fact.owner.pin} at {where} {days}"
        case ExcuseFact():
            return f"{_name(fact.nip, people)}, {fact.code} {_days(fact.first_day, fact.last_day)}"


def _difference(before: Fact, after: Fact) -> str:
    match before, after:
        case PlacementFact(), PlacementFact():
            return f"was {before.period.value} {_days(before.period.first, before.period.last)}"
        case EnrollmentFact(), EnrollmentFact():
            return f"was {_days(before.period.first, before.period.last)}"
        case _:
            told = [
                f"{field.name} {getattr(before, field.name)} → {getattr(after, field.name)}"
                for field in fields(before)
                if getattr(before, field.name) != getattr(after, field.name)
            ]
            return ", ".join(told)


def _name(nip: Nip, people: Mapping[Nip, PersonFact]) -> str:
    person = people.get(nip)
    return person.name if person else "unknown person"


def _days(first: date, last: date | None) -> str:
    return f"from {first}" + (f" to {last}" if last else "")
