"""What an import would change: the files' entries against the roster as it is. Pure; writes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from attendance.ids import Nip
from store.importing.entries import Entries
from store.importing.excusing import plan_excuses
from store.importing.facts import Fact, FactKind, PersonFact, RosterState
from store.importing.placing import plan_enrollments, plan_placements
from store.importing.plan_days import plan_days, plan_posts
from store.importing.problems import Findings
from store.importing.registers import plan_people, plan_terminals, plan_units


class Action(StrEnum):
    """What happens to a fact."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"
    """Only a period that a longer one swallows; nobody and nothing is removed by being left out."""


@dataclass(frozen=True, slots=True)
class Change:
    """One fact before and after; None: not there."""

    kind: FactKind
    before: Fact | None
    after: Fact | None

    @property
    def action(self) -> Action:
        """What happens to it."""
        if self.before is None:
            return Action.ADDED
        return Action.CHANGED if self.after is not None else Action.REMOVED


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that an import would do."""

    changes: Sequence[Change]
    unchanged: Mapping[FactKind, int]
    """Rows that say what the store already holds."""
    people: Mapping[Nip, PersonFact]
    """Everybody, as they will be: to name them in a preview."""

    def count(self, kind: FactKind, action: Action) -> int:
        """How many facts of the kind are treated so."""
        return sum(change.kind is kind and change.action is action for change in self.changes)

    def summary(self) -> str:
        """What changes, one line a kind."""
        counts = Counter((change.kind, change.action) for change in self.changes)
        lines = []
        for kind in FactKind:
            told = [f"{counts[kind, action]} {action}" for action in Action if counts[kind, action]]
            if told:
                lines.append(f"{kind}: {', '.join(told)}")
        return "\n".join(lines) or "nothing"


class _Planned(Protocol):
    """What becomes of one kind."""

    @property
    def pairs(self) -> Iterable[tuple[Fact | None, Fact | None]]: ...

    @property
    def unchanged(self) -> int: ...


def make_plan(state: RosterState, entries: Entries, findings: Findings) -> Plan:
    """The plan; contradictions go to `findings`, and a plan that has any must not be applied."""
    units = plan_units(state.units, entries.units, findings)
    terminals = plan_terminals(state.terminals, entries.terminals, units.after, findings)
    posts = plan_posts(state.days, terminals.pairs, entries.terminals, findings)
    people = plan_people(state.people, entries.people, findings)
    placements = plan_placements(state.placements, entries.people, units.after, findings)
    enrollments = plan_enrollments(
        state.enrollments,
        state.effective,
        entries.enrollments,
        people.after,
        terminals.after,
        findings=findings,
    )
    excuses = plan_excuses(state.excuses, entries.excuses, people.after, units.after, findings)
    days = plan_days(state.days, entries, people.after, units.after, findings)
    planned: tuple[tuple[FactKind, _Planned], ...] = (
        (FactKind.UNIT, units),
        (FactKind.TERMINAL, terminals),
        (FactKind.POST, posts),
        (FactKind.PERSON, people),
        (FactKind.PLACEMENT, placements),
        (FactKind.EMPLOYMENT, days.employments),
        (FactKind.ENROLLMENT, enrollments),
        (FactKind.EXCUSE, excuses),
        (FactKind.CALENDAR, days.calendar),
        (FactKind.PATTERN, days.patterns),
        (FactKind.SHIFT, days.shifts),
        (FactKind.ROTATION, days.rotations),
        (FactKind.ROTATION_PERIOD, days.rotation_periods),
        (FactKind.SHIFT_ENTRY, days.shift_entries),
    )
    changes = [Change(kind, before, after) for kind, one in planned for before, after in one.pairs]
    return Plan(changes, {kind: one.unchanged for kind, one in planned}, people.after)
