"""A simulated day judged by the product as if every lit terminal were read at once: no network in between."""

from __future__ import annotations

from datetime import UTC, datetime, time
from pathlib import Path

from rich.console import Console

from attendance.assembly import Assembler
from attendance.day_result import DayResult, DayStatus, WaitCode
from attendance.facts import Horizon, Mark
from attendance.ids import PersonId, Pin, PunchId, TerminalId
from attendance.judgement import judge
from presensi.demo_outages import enter_outages
from presensi.roster_import import perform_roster, prepare_roster
from realtime.day_source import DaySource
from realtime.rulebook import load_rulebook
from simulators.roster_files import write_csv
from simulators.scenario import Scenario
from simulators.truth import DarkWindow
from store import open_store
from store.migrate import migrate
from tests.support.city_watch import Shown
from tests.support.days import FRESHNESS, ZONE


class JudgedDay:
    """The product's reading of the scenario's files, judged as if every lit terminal were read at once."""

    def __init__(self, scenario: Scenario, assembler: Assembler, terminals: dict[str, TerminalId]) -> None:
        self.scenario = scenario
        self.assembler = assembler
        self.terminals = terminals
        index = assembler.index(scenario.day)
        self.nip_of = {person_id: str(index.people[person_id].nip) for person_id in index.people}

    def differences(self, moment: datetime) -> list[str]:
        """Where the judgement at `moment` and the truth disagree, one line a person."""
        truth = self.scenario.truth.states_at(moment)
        judged = {nip: told(result) for nip, result in self.results(moment).items()}
        true = {nip: (state.status.value, state.minutes, state.reason) for nip, state in truth.items()}
        return [
            f"{nip}: judged {judged.get(nip)}, true {true.get(nip)}"
            for nip in sorted(judged.keys() | true.keys())
            if judged.get(nip) != true.get(nip)
        ]

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


def told(result: DayResult) -> Shown:
    """State, minutes if late, and the reason, as the ground truth has them."""
    reason = result.reason
    code = None if reason is None else reason.code.value
    if reason is not None and reason.code is WaitCode.OUTAGE and reason.cause is not None:
        code = f"{code}_{reason.cause.value}"
    return result.status.value, result.late if result.status is DayStatus.LATE else None, code


def judged_day(scenario: Scenario, folder: Path) -> JudgedDay:
    """The scenario by way of its roster files and a fresh SQLite store in `folder`."""
    addresses = {
        it.serial: ("127.0.0.1", 10_000 + number) for number, it in enumerate(scenario.city.terminals)
    }
    files = write_csv(scenario, folder, addresses)
    url = f"sqlite:///{folder}/presensi.db"
    migrate(url)
    store = open_store(url)
    try:
        now = datetime.combine(scenario.day, time(6), ZONE)
        perform_roster(store, prepare_roster(store, files, ZONE, now), now, Console(quiet=True))
        enter_outages(store, scenario, ZONE)
        source = DaySource(store, load_rulebook("standard"), ZONE)
        serials = {str(terminal.serial): terminal.id for terminal in store.terminals.list()}
        return JudgedDay(scenario, source.load(scenario.day, scenario.day), serials)
    finally:
        store.close()
