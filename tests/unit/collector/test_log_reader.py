"""What a count proves."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from attendance.ids import TerminalId
from attendance.terminal import LogCursor
from collector.bulk_gate import BulkGate
from collector.count_ledger import CountLedger, Look
from collector.doubt import Doubts
from collector.ingest import Ingest
from collector.log_reader import LogReader
from collector.normalize import Normalizer
from config.clock import SystemClock
from devices.driver import LogCounts
from store import open_store
from tests.support.collecting import register, terminal_of

READ_AT = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
SOON = timedelta(seconds=30)
CURSOR = LogCursor(TerminalId(1), 1, 100, b"x" * 160, 100, 0, 0)


@pytest.fixture
async def reader(sqlite_url: str) -> AsyncIterator[LogReader]:
    store = open_store(sqlite_url)
    register(store, "CKQ1")
    ingest = Ingest(store)
    ledger = CountLedger()
    for held in (99, 100):
        ledger.note(Look(READ_AT, held, held), [])
    yield LogReader(
        terminal=terminal_of(store, "CKQ1"),
        cursor=CURSOR,
        reload_cursor=lambda: None,
        declare=store.facts.note_outage,
        ingest=ingest,
        gate=BulkGate(1),
        normalizer=Normalizer(TerminalId(1), ZoneInfo("Asia/Jakarta")),
        doubts=Doubts(ZoneInfo("Asia/Jakarta")),
        clock=SystemClock(),
        ledger=ledger,
    )
    await ingest.close()
    store.close()


@pytest.mark.parametrize(
    ("records", "capacity", "covered"),
    [
        (100, 100_000, True),
        (100, None, True),
        (101, 100_000, False),
        (99, 100_000, False),
        (None, 100_000, False),
        (0, 100_000, False),
        (100, 100, False),
    ],
)
async def test_only_an_unchanged_known_count_of_a_log_with_room_proves_that_nothing_is_left(
    reader: LogReader, records: int | None, capacity: int | None, covered: bool
) -> None:
    assert reader.covers(LogCounts(records, capacity, None, None), SOON) is covered


async def test_a_log_never_read_is_not_proved_by_any_count(reader: LogReader) -> None:
    reader.cursor = None
    assert not reader.covers(LogCounts(0, 100_000, None, None), SOON)


@pytest.mark.parametrize(
    ("elapsed", "covered"),
    [
        (timedelta(seconds=99), True),
        (timedelta(seconds=100), False),
        (timedelta(seconds=-1), False),
        (None, False),
    ],
)
async def test_an_unchanged_count_proves_nothing_once_a_cleared_log_can_have_grown_back_to_it(
    reader: LogReader, elapsed: timedelta | None, covered: bool
) -> None:
    assert reader.covers(LogCounts(100, 100_000, None, None), elapsed) is covered
