"""The writer, with a real SQLite store."""

import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from attendance.ids import Pin, TerminalId
from attendance.punch import Capture, Punch
from attendance.terminal import LogCursor
from collector import ingest as module
from collector.ingest import Ingest
from store import CursorMoved, Store, StoreError, StoreUnavailable, open_store
from store.punches import Ingest as Batch
from tests.support.collecting import register, until
from tests.support.waiting import PATIENCE

NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
LOCAL_NOON = datetime(2026, 11, 23, 12, 0)


@pytest.fixture
def lite(sqlite_url: str) -> Iterator[Store]:
    opened = open_store(sqlite_url)
    yield opened
    opened.close()


@pytest.fixture
async def ingest(lite: Store) -> AsyncIterator[Ingest]:
    made = Ingest(lite)
    yield made
    await made.close()


def punches(
    terminal_id: TerminalId, count: int, *, first: int = 0, capture: Capture = Capture.LIVE
) -> list[Punch]:
    return [
        Punch(
            terminal_id,
            Pin(str(1000 + number)),
            LOCAL_NOON + timedelta(seconds=number),
            NOON + timedelta(seconds=number),
            NOON,
            1,
            255,
            "",
            capture,
        )
        for number in range(first, first + count)
    ]


def live(terminal_id: TerminalId, count: int, first: int = 0) -> Batch:
    return Batch(terminal_id, punches(terminal_id, count, first=first))


def from_log(terminal_id: TerminalId, count: int, known: LogCursor | None = None) -> Batch:
    start = known.records_read if known else 0
    cursor = LogCursor(terminal_id, 1, start + count, b"o" * 160, 0, 0, 0)
    return Batch(
        terminal_id, punches(terminal_id, count, first=start, capture=Capture.PULL), cursor, (), known
    )


@contextmanager
def locked(store: Store) -> Iterator[None]:
    """Another process holds the database for itself."""
    assert store.database.address.path is not None
    holder = sqlite3.connect(store.database.address.path, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        holder.execute("ROLLBACK")
        holder.close()


async def test_a_receipt_comes_when_the_punches_are_committed(lite: Store, ingest: Ingest) -> None:
    terminal = register(lite, "CKQ1")
    receipt = await ingest.accept(from_log(terminal, 30))
    assert (receipt.inserted, receipt.duplicates, lite.punches.count()) == (30, 0, 30)
    assert receipt.cursor == lite.terminals.cursors()[terminal]


async def test_what_waits_from_all_terminals_is_committed_together(lite: Store, ingest: Ingest) -> None:
    terminals = [register(lite, f"CKQ{number}") for number in range(40)]
    feed = lite.changes.feed()
    feed.position()
    await asyncio.gather(*(ingest.accept(from_log(terminal, 5)) for terminal in terminals))
    notices = [change for change in feed.next(1.0) if change.punch_hi is not None]
    feed.close()
    assert len(notices) <= 3
    assert lite.punches.count() == 200


async def test_a_live_punch_and_its_log_record_in_one_commit_are_one_row_and_no_duplicate(
    lite: Store, ingest: Ingest
) -> None:
    terminal = register(lite, "CKQ1")
    ingest.offer(live(terminal, 3))
    receipt = await ingest.accept(from_log(terminal, 3))
    assert receipt.cursor is not None
    assert (receipt.cursor.stored, receipt.cursor.duplicates, lite.punches.count()) == (3, 0, 3)


async def test_a_batch_that_is_refused_spoils_none_that_came_with_it(lite: Store, ingest: Ingest) -> None:
    good, moved = register(lite, "CKQ1"), register(lite, "CKQ2")
    stale = replace(from_log(moved, 2), expected=LogCursor(moved, 9, 9, b"", 9, 0, 0))
    unknown = from_log(TerminalId(999), 2)
    answers = await asyncio.gather(
        ingest.accept(from_log(good, 4)), ingest.accept(stale), ingest.accept(unknown), return_exceptions=True
    )
    assert isinstance(answers[1], CursorMoved)
    assert isinstance(answers[2], StoreError)
    assert lite.punches.count() == 4
    assert (await ingest.accept(from_log(moved, 2))).inserted == 2


async def test_while_the_store_is_away_callers_wait_and_nothing_is_lost(
    lite: Store, ingest: Ingest, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("store.database.BUSY_SECONDS", 0.05)
    caplog.set_level(logging.INFO, "collector.ingest")
    terminal = register(lite, "CKQ1")
    lite.database.engine.dispose()
    with locked(lite):
        waiting = asyncio.create_task(ingest.accept(from_log(terminal, 10)))
        assert ingest.offer(live(terminal, 2, first=50))
        await asyncio.sleep(1.0)
        assert not waiting.done()
    assert (await asyncio.wait_for(waiting, PATIENCE)).inserted == 10
    await until(lambda: lite.punches.count() == 12 and len(caplog.records) >= 2)
    said = [line.getMessage() for line in caplog.records]
    assert len(said) == 2, said
    assert "away" in said[0]
    assert "back" in said[1]


async def test_a_live_punch_overtakes_thousands_of_old_records(
    lite: Store, ingest: Ingest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.database.BUSY_SECONDS", 0.05)
    terminals = [register(lite, f"CKQ{number}") for number in range(6)]
    lite.database.engine.dispose()
    with locked(lite):
        readers = [asyncio.create_task(ingest.accept(from_log(terminal, 5_000))) for terminal in terminals]
        await asyncio.sleep(0.2)
        ingest.offer(live(terminals[0], 1, first=50_000))
    await asyncio.gather(*readers)
    await until(lambda: lite.punches.count() == 30_001)
    (punch,) = lite.punches.between(NOON + timedelta(seconds=50_000), NOON + timedelta(seconds=50_001))
    assert punch.id <= 5_001


async def test_live_punches_that_wait_are_bounded(
    lite: Store, ingest: Ingest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.database.BUSY_SECONDS", 0.05)
    monkeypatch.setattr(module, "LIVE_PUNCHES", 10)
    terminal = register(lite, "CKQ1")
    lite.database.engine.dispose()
    with locked(lite):
        assert ingest.offer(live(terminal, 8))
        assert not ingest.offer(live(terminal, 8, first=8))
        assert ingest.live_dropped == 8
    await until(lambda: ingest.offer(live(terminal, 8, first=8)))
    await until(lambda: lite.punches.count() == 16)


async def test_too_many_waiting_log_records_make_the_next_reader_wait(
    lite: Store, ingest: Ingest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.database.BUSY_SECONDS", 0.05)
    monkeypatch.setattr(module, "WAITING_PUNCHES", 15)
    first, second = register(lite, "CKQ1"), register(lite, "CKQ2")
    lite.database.engine.dispose()
    with locked(lite):
        readers = [asyncio.create_task(ingest.accept(from_log(terminal, 10))) for terminal in (first, second)]
        await asyncio.sleep(0.2)
        assert ingest.waiting_punches == 10
    receipts = await asyncio.wait_for(asyncio.gather(*readers), PATIENCE)
    assert [receipt.inserted for receipt in receipts] == [10, 10]


async def test_closing_gives_up_on_a_store_that_is_away_and_says_so(
    lite: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.database.BUSY_SECONDS", 0.05)
    terminal = register(lite, "CKQ1")
    lite.database.engine.dispose()
    ingest = Ingest(lite)
    with locked(lite):
        waiting = asyncio.create_task(ingest.accept(from_log(terminal, 10)))
        await asyncio.sleep(0.2)
        await ingest.close()
        with pytest.raises(StoreUnavailable):
            await asyncio.wait_for(waiting, PATIENCE)
    with pytest.raises(StoreUnavailable):
        await ingest.accept(from_log(terminal, 10))
    assert lite.punches.count() == 0


async def test_closing_commits_what_is_queued(lite: Store) -> None:
    terminal = register(lite, "CKQ1")
    ingest = Ingest(lite)
    ingest.offer(live(terminal, 25))
    await ingest.close()
    assert lite.punches.count() == 25
