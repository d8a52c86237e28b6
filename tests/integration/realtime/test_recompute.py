"""Days are judged anew from the store: what differs is stored, and nothing the second time."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import update

from attendance.assembly import Assembler
from attendance.day_result import DayStatus, Rule
from attendance.history import Cause
from attendance.ids import PersonId
from attendance.people import Excuse, ExcuseCode
from realtime.day_source import DaySource
from realtime.recompute import Summary, recompute
from store import Store
from store.schema import terminals
from tests.support.boards import BOOK, health
from tests.support.days import FRESHNESS, MONDAY, ZONE, at
from tests.support.mornings import append, both_read, punch

TUESDAY = MONDAY + timedelta(days=1)
NOW = at("09:00", TUESDAY)


@pytest.fixture
def monday(city: Store) -> Store:
    """Orang 1 came in time, Orang 2 late, Orang 3 not at all; both terminals were read to the end of it."""
    append(city, punch("1001", "07:12"), punch("1001", "16:02"), punch("1002", "07:41"))
    city.terminals.save_health(
        [health(number, at("08:55", TUESDAY)) for number in (1, 2)],
    )
    return city


def again(store: Store, first: date = MONDAY, last: date = MONDAY, *, now: datetime = NOW) -> Summary:
    return recompute(DaySource(store, BOOK, ZONE), store, first, last, clock=lambda: now, freshness=FRESHNESS)


def test_everybody_on_the_roster_is_judged_on_each_day(monday: Store) -> None:
    summary = again(monday)
    assert (summary.judged, summary.changed) == (3, 3)
    results = monday.results.between(MONDAY, MONDAY)
    assert [(one.status, one.final) for one in results] == [
        (DayStatus.PRESENT, True),
        (DayStatus.LATE, True),
        (DayStatus.ABSENT, True),
    ]
    assert results[1].late == 11


def test_the_second_run_changes_nothing_and_leaves_the_same_bytes(monday: Store) -> None:
    again(monday)
    before = monday.results.stamps(MONDAY, MONDAY)
    for now in (NOW, NOW + timedelta(days=40)):
        assert again(monday, now=now).changed == 0
        assert monday.results.stamps(MONDAY, MONDAY) == before


def test_what_a_late_fact_changes_is_said_and_its_cause_kept(monday: Store) -> None:
    again(monday)
    monday.facts.add_excuse(Excuse(PersonId(3), ExcuseCode.CS, MONDAY, MONDAY, "SKS 1"))
    summary = again(monday)
    assert summary.saved.turned == Counter({(DayStatus.ABSENT, DayStatus.EXCUSED): 1})
    history = monday.results.changes_of(PersonId(3), MONDAY, MONDAY)
    assert [line.change.cause for line in history] == [Cause.FIRST, Cause.EXCUSE]


def test_a_day_keeps_the_rules_that_were_in_force_on_it(monday: Store) -> None:
    before_2023 = date(2022, 11, 21)
    again(monday, before_2023, before_2023)
    again(monday)
    (old,) = monday.results.of_person(PersonId(1), before_2023, before_2023)
    (new,) = monday.results.of_person(PersonId(1), MONDAY, MONDAY)
    assert old.pack == BOOK.on(before_2023).id != new.pack == BOOK.on(MONDAY).id


def test_days_off_are_results_too(monday: Store) -> None:
    sunday = MONDAY - timedelta(days=1)
    assert again(monday, sunday, MONDAY).judged == 6
    assert {one.status for one in monday.results.between(sunday, sunday)} == {DayStatus.OFF}


def test_only_those_who_are_asked_for_are_judged(monday: Store) -> None:
    source = DaySource(monday, BOOK, ZONE)
    summary = recompute(
        source, monday, MONDAY, MONDAY, clock=lambda: NOW, freshness=FRESHNESS, person_ids=[PersonId(2)]
    )
    assert summary.judged == 1
    assert [one.person_id for one in monday.results.between(MONDAY, MONDAY)] == [2]


def test_a_dry_run_says_what_would_change_and_stores_nothing(monday: Store) -> None:
    source = DaySource(monday, BOOK, ZONE)
    summary = recompute(source, monday, MONDAY, MONDAY, clock=lambda: NOW, freshness=FRESHNESS, dry_run=True)
    assert summary.changed == 3
    assert monday.results.between(MONDAY, MONDAY) == []


def test_a_day_that_waits_for_a_terminal_is_stored_as_waiting_and_not_final(city: Store) -> None:
    city.terminals.save_health(
        [health(1, at("08:55", TUESDAY)), health(2, "07:00", online=False, since="07:05")]
    )
    again(city)
    results = city.results.between(MONDAY, MONDAY)
    assert {(one.status, one.final) for one in results} == {(DayStatus.WAITING, False)}
    assert city.results.open_days() == [MONDAY]
    city.terminals.save_health([health(number, at("08:55", TUESDAY)) for number in (1, 2)])
    again(city)
    assert {one.rule for one in city.results.between(MONDAY, MONDAY)} == {Rule.NO_PUNCH}
    history = city.results.changes_of(PersonId(1), MONDAY, MONDAY)
    assert [line.change.cause for line in history] == [Cause.FIRST, Cause.TERMINAL_READ]


def test_a_month_in_blocks_of_days_is_the_same_as_day_by_day(
    monday: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, last = MONDAY - timedelta(days=13), TUESDAY
    again(monday, first, last)
    at_once = monday.results.stamps(first, last)
    monkeypatch.setattr("realtime.recompute.DAYS_AT_ONCE", 1)
    assert again(monday, first, last).changed == 0
    assert monday.results.stamps(first, last) == at_once
    assert len(at_once) == 45


def test_progress_is_told_for_every_day(monday: Store) -> None:
    told: list[date] = []
    source = DaySource(monday, BOOK, ZONE)
    recompute(source, monday, MONDAY, TUESDAY, clock=lambda: NOW, freshness=FRESHNESS, progress=told.append)
    assert told == [MONDAY, TUESDAY]


def test_today_is_judged_as_far_as_it_has_come(city: Store) -> None:
    append(city, punch("1001", "06:50"))
    city.terminals.save_health(both_read("07:10"))
    assert again(city, now=at("07:10")).saved.unjudged == 2
    (only,) = city.results.between(MONDAY, MONDAY)
    assert (only.status, only.final) == (DayStatus.PRESENT, False)


def test_a_run_that_lasts_judges_today_as_known_when_its_facts_were_read(city: Store) -> None:
    """Who came while it ran is late, not absent."""
    append(city, punch("1002", "08:20"))
    city.terminals.save_health(both_read("08:40"))

    class Slow(DaySource):
        clock = at("08:00")

        def load(self, first: date, last: date) -> Assembler:
            self.clock = at("08:41")
            return super().load(first, last)

    source = Slow(city, BOOK, ZONE)
    recompute(source, city, MONDAY, MONDAY, clock=lambda: source.clock, freshness=FRESHNESS)
    assert [one.status for one in city.results.of_person(PersonId(2), MONDAY, MONDAY)] == [DayStatus.LATE]


def test_nobody_is_absent_on_days_before_the_terminals_were_there(monday: Store) -> None:
    with monday.database.write() as connection:
        connection.execute(update(terminals).values(registered_at=at("06:45")))
    before = MONDAY - timedelta(days=3)
    again(monday, before, MONDAY)
    friday = monday.results.between(before, before)
    assert [(one.status, one.final) for one in friday] == [(DayStatus.WAITING, True)] * 3
    results = monday.results.between(MONDAY, MONDAY)
    assert [one.status for one in results] == [DayStatus.PRESENT, DayStatus.LATE, DayStatus.ABSENT]


def test_a_log_that_is_older_than_its_registration_speaks_from_the_day_after_its_first_record(
    monday: Store,
) -> None:
    friday, saturday = MONDAY - timedelta(days=3), MONDAY - timedelta(days=2)
    with monday.database.write() as connection:
        connection.execute(update(terminals).values(registered_at=at("10:00", TUESDAY)))
    append(monday, punch("1001", at("12:00", friday)), punch("1001", at("12:00", saturday), 2))
    again(monday, friday, MONDAY)
    assert {one.status for one in monday.results.between(friday, friday)} == {
        DayStatus.WAITING,
        DayStatus.PRESENT,
    }
    results = monday.results.between(MONDAY, MONDAY)
    assert [one.status for one in results] == [DayStatus.PRESENT, DayStatus.LATE, DayStatus.ABSENT]


def test_a_terminal_that_is_added_takes_no_past_accusation_back(monday: Store) -> None:
    again(monday)
    with monday.database.write() as connection:
        connection.execute(
            update(terminals).values(registered_at=at("08:00", TUESDAY)).where(terminals.c.id == 2)
        )
    assert again(monday).changed == 0
