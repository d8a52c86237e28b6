"""What an import changed or took away, for the audit log: as it stood before, and as it stands now.

What is only added needs no line of its own: it stands in its table, and the import's line counts it.
People are named by the store's number: a NIP holds birth date and sex.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime, time
from enum import Enum

from attendance.ids import Nip
from store.importing.day_cells import day_words
from store.importing.day_facts import (
    CalendarFact,
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
from store.importing.plan import Change

LEFT_OUT = frozenset({"nip", "owner"})
"""Fields that an audit line says in other words, or not at all."""


def trail(changes: Sequence[Change], people: Mapping[Nip, int]) -> list[tuple[str, str]]:
    """(subject, detail), one line for each subject: "person:12", "unit:disdik", "terminal:AAXX1234"."""
    lines: dict[str, list[str]] = defaultdict(list)
    for change in changes:
        if change.before is not None:
            detail = f"{change.kind}: {_words(change.before)} → {_words(change.after)}"
            lines[_subject(change.before, people)].append(detail)
    return [(subject, "\n".join(details)) for subject, details in lines.items()]


def _subject(fact: Fact, people: Mapping[Nip, int]) -> str:
    match fact:
        case UnitFact():
            return f"unit:{fact.code}"
        case PatternFact():
            return f"unit:{fact.unit_code}"
        case TerminalFact() | PostFact():
            return f"terminal:{fact.serial}"
        case CalendarFact():
            return f"calendar:{fact.first_day}"
        case ShiftFact():
            return f"shift:{fact.code}"
        case RotationFact():
            return f"rotation:{fact.code}"
        case EnrollmentFact():
            return f"person:{people[fact.owner.nip]}"
        case (
            PersonFact()
            | PlacementFact()
            | EmploymentFact()
            | ExcuseFact()
            | RotationPeriodFact()
            | ShiftEntryFact()
        ):
            return f"person:{people[fact.nip]}"


def _words(fact: Fact | None) -> str:
    if fact is None:
        return "removed"
    if isinstance(fact, PersonFact):
        return "name or titles"
    if isinstance(fact, EnrollmentFact):
        return f"PIN {fact.owner.pin} {fact.owner.serial or 'everywhere'} {' '.join(_told(fact))}"
    if isinstance(fact, ShiftEntryFact):
        return f"{fact.day} {day_words(fact.codes, fact.on_call)} {fact.reference}".rstrip()
    return " ".join(_told(fact))


def _told(value: object) -> Iterable[str]:
    if is_dataclass(value):
        for field in fields(value):
            if field.name not in LEFT_OUT:
                yield from _told(getattr(value, field.name))
    elif isinstance(value, tuple):
        yield ",".join("+".join(_told(part)) for part in value) or "-"
    elif value is None or value == "":
        return
    elif isinstance(value, datetime):
        yield value.isoformat()
    elif isinstance(value, time):
        yield f"{value:%H:%M}"
    elif isinstance(value, Enum):
        yield str(value.value)
    else:
        yield str(value)
