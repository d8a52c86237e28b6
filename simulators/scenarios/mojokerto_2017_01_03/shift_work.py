"""The shifts of hospital and health centres in the first week of January 2017."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, time, timedelta

from simulators.city.plan import City, PersonPlan
from simulators.dated_facts import RosterEntry, ShiftPlan
from simulators.scenarios.mojokerto_2017_01_03.population import DAY, HEALTH_CENTRES, works_shifts

SHIFT_PLANS = (
    ShiftPlan("P", "Pagi RSUD", time(7), time(14)),
    ShiftPlan("S", "Siang RSUD", time(14), time(21)),
    ShiftPlan("M", "Malam RSUD", time(21), time(7)),
    ShiftPlan("PP", "Pagi puskesmas", time(8), time(14)),
    ShiftPlan("PS", "Sore puskesmas", time(13), time(19)),
)
FREE = ""
HOSPITAL_ON = {"S": 135, "M": 130, FREE: 50}
"""The hospital's people by their shift of the day: those free came off their night. Others: P."""
HEALTH_CENTRES_ON = {"PS": 85}
"""The others: PP. With S and M above these are the 350 whose shift had not begun."""
_TURNS = ("P", "S", "M", FREE)
"""What one person of the hospital works, day after day."""
_WEEK = tuple(date(2017, 1, 1) + timedelta(days=number) for number in range(7))
_NEW_YEAR_DAYS = 2
"""The health centres were closed on so many of them."""


def draw_shifts(city: City, rng: random.Random) -> dict[str, str]:
    """Each shift worker's shift of the day, by NIP."""
    workers = [person for person in city.people if works_shifts(city.unit_by_code[person.unit_code])]
    hospital = [person for person in workers if person.unit_code not in HEALTH_CENTRES]
    centres = [person for person in workers if person.unit_code in HEALTH_CENTRES]
    return {**_spread(hospital, HOSPITAL_ON, "P", rng), **_spread(centres, HEALTH_CENTRES_ON, "PP", rng)}


def _spread(
    people: Sequence[PersonPlan], counts: Mapping[str, int], others: str, rng: random.Random
) -> dict[str, str]:
    codes = [code for code, count in counts.items() for _ in range(count)]
    codes += [others] * (len(people) - len(codes))
    return dict(zip((person.nip for person in rng.sample(people, len(people))), codes, strict=True))


def roster_of(shift: Mapping[str, str]) -> Iterator[RosterEntry]:
    """The week's roster of everybody who has a shift on the day."""
    for nip, code in shift.items():
        for number, day in enumerate(_WEEK):
            yield RosterEntry(nip, day, _on(code, day, number))


def _on(code: str, day: date, number: int) -> str:
    turn = (day - DAY).days
    if code in _TURNS:
        return _TURNS[(_TURNS.index(code) + turn) % len(_TURNS)]
    if number < _NEW_YEAR_DAYS:
        return FREE
    return code if turn % 2 == 0 else {"PP": "PS", "PS": "PP"}[code]
