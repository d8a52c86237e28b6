"""What only PostgreSQL does to a feed: commits out of order, cut connections, a server that restarts."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import psycopg
import pytest

from store import Store, StoreUnavailable, open_store
from store.changes import Change, Feed, Position, Topic
from tests.integration.store.readings import live, punch
from tests.support.postgres import PostgresServer
from tests.support.rosters import plant, small_roster
from tests.support.waiting import PATIENCE

pytestmark = pytest.mark.postgres

LATE_LOCK = 4242

COMMIT_LATE = f"""
    CREATE FUNCTION hold_back() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.terminal_ids = '1' THEN
            PERFORM pg_advisory_xact_lock({LATE_LOCK});
        END IF;
        RETURN NULL;
    END
    $$;
    CREATE CONSTRAINT TRIGGER hold_back AFTER INSERT ON change_notices
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION hold_back();
"""
"""A writer for terminal 1 stands still in the middle of its commit while somebody else holds the lock."""


@pytest.fixture
def city_store(postgres_url: str) -> Iterator[Store]:
    store = open_store(postgres_url)
    plant(store, small_roster(terminal_count=3))
    yield store
    store.close()


@pytest.fixture
def feed(city_store: Store) -> Iterator[Feed]:
    feed = city_store.changes.feed()
    feed.position()
    yield feed
    feed.close()


def terminals(changes: list[Change]) -> list[tuple[int, ...]]:
    return [change.terminal_ids for change in changes]


def wait_until_held(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as watcher:
        deadline = time.monotonic() + PATIENCE
        held = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        while not watcher.execute(held).fetchone():
            assert time.monotonic() < deadline, "the late writer never reached its commit"
            time.sleep(0.02)


def test_a_writer_that_commits_late_is_neither_missed_nor_waited_for(
    city_store: Store, feed: Feed, postgres_url: str
) -> None:
    with psycopg.connect(postgres_url, autocommit=True) as gate:
        gate.execute(COMMIT_LATE)
        gate.execute("SELECT pg_advisory_lock(%s)", [LATE_LOCK])
        late = threading.Thread(target=city_store.punches.append, args=([live(punch(1, terminal=1))],))
        late.start()
        wait_until_held(postgres_url)

        for pin, terminal in ((2, 2), (3, 3), (4, 2)):
            city_store.punches.append([live(punch(pin, terminal=terminal))])
            assert terminals(feed.next(5)) == [(terminal,)]
        assert feed.next(0.2) == []

        gate.execute("SELECT pg_advisory_unlock(%s)", [LATE_LOCK])
        (change,) = feed.next(5)
        late.join()
        assert change.terminal_ids == (1,)
        assert feed.next(0.2) == []


def test_a_late_commit_is_not_missed_by_a_feed_that_starts_or_restarts_meanwhile(
    city_store: Store, feed: Feed, postgres_url: str
) -> None:
    with psycopg.connect(postgres_url, autocommit=True) as gate:
        gate.execute(COMMIT_LATE)
        gate.execute("SELECT pg_advisory_lock(%s)", [LATE_LOCK])
        late = threading.Thread(target=city_store.punches.append, args=([live(punch(1, terminal=1))],))
        late.start()
        wait_until_held(postgres_url)
        city_store.punches.append([live(punch(2, terminal=2))])
        assert terminals(feed.next(5)) == [(2,)]
        restarted = city_store.changes.feed(feed.position())
        started = city_store.changes.feed()
        started.position()
        gate.execute("SELECT pg_advisory_unlock(%s)", [LATE_LOCK])
        late.join()
        for each in (feed, restarted, started):
            assert terminals(each.next(5)) == [(1,)]
            assert each.next(0.1) == []
    restarted.close()
    started.close()


def test_a_feed_forgets_what_it_need_not_remember(city_store: Store, feed: Feed) -> None:
    for second in range(5):
        city_store.punches.append([live(punch(2, second))])
        feed.next(5)
    assert feed.next(0.05) == []
    assert len(feed.position().seen) <= 1


def test_a_feed_whose_connection_was_cut_says_so_once_and_then_misses_nothing(
    city_store: Store, feed: Feed, postgres_server: PostgresServer, postgres_url: str
) -> None:
    assert postgres_server.disconnect(postgres_url.rpartition("/")[2]) >= 2
    city_store.punches.append([live(punch(1))])
    with pytest.raises(StoreUnavailable):
        feed.next(5)
    assert terminals(feed.next(5)) == [(1,)]
    city_store.punches.append([live(punch(2, terminal=2))])
    assert terminals(feed.next(5)) == [(2,)]


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_store_and_feed_recover_from_a_server_that_stops_or_crashes(
    city_store: Store, feed: Feed, postgres_server: PostgresServer, mode: str
) -> None:
    city_store.punches.append([live(punch(1))])
    postgres_server.stop(mode)
    for _ in range(2):
        with pytest.raises(StoreUnavailable, match="does not answer"):
            city_store.punches.append([live(punch(2, terminal=2))])
        with pytest.raises(StoreUnavailable, match="does not answer"):
            feed.next(5)
    postgres_server.start()
    city_store.punches.append([live(punch(3, terminal=3))])
    assert terminals(feed.next(5)) == [(1,), (3,)]
    assert city_store.punches.count() == 2


def test_a_transaction_that_is_cut_off_leaves_nothing(
    city_store: Store, postgres_server: PostgresServer, postgres_url: str
) -> None:
    def write_and_be_cut_off() -> None:
        with city_store.database.write() as connection:
            connection.exec_driver_sql("UPDATE terminals SET name = 'half done'")
            postgres_server.disconnect(postgres_url.rpartition("/")[2])
            connection.exec_driver_sql("SELECT 1")

    with pytest.raises(StoreUnavailable):
        write_and_be_cut_off()
    assert {terminal.name for terminal in city_store.terminals.list()} == {"Mesin 1", "Mesin 2", "Mesin 3"}


def test_a_feed_that_is_ahead_of_the_server_meets_another_one_and_reads_everything_again(
    city_store: Store,
) -> None:
    """A database restored into another cluster, or a standby promoted, counts its transactions anew."""
    feed = city_store.changes.feed(Position(low=1 << 40, seen=frozenset({(1, 1 << 41)})))
    try:
        assert [change.topic for change in feed.next(1)] == [Topic.ROSTER]
        city_store.punches.append([live(punch(1))])
        assert terminals(feed.next(5)) == [(1,)]
    finally:
        feed.close()
