"""When which finger is pressed where: a working city's days and nights, drawn from a seed."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from config.clock import Clock
from tests.soak.city import City, Office
from tests.soak.waiting import reach

NIGHT_SHARE, LATE_SHARE, ABSENT_SHARE = 0.06, 0.07, 0.05
"""Of the people, each day: those on night shift, those who come late, those who do not come."""
NOON_SHARE = 0.3
ROUND_MINUTES = (45, 80)
"""Between two rounds of an office's guard, day and night."""


@dataclass(frozen=True, slots=True, order=True)
class Finger:
    """One press to come. `at` is city time, naive and local; `office` a place in `City.offices`."""

    at: datetime
    office: int
    pin: str


def plan(offices: Sequence[Office], start: datetime, end: datetime, seed: int) -> list[Finger]:
    """Every finger from `start` to `end` (city time, naive), in order. The last of each office's people is
    its guard.
    """
    rng = random.Random(f"fingers {seed}")
    days = [(start + timedelta(days=n)).date() for n in range(-1, (end.date() - start.date()).days + 1)]
    found: list[Finger] = []
    for number, office in enumerate(offices):
        for pin in office.pins[:-1]:
            found += [Finger(at, number, pin) for day in days for at in _day(rng, day)]
        found += [Finger(at, number, office.pins[-1]) for at in _rounds(rng, start, end)]
    return sorted(finger for finger in found if start < finger.at < end)


async def play(city: City, fingers: Sequence[Finger], clock: Clock, seed: int) -> None:
    """Let them be pressed as city time passes, each at one of its office's terminals, and at the moment that
    it then is: a simulated city that runs fast is late with its fingers now and then.
    """
    rng = random.Random(f"doors {seed}")
    for finger in fingers:
        await reach(clock, finger.at)
        rng.choice(city.offices[finger.office].doors).press(finger.pin, city.now())


def _day(rng: random.Random, day: date) -> Iterator[datetime]:
    drawn = rng.random()
    if drawn < ABSENT_SHARE:
        return
    if drawn < ABSENT_SHARE + NIGHT_SHARE:
        yield _at(rng, day, 21 * 60 + 15, 22 * 60 + 10)
        yield _at(rng, day + timedelta(days=1), 6 * 60 + 10, 7 * 60 + 5)
        return
    if drawn < ABSENT_SHARE + NIGHT_SHARE + LATE_SHARE:
        yield _at(rng, day, 7 * 60 + 34, 10 * 60)
    else:
        yield _at(rng, day, 6 * 60 + 20, 7 * 60 + 26, most=7 * 60 + 12)
    if rng.random() < NOON_SHARE:
        yield _at(rng, day, 12 * 60, 13 * 60)
    yield _at(rng, day, 16 * 60, 18 * 60, most=16 * 60 + 10)


def _rounds(rng: random.Random, start: datetime, end: datetime) -> Iterator[datetime]:
    at = start + timedelta(minutes=rng.uniform(0, ROUND_MINUTES[1]))
    while at < end:
        yield at
        at += timedelta(minutes=rng.uniform(*ROUND_MINUTES))


def _at(rng: random.Random, day: date, first: float, last: float, most: float | None = None) -> datetime:
    """A moment between two minutes of the day, most often near `most`."""
    minute = rng.triangular(first, last, (first + last) / 2 if most is None else most)
    return datetime.combine(day, datetime.min.time()) + timedelta(minutes=minute)
