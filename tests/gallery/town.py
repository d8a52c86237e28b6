"""The city whose pictures are taken: 3,128 invented people, 135 terminals, ten past days, and one today."""

from __future__ import annotations

import random
import shutil
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

from attendance.calendar import WorkPattern
from attendance.ids import PersonId, Pin, TerminalId
from attendance.people import Excuse, ExcuseCode
from attendance.punch import Capture, Punch
from attendance.terminal import TerminalHealth
from presensi.roster_import import prepare_roster
from realtime.day_source import DaySource
from realtime.recompute import recompute
from realtime.rulebook import load_rulebook
from simulators.day_plan import ExcusePlan, Press, working_days_before
from simulators.roster_files import write_csv
from simulators.scenario import Scenario, build
from store import Store, open_store
from store.importing import perform
from store.migrate import migrate
from store.punches import Ingest
from tests.support.days import FRESHNESS, MONDAY, ZONE

SEED = 2017
PAST_DAYS = 10
WEATHER_MINUTES = 2.5
"""Standard deviation of how much earlier or later everybody comes on another day."""
LAST_IN_TIME = timedelta(hours=7, minutes=29, seconds=54)
LOG_CAPACITY = 100_000
SLOW_CLOCKS = {9: -190.0, 58: 94.0}
"""Terminals, by number, whose clock is off: seconds ahead."""
FULL_LOGS = {23: 97_300, 77: 91_800}
"""Terminals whose log is nearly full: records."""


@dataclass
class Town:
    """A store that a situation lives in; `live` until a moment, then look at it."""

    store: Store
    url: str
    scenario: Scenario
    known: dict[str, TerminalId]
    """Terminals by serial number."""
    dark: dict[TerminalId, datetime]
    """Since when a terminal cannot be read. Punches there stay on it until `lights`."""
    _lived: datetime | None = None
    _held: list[Press] = field(default_factory=list)
    _coming: list[Press] = field(init=False)

    def __post_init__(self) -> None:
        self._coming = [press for press in self.scenario.presses if press.at.date() == self.scenario.day]

    def live(self, until: datetime) -> None:
        """Let everything happen that happens until this city moment (aware)."""
        due = [press for press in self._coming if press.at.replace(tzinfo=ZONE) <= until]
        self._coming = self._coming[len(due) :]
        self._lived = until
        waiting = [*self._held, *due]
        readable = [press for press in waiting if not self._is_dark(press)]
        self._held = [press for press in waiting if self._is_dark(press)]
        append(self.store, self.known, readable, until)
        self.store.terminals.save_health(
            [health(number, until, self.dark.get(number)) for number in self.known.values()]
        )
        self.store.terminals.note_collector_alive(until)

    @property
    def as_of(self) -> datetime | None:
        """Through when every terminal was read that can be; None: none can."""
        moment = self._lived
        dark = sum(1 for since in self.dark.values() if moment is not None and since <= moment)
        return None if dark == len(self.known) else moment

    def cut(self, numbers: Collection[TerminalId], since: datetime) -> None:
        """From that moment (aware) on these terminals cannot be read. Say it before `live` passes it."""
        self.dark.update(dict.fromkeys(numbers, since))

    def lights(self, numbers: Collection[TerminalId]) -> None:
        """They are back; the next `live` reads what they hold."""
        for number in numbers:
            self.dark.pop(number, None)

    def works_on(self, code: str, day: date) -> None:
        """That unit works on holidays, and its people come on `day` as they do on the scenario's own."""
        unit = next(unit for unit in self.store.roster.load(day).units if unit.code == code)
        pattern = WorkPattern(unit.id, "five_day", True, day, None)
        self.store.calendars.set_pattern(pattern, by="gallery", at=datetime.combine(day, time(), ZONE))
        doors = set(self.at_unit(code))
        moved = [
            replace(press, at=press.at + (day - self.scenario.day))
            for press in self._coming
            if self.known[press.serial] in doors
        ]
        self._coming += moved

    def at_unit(self, *codes: str) -> list[TerminalId]:
        """The terminals that hang at units whose code begins so."""
        found = (one for one in self.scenario.city.terminals if one.unit_code.startswith(codes))
        return [self.known[one.serial] for one in found]

    def excuse(self, people: Sequence[PersonId], day: date, letter: str) -> None:
        """A letter about duty travel arrives."""
        for person_id in people:
            self.store.facts.add_excuse(Excuse(person_id, ExcuseCode.DL, day, day, letter))

    def who_never_comes(self, most: int) -> list[PersonId]:
        """People who press no finger all day and are excused by nobody."""
        came = {press.nip for press in self.scenario.presses if press.at.date() == self.scenario.day}
        excused = {excuse.nip for excuse in self.scenario.excuses}
        people = {str(person.nip): person.id for person in self.store.roster.load(self.scenario.day).people}
        missing = [one.nip for one in self.scenario.city.people if one.nip not in came | excused]
        return [people[nip] for nip in missing][:most]

    def _is_dark(self, press: Press) -> bool:
        since = self.dark.get(self.known[press.serial])
        return since is not None and since <= press.at.replace(tzinfo=ZONE)


def health(number: TerminalId, moment: datetime, dark_since: datetime | None) -> TerminalHealth:
    """How a terminal does at that moment."""
    since = dark_since if dark_since is not None and dark_since <= moment else None
    draw = random.Random(f"terminal {number}")
    ahead, records = round(draw.gauss(0, 3), 1), draw.randint(2_000, 61_000)
    return TerminalHealth(
        terminal_id=number,
        online=since is None,
        read_through=since or moment,
        last_contact_at=since or moment,
        offline_since=since,
        clock_offset=SLOW_CLOCKS.get(number, ahead),
        log_records=FULL_LOGS.get(number, records),
        log_capacity=LOG_CAPACITY,
        error="Unreachable" if since else _warning(number),
        error_detail=None,
        action=None,
        firmware=None,
    )


def _warning(number: TerminalId) -> str | None:
    if number in SLOW_CLOCKS:
        return "ClockOff"
    return "LogNearlyFull" if number in FULL_LOGS else None


class Template:
    """The city on the evening before, planted once; every situation begins with a copy."""

    def __init__(self, folder: Path, say: Callable[[str], None]) -> None:
        """In `folder`, where it may have been planted before."""
        scenario = build(SEED, MONDAY, history_days=PAST_DAYS)
        self._past = working_days_before(MONDAY, PAST_DAYS)
        self._scenario = replace(
            scenario, dark=(), excuses=tuple(_since(self._past[0], one) for one in scenario.excuses)
        )
        self._database = folder / "template.db"
        if not self._database.exists():
            self._plant(folder, f"sqlite:///{folder / 'draft.db'}", say)
            (folder / "draft.db").rename(self._database)
        store = open_store(f"sqlite:///{self._database}")
        self._known = {str(terminal.serial): terminal.id for terminal in store.terminals.list()}
        store.close()

    def _plant(self, folder: Path, url: str, say: Callable[[str], None]) -> None:
        migrate(url)
        store = open_store(url)
        say(f"planting {len(self._scenario.city.people)} people and {PAST_DAYS} past days")
        addresses = {
            one.serial: ("127.0.0.1", 4370 + number)
            for number, one in enumerate(self._scenario.city.terminals)
        }
        evening = datetime.combine(MONDAY - timedelta(days=1), datetime.min.time(), ZONE)
        files = write_csv(self._scenario, folder, addresses)
        perform(
            store, prepare_roster(store, files, ZONE, evening), actor="gallery", at=evening, progress=_unseen
        )
        known = {str(terminal.serial): terminal.id for terminal in store.terminals.list()}
        for day in self._past:
            append(store, known, _weathered(self._scenario.presses, day), evening)
        store.terminals.save_health([health(number, evening, None) for number in known.values()])
        say("judging the past days")
        source = DaySource(store, load_rulebook("standard"), ZONE)
        recompute(source, store, self._past[0], self._past[-1], clock=lambda: evening, freshness=FRESHNESS)
        store.close()

    def copy(self, folder: Path) -> Town:
        """A city of its own in that folder, everything as it was on the evening before."""
        database = folder / "city.db"
        shutil.copyfile(self._database, database)
        url = f"sqlite:///{database}"
        return Town(open_store(url), url, self._scenario, self._known, {})


def append(store: Store, known: dict[str, TerminalId], presses: Sequence[Press], received: datetime) -> None:
    """Store these presses as the collector does."""
    by_terminal: dict[TerminalId, list[Punch]] = defaultdict(list)
    for press in sorted(presses):
        number = known[press.serial]
        moment = press.at.replace(tzinfo=ZONE)
        by_terminal[number].append(
            Punch(number, Pin(press.pin), press.device_time(0), moment, received, 1, 255, "", Capture.LIVE)
        )
    store.punches.append([Ingest(number, punches) for number, punches in by_terminal.items()])


def _weathered(presses: Sequence[Press], day: date) -> list[Press]:
    """The day that is photographed, as one of the past on which everybody comes a little earlier or later: it
    rains, or it is market day. So the pictures show a usual day, whatever the simulator's own days are.
    """
    shift = timedelta(minutes=random.Random(f"weather {day}").gauss(0, WEATHER_MINUTES))
    last = datetime.combine(day, datetime.min.time()) + LAST_IN_TIME
    moved = [replace(one, at=one.at - (MONDAY - day)) for one in presses if one.at.date() == MONDAY]
    return [
        replace(press, at=min(last, press.at + shift).replace(microsecond=0)) if press.at <= last else press
        for press in moved
    ]


def _since(day: date, excuse: ExcusePlan) -> ExcusePlan:
    """Who is excused today was so from that day on: the past days are the day that is photographed."""
    return replace(excuse, first_day=min(day, excuse.first_day))


def _unseen(done: int, total: int) -> None:
    """Nobody watches the import."""
