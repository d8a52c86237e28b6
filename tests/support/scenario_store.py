"""A simulated city in a store as it stands at a moment, as if its collector had read every lit terminal."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime, time
from pathlib import Path

from rich.console import Console

from attendance.ids import Pin, TerminalId
from attendance.punch import Capture, Punch
from attendance.terminal import TerminalHealth
from presensi.demo_outages import enter_outages
from presensi.roster_import import perform_roster, prepare_roster
from simulators.roster_files import write_workbook
from simulators.scenario import Scenario
from simulators.truth import DarkWindow
from store import Store
from store.punches import Ingest
from tests.support.boards import health
from tests.support.days import ZONE


def plant_scenario(store: Store, scenario: Scenario, folder: Path, until: datetime) -> None:
    """By way of the roster's workbook, written to `folder`; `until` is city time, naive."""
    addresses = {
        it.serial: ("127.0.0.1", 10_000 + number) for number, it in enumerate(scenario.city.terminals)
    }
    book = write_workbook(scenario, folder / "roster.xlsx", addresses)
    now = datetime.combine(scenario.day, time(), ZONE)
    perform_roster(store, prepare_roster(store, [book], ZONE, now), now, Console(quiet=True))
    enter_outages(store, scenario, ZONE)
    known = {str(terminal.serial): terminal.id for terminal in store.terminals.list()}
    read: dict[TerminalId, list[Punch]] = defaultdict(list)
    for serial, pin, at in sorted(scenario.truth.punch_keys(until)):
        door, moment = known[serial], _aware(at)
        read[door].append(Punch(door, Pin(pin), at, moment, moment, 1, 255, "", Capture.LIVE))
    store.punches.append([Ingest(door, punches) for door, punches in read.items()])
    dark = {window.serial: window for window in scenario.dark if window.covers(until)}
    store.terminals.save_health(
        [_health(number, until, dark.get(serial)) for serial, number in known.items()]
    )
    store.terminals.note_collector_alive(_aware(until))


def _health(number: TerminalId, until: datetime, cut: DarkWindow | None) -> TerminalHealth:
    if cut is None:
        return health(number, _aware(until))
    return replace(health(number, _aware(cut.start), online=False), offline_since=_aware(cut.start))


def _aware(moment: datetime) -> datetime:
    return moment.replace(tzinfo=ZONE).astimezone(UTC)
