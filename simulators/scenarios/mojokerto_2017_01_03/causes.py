"""What befell whom, in the numbers that were reported."""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum

from simulators.city import places
from simulators.city.plan import City, PersonPlan, UnitPlan
from simulators.dated_facts import FormerPlacement
from simulators.scenarios.mojokerto_2017_01_03 import shift_work, sites
from simulators.scenarios.mojokerto_2017_01_03.population import FIVE_DAYS_KINDS, NEW_OFFICES, SCHOOLS

NEW_YEAR = date(2017, 1, 1)


class Fate(StrEnum):
    """What is behind somebody's day."""

    ORDINARY = "ordinary"
    MOVED = "moved"
    """To the province."""
    RETIRED = "retired"
    DECEASED = "deceased"
    ON_LEAVE = "on_leave"
    NO_TERMINAL = "no_terminal"
    """Transferred to a new office that has none."""
    NEVER_ENROLLED = "never_enrolled"
    """Transferred, like the next two."""
    ENROLLED_MORNING = "enrolled_morning"
    ENROLLED_AFTERNOON = "enrolled_afternoon"
    SEEN_ELSEWHERE = "seen_elsewhere"
    """Pressed at home, where the line was cut, and later at the Setda."""
    SHIFT_FROM_EIGHT = "shift_from_eight"
    """In time for a shift from 08.00, though after 07:30."""
    OVERLOOKED = "overlooked"
    """Late for a shift from 07.00, though before 07:30."""
    LATE = "late"
    ABSENT = "absent"
    LEAVES_EARLY = "leaves_early"


RETIRED, DECEASED = 94, 6
TRANSFERRED = {Fate.ENROLLED_MORNING: 205, Fate.ENROLLED_AFTERNOON: 60, Fate.NEVER_ENROLLED: 188}
"""With the 58 of the new offices 511."""
LEAVES = (*("CB",) * 13, "CAP", *("CT",) * 5)
AMONG_OFFICES = {Fate.ABSENT: 7, Fate.LATE: 26, Fate.LEAVES_EARLY: 8}
AMONG_SHIFTS = {
    "P": {Fate.LATE: 3, Fate.ABSENT: 1, Fate.OVERLOOKED: 5},
    "S": {Fate.LATE: 3, Fate.ABSENT: 2},
    "M": {Fate.LATE: 2, Fate.ABSENT: 1},
    "PP": {Fate.LATE: 2, Fate.SHIFT_FROM_EIGHT: 12},
    "PS": {Fate.LATE: 2, Fate.ABSENT: 1},
}
_LEFT_ALONE = frozenset({*sites.DARK_SITES, *sites.POWERLESS, *NEW_OFFICES, *SCHOOLS})
"""Units to and from which nobody is drawn: their numbers are their own."""


@dataclass(frozen=True)
class Causes:
    """Who met which fate, by NIP."""

    city: City
    """With every placement as it was on the day."""
    fate: dict[str, Fate] = field(default_factory=dict)
    """Nobody ordinary is here."""
    shift: dict[str, str] = field(default_factory=dict)
    """Shift workers' shift of the day."""
    former: dict[str, FormerPlacement] = field(default_factory=dict)
    leave: dict[str, str] = field(default_factory=dict)
    """The kind of leave."""

    def of(self, person: PersonPlan) -> Fate:
        """The person's fate."""
        return self.fate.get(person.nip, Fate.ORDINARY)


def draw_causes(city: City, seed: int) -> Causes:
    """Lets chance choose the people, never their number."""
    return _Draw(city, seed).causes()


class _Draw:
    def __init__(self, city: City, seed: int) -> None:
        self._city = city
        self._rng = random.Random(f"mojokerto causes {seed}")
        self._fate: dict[str, Fate] = {}
        self._former: dict[str, FormerPlacement] = {}

    def causes(self) -> Causes:
        self._all_of(SCHOOLS, Fate.MOVED)
        self._all_of(NEW_OFFICES, Fate.NO_TERMINAL)
        self._at_dark_sites()
        shift = self._shifts()
        office_people = [
            person
            for person in self._city.people
            if person.nip not in shift and person.unit_code not in _LEFT_ALONE
        ]
        self._leave_service(office_people)
        self._transfer(office_people)
        leave = {
            person.nip: kind
            for person, kind in zip(
                self._draw(office_people, len(LEAVES), Fate.ON_LEAVE), LEAVES, strict=True
            )
        }
        for fate, count in AMONG_OFFICES.items():
            self._draw(office_people, count, fate)
        people = tuple(
            replace(person, since=NEW_YEAR) if person.nip in self._former else person
            for person in self._city.people
        )
        return Causes(replace(self._city, people=people), self._fate, shift, self._former, leave)

    def _all_of(self, units: Collection[str], fate: Fate) -> None:
        self._fate.update((person.nip, fate) for person in self._city.people if person.unit_code in units)

    def _at_dark_sites(self) -> None:
        self._draw(self._of_unit(sites.HIDDEN_ABSENT), 1, Fate.ABSENT)
        for code, count in sites.SEEN_ELSEWHERE.items():
            self._draw(self._of_unit(code), count, Fate.SEEN_ELSEWHERE)

    def _shifts(self) -> dict[str, str]:
        shift = shift_work.draw_shifts(self._city, self._rng)
        for code, fates in AMONG_SHIFTS.items():
            workers = [person for person in self._city.people if shift.get(person.nip) == code]
            for fate, count in fates.items():
                self._draw(workers, count, fate)
        return shift

    def _leave_service(self, people: Sequence[PersonPlan]) -> None:
        for person in sorted(people, key=lambda person: person.born)[:RETIRED]:
            self._fate[person.nip] = Fate.RETIRED
        self._draw(people, DECEASED, Fate.DECEASED)

    def _transfer(self, people: Sequence[PersonPlan]) -> None:
        movable = [person for person in people if self._was_rebuilt(person.unit_code)]
        for fate, count in TRANSFERRED.items():
            self._draw(movable, count, fate)
        before = [
            unit
            for unit in self._city.units
            if self._was_rebuilt(unit.code) and unit.code not in _LEFT_ALONE and unit.headcount is None
        ]
        for person in self._city.people:
            if self._fate.get(person.nip) in (*TRANSFERRED, Fate.NO_TERMINAL):
                unit = self._elsewhere(before, person)
                self._former[person.nip] = FormerPlacement(
                    person.nip, unit.code, person.since, NEW_YEAR - timedelta(days=1)
                )

    def _was_rebuilt(self, unit_code: str) -> bool:
        """Whether the new organisation of 1 January reached it."""
        office = self._city.office_of(unit_code)
        return office is not None and office.kind in FIVE_DAYS_KINDS and office.code != places.BKPSDM_CODE

    def _elsewhere(self, units: Sequence[UnitPlan], person: PersonPlan) -> UnitPlan:
        here = self._city.office_of(person.unit_code)
        return self._rng.choice([unit for unit in units if self._city.office_of(unit.code) != here])

    def _of_unit(self, code: str) -> list[PersonPlan]:
        return [person for person in self._city.people if person.unit_code == code]

    def _draw(self, people: Sequence[PersonPlan], count: int, fate: Fate) -> list[PersonPlan]:
        """`count` of those whom nothing has befallen yet."""
        free = [person for person in people if person.nip not in self._fate]
        drawn = self._rng.sample(free, count)
        self._fate.update((person.nip, fate) for person in drawn)
        return drawn
