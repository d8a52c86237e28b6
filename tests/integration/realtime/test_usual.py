"""When people usually come in, from the results that are stored, on both databases."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import pytest

from attendance.calendar import CalendarEntry, CalendarKind
from attendance.day_result import DayStatus
from attendance.ids import PersonId, UnitId
from config.clock import SimClock
from realtime.day_source import DaySource
from realtime.rows import UsualRow
from realtime.scope import CITY, Kind, Scope
from realtime.usual import Question, Usual
from store import Store
from store.results import Came
from tests.support.boards import BOOK
from tests.support.days import MONDAY, ZONE, at
from tests.support.mornings import SetClock
from tests.support.usual_days import plant_day, plant_usual, workdays_before
from tests.support.waiting import PATIENCE
from tests.support.walls import serving, wait_until, wall

PEOPLE = [PersonId(number) for number in (1, 2, 3)]
FRIDAY = MONDAY - timedelta(days=3)
DAY = timedelta(days=1)
WINDOW = 60
"""Bins from 05.30 to 10.30."""


def counted(
    store: Store, day: date = MONDAY, places: Mapping[PersonId, Sequence[Scope]] | None = None
) -> Usual:
    """The curves of a day, counted."""
    source = DaySource(store, BOOK, ZONE)
    usual = Usual(store, source)
    everywhere = {person: [CITY] for person in PEOPLE}
    usual.ask(Question(day, source.usual_duties(day, day)[day], places or everywhere))
    deadline = time.monotonic() + PATIENCE
    while not usual.take() and time.monotonic() < deadline:
        time.sleep(0.01)
    usual.close()
    return usual


def curve(store: Store, day: date = MONDAY) -> UsualRow | None:
    return counted(store, day).row(CITY)


def test_of_one_day_everything_is_that_day(city: Store) -> None:
    plant_day(city, FRIDAY, {PEOPLE[0]: "07:04:59", PEOPLE[1]: "07:05", PEOPLE[2]: None})
    row = curve(city)
    assert row is not None
    assert (row["days"], row["first"], row["step"]) == (1, "05:30", 5)
    assert row["median"] == row["low"] == row["high"]
    assert len(row["median"]) == WINDOW
    # The bins end at 07.00, 07.05 and 07.10.
    assert row["median"][17:20] == [0, 333, 667]
    assert row["median"][-1] == 667


def test_who_came_before_the_curve_begins_is_in_its_first_bin(city: Store) -> None:
    plant_day(city, FRIDAY, {PEOPLE[0]: "04:50", PEOPLE[1]: "07:05", PEOPLE[2]: "12:00"})
    row = curve(city)
    assert row is not None
    assert (row["median"][0], row["median"][-1]) == (333, 667)


def test_days_off_days_of_other_hours_and_days_hardly_known_are_not_compared(city: Store) -> None:
    came = dict.fromkeys(PEOPLE, "07:00")
    holiday = CalendarEntry(FRIDAY - DAY, FRIDAY - DAY, CalendarKind.HOLIDAY, "Libur", None, "SK 1")
    city.calendars.add_entry(holiday, by="t", at=at("07:00"))
    ramadan = CalendarEntry(FRIDAY - 3 * DAY, FRIDAY - 3 * DAY, CalendarKind.RAMADAN, "Ramadan", None, "SK 2")
    city.calendars.add_entry(ramadan, by="t", at=at("07:00"))
    plant_day(city, FRIDAY, came)
    plant_day(city, FRIDAY - DAY, came)
    plant_day(city, FRIDAY - 2 * DAY, {PEOPLE[0]: "07:00"})
    plant_day(city, FRIDAY - 3 * DAY, came)
    plant_day(city, FRIDAY - 4 * DAY, came)
    row = curve(city)
    assert row is not None
    assert row["days"] == 2


def test_a_day_off_and_a_city_without_past_have_no_curve(city: Store) -> None:
    assert curve(city) is None
    plant_day(city, FRIDAY, dict.fromkeys(PEOPLE, "07:00"))
    usual = Usual(city, source := DaySource(city, BOOK, ZONE))
    sunday = MONDAY - DAY
    usual.ask(Question(sunday, source.usual_duties(sunday, sunday)[sunday], {PEOPLE[0]: [CITY]}))
    assert not usual.take()
    assert usual.row(CITY) is None


def test_the_last_eight_days_make_a_median_and_a_band(city: Store) -> None:
    for number, day in enumerate(workdays_before(MONDAY, 12)):
        clocks = ["07:00"] * (number % 4) + ["08:00"] * (3 - number % 4)
        plant_day(city, day, dict(zip(PEOPLE, clocks, strict=True)))
    row = curve(city)
    assert row is not None
    assert row["days"] == 8
    place = 18
    assert (row["low"][place], row["median"][place], row["high"][place]) == (0, 500, 1000)
    assert all(
        low <= mid <= high for low, mid, high in zip(row["low"], row["median"], row["high"], strict=True)
    )


def test_every_scope_has_its_own_curve_of_its_own_people(city: Store) -> None:
    plant_day(city, FRIDAY, {PEOPLE[0]: "07:00", PEOPLE[1]: "08:00", PEOPLE[2]: "08:00"})
    part = Scope(Kind.CITY, UnitId(10))
    usual = counted(city, places={PEOPLE[0]: [CITY, part], PEOPLE[1]: [CITY], PEOPLE[2]: [CITY]})
    whole, one = usual.row(CITY), usual.row(part)
    assert whole is not None
    assert one is not None
    assert (whole["median"][20], one["median"][20]) == (333, 1000)


def test_where_a_day_is_hardly_known_it_is_compared_only_elsewhere(
    city: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = [PersonId(number) for number in range(1, 11)]
    part, there = Scope(Kind.CITY, UnitId(10)), many[:2]
    for day in (FRIDAY, FRIDAY - DAY):
        plant_day(city, day, dict.fromkeys(PEOPLE, "07:00"))

    def came_on(day: date) -> list[Came]:
        lost = day == FRIDAY
        return [
            Came(person, DayStatus.WAITING, None)
            if lost and person == there[0]
            else Came(person, DayStatus.PRESENT, at("07:00", day))
            for person in many
        ]

    monkeypatch.setattr(city.results, "came_on", came_on)
    usual = counted(city, places={person: [CITY, part] if person in there else [CITY] for person in many})
    whole, one = usual.row(CITY), usual.row(part)
    assert whole is not None
    assert one is not None
    assert (whole["days"], one["days"]) == (2, 1)
    assert one["low"][-1] == 1000


def test_whoever_moves_is_counted_at_the_new_place_and_the_old_curve_stays_until_then(city: Store) -> None:
    plant_day(city, FRIDAY, {PEOPLE[0]: "07:00", PEOPLE[1]: "08:00", PEOPLE[2]: "08:00"})
    part = Scope(Kind.CITY, UnitId(10))
    usual = counted(city, places={PEOPLE[0]: [CITY, part], PEOPLE[1]: [CITY], PEOPLE[2]: [CITY]})
    hours = DaySource(city, BOOK, ZONE).usual_duties(MONDAY, MONDAY)[MONDAY]
    usual.ask(Question(MONDAY, hours, {PEOPLE[0]: [CITY], PEOPLE[1]: [CITY, part], PEOPLE[2]: [CITY]}))
    before = usual.row(part)
    wait_until(usual.take)
    after = usual.row(part)
    usual.close()
    assert before is not None
    assert after is not None
    assert (before["median"][20], after["median"][20]) == (1000, 0)


def test_what_is_usual_is_told_of_no_other_day(city: Store, clock: SimClock, set_clock: SetClock) -> None:
    plant_usual(city, workdays_before(MONDAY, 3), PEOPLE)
    with serving(city, clock) as (_, url), wall(url) as monitor:
        monitor.join("city")
        monitor.until(lambda: "usual" in monitor.seen["city"].rows)
        set_clock(at("00:00:01", MONDAY + 5 * DAY))
        monitor.until(lambda: monitor.row("city", "day")["date"] == "2026-11-28")
        monitor.until(lambda: "usual" not in monitor.seen["city"].rows)


def test_days_that_are_judged_later_are_found_without_a_restart(
    city: Store, clock: SimClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("realtime.usual.SOON_SECONDS", 0.05)
    with serving(city, clock) as (_, url), wall(url) as monitor:
        assert "usual" not in monitor.join("city")
        friday, thursday = workdays_before(MONDAY, 2)
        plant_usual(city, [friday], PEOPLE)
        monitor.until(lambda: monitor.row("city", "usual").get("days") == 1)
        plant_usual(city, [thursday], PEOPLE)
        monitor.until(lambda: monitor.row("city", "usual").get("days") == 2)


@pytest.mark.parametrize("late", [False, True])
def test_a_wall_gets_the_curve_soon_after_its_snapshot_or_within_it(
    city: Store, clock: SimClock, late: bool
) -> None:
    plant_usual(city, workdays_before(MONDAY, 3), PEOPLE)
    with serving(city, clock) as (_, url), wall(url) as first:
        first.join("city")
        first.until(lambda: first.row("city", "usual").get("days") == 3)
        if late:
            with wall(url) as second:
                assert second.join("city")["usual"]["days"] == 3
