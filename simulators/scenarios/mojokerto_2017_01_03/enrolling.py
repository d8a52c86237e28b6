"""Whose finger which terminal knew: each site numbered its own people, and knew nobody else's."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, time, timedelta

from simulators.city.plan import City, PersonPlan
from simulators.day_plan import EnrollmentPlan
from simulators.scenarios.mojokerto_2017_01_03.causes import Causes, Fate
from simulators.scenarios.mojokerto_2017_01_03.population import DAY, HOSPITAL
from simulators.scenarios.mojokerto_2017_01_03.sites import on_day

_MORNING = time(8, 5), time(11, 50)
_AFTERNOON = time(12, 20), time(15, 20)
_SETDA = "1.1"


def enrollments_of(causes: Causes, seed: int) -> tuple[EnrollmentPlan, ...]:
    """All of them: those since long ago, first; then those made on the day, each effective at its minute."""
    return tuple(_Numbering(causes, seed).enrollments())


class _Numbering:
    def __init__(self, causes: Causes, seed: int) -> None:
        self._causes = causes
        self._city: City = causes.city
        self._rng = random.Random(f"mojokerto enrolling {seed}")
        self._last_pin: Counter[str] = Counter()
        """The highest PIN of each site, by the unit whose terminals they are."""

    def enrollments(self) -> Iterator[EnrollmentPlan]:
        for person in self._city.people:
            if self._causes.of(person) is not Fate.MOVED:
                yield from self._long_known(person)
        for person in self._city.people:
            match self._causes.of(person):
                case Fate.ENROLLED_MORNING:
                    yield self._on_the_day(person, *_MORNING)
                case Fate.ENROLLED_AFTERNOON:
                    yield self._on_the_day(person, *_AFTERNOON)
                case Fate.SEEN_ELSEWHERE:
                    serial = self._city.home_terminals(_SETDA)[0]
                    yield EnrollmentPlan(person.nip, self._next_pin(_SETDA), serial, person.since)

    def _long_known(self, person: PersonPlan) -> Iterator[EnrollmentPlan]:
        former = self._causes.former.get(person.nip)
        unit_code = former.unit_code if former else person.unit_code
        since = former.first_day if former else person.since
        pin = self._next_pin(unit_code)
        for serial in self._doors(unit_code):
            yield EnrollmentPlan(person.nip, pin, serial, since)

    def _doors(self, unit_code: str) -> tuple[str, ...]:
        doors = self._city.home_terminals(unit_code)
        if self._site(unit_code) != HOSPITAL:
            return doors
        # At the lobby, and at one more of its ten doors.
        return (doors[0], self._rng.choice(doors[1:]))

    def _on_the_day(self, person: PersonPlan, first: time, last: time) -> EnrollmentPlan:
        serial = self._city.home_terminals(person.unit_code)[0]
        minutes = (on_day(last) - on_day(first)) // timedelta(minutes=1)
        at: datetime = on_day(first) + timedelta(minutes=self._rng.randint(0, minutes))
        return EnrollmentPlan(person.nip, self._next_pin(person.unit_code), serial, DAY, at)

    def _next_pin(self, unit_code: str) -> str:
        site = self._site(unit_code)
        self._last_pin[site] += 1
        return str(self._last_pin[site])

    def _site(self, unit_code: str) -> str:
        """The unit whose terminals those of a unit use."""
        return next(
            unit.code for unit in self._city.upwards(unit_code) if unit.code in self._city.terminals_at
        )
