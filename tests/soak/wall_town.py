"""A city that lives through days of a few seconds each: what a wall sees in a month."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

from attendance.ids import PersonId, Pin, TerminalId
from attendance.people import Excuse, ExcuseCode
from attendance.punch import Capture, Punch
from attendance.terminal import TerminalHealth
from presensi.roster_import import prepare_roster
from simulators.roster_files import write_csv
from simulators.scenario import build
from store import Store, open_store
from store.importing import perform
from store.migrate import migrate
from store.punches import Ingest
from tests.support.days import ZONE

SATURDAY = 5
MISSING, LATE = 0.04, 0.06
"""Shares of the people on a working day."""
CUTS = 4
"""Terminals that go dark on each morning, and come back."""
CUT_AT, BACK_AT = time(7, 2), time(7, 50)
CORRECTED_AT, WITHDRAWN_AT = time(8, 10), time(8, 40)
ALL_IN_AT = time(10, 30)
"""By then everybody who comes is there, and everything is read."""


@dataclass(frozen=True, slots=True)
class Step:
    """A moment of the day, and what the wall must show then."""

    at: datetime
    """City time, aware."""
    present: int | None = None
    """How many people must be shown in time; None: it is not held against anything."""


@dataclass
class WallTown:
    """Made by `planted`. The same seed gives the same month."""

    store: Store
    url: str
    evening: datetime
    """Before the first day: where its clock stands at the beginning."""
    pins: dict[PersonId, str]
    doors: dict[PersonId, tuple[TerminalId, ...]]
    terminals: tuple[TerminalId, ...]
    _rng: random.Random
    _dark: dict[TerminalId, datetime] = field(default_factory=dict)
    _held: list[Punch] = field(default_factory=list)
    _letter: int | None = None

    def day(self, day: date) -> Iterator[Step]:
        """Live through one day, from its midnight to its last minute, a step at a time."""
        punches = self._drawn(day) if day.weekday() < SATURDAY else []
        in_time = len({punch.pin for punch in punches if punch.device_time.time() < time(7, 31)})
        cut = self._rng.sample(self.terminals, CUTS)
        done = 0
        for clock in _clocks():
            moment = datetime.combine(day, clock, ZONE)
            if clock == CUT_AT:
                self._dark.update(dict.fromkeys(cut, moment))
            if clock == BACK_AT:
                self._dark.clear()
            if clock == CORRECTED_AT:
                self._correct(day)
            if clock == WITHDRAWN_AT:
                self._withdraw(moment)
            due = [punch for punch in punches[done:] if punch.at <= moment]
            done += len(due)
            self._commit(due, moment)
            yield Step(moment, in_time if clock == ALL_IN_AT and punches else None)

    def _drawn(self, day: date) -> list[Punch]:
        found: list[Punch] = []
        for person, doors in self.doors.items():
            luck = self._rng.random()
            if not doors or luck < MISSING:
                continue
            minute = (
                self._rng.randint(31, 100) if luck < MISSING + LATE else self._rng.triangular(-40, 29, 20)
            )
            come = datetime.combine(day, time(7)) + timedelta(
                minutes=int(minute), seconds=self._rng.randint(1, 58)
            )
            leave = datetime.combine(day, time(16, 31)) + timedelta(seconds=self._rng.randint(1, 3_000))
            door = self._rng.choice(doors)
            found += [self._punch(person, door, come), self._punch(person, door, leave)]
        return sorted(found, key=lambda punch: punch.at)

    def _punch(self, person: PersonId, door: TerminalId, local: datetime) -> Punch:
        moment = local.replace(tzinfo=ZONE)
        return Punch(door, Pin(self.pins[person]), local, moment, moment, 1, 255, "", Capture.LIVE)

    def _commit(self, due: list[Punch], moment: datetime) -> None:
        waiting = [*self._held, *due]
        self._held = [punch for punch in waiting if punch.terminal_id in self._dark]
        lit = [punch for punch in waiting if punch.terminal_id not in self._dark]
        self.store.punches.append([Ingest(punch.terminal_id, [punch]) for punch in lit])
        self.report(moment)

    def report(self, moment: datetime) -> None:
        """The collector says how all terminals do, and that it lives."""
        self.store.terminals.save_health([self._health(number, moment) for number in self.terminals])
        self.store.terminals.note_collector_alive(moment)

    def _health(self, number: TerminalId, moment: datetime) -> TerminalHealth:
        since = self._dark.get(number)
        return TerminalHealth(
            terminal_id=number,
            online=since is None,
            read_through=since or moment,
            last_contact_at=since or moment,
            offline_since=since,
            clock_offset=round(self._rng.gauss(0, 2), 1),
            log_records=1_000,
            log_capacity=100_000,
            error=None if since is None else "Unreachable",
            error_detail=None,
            action=None,
            firmware=None,
        )

    def _correct(self, day: date) -> None:
        """A letter about somebody; the recap of the cut-off changes."""
        person = self._rng.choice(list(self.pins))
        self._letter = self.store.facts.add_excuse(Excuse(person, ExcuseCode.DL, day, day, f"SPT/{day:%m%d}"))

    def _withdraw(self, moment: datetime) -> None:
        if self._letter is not None:
            self.store.facts.withdraw_excuse(self._letter, "salah orang", by="soak", at=moment)
            self._letter = None


def planted(folder: Path, first: date, people: int, seed: int) -> WallTown:
    """A new city in `folder` on the evening before `first`: about 50 offices with 135 terminals."""
    scenario = replace(build(seed, first, people=people, history_days=0), dark=(), excuses=())
    url = f"sqlite:///{folder / 'soak.db'}"
    migrate(url)
    store = open_store(url)
    evening = datetime.combine(first, time(), ZONE) - timedelta(hours=1)
    addresses = {one.serial: ("127.0.0.1", 4370 + n) for n, one in enumerate(scenario.city.terminals)}
    files = write_csv(scenario, folder, addresses)
    perform(store, prepare_roster(store, files, ZONE, evening), actor="soak", at=evening, progress=_unseen)
    numbers = {str(terminal.serial): terminal.id for terminal in store.terminals.list()}
    known = {str(person.nip): person.id for person in store.roster.load(first).people}
    knows = {one.nip: one.pin for one in scenario.enrollments if one.serial is None}
    pins = {known[nip]: pin for nip, pin in knows.items()}
    homes = {one.nip: scenario.city.home_terminals(one.unit_code) for one in scenario.city.people}
    doors = {known[nip]: tuple(numbers[serial] for serial in homes[nip]) for nip in knows}
    chance = random.Random(f"walls {seed}")
    town = WallTown(store, url, evening, pins, doors, tuple(numbers.values()), chance)
    town.report(evening)
    return town


def _clocks() -> list[time]:
    """The moments of a day: dense in the morning."""
    spoken = ["00:00:20", "04:30", "06:15", "06:40", "06:55", "07:02"]
    spoken += [f"07:{minute:02}" for minute in range(4, 30, 2)]
    spoken += ["07:29:58", "07:30:01", "07:31:10", "07:36", "07:45", "07:50", "08:10", "08:40", "09:20"]
    spoken += ["10:30", "12:00", "15:40", "16:32", "16:38", "16:45", "17:00", "17:40", "19:00", "23:59:40"]
    return [time.fromisoformat(clock) for clock in spoken]


def _unseen(done: int, total: int) -> None:
    """Nobody watches the import."""
