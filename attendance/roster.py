"""Who belongs where on one day, and which terminals vouch for whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from types import MappingProxyType

from attendance.ids import PersonId, Pin, TerminalId, UnitId
from attendance.people import Enrollment, Person, Placement, Unit
from attendance.terminal import Terminal

_EVER = datetime.min.replace(tzinfo=UTC)


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
        self._paths: dict[UnitId, tuple[Unit, ...]] = {}
        self._place_of = self._place()
        self._also_at = self._other_places()
        """Where else people are placed at the same time: a city's lists overlap."""
        self._pins: dict[PersonId, list[Enrollment]] = defaultdict(list)
        self._own: dict[PersonId, list[tuple[TerminalId, date]]] = defaultdict(list)
        """The terminals that know a person by an enrollment of their own, and since when."""
        for enrollment in roster.enrollments:
            self._pins[enrollment.person_id].append(enrollment)
            if enrollment.terminal_id is not None and enrollment.terminal_id in self.terminals:
                self._own[enrollment.person_id].append((enrollment.terminal_id, enrollment.valid_from))
        self._owners = self._own_pins()
        self._contested = {pin for (_, pin), owner in self._owners.items() if owner is None}
        self._at_unit: dict[UnitId, set[TerminalId]] = defaultdict(set)
        for terminal in roster.terminals:
            self._at_unit[terminal.unit_id].add(terminal.id)
        self._sites: dict[UnitId, frozenset[TerminalId]] = {}

    def path(self, unit_id: UnitId) -> tuple[Unit, ...]:
        """The unit and what it belongs to, upwards to the city. Ends where the tree would run in a circle."""
        known = self._paths.get(unit_id)
        if known is not None:
            return known
        found: dict[UnitId, Unit] = {}
        at: UnitId | None = unit_id
        while at is not None and at not in found:
            unit = self.units.get(at)
            if unit is None:
                break
            found[at] = unit
            at = unit.parent_id
        return self._paths.setdefault(unit_id, tuple(found.values()))

    def office_above(self, unit_id: UnitId) -> UnitId | None:
        """The tile of the wall under which this unit counts: the nearest office, itself included."""
        return next((unit.id for unit in self.path(unit_id) if unit.office), None)

    def unit_of(self, person_id: PersonId) -> UnitId | None:
        """Where the person is placed; of several placements the one that began last."""
        place = self._place_of.get(person_id)
        return None if place is None else place.unit_id

    def office_of(self, person_id: PersonId) -> UnitId | None:
        """The office that the person counts under."""
        place = self._place_of.get(person_id)
        return None if place is None else self.office_above(place.unit_id)

    def people_of_office(self, office_id: UnitId) -> tuple[PersonId, ...]:
        """Everybody who counts under the office, in the roster's order."""
        return tuple(self._people_of_office.get(office_id, ()))

    def person_by_pin(self, terminal_id: TerminalId, pin: Pin) -> PersonId | None:
        """Whose punch it is: the terminal's own enrollment wins over the city's.

        None when nobody has the PIN, and when two people have it: a punch is given to nobody on a guess.
        """
        enrollment = self._known_at(terminal_id, pin)
        return None if enrollment is None else enrollment.person_id

    def pin_in_use(self, terminal_id: TerminalId, pin: Pin) -> bool:
        """Whether anybody has the PIN at the terminal, also where two people claim it."""
        return (terminal_id, pin) in self._owners or (None, pin) in self._owners

    def has_pin(self, person_id: PersonId) -> bool:
        """Whether any terminal at home would know a press of this person's finger."""
        return self.finger_at_home(person_id)[0]

    def pin_from(self, person_id: PersonId) -> datetime | None:
        """From when on a terminal at home knows the finger, aware; None: for as long as the roster holds, and
        for somebody whom none knows.
        """
        return self.finger_at_home(person_id)[1]

    def finger_at_home(self, person_id: PersonId) -> tuple[bool, datetime | None]:
        """`has_pin` and `pin_from` in one. Of somebody whose PIN another claims, too, at a terminal that may
        be used, nothing can be known: a press there is given to nobody.
        """
        known, earliest = False, None
        if self._contested and self._is_contested(person_id):
            return known, earliest
        for enrollment in self._known_at_home(person_id):
            begins = enrollment.effective_at
            if begins is None:
                return True, None
            if earliest is None or begins < earliest:
                known, earliest = True, begins
        return known, earliest

    def home_of(self, person_id: PersonId) -> frozenset[TerminalId]:
        """Where the person is expected to press: the terminals of the nearest unit, from the person's own up
        to the office, that has any; and those with an enrollment of that person alone, given since the
        placement began. One that was left over at a former office is not among them.
        """
        place = self._place_of.get(person_id)
        if place is None:
            return self.terminals_of(person_id)
        site = self.terminals_at(place.unit_id)
        if person_id not in self._own:
            return site
        given = {
            terminal_id
            for terminal_id, since in self._own[person_id]
            if since >= place.valid_from and terminal_id not in site
        }
        return site | given if given else site

    def terminals_of(self, person_id: PersonId) -> frozenset[TerminalId]:
        """Every terminal that may hold a punch of the person: those at home, those of other units where the
        person is placed at the same time, and those with an enrollment of that person alone, however old.
        """
        place = self._place_of.get(person_id)
        site = frozenset() if place is None else self.terminals_at(place.unit_id)
        if person_id in self._also_at:
            site = site.union(*(self.terminals_at(unit_id) for unit_id in self._also_at[person_id]))
        if person_id not in self._own:
            return site
        own = {terminal_id for terminal_id, _ in self._own[person_id] if terminal_id not in site}
        return site | own if own else site

    def units_of(self, person_id: PersonId) -> tuple[UnitId, ...]:
        """Everywhere the person is placed, `unit_of` first."""
        place = self._place_of.get(person_id)
        return () if place is None else (place.unit_id, *self._also_at.get(person_id, ()))

    def terminals_at(self, unit_id: UnitId) -> frozenset[TerminalId]:
        """Where people of the unit press: at the nearest unit, itself included and up to the office, that has
        any terminal.
        """
        known = self._sites.get(unit_id)
        return self._sites.setdefault(unit_id, self._nearest(unit_id)) if known is None else known

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

    @cached_property
    def _people_of_office(self) -> dict[UnitId, list[PersonId]]:
        found: dict[UnitId, list[PersonId]] = defaultdict(list)
        for person_id in self.people:
            office = self.office_of(person_id)
            if office is not None:
                found[office].append(person_id)
        return found

    @cached_property
    def _dependants(self) -> dict[TerminalId, list[PersonId]]:
        found: dict[TerminalId, list[PersonId]] = defaultdict(list)
        for person_id in self.people:
            for terminal_id in self.terminals_of(person_id):
                found[terminal_id].append(person_id)
        return found

    def _place(self) -> dict[PersonId, Placement]:
        found: dict[PersonId, Placement] = {}
        for placement in self.roster.placements:
            known = found.get(placement.person_id)
            if known is None or _order(known) <= _order(placement):
                found[placement.person_id] = placement
        return found

    def _other_places(self) -> Mapping[PersonId, list[UnitId]]:
        found: dict[PersonId, list[UnitId]] = {}
        for placement in self.roster.placements:
            if placement.unit_id != self._place_of[placement.person_id].unit_id:
                found.setdefault(placement.person_id, []).append(placement.unit_id)
        return found

    def _is_contested(self, person_id: PersonId) -> bool:
        return any(
            self.pin_in_use(terminal_id, enrollment.pin)
            and self.person_by_pin(terminal_id, enrollment.pin) is None
            for enrollment in self._pins.get(person_id, ())
            if enrollment.pin in self._contested
            for terminal_id in self.terminals_of(person_id)
        )

    def _own_pins(self) -> dict[tuple[TerminalId | None, Pin], Enrollment | None]:
        """Who has a PIN within one scope; None where two people claim it."""
        owners: dict[tuple[TerminalId | None, Pin], Enrollment | None] = {}
        for enrollment in self.roster.enrollments:
            key = (enrollment.terminal_id, enrollment.pin)
            known = owners.setdefault(key, enrollment)
            if known is None or known is enrollment:
                continue
            if known.person_id != enrollment.person_id:
                owners[key] = None
            elif _begins(enrollment) < _begins(known):
                owners[key] = enrollment
        return owners

    def _known_at(self, terminal_id: TerminalId, pin: Pin) -> Enrollment | None:
        """The enrollment by which the terminal knows the PIN."""
        try:
            return self._owners[terminal_id, pin]
        except KeyError:
            return self._owners.get((None, pin))

    def _known_at_home(self, person_id: PersonId) -> Iterator[Enrollment]:
        """By which enrollments the terminals at home know the person."""
        pins = self._pins.get(person_id)
        if not pins:
            return
        home = self.home_of(person_id)
        for enrollment in pins:
            for terminal_id in home:
                known = self._known_at(terminal_id, enrollment.pin)
                if known is not None and known.person_id == person_id:
                    yield known

    def _nearest(self, unit_id: UnitId) -> frozenset[TerminalId]:
        for unit in self.path(unit_id):
            if self._at_unit.get(unit.id):
                return frozenset(self._at_unit[unit.id])
            if unit.office:
                break
        return frozenset()


def _order(placement: Placement) -> tuple[date, UnitId]:
    return placement.valid_from, placement.unit_id


def _begins(enrollment: Enrollment) -> datetime:
    return enrollment.effective_at or _EVER
