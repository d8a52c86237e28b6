"""The one write path: exactly once, in one transaction, and the log's count adds up."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from attendance.ids import TerminalId
from attendance.punch import Capture
from attendance.terminal import LogCursor
from store import CursorMoved, Store, StoreError
from store.changes import Topic
from store.punches import Ingest
from tests.integration.store.readings import bad, live, log_read, punch

FIRST = TerminalId(1)
ALWAYS = (datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))


def adds_up(cursor: LogCursor | None) -> bool:
    assert cursor is not None
    return cursor.stored + cursor.duplicates + cursor.quarantined == cursor.records_read


def test_a_stored_punch_is_read_back_as_it_was(city: Store) -> None:
    original = punch(1001, 5)
    city.punches.append([live(original)])
    (stored,) = city.punches.between(*ALWAYS)
    assert stored[1:7] == (
        original.terminal_id,
        original.pin,
        original.device_time,
        original.at,
        original.verify,
        original.state,
    )
    assert stored.capture is Capture.LIVE
    assert stored.received_at == original.received_at
    assert stored.at.tzinfo is UTC
    assert stored.device_time.tzinfo is None


def test_the_same_live_event_twice_is_one_row(city: Store) -> None:
    first, second = (city.punches.append([live(punch(1001))])[0] for _ in range(2))
    assert (first.inserted, first.already) == (1, 0)
    assert (second.inserted, second.already, second.duplicates) == (0, 1, 0)
    assert city.punches.count() == 1


def test_a_repeated_event_within_one_batch_is_a_duplicate(city: Store) -> None:
    (receipt,) = city.punches.append([live(punch(1001), punch(1002), punch(1001))])
    assert (receipt.inserted, receipt.already, receipt.duplicates) == (2, 0, 1)


def test_a_live_event_never_moves_the_cursor(city: Store) -> None:
    (receipt,) = city.punches.append([live(punch(1001))])
    assert receipt.cursor is None
    assert city.terminals.cursors() == {}


def test_a_log_reading_stores_punches_quarantine_and_cursor_together(city: Store) -> None:
    (receipt,) = city.punches.append([log_read(None, [punch(1001), punch(1002)], [bad(2)])])
    cursor = city.terminals.cursors()[FIRST]
    assert receipt.cursor == cursor
    assert (cursor.records_read, cursor.stored, cursor.duplicates, cursor.quarantined) == (3, 2, 0, 1)
    assert cursor.overlap == b"after 3"
    assert city.punches.count(FIRST) == 2
    assert city.punches.quarantined(FIRST) == [bad(2)]
    assert city.punches.quarantined(TerminalId(2)) == []


def test_a_punch_that_came_live_before_counts_as_stored_when_the_log_shows_it(city: Store) -> None:
    city.punches.append([live(punch(1001))])
    (receipt,) = city.punches.append([log_read(None, [punch(1001), punch(1002)])])
    assert (receipt.inserted, receipt.already, receipt.duplicates) == (1, 1, 0)
    assert receipt.cursor is not None
    assert receipt.cursor.stored == 2
    assert adds_up(receipt.cursor)


def test_live_and_log_of_one_terminal_in_one_call_are_taken_in_order(city: Store) -> None:
    receipts = city.punches.append([live(punch(1001)), log_read(None, [punch(1001)])])
    assert [(one.inserted, one.already, one.duplicates) for one in receipts] == [(1, 0, 0), (0, 1, 0)]


def test_a_record_repeated_in_the_log_is_a_duplicate_in_one_reading_and_across_readings(city: Store) -> None:
    (first,) = city.punches.append([log_read(None, [punch(1001), punch(1001), punch(1002)])])
    assert (first.inserted, first.duplicates) == (2, 1)
    (second,) = city.punches.append([log_read(first.cursor, [punch(1001), punch(1003)])])
    assert (second.inserted, second.already, second.duplicates) == (1, 0, 1)
    assert second.cursor is not None
    assert (second.cursor.records_read, second.cursor.stored, second.cursor.duplicates) == (5, 3, 2)


def test_several_readings_of_one_log_in_one_call_follow_each_other(city: Store) -> None:
    first = log_read(None, [punch(1001)])
    middle = replace(first.cursor, stored=1)  # type: ignore[type-var]
    receipts = city.punches.append([first, log_read(middle, [punch(1002), punch(1001)])])
    assert receipts[-1].cursor == city.terminals.cursors()[FIRST]
    assert (receipts[-1].inserted, receipts[-1].duplicates) == (1, 1)


def test_a_new_generation_counts_anew_and_takes_known_punches_as_stored(city: Store) -> None:
    (old,) = city.punches.append([log_read(None, [punch(1001), punch(1002)])])
    (new,) = city.punches.append(
        [log_read(old.cursor, [punch(1002), punch(1003), punch(1003)], generation=2)]
    )
    assert (new.inserted, new.already, new.duplicates) == (1, 1, 1)
    assert new.cursor is not None
    assert (new.cursor.generation, new.cursor.records_read, new.cursor.stored) == (2, 3, 2)
    assert adds_up(new.cursor)


def test_a_reading_from_an_overtaken_cursor_is_refused_and_writes_nothing(city: Store) -> None:
    (first,) = city.punches.append([log_read(None, [punch(1001)])])
    city.punches.append([log_read(first.cursor, [punch(1002)])])
    with pytest.raises(CursorMoved):
        city.punches.append([live(punch(1, terminal=2)), log_read(first.cursor, [punch(1003), punch(1004)])])
    assert city.punches.count() == 2


def test_a_first_reading_is_refused_when_there_is_a_cursor_already(city: Store) -> None:
    city.punches.append([log_read(None, [punch(1001)])])
    with pytest.raises(CursorMoved):
        city.punches.append([log_read(None, [punch(1001), punch(1002)])])


def test_repeating_a_call_whose_answer_was_lost_adds_nothing(city: Store) -> None:
    batch = log_read(None, [punch(1001), punch(1001)], [bad(2)])
    (first,) = city.punches.append([batch])
    (again,) = city.punches.append([batch])
    assert (again.inserted, again.already, again.duplicates) == (0, 2, 0)
    assert again.cursor == first.cursor == city.terminals.cursors()[FIRST]
    assert (city.punches.count(), len(city.punches.quarantined())) == (1, 1)


def test_bad_live_bytes_are_kept_once_however_often_they_come(city: Store) -> None:
    batch = Ingest(FIRST, [], None, [bad(-1, raw=b"junk"), bad(-1, raw=b"junk"), bad(-1, raw=b"other")])
    city.punches.append([batch])
    city.punches.append([batch])
    assert [record.raw for record in city.punches.quarantined()] == [b"junk", b"other"]


def test_bad_records_of_different_places_and_generations_are_all_kept(city: Store) -> None:
    (first,) = city.punches.append([log_read(None, [], [bad(0), bad(1)])])
    city.punches.append([log_read(first.cursor, [], [bad(0)], generation=2)])
    assert [record.index for record in city.punches.quarantined()] == [0, 1, 0]


@pytest.mark.parametrize("claimed", [0, 1, 3])
def test_a_reading_that_does_not_hold_every_record_it_claims_is_refused(city: Store, claimed: int) -> None:
    batch = log_read(None, [punch(1001), punch(1002)])
    assert batch.cursor is not None
    with pytest.raises(StoreError, match="cannot move the cursor"):
        city.punches.append([replace(batch, cursor=replace(batch.cursor, records_read=claimed))])
    assert city.punches.count() == 0


def test_an_older_generation_is_refused(city: Store) -> None:
    (first,) = city.punches.append([log_read(None, [punch(1001)], generation=2)])
    with pytest.raises(StoreError):
        city.punches.append([log_read(first.cursor, [punch(1002)], generation=1)])


def test_punches_of_an_unknown_terminal_are_refused(city: Store) -> None:
    with pytest.raises(StoreError, match="No terminal has the number 77"):
        city.punches.append([live(punch(1001, terminal=77))])
    assert city.punches.count() == 0


def test_an_empty_log_has_a_cursor_too(city: Store) -> None:
    (receipt,) = city.punches.append([log_read(None, [])])
    assert city.terminals.cursors()[FIRST] == receipt.cursor
    assert receipt.cursor is not None
    assert receipt.cursor.records_read == 0


def test_nothing_to_append_is_nothing(city: Store) -> None:
    assert city.punches.append([]) == []


def test_pins_are_text_with_their_leading_zeros_and_strange_letters(city: Store) -> None:
    pins = ["007", "7", "a\tb\\n{}", "ünïcode,\"'%s"]
    city.punches.append([live(*(punch(0, n)._replace(pin=pin) for n, pin in enumerate(pins)))])  # type: ignore[arg-type]
    assert [stored.pin for stored in city.punches.between(*ALWAYS)] == pins


def test_moments_keep_their_microseconds_and_their_order(city: Store) -> None:
    moments = [datetime(2026, 11, 23, 0, 30, 0, micro, tzinfo=UTC) for micro in (0, 1, 500_000, 999_999)]
    city.punches.append([live(*(punch(n)._replace(at=at) for n, at in enumerate(reversed(moments))))])
    assert [stored.at for stored in city.punches.between(*ALWAYS)] == moments
    assert [stored.at for stored in city.punches.between(moments[1], moments[3])] == moments[1:3]


def test_between_narrows_by_terminal_and_by_id(city: Store) -> None:
    city.punches.append([live(punch(1, 1), punch(2, 2)), live(punch(3, 3, terminal=2))])
    everything = city.punches.between(*ALWAYS)
    assert [one.pin for one in city.punches.between(*ALWAYS, terminal_id=TerminalId(2))] == ["3"]
    middle = everything[1].id
    assert [one.pin for one in city.punches.between(*ALWAYS, lo=middle, hi=middle)] == ["2"]


def test_keys_are_serial_pin_and_device_time(city: Store) -> None:
    one, two = punch(1001), punch(1001, terminal=2)
    city.punches.append([live(one), live(two)])
    assert set(city.punches.keys()) == {
        ("SIM0001", one.pin, one.device_time),
        ("SIM0002", two.pin, two.device_time),
    }


def test_the_notice_names_terminals_ids_and_moments_of_what_is_new_only(city: Store) -> None:
    city.punches.append([live(punch(1, 100), punch(2, 7200, terminal=1))])
    known = max(stored.id for stored in city.punches.between(*ALWAYS))
    feed = city.changes.feed()
    feed.position()
    news = [live(punch(1, 100), punch(3, 10), punch(4, 20)), live(punch(5, 30, terminal=2))]
    city.punches.append(news)
    (change,) = feed.next(5)
    feed.close()
    assert change.topic is Topic.PUNCH
    assert change.terminal_ids == (1, 2)
    assert (change.since, change.until) == (punch(3, 10).at, punch(5, 30).at)
    assert change.punch_lo is not None
    assert change.punch_hi is not None
    assert change.punch_lo > known
    named = city.punches.between(*ALWAYS, lo=change.punch_lo, hi=change.punch_hi)
    assert [one.pin for one in named] == ["3", "4", "5"]


def test_what_adds_nothing_posts_no_notice(city: Store) -> None:
    city.punches.append([live(punch(1))])
    feed = city.changes.feed()
    feed.position()
    city.punches.append([log_read(None, [punch(1)])])
    assert feed.next(0.2) == []
    feed.close()


def test_a_reading_without_any_punch_goes_in_together_with_one_that_has_some(city: Store) -> None:
    empty, some = city.punches.append([log_read(None, []), live(punch(1001, terminal=2))])
    assert (empty.inserted, some.inserted) == (0, 1)
    assert city.terminals.cursors()[FIRST].records_read == 0
