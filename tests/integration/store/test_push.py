"""Terminals that push: who may, what was seen of them, and what they are asked to do. On both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from attendance.ids import SerialNumber
from attendance.terminal import PUSH_DRIVER
from store import Store, StoreError, open_store
from store.changes import Topic
from store.push import MOST_WAITING, CommandState, PushRegistration, PushState
from tests.support.collecting import register

NOW = datetime(2026, 11, 23, 0, 31, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)
NEW = SerialNumber("NEW-1")
SEEN = PushRegistration(
    NEW, PushState.PENDING, None, "10.0.0.8", "Ver 8", "2.4.1", "att", "9999", None, NOW, NOW
)


def test_what_is_seen_later_overwrites_what_was_seen_and_no_decision(store: Store) -> None:
    store.push.note_seen([SEEN])
    store.push.refuse(NEW, at=NOW)
    seen_later = replace(SEEN, address="10.0.0.9", attlog_stamp="10000", last_seen_at=LATER)
    store.push.note_seen([replace(seen_later, state=PushState.APPROVED, first_seen_at=LATER)])
    assert store.push.registrations() == [replace(seen_later, state=PushState.REFUSED)]


def test_an_approved_terminal_is_registered_at_its_unit_and_every_wall_learns_of_it(store: Store) -> None:
    register(store, "SIM0001")
    feed = store.changes.feed()
    feed.position()
    made = store.push.approve(NEW, unit_code="SIM0001", name="Mesin baru", network="10.4.0.0/24", at=NOW)
    assert (made.serial, made.driver, made.name, made.called) == (NEW, PUSH_DRIVER, "Mesin baru", False)
    assert store.terminals.by_serial(NEW) == made
    (row,) = store.push.registrations()
    assert (row.state, row.network, row.address) == (PushState.APPROVED, "10.4.0.0/24", "")
    assert [change.topic for change in feed.next(5.0)] == [Topic.ROSTER]
    feed.close()


def test_a_terminal_that_was_called_so_far_pushes_from_now_on_and_stays_the_same(
    city: Store,
) -> None:
    serial = SerialNumber("SIM0001")
    before = city.terminals.by_serial(serial)
    made = city.push.approve(serial, unit_code=None, name=None, network=None, at=NOW)
    assert before is not None
    assert made == replace(before, driver=PUSH_DRIVER)


@pytest.mark.parametrize(("unit", "name"), [(None, "Mesin"), ("2", None), ("none", "Mesin")])
def test_a_new_terminal_needs_a_name_and_a_unit_that_exists(
    city: Store, unit: str | None, name: str | None
) -> None:
    with pytest.raises(StoreError):
        city.push.approve(NEW, unit_code=unit, name=name, network=None, at=NOW)
    assert city.terminals.by_serial(NEW) is None
    assert city.push.registrations() == []


def test_a_command_is_sent_once_and_confirmed_by_its_own_terminal_only(store: Store) -> None:
    store.push.note_seen([SEEN])
    number = store.push.ask(NEW, "CHECK", "admin", NOW)
    assert [command.id for command in store.push.queued()] == [number]
    assert not store.push.note_answered(NEW, number, 0, NOW), "not sent yet"
    assert store.push.note_sent([number], NOW) == [number]
    assert store.push.note_sent([number], NOW) == []
    assert store.push.queued() == []
    assert not store.push.note_answered(SerialNumber("OTHER"), number, 0, LATER)
    assert store.push.note_answered(NEW, number, -1002, LATER)
    found = store.push.command(number)
    assert found is not None
    assert (found.state, found.return_code, found.answered_at) == (CommandState.FAILED, -1002, LATER)
    assert not store.push.note_answered(NEW, number, 0, LATER), "it was answered"


def test_a_command_times_out_and_a_late_answer_counts_all_the_same(store: Store) -> None:
    store.push.note_seen([SEEN])
    number = store.push.ask(NEW, "INFO", "admin", NOW)
    store.push.note_sent([number], NOW)
    assert store.push.time_out(NOW) == 0
    assert store.push.time_out(LATER) == 1
    assert store.push.time_out(LATER) == 0
    assert store.push.note_answered(NEW, number, 0, LATER)
    found = store.push.command(number)
    assert found is not None
    assert found.state is CommandState.DONE


def test_nobody_is_asked_who_never_called_nor_more_than_fits(store: Store) -> None:
    with pytest.raises(StoreError, match="never called"):
        store.push.ask(NEW, "INFO", "admin", NOW)
    store.push.note_seen([SEEN])
    for _ in range(MOST_WAITING):
        store.push.ask(NEW, "INFO", "admin", NOW)
    with pytest.raises(StoreError, match="wait for"):
        store.push.ask(NEW, "INFO", "admin", NOW)


def test_who_acknowledges_waits_for_the_disk(sqlite_url: str) -> None:
    for durable, level in ((False, 1), (True, 2)):
        store = open_store(sqlite_url, durable=durable)
        with store.database.read() as connection:
            assert connection.exec_driver_sql("PRAGMA synchronous").scalar_one() == level
        store.close()
