"""The terminal list, cursors, health and the collector's sign of life."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event

from attendance.ids import SerialNumber, TerminalId
from attendance.terminal import TerminalHealth
from store import Store, StoreError
from store.changes import Topic
from tests.support.rosters import plant, small_roster, terminal

NOW = datetime(2026, 11, 23, 0, 31, 7, 250_000, tzinfo=UTC)
WELL = TerminalHealth(
    terminal_id=TerminalId(1),
    online=True,
    read_through=NOW,
    last_contact_at=NOW,
    offline_since=None,
    clock_offset=-1.25,
    log_records=1000,
    log_capacity=100_000,
    error=None,
    error_detail=None,
    action=None,
    firmware="Ver 6.60",
)
DARK = TerminalHealth(
    terminal_id=TerminalId(2),
    online=False,
    read_through=None,
    last_contact_at=None,
    offline_since=NOW,
    clock_offset=None,
    log_records=None,
    log_capacity=None,
    error="Unreachable",
    error_detail="no route to host",
    action="Check the terminal's power.",
    firmware=None,
)


@pytest.fixture
def statements(store: Store) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    event.listen(store.database.engine, "before_cursor_execute", note)
    yield seen
    event.remove(store.database.engine, "before_cursor_execute", note)


def test_terminals_are_listed_as_they_were_registered(store: Store) -> None:
    roster = small_roster()
    resting = terminal(3, active=False, interval=30.0)
    plant(store, replace(roster, terminals=(*roster.terminals, resting)))
    assert store.terminals.list() == list(roster.terminals)
    assert store.terminals.list(active_only=False) == [*roster.terminals, resting]
    assert store.terminals.by_serial(SerialNumber("SIM0003")) == resting
    assert store.terminals.by_serial(SerialNumber("elsewhere")) is None


def test_health_is_read_back_as_it_was_saved_and_overwritten(city: Store) -> None:
    city.terminals.save_health([WELL, DARK])
    assert city.terminals.health() == {1: WELL, 2: DARK}
    later = replace(DARK, online=True, offline_since=None, error=None, error_detail=None, action=None)
    city.terminals.save_health([later])
    assert city.terminals.health() == {1: WELL, 2: later}


def test_saving_health_posts_one_notice_that_lists_only_what_changed(city: Store) -> None:
    city.terminals.save_health([WELL, DARK])
    feed = city.changes.feed()
    feed.position()
    city.terminals.save_health([replace(WELL, read_through=NOW + timedelta(seconds=30)), DARK])
    (change,) = feed.next(5)
    assert (change.topic, change.terminal_ids) == (Topic.TERMINAL, (1,))
    city.terminals.save_health([DARK])
    assert feed.next(0.1) == []
    feed.close()


def test_a_save_that_says_nothing_new_writes_nothing(city: Store, statements: list[str]) -> None:
    city.terminals.save_health([WELL, DARK])
    statements.clear()
    city.terminals.save_health([WELL, DARK])
    assert [one for one in statements if one.startswith(("INSERT", "UPDATE", "DELETE"))] == []
    assert len(statements) <= 2


def test_a_save_of_135_terminals_takes_as_many_statements_as_of_one(
    store: Store, statements: list[str]
) -> None:
    plant(store, small_roster(terminal_count=135))
    rows = [replace(WELL, terminal_id=TerminalId(n)) for n in range(1, 136)]
    statements.clear()
    store.terminals.save_health(rows[:1])
    one = len(statements)
    statements.clear()
    store.terminals.save_health([replace(row, log_records=5) for row in rows])
    assert len(statements) == one


def test_health_of_an_unknown_terminal_is_refused(city: Store) -> None:
    with pytest.raises(StoreError):
        city.terminals.save_health([replace(WELL, terminal_id=TerminalId(77))])


def test_the_collector_was_alive_when_it_last_said_so(city: Store) -> None:
    assert city.terminals.collector_alive() is None
    for moment in (NOW, NOW + timedelta(seconds=5)):
        city.terminals.note_collector_alive(moment)
        assert city.terminals.collector_alive() == moment
