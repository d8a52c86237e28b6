"""The change feed on both engines: everything committed, nothing twice, nothing that was taken back."""

from __future__ import annotations

import random
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from attendance.ids import TerminalId
from store import Store
from store.changes import Feed, Notice, Topic, prune
from tests.integration.store.readings import live, log_read, punch

SEED = 20261123


def post(store: Store, *terminals: int) -> None:
    with store.database.write() as connection:
        store.changes.post(connection, [Notice(Topic.TERMINAL, (TerminalId(n),)) for n in terminals])


def drain(feed: Feed) -> list[int]:
    seen: list[int] = []
    while changes := feed.next(0.15):
        seen += [number for change in changes for number in change.terminal_ids]
    return seen


def test_a_feed_begins_where_it_was_first_asked_for_its_position(store: Store) -> None:
    post(store, 1)
    feed = store.changes.feed()
    feed.position()
    post(store, 2)
    assert drain(feed) == [2]
    feed.close()


def test_a_notice_carries_what_the_writer_said(store: Store) -> None:
    feed = store.changes.feed()
    feed.position()
    since, until = datetime(2026, 11, 23, 0, 30, tzinfo=UTC), datetime(2026, 11, 23, 1, 0, 0, 5, tzinfo=UTC)
    notice = Notice(Topic.PUNCH, (TerminalId(3), TerminalId(12)), since, until, 5, 99)
    with store.database.write() as connection:
        store.changes.post(connection, [notice])
    (change,) = feed.next(5)
    feed.close()
    assert change.id > 0
    assert (change.topic, change.terminal_ids) == (Topic.PUNCH, (3, 12))
    assert (change.since, change.until, change.punch_lo, change.punch_hi) == (since, until, 5, 99)


def test_a_change_is_delivered_within_a_tenth_of_a_second(store: Store) -> None:
    feed = store.changes.feed()
    feed.position()
    committed: list[float] = []

    def write() -> None:
        time.sleep(0.1)
        post(store, 1)
        committed.append(time.monotonic())

    writer = threading.Thread(target=write)
    writer.start()
    changes = feed.next(10)
    arrived = time.monotonic()
    writer.join()
    feed.close()
    assert len(changes) == 1
    assert arrived - committed[0] < 0.1


def test_what_was_rolled_back_is_never_delivered(store: Store) -> None:
    feed = store.changes.feed()
    feed.position()

    def write_and_fail() -> None:
        with store.database.write() as connection:
            store.changes.post(connection, [Notice(Topic.ROSTER)])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_and_fail()
    post(store, 2)
    assert drain(feed) == [2]
    feed.close()


def test_next_is_empty_after_its_time_when_nothing_happens(store: Store) -> None:
    feed = store.changes.feed()
    begun = time.monotonic()
    assert feed.next(0.2) == []
    assert time.monotonic() - begun > 0.15
    feed.close()


def test_another_feed_goes_on_at_the_position_of_the_first(store: Store) -> None:
    first = store.changes.feed()
    first.position()
    post(store, 1)
    assert drain(first) == [1]
    position = first.position()
    first.close()
    post(store, 2, 3)
    second = store.changes.feed(position)
    assert drain(second) == [2, 3]
    second.close()


def test_a_feed_that_was_closed_goes_on_where_it_stood(store: Store) -> None:
    feed = store.changes.feed()
    feed.position()
    feed.close()
    post(store, 1)
    assert drain(feed) == [1]
    feed.close()


def test_two_feeds_each_get_everything(store: Store) -> None:
    feeds = [store.changes.feed() for _ in range(2)]
    for feed in feeds:
        feed.position()
    post(store, 1, 2)
    assert [drain(feed) for feed in feeds] == [[1, 2], [1, 2]]
    for feed in feeds:
        feed.close()


def test_writers_that_overlap_at_random_are_delivered_once_each(store: Store) -> None:
    feed = store.changes.feed()
    feed.position()
    kept: list[int] = []

    def write(first: int) -> None:
        chance = random.Random(SEED + first)
        for number in range(first, first + 25):
            keep = chance.random() > 0.2
            try:
                with store.database.write() as connection:
                    store.changes.post(connection, [Notice(Topic.TERMINAL, (TerminalId(number),))])
                    time.sleep(chance.random() * 0.01)
                    if not keep:
                        raise InterruptedError
            except InterruptedError:
                continue
            kept.append(number)

    writers = [threading.Thread(target=write, args=(first,)) for first in (100, 200, 300, 400)]
    for writer in writers:
        writer.start()
    seen: list[int] = []
    while any(writer.is_alive() for writer in writers):
        seen += drain(feed)
    seen += drain(feed)
    feed.close()
    assert sorted(seen) == sorted(kept), f"seed {SEED}"


def test_a_feed_that_stood_still_until_its_notices_were_pruned_must_read_everything_again(
    store: Store,
) -> None:
    behind = store.changes.feed()
    behind.position()
    post(store, 1, 2)
    with store.database.write() as connection:
        prune(connection, datetime.now(UTC) + timedelta(seconds=1))
    post(store, 3)
    changes = behind.next(5)
    behind.close()
    assert [(change.topic, change.terminal_ids) for change in changes] == [
        (Topic.ROSTER, ()),
        (Topic.TERMINAL, (3,)),
    ]


def test_a_feed_that_kept_up_does_not_notice_pruning(store: Store) -> None:
    feed = store.changes.feed()
    feed.position()
    post(store, 1, 2)
    assert drain(feed) == [1, 2]
    for _ in range(2):
        with store.database.write() as connection:
            prune(connection, datetime.now(UTC) + timedelta(seconds=1))
    assert drain(feed) == []
    post(store, 3)
    assert drain(feed) == [3]
    feed.close()


def test_a_posting_store_prunes_what_is_older_than_two_days_once_an_hour(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.changes.KEEP", timedelta(seconds=-1))
    feed = store.changes.feed()
    position = feed.position()
    post(store, 1)
    monkeypatch.setattr("store.changes.PRUNE_SECONDS", 0.0)
    post(store, 2)
    monkeypatch.undo()
    feed.close()
    behind = store.changes.feed(position)
    assert [change.topic for change in behind.next(5)] == [Topic.ROSTER]
    behind.close()


def test_a_snapshot_read_after_the_position_and_the_feed_together_hold_everything(city: Store) -> None:
    city.punches.append([live(punch(1))])
    feed = city.changes.feed()
    feed.position()
    city.punches.append([live(punch(2))])
    snapshot = {stored.pin for stored in city.punches.between(punch(1).at, datetime(2100, 1, 1, tzinfo=UTC))}
    city.punches.append([log_read(None, [punch(3)])])
    assert snapshot == {"1", "2"}
    changes = feed.next(5) + feed.next(0.1)
    feed.close()
    assert len(changes) == 2
