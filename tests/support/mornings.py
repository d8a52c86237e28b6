"""One office on the standard Monday, its clock in the test's hand, and what a collector would store."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from attendance.ids import Pin, TerminalId
from attendance.punch import Capture, Punch
from attendance.terminal import TerminalHealth
from config.clock import SimClock, write_clock
from store import Store
from store.punches import Ingest
from tests.support.boards import health
from tests.support.days import ZONE, at
from tests.support.rosters import plant, small_roster

OFFICE = "office:2"

SetClock = Callable[..., None]
"""`set_clock("07:31", rate=4)`: from now on it is 07:31, and time runs four times as fast."""


@pytest.fixture
def _clock_file(tmp_path: Path) -> Path:
    path = tmp_path / "clock.json"
    write_clock(path, at("07:00"), 0)
    return path


@pytest.fixture
def clock(_clock_file: Path) -> SimClock:
    """City time: 07:00, paused."""
    return SimClock(_clock_file)


@pytest.fixture
def set_clock(_clock_file: Path) -> SetClock:
    """See `SetClock`; paused unless a rate is given."""

    def set_to(clock: str | datetime, rate: float = 0.0) -> None:
        write_clock(_clock_file, at(clock) if isinstance(clock, str) else clock, rate)

    return set_to


@pytest.fixture
def city(store: Store) -> Store:
    """One office, two terminals, three people; the collector has just been alive."""
    return settled(store)


def settled(store: Store) -> Store:
    """Put that office into an empty store."""
    plant(store, small_roster())
    store.terminals.note_collector_alive(at("07:00"))
    return store


def punch(pin: str, clock: str | datetime, terminal: int = 1) -> Punch:
    """A punch at that city time."""
    moment = at(clock) if isinstance(clock, str) else clock
    local = moment.astimezone(ZONE).replace(tzinfo=None)
    return Punch(TerminalId(terminal), Pin(pin), local, moment, moment, 1, 255, "", Capture.LIVE)


def append(store: Store, *punches: Punch) -> None:
    """Store punches as they would come live: one by one."""
    for one in punches:
        store.punches.append([Ingest(one.terminal_id, [one])])


def both_read(clock: str) -> list[TerminalHealth]:
    """Both terminals online and read through `clock`."""
    return [health(1, clock), health(2, clock)]
