"""3 January 2017 from its roster files to everybody's result, without a network in between."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, time
from pathlib import Path

import pytest
from rich.console import Console

from attendance.assembly import Assembler
from attendance.day_result import DayResult, DayStatus
from attendance.facts import Horizon, Mark
from attendance.ids import PersonId, Pin, PunchId, TerminalId
from attendance.judgement import judge
from presensi.demo_outages import enter_outages
from presensi.roster_import import perform_roster, prepare_roster
from realtime.day_source import DaySource
from realtime.rulebook import load_rulebook
from simulators.roster_files import write_csv
from simulators.scenario import Scenario
from simulators.scenarios.mojokerto_2017_01_03 import build
from simulators.truth import DarkWindow
from store import open_store
from store.migrate import migrate
from tests.support.days import FRESHNESS, ZONE
from tests.support.lived_day import told

CLOCKS = (
    "05:59",
    "06:45",
    "07:00:59",
    "07:01",
    "07:30:59",
    "07:31",
    "08:00",
    "09:09:59",
    "09:10",
    "10:20",
    "12:00",
    "12:59:59",
    "13:00",
    "14:01",
    "17:00",
    "20:00",
    "21:01",
    "23:00",
    "23:30",
)


class JudgedDay:
    """The product's reading of the scenario's files, judged as if every lit terminal were read at once."""

    def __init__(self, scenario: Scenario, assembler: Assembler, terminals: dict[str, TerminalId]) -> None:
        self.scenario = scenario
        self.assembler = assembler
        self.terminals = terminals
        index = assembler.index(scenario.day)
        self.nip_of = {person_id: str(index.people[person_id].nip) for person_id in index.people}

    def results(self, moment: datetime) -> dict[str, DayResult]:
        """By NIP, of everybody who stands on the roster."""
        day, now = self.scenario.day, aware(moment)
        marks: dict[PersonId, list[Mark]] = {}
        for number, (serial, pin, at) in enumerate(sorted(self.scenario.truth.punch_keys(moment)), 1):
            terminal = self.terminals[serial]
            owner = self.assembler.owner(terminal, Pin(pin), aware(at))
            if owner is not None:
                marks.setdefault(owner, []).append(Mark(aware(at), terminal, PunchId(number)))
        dark = {window.serial: window for window in self.scenario.dark if window.covers(moment)}
        horizons = {
            terminal: self.horizon(terminal, dark.get(serial), now)
            for serial, terminal in self.terminals.items()
        }
        return {
            self.nip_of[person_id]: judge(
                self.assembler.person_day(person_id, day, marks.get(person_id, ()), horizons), now, FRESHNESS
            )
            for person_id in self.assembler.people(day)
        }

    def horizon(self, terminal: TerminalId, dark: DarkWindow | None, now: datetime) -> Horizon:
        outages = tuple(it for it in self.assembler.facts.outages if it.terminal_id == terminal)
        if dark is None:
            return Horizon(terminal, True, now, None, outages)
        return Horizon(terminal, False, aware(dark.start), aware(dark.start), outages)


def aware(moment: datetime) -> datetime:
    return moment.replace(tzinfo=ZONE).astimezone(UTC)


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> JudgedDay:
    folder = tmp_path_factory.mktemp("mojokerto")
    scenario = build(2017)
    write_csv(
        scenario,
        folder,
        {it.serial: ("127.0.0.1", 10_000 + number) for number, it in enumerate(scenario.city.terminals)},
    )
    url = f"sqlite:///{folder}/presensi.db"
    migrate(url)
    store = open_store(url)
    try:
        now = datetime.combine(scenario.day, time(6), ZONE)
        files = [Path(file) for file in sorted(folder.glob("*.csv"))]
        perform_roster(store, prepare_roster(store, files, ZONE, now), now, Console(quiet=True))
        enter_outages(store, scenario, ZONE)
        source = DaySource(store, load_rulebook("standard"), ZONE)
        serials = {str(terminal.serial): terminal.id for terminal in store.terminals.list()}
        return JudgedDay(scenario, source.load(scenario.day, scenario.day), serials)
    finally:
        store.close()


@pytest.mark.parametrize("clock", CLOCKS)
def test_everybody_is_judged_as_the_truth_says(judged: JudgedDay, clock: str) -> None:
    moment = datetime.combine(judged.scenario.day, time.fromisoformat(clock))
    truth = judged.scenario.truth.states_at(moment)
    results = judged.results(moment)
    wrong = [
        f"{nip}: judged {told(results[nip]) if nip in results else None}, true {truth.get(nip)}"
        for nip in sorted(results.keys() | truth.keys())
        if nip not in results
        or nip not in truth
        or told(results[nip]) != (truth[nip].status.value, truth[nip].minutes, truth[nip].reason)
    ]
    assert wrong == []


def test_at_noon_the_people_in_each_state_are_those_of_the_reported_causes(judged: JudgedDay) -> None:
    moment = datetime.combine(judged.scenario.day, time(12))
    results = judged.results(moment)
    assert len(results) == 3266 - 310 - 100
    counted = Counter(result.status for result in results.values())
    assert counted[DayStatus.ABSENT] == 8
    assert counted[DayStatus.LATE] == 36
    assert counted[DayStatus.NOT_DUE] + counted[DayStatus.NOT_YET] == 350
    assert counted[DayStatus.EXCUSED] == 19
