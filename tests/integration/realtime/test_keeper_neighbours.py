"""What is stored of a day also hangs on facts of the days beside it and on who left the roster: each takes
a stored accusation back.
"""

from __future__ import annotations

import time as real_time
from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from attendance.calendar import SHIFT_HOURS, WorkPattern
from attendance.day_result import DayStatus
from attendance.ids import PersonId, UnitId
from attendance.people import Employment, EmploymentState, Excuse, ExcuseCode, Unit, UnitKind
from attendance.shifts import Shift, ShiftEntry
from config.clock import SimClock
from realtime.day_source import DaySource
from realtime.recompute import recompute
from store import Store
from tests.integration.realtime.test_keeper import judged_anew, keeping, read_through, status, wait_until
from tests.support.boards import BOOK, health
from tests.support.days import FRESHNESS, MONDAY, ZONE, at
from tests.support.mornings import SetClock, append, punch
from tests.support.rosters import plant, small_roster, terminal

SINCE = date(2020, 1, 1)
TUESDAY, WEDNESDAY, THURSDAY = (MONDAY + timedelta(days=number) for number in (1, 2, 3))
NOW = at("06:30", THURSDAY)


@pytest.fixture
def nights(city: Store, set_clock: SetClock) -> Store:
    """Thursday morning, Wednesday has a board, Tuesday has none any more. Orang 1 worked the night of Tuesday
    and left at six on Wednesday: an hour early. Everything was read.
    """
    by, entered = "bkd", at("05:00")
    for shift in (
        Shift("M", "Malam", time(21), time(7), SINCE),
        Shift("P", "Pagi", time(7), time(14), SINCE),
    ):
        city.shifts.define(shift, by=by, at=entered)
    city.calendars.set_pattern(WorkPattern(UnitId(2), SHIFT_HOURS, True, SINCE, None), by=by, at=entered)
    roster = [
        ShiftEntry(PersonId(1), TUESDAY, ("M",), False, ""),
        ShiftEntry(PersonId(1), WEDNESDAY, (), False, ""),
    ]
    city.shifts.set_entries(roster, by=by, at=entered)
    append(city, punch("1001", at("20:50", TUESDAY)), punch("1001", at("06:00", WEDNESDAY)))
    set_clock(NOW)
    read_through(city, NOW)
    recompute(DaySource(city, BOOK, ZONE), city, MONDAY, WEDNESDAY, clock=lambda: NOW, freshness=FRESHNESS)
    assert status(city, 1, TUESDAY) is DayStatus.LEFT_EARLY
    return city


def test_a_morning_entered_for_yesterday_bridges_the_night_that_ended_then(
    nights: Store, clock: SimClock
) -> None:
    with keeping(nights, clock):
        morning = ShiftEntry(PersonId(1), WEDNESDAY, ("P",), False, "")
        nights.shifts.set_entries([morning], by="bkd", at=NOW)
        wait_until(lambda: status(nights, 1, TUESDAY) is DayStatus.PRESENT)
        wait_until(lambda: judged_anew(nights, NOW, TUESDAY, WEDNESDAY) == 0)


def test_hours_of_leave_entered_for_yesterday_excuse_the_end_of_the_night_before(
    nights: Store, clock: SimClock
) -> None:
    with keeping(nights, clock):
        hours = Excuse(PersonId(1), ExcuseCode.IZIN, WEDNESDAY, WEDNESDAY, "surat", time(5), time(8))
        nights.facts.add_excuse(hours)
        wait_until(lambda: status(nights, 1, TUESDAY) is DayStatus.PRESENT)


def test_who_left_the_service_yesterday_is_not_stored_as_absent_any_more(
    city: Store, clock: SimClock, set_clock: SetClock
) -> None:
    now = at("09:00", TUESDAY)
    set_clock(now)
    read_through(city, now)
    recompute(DaySource(city, BOOK, ZONE), city, MONDAY, TUESDAY, clock=lambda: now, freshness=FRESHNESS)
    with keeping(city, clock):
        assert status(city, 3, TUESDAY) is status(city, 3) is DayStatus.ABSENT
        gone = Employment(PersonId(3), EmploymentState.MOVED, MONDAY, None, "SK Gubernur")
        city.employments.add(gone, by="bkd", at=now)
        wait_until(lambda: status(city, 3, TUESDAY) is DayStatus.OFF)
        wait_until(lambda: status(city, 3) is DayStatus.OFF)
        wait_until(lambda: judged_anew(city, now, MONDAY, TUESDAY) == 0)
    assert status(city, 2) is DayStatus.ABSENT


def test_days_that_a_jump_of_the_clock_left_out_are_judged(
    city: Store, clock: SimClock, set_clock: SetClock
) -> None:
    set_clock("20:00")
    read_through(city, at("20:00"))
    with keeping(city, clock):
        wait_until(lambda: status(city, 3) is DayStatus.ABSENT)
        set_clock(NOW)
        read_through(city, NOW)
        wait_until(lambda: status(city, 3, WEDNESDAY) is DayStatus.ABSENT)
        wait_until(lambda: status(city, 3, TUESDAY) is DayStatus.ABSENT)


def test_a_past_day_that_waits_for_a_terminal_elsewhere_in_the_city_is_settled_when_that_was_read(
    store: Store, clock: SimClock, set_clock: SetClock
) -> None:
    plain = small_roster()
    away = Unit(UnitId(3), "3", "Dinas Lain", "Lain", UnitKind.AGENCY, UnitId(1), office=True)
    city = replace(plain, units=(*plain.units, away), terminals=(terminal(1), terminal(2, unit_id=away.id)))
    plant(store, city)
    store.terminals.save_health([health(1, at("23:05")), health(2, at("22:55"))])
    set_clock(NOW)
    source = DaySource(store, BOOK, ZONE)
    recompute(source, store, MONDAY, MONDAY, clock=lambda: NOW, freshness=FRESHNESS)
    with keeping(store, clock):
        wait_until(lambda: MONDAY in store.results.open_days())
        real_time.sleep(1.5)
        read_through(store, NOW)
        wait_until(lambda: MONDAY not in store.results.open_days())
