"""What a terminal sends again when it is asked: which rows of it count as the answer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from attendance.ids import SerialNumber, TerminalId
from collector.gateway.proof import Question, Way
from collector.gateway.uploads import Item, Uploads
from collector.ingest import Ingest
from config.clock import SystemClock
from devices.driver import BadRecord
from store import Store
from tests.support.collecting import ZONE, city_now
from tests.support.push import SERIAL, record

BAD = BadRecord(-1, b"garbage", "no readable time")


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What is tested here does not depend on the database."""
    return sqlite_url


@pytest.fixture
async def uploads(store: Store, number: TerminalId) -> AsyncIterator[Uploads]:
    terminal = store.terminals.by_serial(SerialNumber(SERIAL))
    assert terminal is not None
    ingest = Ingest(store)
    tolerance = timedelta(minutes=1)
    yield Uploads(terminal, store, ingest, SystemClock(), zone=ZONE, clock_tolerance=tolerance)
    await ingest.close()


def question(identifier: str = "1") -> Question:
    start = datetime.combine(city_now().date() - timedelta(days=1), datetime.min.time())
    return Question(identifier, Way.QUERY, start, datetime.now(UTC), 0, 0.0)


async def rows(uploads: Uploads, items: list[Item], asked: Question) -> int:
    return (await uploads.take(items, 3, asked, None)).old


async def test_rows_that_come_again_because_their_acknowledgement_was_lost_count_once(
    uploads: Uploads,
) -> None:
    before = city_now() - timedelta(hours=1)
    first: list[Item] = [*(record(str(pin), before) for pin in range(1000, 1006)), BAD]
    asked = question()
    assert await rows(uploads, first, asked) == 7
    assert await rows(uploads, first, asked) == 0
    assert await rows(uploads, [*first, record("2000", before)], asked) == 1
    assert await rows(uploads, first, question("2")) == 7, "of another answer"


async def test_a_record_that_the_log_holds_twice_counts_twice(uploads: Uploads) -> None:
    twice: list[Item] = [record("1001", city_now() - timedelta(hours=1))] * 2
    assert await rows(uploads, twice, question()) == 2


async def test_rows_from_outside_the_time_that_was_asked_about_are_no_answer(uploads: Uploads) -> None:
    others: list[Item] = [
        record("1001", city_now() - timedelta(days=400)),
        record("1001", city_now() + timedelta(minutes=5)),
    ]
    assert await rows(uploads, others, question()) == 0
