"""Builds a synthetic city of a given size from a seed."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from simulators.city import people as people_of
from simulators.city import places
from simulators.city.plan import City, TerminalPlan, UnitPlan

PEOPLE = 3128
TERMINALS = 135

_FIRST_OFFICES = (places.BKPSDM_CODE, places.LIBRARY_CODE, places.WASTE_CODE)
"""Kept in every smaller city, in this order: the agency everybody looks at, and the two whose lines fail."""


def build_city(seed: int, reference: date, people: int = PEOPLE, terminals: int = TERMINALS) -> City:
    """The city of `seed` as it is on the day `reference`.

    With fewer `terminals` it keeps only as many whole offices as have that many between them. Raises
    `ValueError` when `terminals` or `people` does not fit.
    """
    tree = places.units()
    doors = places.terminals(tree)
    if terminals != len(doors):
        tree, doors = _fewer(tree, doors, terminals)
    if people < 1:
        raise ValueError("a city needs at least one person")
    # A string seed: the same on every run and machine, unlike hash-based seeding of tuples.
    rng = random.Random(f"city {seed}")
    return City(tree, doors, people_of.populate(rng, tree, people, reference))


def _fewer(
    tree: Sequence[UnitPlan], doors: Sequence[TerminalPlan], wanted: int
) -> tuple[tuple[UnitPlan, ...], tuple[TerminalPlan, ...]]:
    whole = City(tuple(tree), tuple(doors), ())
    office_of_unit = {unit.code: office.code for unit in tree if (office := whole.office_of(unit.code))}
    doors_of_office = Counter(office_of_unit[door.unit_code] for door in doors)
    offices = [unit.code for unit in tree if unit.office]
    kept: set[str] = set()
    left = wanted
    for code in (*_FIRST_OFFICES, *(code for code in offices if code not in _FIRST_OFFICES)):
        if doors_of_office[code] <= left:
            kept.add(code)
            left -= doors_of_office[code]
    if left:
        raise ValueError(f"no choice of whole offices has exactly {wanted} terminals")
    units = [unit for unit in tree if unit.kind == "city" or office_of_unit.get(unit.code) in kept]
    codes = {unit.code for unit in units}
    return (
        tuple(
            unit if unit.parent_code in codes or unit.kind == "city" else _below_the_city(unit)
            for unit in units
        ),
        tuple(door for door in doors if office_of_unit[door.unit_code] in kept),
    )


def _below_the_city(unit: UnitPlan) -> UnitPlan:
    """An office whose agency is not kept."""
    return replace(unit, parent_code=places.CITY_CODE)
