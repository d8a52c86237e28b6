"""Results are stored once, changed only where they differ, and each change stays told."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import delete, update

from attendance.day_result import DayResult, DayStatus, Rule, Used, WaitCode, WaitReason
from attendance.history import Cause
from attendance.ids import PersonId, PunchId, TerminalId
from attendance.rules import PackId
from store import Store, StoreError, open_store
from store.day_tables import day_changes, day_results
from store.results import Judged, Stamp, compare

DAY = date(2026, 11, 23)
PACK = PackId("standard 2023-04-13 #1a2b3c4d")
NOW = datetime(2026, 11, 23, 0, 31, tzinfo=UTC)
LATER = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
ARRIVAL = Used(datetime(2026, 11, 23, 0, 12, tzinfo=UTC), PunchId(7), TerminalId(1))


def result(person: int = 1, day: date = DAY, status: DayStatus = DayStatus.ABSENT) -> DayResult:
    plain = DayResult(PersonId(person), day, status, Rule.NO_PUNCH, PACK)
    if status is DayStatus.WAITING:
        since = NOW - timedelta(hours=1)
        return plain._replace(rule=Rule.WAITS, reason=WaitReason(WaitCode.DARK, TerminalId(1), since))
    if status is DayStatus.PRESENT:
        return plain._replace(rule=Rule.IN_TIME, late=0, arrival=ARRIVAL)
    return plain


def judged(*results: DayResult, facts: str = "aa") -> list[Judged]:
    return [Judged(one, facts) for one in results]


def test_what_is_saved_is_read_back_by_day_and_person(city: Store) -> None:
    tomorrow = DAY + timedelta(days=1)
    results = [result(2), result(1, status=DayStatus.PRESENT), result(1, tomorrow)]
    saved = city.results.save(judged(*results), NOW)
    assert saved.changed == 3
    assert city.results.between(DAY, DAY) == [results[1], results[0]]
    assert city.results.between(DAY, tomorrow, [PersonId(1)]) == [results[1], results[2]]
    assert city.results.of_person(PersonId(1), tomorrow, tomorrow) == [results[2]]
    assert city.results.first_day() == DAY
    assert city.results.people_on(DAY) == {1, 2}
    assert city.results.stamps(DAY, DAY)[DAY, PersonId(1)].input_hash == "aa"


def test_the_same_again_changes_not_a_byte(city: Store) -> None:
    results = [result(1, status=DayStatus.PRESENT), result(2)]
    city.results.save(judged(*results), NOW)
    before = city.results.stamps(DAY, DAY)
    saved = city.results.save(judged(*results), LATER)
    assert (saved.changed, saved.unchanged) == (0, 2)
    assert city.results.stamps(DAY, DAY) == before
    assert len(city.results.changes_of(PersonId(1), DAY, DAY)) == 1


def test_a_change_is_told_with_what_was_before_what_is_and_why(city: Store) -> None:
    waiting, present = result(status=DayStatus.WAITING), result(status=DayStatus.PRESENT)
    city.results.save(judged(waiting), NOW)
    saved = city.results.save(judged(present, facts="bb"), LATER)
    assert saved.turned == Counter({(DayStatus.WAITING, DayStatus.PRESENT): 1})
    first, second = city.results.changes_of(PersonId(1), DAY, DAY)
    assert (first.before, first.after, first.at) == (None, waiting, NOW)
    assert (second.before, second.after, second.at) == (waiting, present, LATER)
    assert second.change.cause is Cause.TERMINAL_READ
    assert city.results.between(DAY, DAY) == [present]


def test_another_result_from_the_same_facts_is_put_down_to_the_program(city: Store) -> None:
    """Nothing else can have made it: the same facts give the same result as long as the judge is the same."""
    before, after = (result(status=DayStatus.LATE)._replace(rule=Rule.LATE, late=late) for late in (215, 95))
    city.results.save(judged(before), NOW)
    city.results.save(judged(after), LATER)
    history = city.results.changes_of(PersonId(1), DAY, DAY)
    assert [line.change.cause for line in history] == [Cause.FIRST, Cause.PROGRAM]


def test_the_history_ends_with_what_stands_now(city: Store) -> None:
    for number, status in enumerate((DayStatus.WAITING, DayStatus.ABSENT, DayStatus.PRESENT)):
        city.results.save(judged(result(status=status)), NOW + timedelta(minutes=number))
    history = city.results.changes_of(PersonId(1), DAY, DAY)
    assert [line.after for line in history[:-1]] == [line.before for line in history[1:]]
    assert city.results.between(DAY, DAY) == [history[-1].after]


def test_nothing_is_told_where_only_the_moment_moved_since_which_data_is_awaited(city: Store) -> None:
    waiting = result(status=DayStatus.WAITING)
    assert waiting.reason is not None
    moved = waiting._replace(reason=waiting.reason._replace(since=NOW))
    city.results.save(judged(waiting), NOW)
    assert city.results.save(judged(moved), LATER).changed == 1
    assert city.results.between(DAY, DAY) == [moved]
    assert len(city.results.changes_of(PersonId(1), DAY, DAY)) == 1


def test_the_same_result_from_other_facts_keeps_its_history_and_gets_their_hash(city: Store) -> None:
    city.results.save(judged(result()), NOW)
    saved = city.results.save(judged(result(), facts="bb"), LATER)
    assert (saved.changed, saved.unchanged) == (0, 1)
    assert city.results.stamps(DAY, DAY)[DAY, PersonId(1)].input_hash == "bb"
    assert len(city.results.changes_of(PersonId(1), DAY, DAY)) == 1


@pytest.mark.parametrize("status", [DayStatus.NOT_DUE, DayStatus.NOT_YET])
def test_that_nothing_is_known_yet_is_stored_only_over_something_that_was(
    city: Store, status: DayStatus
) -> None:
    saved = city.results.save(judged(result(status=status)), NOW)
    assert (saved.changed, saved.unjudged) == (0, 1)
    assert city.results.between(DAY, DAY) == []
    city.results.save(judged(result(status=DayStatus.PRESENT)), NOW)
    city.results.save(judged(result(status=status)), LATER)
    assert city.results.between(DAY, DAY) == [result(status=status)]


def test_what_somebody_else_stored_since_it_was_seen_is_left_alone(city: Store) -> None:
    city.results.save(judged(result(1), result(2)), NOW)
    seen = city.results.stamps(DAY, DAY)
    newer = result(1, status=DayStatus.PRESENT)
    city.results.save(judged(newer, result(3)), LATER)
    saved = city.results.save(
        judged(*(result(number, status=DayStatus.WAITING) for number in (1, 2, 3))), LATER, seen=seen
    )
    assert (saved.changed, saved.overtaken) == (1, 2)
    assert [one.status for one in city.results.between(DAY, DAY)] == [
        DayStatus.PRESENT,
        DayStatus.WAITING,
        DayStatus.ABSENT,
    ]


def test_a_dry_run_counts_what_saving_would_come_to(city: Store) -> None:
    city.results.save(judged(result(1), result(2)), NOW)
    new = judged(
        result(1), result(2, status=DayStatus.PRESENT), result(3), result(1, status=DayStatus.NOT_YET)
    )
    would = compare(new[:3], city.results.stamps(DAY, DAY))
    came = city.results.save(new[:3], LATER)
    assert would == came
    assert would.turned == Counter({(DayStatus.ABSENT, DayStatus.PRESENT): 1, (None, DayStatus.ABSENT): 1})


def test_open_days_are_those_with_a_result_that_is_not_final(city: Store) -> None:
    days = [DAY + timedelta(days=number) for number in range(3)]
    city.results.save(judged(*(result(day=day)._replace(final=day != days[1]) for day in days)), NOW)
    assert city.results.open_days() == [days[1]]


def test_the_database_refuses_to_change_or_forget_history(city: Store) -> None:
    city.results.save(judged(result()), NOW)
    for statement in (update(day_changes).values(cause="{}"), delete(day_changes)):
        with pytest.raises(StoreError), city.database.write() as connection:
            connection.execute(statement)
    assert len(city.results.changes_of(PersonId(1), DAY, DAY)) == 1


def test_savers_at_the_same_time_tell_each_change_once(city: Store, database_url: str) -> None:
    turns = [DayStatus.WAITING, DayStatus.ABSENT, DayStatus.PRESENT]

    def save() -> None:
        store = open_store(database_url)
        for status in turns:
            store.results.save(judged(*(result(person, status=status) for person in (1, 2, 3))), NOW)
        store.close()

    savers = [threading.Thread(target=save) for _ in range(4)]
    for saver in savers:
        saver.start()
    for saver in savers:
        saver.join()
    for person in (1, 2, 3):
        history = city.results.changes_of(PersonId(person), DAY, DAY)
        assert [line.before for line in history] == [None, *(line.after for line in history[:-1])]
        assert all(line.before != line.after for line in history)
    assert {one.status for one in city.results.between(DAY, DAY)} == {DayStatus.PRESENT}


def test_a_stamp_holds_the_result_it_stands_for(city: Store) -> None:
    present = result(status=DayStatus.PRESENT)
    city.results.save(judged(present), NOW)
    stamp = city.results.stamps(DAY, DAY)[DAY, PersonId(1)]
    assert isinstance(stamp, Stamp)
    assert (stamp.result, stamp.status, stamp.final, stamp.pack) == (
        present,
        DayStatus.PRESENT,
        False,
        PACK,
    )
    with city.database.read() as connection:
        assert connection.execute(day_results.select()).one().body == stamp.body
