"""How much a wall of the whole city is told, with names, in the rush of a morning."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time
from pathlib import Path

import pytest

from config.clock import SystemClock
from realtime.board_view import BoardView, Look
from realtime.cutoff import Cutoff
from realtime.day_board import DayBoard, punches_of
from realtime.day_source import DaySource
from realtime.rows import Row, beat_row, reading_of
from realtime.scope import CITY, VersionedRows
from realtime.ticker import Ticker
from realtime.usual import Question, Usual
from simulators.scenario import build
from store import Store
from tests.benchmarks.city_store import DAY, SEED, ZONE, planted
from tests.support.boards import BOOK, Freezes, Shown, press
from tests.support.days import FRESHNESS
from tests.support.usual_days import plant_usual, workdays_before
from tests.support.walls import wait_until

PUNCHES_A_SECOND = 2.6
"""3,128 people within 20 minutes."""
MOST_BYTES_A_PUNCH = 400
MOST_SNAPSHOT_BYTES = 60_000
RUSH = 300
BEGINS = "06:55"
"""City time from which the punches are counted."""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The simulated city at the beginning of its rush, with eight ordinary days before."""
    folder = tmp_path_factory.mktemp("city")
    found = planted(f"sqlite:///{folder / 'city.db'}", Path(folder), _begins())
    people = [person.id for person in found.roster.load(DAY).people]
    plant_usual(found, workdays_before(DAY, 8), people, ZONE)
    yield found
    found.close()


def test_a_punch_is_told_in_four_hundred_bytes_and_the_city_in_sixty_thousand(store: Store) -> None:
    now = _begins()
    city = _shown(store)
    rows: VersionedRows[Row] = VersionedRows(CITY, "0ae824ea")
    rows.replace(city.view.whole(CITY))
    snapshot = zlib.compress(_message("snapshot", rows.snapshot()))
    assert len(snapshot) <= MOST_SNAPSHOT_BYTES

    known = {str(terminal.serial): terminal.id for terminal in city.board.index.terminals.values()}
    presses = [one for one in build(SEED, DAY).presses if one.at.replace(tzinfo=ZONE) > now][:RUSH]
    told, beats = 0, 0
    for number, one in enumerate(presses, start=1):
        now = one.at.replace(tzinfo=ZONE)
        terminal_id = known[one.serial]
        city.board.add_punches([press(1_000_000 + number, one.pin, now, terminal_id)], now)
        health = city.board.health[terminal_id]
        records = (health.log_records or 0) + 1
        city.board.set_health({terminal_id: replace(health, read_through=now, log_records=records)}, now)
        # Every punch goes out by itself, as a wall of a quiet city sees it: nothing is put together.
        keys = city.settle(now)[CITY]
        found = {key: city.view.row(CITY, key) for key in keys}
        made = {key: row for key, row in found.items() if row is not None}
        delta = rows.change(made, frozenset(found.keys() - made.keys()))
        assert delta is not None
        told += len(_message("delta", delta))
        beat = beat_row(now, 1.0, ZONE, reading_of(city.board.horizons, now, FRESHNESS), None)
        beats += len(_message("beat", beat))
    a_punch = (told + beats / PUNCHES_A_SECOND) / len(presses)
    print(
        f"{a_punch:.0f} bytes a punch, {told / len(presses):.0f} of them its delta; snapshot {len(snapshot)}"
    )
    assert a_punch <= MOST_BYTES_A_PUNCH


def _shown(store: Store) -> Shown:
    """What a wall shows that has been running for a while."""
    now, source = _begins(), DaySource(store, BOOK, ZONE)
    assembler = source.load(DAY, DAY)
    punches = store.punches.between(*punches_of(assembler, DAY))
    board = DayBoard(
        assembler, DAY, health=store.terminals.health(), punches=punches, now=now, freshness=FRESHNESS
    )
    ticker, usual = Ticker(), Usual(store, source)
    cutoff = Cutoff(board, SystemClock(), FRESHNESS, Freezes())
    look = Look("Kota Contoh", ZONE)
    view = BoardView(board, look, now=now, freshness=FRESHNESS, ticker=ticker, usual=usual.row, cutoff=cutoff)
    ticker.open(view.city_scopes())
    ticker.add(board.arrivals, view.shown_in)
    usual.ask(Question(DAY, assembler.usual_duty(DAY), view.places()))
    wait_until(usual.take)
    return Shown(board, view, ticker, cutoff, {})


def _message(event: str, data: object) -> bytes:
    """As Socket.IO sends it."""
    return b"42" + json.dumps([event, data], separators=(",", ":")).encode()


def _begins() -> datetime:
    return datetime.combine(DAY, time.fromisoformat(BEGINS), ZONE)
