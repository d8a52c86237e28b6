"""What goes wrong in the city, all the time and somewhere else each time, drawn from a seed; and passes."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from simulators.faults import FAULTS, CannotStrike
from simulators.faults.catalogue import FaultKind
from tests.soak.city import City, Door

SHORTEST, LONGEST = 5.0, 40.0
"""City minutes that a fault lasts, at least and at most."""
ERASING = ("log-cleared", "log-wrapped")
NOT_IN_SHORT_LOGS = (*ERASING, "impossible-dates")
LEAST_RECORDS = 30
"""A log cleared twice before anything was read in between shows no trace of it, and one of nothing but days
that never were is recognised by nobody: known limits, and nothing that happens every day.
"""


@dataclass(frozen=True, slots=True)
class Trouble:
    """A fault that is on, and until when (city time, naive)."""

    door: Door
    name: str
    until: datetime


class Weather:
    """At most one fault of the line and one of the terminal on each; `per_hour` new ones a city hour."""

    def __init__(self, city: City, seed: int, rate: float, per_hour: float) -> None:
        """`rate`: city seconds in a real one."""
        self.erased: dict[str, datetime] = {}
        """By serial number, the last moment (city time, naive) at which its log lost records."""
        self.put_on: Counter[str] = Counter()
        self._city = city
        self._doors = [door for door in city.doors if door.station is not None]
        self._rng = random.Random(f"weather {seed}")
        self._pause = 3600 / per_hour / rate
        self._on: list[Trouble] = []

    @property
    def on(self) -> int:
        """How many faults are on now."""
        return len(self._on)

    async def blow(self) -> None:
        """Strike and heal until cancelled."""
        while True:
            await asyncio.sleep(self._rng.expovariate(1 / self._pause))
            now = self._city.now()
            for trouble in [it for it in self._on if it.until <= now]:
                self._heal(trouble)
            self._strike(now)

    async def clear_up(self) -> None:
        """Let everything be well again."""
        for trouble in list(self._on):
            self._heal(trouble)
        for door in self._doors:
            if door.station is not None:
                door.station.faults.heal()
        # Some heal only once the event loop went round.
        await asyncio.sleep(1.0)
        for door in self._doors:
            if door.station is not None:
                await door.station.restore()

    def struck(self) -> Counter[str]:
        """How often each fault has really happened."""
        counts: Counter[str] = Counter()
        for door in self._doors:
            if door.station is not None:
                counts += door.station.faults.struck
        return counts

    def _strike(self, now: datetime) -> None:
        door = self._rng.choice(self._doors)
        station = door.station
        assert station is not None
        kinds = [kind for kind in FAULTS.values() if station.transport in kind.transports]
        kind = self._rng.choice(kinds)
        if self._is_beset(door, kind):
            return
        if kind.name in NOT_IN_SHORT_LOGS and len(door.sim.log) < LEAST_RECORDS:
            return
        if kind.name in ERASING:
            self.erased[door.sim.serial] = now
        try:
            station.faults.strike(kind.name)
        except CannotStrike:
            return
        self.put_on[kind.name] += 1
        lasts = timedelta(minutes=self._rng.uniform(SHORTEST, LONGEST))
        self._on.append(Trouble(door, kind.name, now + lasts))

    def _is_beset(self, door: Door, kind: FaultKind) -> bool:
        return any(it.door is door and FAULTS[it.name].on_line is kind.on_line for it in self._on)

    def _heal(self, trouble: Trouble) -> None:
        station = trouble.door.station
        assert station is not None
        self._on.remove(trouble)
        if trouble.name in ERASING:
            self.erased[trouble.door.sim.serial] = self._city.now()
        station.faults.heal(trouble.name)
