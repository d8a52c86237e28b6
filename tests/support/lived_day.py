"""3 January 2017 lived through by real processes, and what was seen and stored at the moments that count."""

from __future__ import annotations

import csv
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from pathlib import Path
from time import monotonic, sleep

from rich.console import Console

from attendance.day_result import DayResult, DayStatus
from attendance.ids import TerminalId
from attendance.people import Excuse, ExcuseCode
from config.settings import CitySettings
from presensi.roster_import import perform_roster, prepare_roster
from simulators.control import ControlClient
from simulators.roster_files import AS_IT_STOOD, write_sheets
from store import Store
from store.results import PastChange
from tests.support.city_watch import Accusation, CityWatch, Shown, city_watch
from tests.support.judged_day import told
from tests.support.naive_judge import Verdict, judge_naively
from tests.support.running_demo import RunningDemo

SCENARIO = "mojokerto_2017_01_03"
RATES = {"08:00": 300.0, "11:00": 1200.0, "12:00": 1200.0, "14:00": 1200.0, "23:30": 3600.0}
"""City seconds in one real second until each moment at which the clock stands still."""
COMPARED = ("08:00", "12:00", "14:00", "23:30")
UNSTORED = ("not_due", "not_yet")
"""Nothing is known yet: there need be no result."""
KEEP_SECONDS = 60.0
LATE_PIN = "4711"
"""Given to somebody at 11:00 by hand, and told to nobody until 14:00."""
TWO_DAYS = timedelta(days=2)
ZONE = CitySettings().zone


@dataclass
class LivedDay:
    """What came of it. Moments are "12:00", local to the city."""

    shown: dict[str, dict[str, Shown]] = field(default_factory=dict)
    """What the wall said of everybody, by NIP."""
    wrong: dict[str, list[str]] = field(default_factory=dict)
    """Where the wall and the truth disagreed."""
    stored_wrong: dict[str, list[str]] = field(default_factory=dict)
    """Where the stored results and the truth disagreed."""
    naive: dict[str, Verdict] = field(default_factory=dict)
    """What a naive judge makes of the punches in the store."""
    accused: list[Accusation] = field(default_factory=list)
    enrolled_late: str = ""
    """NIP of whoever pressed at 11:00 with a PIN that was entered at 14:00."""
    on_leave_late: str = ""
    """NIP of whose letter came two days later."""
    results: dict[str, DayResult] = field(default_factory=dict)
    """The stored results of 3 January as they are on the 5th, by NIP."""
    history: dict[str, list[PastChange]] = field(default_factory=dict)
    terminal_name: Callable[[TerminalId], str] = str


def live_through(demo: RunningDemo, store: Store) -> LivedDay:
    """The whole day and the two after it; the demo's clock must stand at its beginning."""
    return _Day(demo, store).live()


class _Day:
    def __init__(self, demo: RunningDemo, store: Store) -> None:
        self._demo = demo
        self._store = store
        self._lived = LivedDay()
        truth = demo.truth
        last = truth.states_at(datetime.combine(truth.day, time(23, 30)))
        self._lived.enrolled_late = min(
            nip for nip, state in last.items() if state.reason == "no_pin" and state.status == "waiting"
        )
        self._lived.on_leave_late = min(nip for nip, state in last.items() if state.status == "absent")
        self._id_of = {str(person.nip): person.id for person in store.roster.load(truth.day).people}
        self._nip_of = {person_id: nip for nip, person_id in self._id_of.items()}

    def live(self) -> LivedDay:
        with city_watch(self._demo, self._store) as watch:
            for moment, rate in RATES.items():
                self._demo.go(rate, moment)
                self._demo.wait_for(moment)
                if moment in COMPARED:
                    self._compare(watch, moment)
                if moment == "11:00":
                    self._press_unknown()
                if moment == "14:00":
                    self._enter_the_pin()
            self._lived.accused = watch.accused
        self._two_days_later()
        return self._lived

    def _compare(self, watch: CityWatch, moment: str) -> None:
        lived = self._lived
        # What becomes of somebody whose PIN is entered late is no part of the scenario.
        apart = [lived.enrolled_late] if moment > "14:00" else []
        lived.wrong[moment] = watch.settle(apart)
        lived.shown[moment] = watch.states()
        lived.stored_wrong[moment] = self._stored_wrongly(moment, apart)
        lived.naive[moment] = self._naive(moment)

    def _stored_wrongly(self, moment: str, apart: Collection[str]) -> list[str]:
        """Where stored results and truth disagree, once the keeper has had time; one line a person."""
        truth = self._demo.truth.states_at(self._demo.now())
        true = {
            nip: (state.status.value, state.minutes, state.reason)
            for nip, state in truth.items()
            if state.status.value not in UNSTORED and nip not in apart
        }

        def wrong() -> list[str]:
            stored = {nip: told(result) for nip, result in self._results().items()}
            return [
                f"{nip}: stored {stored.get(nip)}, true {it}"
                for nip, it in true.items()
                if stored.get(nip) != it
            ]

        _wait_for(lambda: not wrong())
        return wrong()

    def _results(self) -> dict[str, DayResult]:
        day = self._demo.day
        return {self._nip_of[it.person_id]: it for it in self._store.results.between(day, day)}

    def _naive(self, moment: str) -> Verdict:
        folder = self._demo.folder / AS_IT_STOOD
        start = datetime.combine(self._demo.day, time(), ZONE)
        serial_of = {terminal.id: str(terminal.serial) for terminal in self._store.terminals.list()}
        punches = self._store.punches.between(start, start + timedelta(days=1))
        return judge_naively(
            [row["nip"] for row in _rows(folder / "people.csv")],
            {(row["terminal_serial"], row["pin"]): row["nip"] for row in _rows(folder / "enrollments.csv")},
            [
                (serial_of[it.terminal_id], str(it.pin), it.at.astimezone(ZONE).replace(tzinfo=None))
                for it in punches
            ],
            self._demo.now(),
        )

    def _press_unknown(self) -> None:
        ControlClient.of(self._demo.folder).press(LATE_PIN, self._home_of(self._lived.enrolled_late))

    def _enter_the_pin(self) -> None:
        nip, day = self._lived.enrolled_late, self._demo.day.isoformat()
        folder = self._demo.folder / "entered_late"
        folder.mkdir()
        row = (nip, LATE_PIN, self._home_of(nip), day, "", f"{day} 11:00")
        files = write_sheets(folder, {"enrollments": [row]})
        now = self._demo.clock.now()
        perform_roster(self._store, prepare_roster(self._store, files, ZONE, now), now, Console(quiet=True))

    def _home_of(self, nip: str) -> str:
        return next(person.terminals[0] for person in self._demo.truth.people if person.nip == nip)

    def _two_days_later(self) -> None:
        demo, lived, store = self._demo, self._lived, self._store
        demo.jump(datetime.combine(demo.day, time(9)) + TWO_DAYS)
        # Whoever keeps the results looks at the clock before it reads what was entered.
        _wait_for(lambda: bool(store.results.people_on(demo.day + TWO_DAYS)))
        store.facts.add_excuse(
            Excuse(
                self._id_of[lived.on_leave_late],
                ExcuseCode.CT,
                demo.day,
                demo.day + TWO_DAYS,
                "CT/099/1/2017",
                entered_at=demo.clock.now(),
                entered_by="bkd",
            )
        )
        _wait_for(lambda: self._results()[lived.on_leave_late].status is DayStatus.EXCUSED)
        lived.results = self._results()
        lived.history = {
            nip: store.results.changes_of(person_id, demo.day, demo.day)
            for nip, person_id in self._id_of.items()
        }
        lived.terminal_name = {it.id: it.name for it in store.terminals.list()}.__getitem__


def _wait_for(holds: Callable[[], bool]) -> None:
    """Wait until `holds`, but not for ever."""
    deadline = monotonic() + KEEP_SECONDS
    while not holds() and monotonic() < deadline:
        sleep(0.5)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
