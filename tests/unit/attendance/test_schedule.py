from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.support.days import MONDAY, SCHEDULE, ZONE, duty


def test_local_hours_become_moments_in_utc() -> None:
    work = duty()
    assert work.start == datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
    assert work.window_open == datetime(2026, 11, 22, 23, 0, tzinfo=UTC)
    assert work.late_from - work.start == timedelta(minutes=1)
    assert {moment.tzinfo for moment in (work.start, work.end, work.window_open, work.window_close)} == {UTC}


def test_friday_ends_later_and_the_weekend_is_off() -> None:
    friday = SCHEDULE.duty_on(MONDAY + timedelta(days=4), ZONE)
    assert friday is not None
    assert friday.end - friday.start == timedelta(hours=9)
    assert SCHEDULE.duty_on(MONDAY + timedelta(days=5), ZONE) is None
    assert SCHEDULE.duty_on(MONDAY + timedelta(days=6), ZONE) is None
