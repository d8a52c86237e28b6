"""Many punches at once: PostgreSQL copies them in where nothing is there yet, and nobody can tell."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from datetime import UTC, datetime

import psycopg
import pytest
from psycopg import sql

from attendance.ids import Pin, TerminalId
from attendance.punch import Capture, Punch
from store import Store, StoreError, StoreUnavailable, bulk
from store.bulk import COPY_PUNCHES
from store.punches import Receipt
from tests.integration.store.readings import bad, live, log_read, punch
from tests.support.postgres import PostgresServer
from tests.support.waiting import PATIENCE

FIRST = TerminalId(1)
ALWAYS = (datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))
MANY = COPY_PUNCHES + 500


def many(start: int = 0, count: int = MANY, terminal: int = 1) -> list[Punch]:
    """`count` punches, one a second; every third second has another PIN."""
    return [punch(1000 + index % 3, index, terminal=terminal) for index in range(start, start + count)]


def counts(receipt: Receipt) -> tuple[int, int, int]:
    return receipt.inserted, receipt.already, receipt.duplicates


def test_many_punches_are_read_back_as_they_were(city: Store) -> None:
    strange = [
        punch(0, MANY)._replace(pin=Pin("a\tb\\N{}")),
        punch(0, MANY + 1)._replace(pin=Pin("007"), work_code="ünïcode,\"'%s", state=3, verify=15),
        punch(0, MANY + 2, capture=Capture.USB),
        punch(0, MANY + 3)._replace(at=datetime(2026, 11, 23, 9, 0, 0, 999_999, tzinfo=UTC)),
    ]
    given = [*many(), *strange]
    city.punches.append([log_read(None, given)])
    stored = sorted(city.punches.between(*ALWAYS), key=lambda one: one.device_time)
    assert [one[1:] for one in stored] == [
        (one.terminal_id, *one[1:4], one.verify, one.state, one.capture, one.received_at) for one in given
    ]
    with city.database.read() as connection:
        rows = connection.exec_driver_sql(
            "SELECT work_code, log_generation FROM punches ORDER BY device_time"
        ).all()
    assert [tuple(row) for row in rows] == [(one.work_code, 1) for one in given]


def test_a_log_that_comes_in_many_large_pieces_adds_up(city: Store) -> None:
    cursor = None
    for start in range(0, 3 * MANY, MANY):
        (receipt,) = city.punches.append([log_read(cursor, many(start), [bad(start + MANY)])])
        assert counts(receipt) == (MANY, 0, 0)
        cursor = receipt.cursor
    assert cursor is not None
    assert (cursor.stored, cursor.duplicates, cursor.quarantined) == (3 * MANY, 0, 3)
    assert city.punches.count(FIRST) == 3 * MANY


@pytest.mark.parametrize("seen", [0, 700, MANY - 1])
def test_one_punch_known_before_among_many_is_told_from_the_new(city: Store, seen: int) -> None:
    city.punches.append([live(many()[seen])])
    (receipt,) = city.punches.append([log_read(None, many())])
    assert counts(receipt) == (MANY - 1, 1, 0)
    assert city.punches.count() == MANY


def test_a_repetition_among_many_is_a_duplicate(city: Store) -> None:
    (receipt,) = city.punches.append([log_read(None, [*many(), many()[700]])])
    assert counts(receipt) == (MANY, 0, 1)
    (again,) = city.punches.append([log_read(receipt.cursor, many())])
    assert counts(again) == (0, 0, MANY)


def test_many_read_anew_in_a_new_generation_are_known(city: Store) -> None:
    (old,) = city.punches.append([log_read(None, many())])
    (new,) = city.punches.append([log_read(old.cursor, many(count=MANY + 1), generation=2)])
    assert counts(new) == (1, MANY, 0)


def test_another_terminals_punches_of_the_same_time_do_not_count(city: Store) -> None:
    city.punches.append([live(punch(1002, 5, terminal=2))])
    receipts = city.punches.append(
        [
            log_read(None, many()),
            live(punch(1000, 9, terminal=2)),
            log_read(None, many(terminal=2), terminal=2),
        ]
    )
    assert [counts(one) for one in receipts] == [(MANY, 0, 0), (1, 0, 0), (MANY - 2, 2, 0)]


def test_the_notice_names_the_many_with_the_few_that_came_along(city: Store) -> None:
    feed = city.changes.feed()
    feed.position()
    few = punch(7, -60, terminal=2)
    city.punches.append([log_read(None, many()), live(few)])
    (change,) = feed.next(5)
    feed.close()
    assert change.terminal_ids == (1, 2)
    assert (change.since, change.until) == (few.at, many()[-1].at)
    named = city.punches.between(*ALWAYS, lo=change.punch_lo, hi=change.punch_hi)
    assert len(named) == MANY + 1


def test_a_refused_batch_takes_the_many_beside_it_along(city: Store) -> None:
    wrong = log_read(None, [punch(1, terminal=2)], terminal=2)
    assert wrong.cursor is not None
    wrong = replace(wrong, cursor=replace(wrong.cursor, records_read=5))
    with pytest.raises(StoreError, match="cannot move the cursor"):
        city.punches.append([log_read(None, many()), wrong])
    assert city.punches.count() == 0
    assert city.terminals.cursors() == {}


def test_a_writer_at_the_same_terminal_is_waited_for_and_its_punch_found(city: Store) -> None:
    """Two collectors by mistake: what the other one commits while we wait is no longer new."""
    receipts: list[Receipt] = []
    waiting = threading.Thread(target=lambda: receipts.extend(city.punches.append([log_read(None, many())])))
    with city.database.write() as connection:
        connection.exec_driver_sql("UPDATE terminals SET name = 'held' WHERE id = 1")
        waiting.start()
        time.sleep(0.3)
        bulk.write(connection, city.dialect, [bulk.Group(FIRST, [many()[700]], None)])
        assert receipts == []
    waiting.join(PATIENCE)
    assert [counts(one) for one in receipts] == [(MANY - 1, 1, 0)]


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_line_cut_amid_the_many_leaves_nothing_and_the_next_attempt_succeeds(
    city: Store, postgres_server: PostgresServer
) -> None:
    name = city.url.rpartition("/")[2]
    errors: list[Exception] = []

    def write() -> None:
        try:
            city.punches.append([log_read(None, many())])
        except StoreUnavailable as error:
            errors.append(error)

    copying = sql.SQL(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = {} AND wait_event_type = 'Lock' AND query LIKE '%COPY punches%'"
    ).format(sql.Literal(name))
    with psycopg.connect(postgres_server.url(name)) as other:
        other.execute("LOCK TABLE punches IN SHARE MODE")
        writer = threading.Thread(target=write)
        writer.start()
        deadline = time.monotonic() + PATIENCE
        while not postgres_server.execute(copying):
            assert time.monotonic() < deadline, "nobody waits to copy"
            time.sleep(0.02)
        writer.join(PATIENCE)
    assert len(errors) == 1
    assert city.punches.count() == 0
    (receipt,) = city.punches.append([log_read(None, many())])
    assert counts(receipt) == (MANY, 0, 0)
