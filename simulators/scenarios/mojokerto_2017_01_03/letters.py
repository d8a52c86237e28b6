"""What decrees and letters say of the day, most of which nobody had entered."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta

from simulators.city.plan import City
from simulators.dated_facts import SHIFTS, CalendarPlan, DatedFacts, EmploymentPlan, PatternPlan
from simulators.day_plan import ExcusePlan
from simulators.scenarios.mojokerto_2017_01_03 import shift_work, sites
from simulators.scenarios.mojokerto_2017_01_03.causes import NEW_YEAR, Causes, Fate
from simulators.scenarios.mojokerto_2017_01_03.population import DAY, HOSPITAL, works_shifts

_SHARED_DECREE = "SKB Tiga Menteri tentang hari libur 2017"
_GONE = {
    Fate.MOVED: "Penyerahan personel UU 23/2014",
    Fate.RETIRED: "SK pensiun",
    Fate.DECEASED: "Surat kematian",
}
_LEAVE_DAYS = {"CB": (60, 90), "CAP": (5, 10), "CT": (3, 8)}


def facts_of(causes: Causes) -> DatedFacts:
    """Everything that holds of the city in these days, but for leave."""
    second = NEW_YEAR + timedelta(days=1)
    return DatedFacts(
        former_placements=tuple(causes.former.values()),
        employments=tuple(_employments(causes)),
        calendar=(
            CalendarPlan(NEW_YEAR, NEW_YEAR, "holiday", "Tahun Baru 2017", _SHARED_DECREE),
            CalendarPlan(second, second, "joint_leave", "Cuti bersama Tahun Baru 2017", _SHARED_DECREE),
        ),
        patterns=tuple(_patterns(causes.city)),
        shifts=shift_work.SHIFT_PLANS,
        roster=tuple(shift_work.roster_of(causes.shift)),
        outages=sites.outages(causes.city),
    )


def leave_letters(causes: Causes, seed: int) -> Iterator[ExcusePlan]:
    """The letters of everybody on leave; each covers the day."""
    rng = random.Random(f"mojokerto letters {seed}")
    for number, (nip, kind) in enumerate(causes.leave.items(), 1):
        length = rng.randint(*_LEAVE_DAYS[kind])
        first = DAY - timedelta(days=rng.randrange(length // 2 + 1))
        last = first + timedelta(days=length - 1)
        yield ExcusePlan(nip, kind, first, last, f"{kind}/{number:03d}/12/2016")


def _employments(causes: Causes) -> Iterator[EmploymentPlan]:
    died_on = date(2016, 12, 1)
    for nip, fate in causes.fate.items():
        if fate in _GONE:
            if fate is Fate.DECEASED:
                died_on += timedelta(days=4)
            yield EmploymentPlan(nip, fate.value, died_on if fate is Fate.DECEASED else NEW_YEAR, _GONE[fate])


def _patterns(city: City) -> Iterator[PatternPlan]:
    """Units without one work the usual five days."""
    since = date(2016, 1, 1)
    for unit in city.units:
        if works_shifts(unit):
            yield PatternPlan(unit.code, SHIFTS, unit.parent_code == HOSPITAL, since)
        elif unit.code == HOSPITAL or unit.kind == "health_centre" or (unit.kind == "school" and unit.office):
            yield PatternPlan(unit.code, "six_day", False, since)
