"""Errands: claimed by one, survived by the errand when its runner dies, ended with their audit line."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from attendance.ids import TerminalId
from store import Store, StoreError
from store.audit import AuditLine
from store.errands import Errand, ErrandState

NOW = datetime(2026, 11, 23, 0, 31, tzinfo=UTC)
FIRST, SECOND = TerminalId(1), TerminalId(2)
LINE = AuditLine("ani", "terminal.user_added", "terminal:SIM0001", "PIN 1001, done", NOW)


def put(store: Store, terminal: TerminalId = FIRST, *, minute: int = 0) -> int:
    at = NOW + timedelta(minutes=minute)
    return store.errands.put(terminal, "add_user", '{"pin": "1001"}', dry_run=False, actor="ani", at=at)


def get(store: Store, number: int) -> Errand:
    found = store.errands.get(number)
    assert found is not None
    return found


def test_an_errand_is_read_back_as_it_was_put(city: Store) -> None:
    errand = get(city, put(city))
    assert (errand.terminal_id, errand.kind, errand.arguments) == (FIRST, "add_user", '{"pin": "1001"}')
    assert (errand.state, errand.created_at, errand.steps_done) == (ErrandState.QUEUED, NOW, 0)
    assert (errand.taken_at, errand.finished_at, errand.outcome, errand.again) == (None, None, "", False)
    assert city.errands.get(999) is None


def test_an_errand_for_an_unknown_terminal_is_refused(city: Store) -> None:
    with pytest.raises(StoreError):
        put(city, TerminalId(77))


def test_each_terminal_gives_its_oldest_errand_and_only_to_those_who_follow_it(city: Store) -> None:
    first, _, other = put(city), put(city), put(city, SECOND)
    assert city.errands.take([TerminalId(9)], NOW) == []
    taken = city.errands.take([FIRST, SECOND], NOW)
    assert [(errand.id, errand.state) for errand in taken] == [
        (first, ErrandState.RUNNING),
        (other, ErrandState.RUNNING),
    ]
    assert get(city, first).taken_at == NOW


def test_an_errand_is_taken_once_however_many_ask_at_the_same_time(city: Store) -> None:
    numbers = [put(city) for _ in range(6)]
    with ThreadPoolExecutor(4) as pool:
        taken = [
            errand.id
            for found in pool.map(lambda _: city.errands.take([FIRST], NOW), range(24))
            for errand in found
        ]
    assert sorted(taken) == numbers


def test_an_errand_ends_once_and_with_its_line_in_the_audit_log(city: Store) -> None:
    put(city)
    (errand,) = city.errands.take([FIRST], NOW)
    city.errands.progress(errand.id, 2, 5)
    assert (get(city, errand.id).steps_done, get(city, errand.id).steps) == (2, 5)
    assert city.errands.finish(errand, ErrandState.DONE, '{"steps": []}', at=NOW, audit=LINE)
    assert not city.errands.finish(errand, ErrandState.FAILED, "{}", at=NOW, audit=LINE)
    city.errands.progress(errand.id, 3, 5)
    ended = get(city, errand.id)
    assert (ended.state, ended.outcome, ended.finished_at, ended.steps_done) == (
        ErrandState.DONE,
        '{"steps": []}',
        NOW,
        2,
    )
    (entry,) = city.audit.latest()
    assert (entry.actor, entry.action, entry.subject, entry.detail) == (
        LINE.actor,
        LINE.action,
        LINE.subject,
        LINE.detail,
    )


def test_a_queued_errand_can_be_called_off_but_not_one_that_runs(city: Store) -> None:
    queued = get(city, put(city))
    assert city.errands.finish(queued, ErrandState.FAILED, "{}", at=NOW, audit=LINE)
    assert city.errands.take([FIRST], NOW) == []
    late = get(city, put(city))
    city.errands.take([FIRST], NOW)
    assert not city.errands.finish(late, ErrandState.FAILED, "{}", at=NOW, audit=LINE)


def test_an_errand_whose_runner_died_is_queued_once_more_and_no_further(city: Store) -> None:
    number = put(city)
    city.errands.take([FIRST], NOW)
    assert city.errands.recover([SECOND]) == []
    (found,) = city.errands.recover([FIRST])
    assert not found.again
    assert (get(city, number).state, get(city, number).again) == (ErrandState.QUEUED, True)
    (again,) = city.errands.take([FIRST], NOW)
    assert again.again
    (twice,) = city.errands.recover([FIRST])
    assert twice.again
    assert get(city, number).state is ErrandState.RUNNING


def test_what_an_errand_brought_can_be_forgotten_and_old_errands_are_pruned(city: Store) -> None:
    put(city)
    (errand,) = city.errands.take([FIRST], NOW)
    waiting = put(city, minute=5)
    city.errands.finish(errand, ErrandState.DONE, '{"users": ["Ani"]}', at=NOW, audit=LINE)
    city.errands.forget_outcome(errand.id)
    city.errands.forget_outcome(waiting)
    assert get(city, errand.id).outcome == "{}"
    assert get(city, waiting).outcome == ""
    city.errands.prune(NOW + timedelta(minutes=1))
    assert city.errands.get(errand.id) is None
    assert city.errands.get(waiting) is not None
