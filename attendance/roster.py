"""Who belongs where on one day, and which terminals vouch for whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from attendance.ids import PersonId, Pin, TerminalId, UnitId
from attendance.people import Enrollment, Person, Placement, Unit
from attendance.terminal import Terminal


@dataclass(frozen=True, slots=True)
class Roster:
    """Everything dated that holds on `day`, a date in the city's time zone."""

    day: date
    units: tuple[Unit, ...]
    people: tuple[Person, ...]
    """People in service on the day."""
    placements: tuple[Placement, ...]
    """Placements valid on the day."""
    enrollments: tuple[Enrollment, ...]
    """Enrollments valid on the day."""
    terminals: tuple[Terminal, ...]
    """Active terminals."""


class RosterIndex:
    """Lookups over one `Roster`; built once, never changed, so threads may share it.

    A city's data is never perfect, so no lookup raises on a gap: a person without a placement has no unit, a
    unit under no office has none. Such people wait for data; they are never accused.
    """

    def __init__(self, roster: Roster) -> None:
        self.roster = roster
        self.units: Mapping[UnitId, Unit] = MappingProxyType({unit.id: unit for unit in roster.units})
        self.people: Mapping[PersonId, Person] = MappingProxyType(
            {person.id: person for person in roster.people}
        )
        self.terminals: Mapping[TerminalId, Terminal] = MappingProxyType(
            {terminal.id: terminal for terminal in roster.terminals}
        )
        self._unit_of = self._place()
        self._owners = self._own_pins()
        self._pins: dict[PersonId, list[Enrollment]] = defaultdict(list)
        for enrollment in roster.enrollments:
            self._pins[enrollment.person_id].append(enrollment)
        self._terminals_of = self._reach()
        self._people_of_office: dict[UnitId, list[PersonId]] = defaultdict(list)
        self._dependants: dict[TerminalId, list[PersonId]] = defaultdict(list)
        for person in roster.people:
            office = self.office_of(person.id)
            if office is not None:
                self._people_of_office[office].append(person.id)
            for terminal_id in self._terminals_of[person.id]:
                self._dependants[terminal_id].append(person.id)

    def path(self, unit_id: UnitId) -> tuple[Unit, ...]:
        """The unit and what it belongs to, upwards to the city. Ends where the tree would run in a circle."""
        found: dict[UnitId, Unit] = {}
        at: UnitId | None = unit_id
        while at is not None and at not in found:
            unit = self.units.get(at)
            if unit is None:
                break
            found[at] = unit
            at = unit.parent_id
        return tuple(found.values())

    def office_above(self, unit_id: UnitId) -> UnitId | None:
        """The tile of the wall under which this unit counts: the nearest office, itself included."""
        return next((unit.id for unit in self.path(unit_id) if unit.office), None)

    def unit_of(self, person_id: PersonId) -> UnitId | None:
        """Where the person is placed; of several placements the one that began last."""
        return self._unit_of.get(person_id)

    def office_of(self, person_id: PersonId) -> UnitId | None:
        """The office that the person counts under."""
        unit_id = self._unit_of.get(person_id)
        return None if unit_id is None else self.office_above(unit_id)

    def people_of_office(self, office_id: UnitId) -> tuple[PersonId, ...]:
        """Everybody who counts under the office, in the roster's order."""
        return tuple(self._people_of_office.get(office_id, ()))

    def person_by_pin(self, terminal_id: TerminalId, pin: Pin) -> PersonId | None:
        """Whose punch it is: the terminal's own enrollment wins over the city's.

        None when nobody has the PIN, and when two people have it: a punch is given to nobody on a guess.
        """
        owner = self._owners.get((terminal_id, pin), _NO_OWNER)
        if owner is _NO_OWNER:
            owner = self._owners.get((None, pin), _NO_OWNER)
        return owner.person_id

    def has_pin(self, person_id: PersonId) -> bool:
        """Whether any terminal this person may use would know a press of this person's finger."""
        usable = self._terminals_of.get(person_id, frozenset())
        return any(
            self.person_by_pin(terminal_id, enrollment.pin) == person_id
            for enrollment in self._pins.get(person_id, ())
            for terminal_id in usable
        )

    def terminals_of(self, person_id: PersonId) -> frozenset[TerminalId]:
        """The terminals a person may use: those at the nearest unit, from the person's own up to the office,
        that has any; and those with an enrollment of that person alone.
        """
        return self._terminals_of.get(person_id, frozenset())

    def people_depending_on(self, terminal_id: TerminalId) -> tuple[PersonId, ...]:
        """Whose state may hang on how far this terminal has been read."""
        return tuple(self._dependants.get(terminal_id, ()))

    def terminals_of_office(self, office_id: UnitId) -> tuple[TerminalId, ...]:
        """The terminals that hang at the office or at one of its units, in the roster's order."""
        return tuple(
            terminal.id
            for terminal in self.roster.terminals
            if self.office_above(terminal.unit_id) == office_id
        )

    def _place(self) -> dict[PersonId, UnitId]:
        in_order: Iterable[Placement] = sorted(
            self.roster.placements, key=lambda placement: (placement.valid_from, placement.unit_id)
        )
        return {placement.person_id: placement.unit_id for placement in in_order}

    def _own_pins(self) -> dict[tuple[TerminalId | None, Pin], _Owner]:
        owners: dict[tuple[TerminalId | None, Pin], _Owner] = {}
        for enrollment in self.roster.enrollments:
            key = (enrollment.terminal_id, enrollment.pin)
            known = owners.get(key)
            if known is None:
                owners[key] = _Owner(enrollment.person_id)
            elif known.person_id != enrollment.person_id:
                owners[key] = _Owner(None)
        return owners

    def _reach(self) -> dict[PersonId, frozenset[TerminalId]]:
        at_unit: dict[UnitId, set[TerminalId]] = defaultdict(set)
        for terminal in self.roster.terminals:
            at_unit[terminal.unit_id].add(terminal.id)
        from_unit = {unit.id: self._nearest(unit.id, at_unit) for unit in self.roster.units}
        reach: dict[PersonId, frozenset[TerminalId]] = {}
        for person in self.roster.people:
            unit_id = self._unit_of.get(person.id)
            own = {
                enrollment.terminal_id
                for enrollment in self._pins.get(person.id, ())
                if enrollment.terminal_id is not None and enrollment.terminal_id in self.terminals
            }
            site = frozenset() if unit_id is None else from_unit.get(unit_id, frozenset())
            reach[person.id] = site | own
        return reach

    def _nearest(self, unit_id: UnitId, at_unit: Mapping[UnitId, set[TerminalId]]) -> frozenset[TerminalId]:
        for unit in self.path(unit_id):
            if at_unit.get(unit.id):
                return frozenset(at_unit[unit.id])
            if unit.office:
                break
        return frozenset()


@dataclass(frozen=True, slots=True)
class _Owner:
    """Who has a PIN within one scope; nobody when two people claim it."""

    person_id: PersonId | None


_NO_OWNER = _Owner(None)
