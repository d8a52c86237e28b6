"""The city as it stood on the roster: 3,266 people, with those of SMA and SMK and of two new offices."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date

from simulators.city import people as people_of
from simulators.city import places
from simulators.city.plan import City, Trade, UnitPlan

DAY = date(2017, 1, 3)
PEOPLE = 3266

SCHOOLS = {
    "1.72": ("SMA Negeri 1", "SMAN 1"),
    "1.73": ("SMA Negeri 2", "SMAN 2"),
    "1.74": ("SMA Negeri 3", "SMAN 3"),
    "1.75": ("SMK Negeri 1", "SMKN 1"),
    "1.76": ("SMK Negeri 2", "SMKN 2"),
}
"""The province's since 1 January; their terminals went with them."""
TEACHERS_EACH = 62
NEW_OFFICES = {
    "1.81": ("Dinas Perumahan Rakyat dan Kawasan Permukiman", "DPRKP", 31),
    "1.82": ("Badan Penelitian dan Pengembangan", "Balitbang", 27),
}
"""Began on 1 January, without a terminal: code → name, short name, people. Which two offices is not known."""

HOSPITAL = "1.21"
HOSPITAL_OFFICES = ("1.21", "1.21.1", "1.21.4")
"""Of the hospital on six-day hours: its head, administration and outpatients; all others work in shifts."""
HEALTH_CENTRES = tuple(f"1.4{number}" for number in range(1, 7))
"""Work in shifts; their auxiliary posts keep six-day hours."""
FIVE_DAYS_KINDS = frozenset({"secretariat", "agency", "district", "subdistrict"})
"""Offices of these kinds work five days, and were rebuilt on 1 January."""


def build_population(seed: int) -> City:
    """Everybody, where the roster has them; the number in each unit is the same for every seed."""
    units = (*places.units(), *_schools(), *_new_offices())
    rng = random.Random(f"mojokerto people {seed}")
    people = people_of.populate(rng, units, PEOPLE, DAY)
    return City(
        units,
        places.terminals(places.units()),
        tuple(
            replace(person, since=max(_appointed(person.nip), date(2009 + rng.randrange(7), 1, 2)))
            for person in people
        ),
    )


def works_shifts(unit: UnitPlan) -> bool:
    """Whether the unit's people work by a shift roster."""
    if unit.parent_code == HOSPITAL:
        return unit.code not in HOSPITAL_OFFICES
    return unit.code in HEALTH_CENTRES


def _appointed(nip: str) -> date:
    return date(int(nip[8:12]), int(nip[12:14]), 1)


def _schools() -> list[UnitPlan]:
    return [
        _office(code, name, short, kind="school", people=TEACHERS_EACH, trade=Trade.SCHOOL)
        for code, (name, short) in SCHOOLS.items()
    ]


def _new_offices() -> list[UnitPlan]:
    return [
        _office(code, name, short, kind="agency", people=people, trade=Trade.OFFICE)
        for code, (name, short, people) in NEW_OFFICES.items()
    ]


def _office(code: str, name: str, short: str, *, kind: str, people: int, trade: Trade) -> UnitPlan:
    return UnitPlan(code, name, short, kind, places.CITY_CODE, office=True, headcount=people, trade=trade)
