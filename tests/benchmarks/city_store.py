"""A store that holds the simulated city on one morning: its roster, its punches, its terminals' word."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from attendance.ids import Pin, TerminalId
from attendance.punch import Capture, Punch
from attendance.terminal import TerminalHealth
from presensi.roster_import import prepare_roster
from simulators.roster_files import write_csv
from simulators.scenario import build
from store import Store, open_store
from store.importing import perform
from store.migrate import migrate
from store.punches import Ingest

SEED = 2017
DAY = date(2026, 11, 23)
ZONE = ZoneInfo("Asia/Jakarta")


def planted(url: str, folder: Path, now: datetime) -> Store:
    """Migrate the empty database at `url`, import the city, and store what was pressed until `now` (aware);
    every terminal was read through `now`. Files go to `folder`.
    """
    migrate(url)
    store = open_store(url)
    scenario = replace(build(SEED, DAY), dark=())
    addresses = {
        terminal.serial: ("127.0.0.1", number) for number, terminal in enumerate(scenario.city.terminals, 1)
    }
    files = write_csv(scenario, folder, addresses)
    perform(store, prepare_roster(store, files, ZONE, now), actor="bench", at=now, progress=_unseen)
    known = {str(terminal.serial): terminal.id for terminal in store.terminals.list()}
    pressed: dict[TerminalId, list[Punch]] = defaultdict(list)
    for press in scenario.presses:
        at = press.at.replace(tzinfo=ZONE)
        if at <= now:
            terminal_id = known[press.serial]
            local = press.device_time(scenario.clock_offsets.get(press.serial, 0))
            pressed[terminal_id].append(
                Punch(terminal_id, Pin(press.pin), local, at, now, 1, 255, "", Capture.LIVE)
            )
    store.punches.append([Ingest(terminal_id, punches) for terminal_id, punches in pressed.items()])
    store.terminals.save_health([read_through(terminal_id, now) for terminal_id in known.values()])
    return store


def read_through(terminal_id: TerminalId, moment: datetime) -> TerminalHealth:
    """An online terminal that was read through `moment` (aware)."""
    return TerminalHealth(
        terminal_id=terminal_id,
        online=True,
        read_through=moment,
        last_contact_at=moment,
        offline_since=None,
        clock_offset=0.2,
        log_records=1_000,
        log_capacity=100_000,
        error=None,
        error_detail=None,
        action=None,
        firmware=None,
    )


def _unseen(done: int, total: int) -> None:
    """Nobody watches the import."""
