"""Days of a simulated city with everything going wrong that can, and the real processes that follow it.

First the measured part: the collector is one unbroken process, so that its memory means something. Then a
part in which collector and gateway are killed again and again, through a morning. In the end all faults pass,
what is left is read, and the store is held against what every terminal really took.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from config.clock import SimClock, set_rate, write_clock
from store import Store, open_store
from store.migrate import migrate
from tests.soak import fingers
from tests.soak.city import City
from tests.soak.judge import Judge
from tests.soak.memory import Memory
from tests.soak.services import Services
from tests.soak.sticks import Sticks
from tests.soak.verdict import Verdict, missing_of, pronounce
from tests.soak.waiting import reach, until
from tests.soak.weather import Weather
from tests.support.collecting import city_now
from tests.support.days import MONDAY, ZONE
from tests.support.rosters import plant

FRESH_SECONDS = 8.0
"""Real seconds for which a terminal that was read vouches; the board counts them in city time."""
LOOK_MINUTES = 4.0
"""City minutes between two looks at the wall."""
LEAST_LOOK_SECONDS = 0.5
SAMPLE_MINUTES = 10.0
"""City minutes between two looks at the memory."""
FIRST_READS_SECONDS = 60.0
LAST_READS_SECONDS = 120.0

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do to the city."""

    folder: Path
    """Empty; for the settings, the clock, the logs and, unless `database` is given, the database."""
    database: str | None = None
    terminals: int = 135
    people_each: int = 23
    """People for each terminal."""
    history: int = 600
    """Records that each terminal holds before."""
    begin: datetime = datetime.combine(MONDAY, datetime.min.time()) + timedelta(hours=4)
    """City time, naive."""
    hours: float = 24.0
    """City hours of the measured part."""
    minutes: float = 7.0
    """Real minutes that it takes."""
    killing_hours: float = 4.0
    """City hours after it in which processes are killed."""
    kills: int = 6
    """Of the collector; and half as many of the gateway."""
    strikes: float = 60.0
    """New faults in a city hour."""
    sample: int = 400
    """People at whom the judge looks."""
    seed: int = 20261123

    @property
    def rate(self) -> float:
        """City seconds in a real one."""
        return self.hours * 60 / self.minutes

    @property
    def measured_until(self) -> datetime:
        """City time at which the measured part ends."""
        return self.begin + timedelta(hours=self.hours)

    @property
    def end(self) -> datetime:
        """City time at which everything ends."""
        return self.measured_until + timedelta(hours=self.killing_hours)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it."""

    plan: Plan
    verdict: Verdict
    memory: Memory
    put_on: int
    """How many faults there were."""
    struck: Counter[str]
    """How often each kind really struck: some a frame at a time, as long as they last."""
    kills: dict[str, int]
    judge: Judge
    sticks: int
    first_reads: float
    """Real seconds until every log was read for the first time."""
    last_reads: float
    """Real seconds from the end of all faults until everything was in the store and vouched for."""
    not_well: tuple[str, ...]
    """Terminals that did not vouch again in the end."""

    @property
    def faults(self) -> list[str]:
        """Everything that is not as it should be; what memory does is judged by whoever measures it."""
        return [*self.verdict.faults, *self.not_well, *self.judge.accusations[:5]]


class Soak:
    """One run. For one event loop."""

    def __init__(self, plan: Plan, say: Say) -> None:
        self._plan = plan
        self._say = say
        self._clock_file = plan.folder / "clock.json"
        self._url = plan.database or f"sqlite:///{plan.folder}/presensi.db"
        migrate(self._url)
        write_clock(self._clock_file, plan.begin.replace(tzinfo=ZONE), 0.0)
        self._clock = SimClock(self._clock_file)
        self._services = Services(plan.folder, self._url, self._clock_file)
        self._city = City(plan.terminals, plan.people_each, plan.seed, self._now, self._services.gateway)
        self._weather = Weather(self._city, plan.seed, plan.rate, plan.strikes)
        self._memory = Memory()
        self._rng = random.Random(f"kills {plan.seed}")

    async def run(self) -> Outcome:
        """Live through it."""
        plan, city = self._plan, self._city
        city.live_before(plan.begin, plan.history)
        store = open_store(self._url)
        try:
            for station in city.stations(push=False):
                await station.start()
            roster = city.roster(plan.begin.date())
            await asyncio.to_thread(plant, store, roster)
            freshness = timedelta(seconds=FRESH_SECONDS * plan.rate)
            judge = Judge(store, self._clock, roster, city.witness, freshness, plan.sample, plan.seed)
            sticks = Sticks(city, store, self._clock, plan.folder / "sticks")
            await self._services.start()
            for station in city.stations(push=True):
                await station.start()
            await sticks.carry()
            first_reads = await self._first_reads(store)
            await self._live(store, judge, sticks)
            last_reads, not_well = await self._come_to_rest(store, sticks)
            await asyncio.to_thread(judge.look)
            verdict = await asyncio.to_thread(pronounce, city, self._weather, store)
        finally:
            await self._services.stop()
            for push in (True, False):
                for station in city.stations(push=push):
                    await station.stop()
            store.close()
        return Outcome(
            plan=plan,
            verdict=verdict,
            memory=self._memory,
            put_on=self._weather.put_on.total(),
            struck=self._weather.struck(),
            kills=self._services.kills,
            judge=judge,
            sticks=sticks.carried,
            first_reads=first_reads,
            last_reads=last_reads,
            not_well=not_well,
        )

    async def _first_reads(self, store: Store) -> float:
        """Before the clock runs, so that hour one begins with what was before it in the store."""
        seconds = await until(
            lambda: not self._unread(store) and not missing_of(self._city, store), FIRST_READS_SECONDS
        )
        for serial, why in self._unread(store).items():
            self._say(f"not read at first: {serial}, {why}")
        return seconds

    async def _live(self, store: Store, judge: Judge, sticks: Sticks) -> None:
        plan, city = self._plan, self._city
        pressed = fingers.plan(city.offices, plan.begin, plan.end, plan.seed)
        set_rate(self._clock_file, plan.rate)
        self._say(f"{len(pressed)} fingers to come; {plan.rate:.0f} city seconds in a real one")
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(work)
                for work in (
                    fingers.play(city, pressed, self._clock, plan.seed),
                    self._weather.blow(),
                    sticks.go_round(),
                    self._look(judge),
                    self._report(store, judge),
                )
            ]
            measuring = group.create_task(self._measure())
            await reach(self._clock, plan.measured_until)
            measuring.cancel()
            await self._kill()
            await reach(self._clock, plan.end)
            for task in tasks:
                task.cancel()

    async def _come_to_rest(self, store: Store, sticks: Sticks) -> tuple[float, tuple[str, ...]]:
        await self._weather.clear_up()
        set_rate(self._clock_file, 1.0)
        healed = self._now()
        await sticks.carry()
        seconds = await until(
            lambda: not self._unread(store, healed) and not self._missing(store), LAST_READS_SECONDS
        )
        return seconds, tuple(
            f"{serial} does not vouch again: {why}" for serial, why in self._unread(store, healed).items()
        )

    def _missing(self, store: Store) -> bool:
        """Whether anything is missing that is not known to be erased."""
        return any(serial not in self._weather.erased for serial, _, _ in missing_of(self._city, store))

    def _unread(self, store: Store, since: datetime | None = None) -> dict[str, str]:
        """Terminals that do not vouch, or not for a moment after `since` (city time, naive); and why."""
        health = store.terminals.health()
        moment = None if since is None else since.replace(tzinfo=ZONE)
        found = {}
        for door in self._city.doors:
            row = health.get(door.number)
            if not door.make.vouches:
                continue
            through = None if row is None else row.read_through
            if through is None or (moment is not None and through <= moment):
                found[door.sim.serial] = f"{door.make.model}, {door.make.way}: {row}"
        return found

    async def _look(self, judge: Judge) -> None:
        pause = max(LEAST_LOOK_SECONDS, LOOK_MINUTES * 60 / self._plan.rate)
        while True:
            await asyncio.to_thread(judge.look)
            await asyncio.sleep(pause)

    async def _measure(self) -> None:
        while True:
            pid = self._services.pid("collect")
            if pid is not None:
                self._memory.sample(pid, self._now())
            await asyncio.sleep(SAMPLE_MINUTES * 60 / self._plan.rate)

    async def _kill(self) -> None:
        """At moments that the seed chooses, through a morning."""
        plan = self._plan
        span = plan.end - plan.measured_until
        victims = ["collect"] * plan.kills + ["gateway"] * (plan.kills // 2)
        kills = sorted((plan.measured_until + span * self._rng.random() * 0.9, name) for name in victims)
        for moment, name in kills:
            await reach(self._clock, moment)
            self._services.kill(name)

    async def _report(self, store: Store, judge: Judge) -> None:
        hour = self._plan.begin
        while True:
            await reach(self._clock, hour)
            health = await asyncio.to_thread(store.terminals.health)
            rss = self._memory.samples[-1][1] / (1 << 20) if self._memory.samples else 0
            self._say(
                f"{hour:%a %H:%M}  {len(self._city.witness.moments)} fingers, "
                f"{sum(row.online for row in health.values())} online, {self._weather.on} faults on, "
                f"{rss:.1f} MiB, {len(judge.accusations)} accused"
            )
            hour += timedelta(hours=1)

    def _now(self) -> datetime:
        return city_now(self._clock)


def soak(plan: Plan, say: Say = lambda _line: None) -> Outcome:
    """Run it."""
    return asyncio.run(Soak(plan, say).run())
