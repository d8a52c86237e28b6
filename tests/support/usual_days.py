"""Past days in a store, so that there is a usual morning to compare with."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from attendance.day_result import DayResult, DayStatus, Rule, Used
from attendance.ids import PersonId, PunchId, TerminalId
from store import Store
from store.results import Judged
from tests.support.day_results import PACK
from tests.support.days import ZONE

SEED = 20261123


def plant_day(store: Store, day: date, came: Mapping[PersonId, str | None], zone: tzinfo = ZONE) -> None:
    """Results of a past day: at which city time each of these people came; None: absent."""
    results = []
    for person_id, clock in came.items():
        used = None if clock is None else Used(_moment(day, clock, zone), PunchId(1), TerminalId(1))
        status, rule = (
            (DayStatus.ABSENT, Rule.NO_PUNCH) if used is None else (DayStatus.PRESENT, Rule.IN_TIME)
        )
        results.append(Judged(DayResult(person_id, day, status, rule, PACK, final=True, arrival=used), ""))
    store.results.save(results, _moment(day, "23:59", zone))


def plant_usual(
    store: Store, days: Iterable[date], people: Iterable[PersonId], zone: tzinfo = ZONE, seed: int = SEED
) -> None:
    """Ordinary mornings: most come in the half hour before 07:30, a few late, some not at all."""
    rng = random.Random(seed)
    everybody = list(people)
    for day in days:
        bent = rng.gauss(0, 3)
        plant_day(store, day, {person: _coming(rng, bent) for person in everybody}, zone)


def _coming(rng: random.Random, bent: float) -> str | None:
    if rng.random() < 0.08:
        return None
    minute = min(max(rng.gauss(7 * 60 + 14 + bent, 11), 5 * 60 + 30), 11 * 60)
    return f"{int(minute) // 60:02}:{int(minute) % 60:02}:{rng.randrange(60):02}"


def _moment(day: date, clock: str, zone: tzinfo) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), zone).astimezone(UTC)


def workdays_before(day: date, count: int) -> list[date]:
    """The last so many Mondays to Fridays before a day; holidays are not left out."""
    found: list[date] = []
    while len(found) < count:
        day -= timedelta(days=1)
        if day.weekday() < 5:
            found.append(day)
    return found
