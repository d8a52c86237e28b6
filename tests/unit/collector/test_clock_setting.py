"""When a clock may be set."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from collector.clock_setting import Decision, Move, city_clock_doubtful, decide, local
from collector.offset import Measurement, bracket
from config.day_span import DaySpan, parse_day_span

JAKARTA = ZoneInfo("Asia/Jakarta")
NIGHT = datetime(2026, 11, 23, 1, 30, 0, 200_000, tzinfo=JAKARTA).astimezone(UTC)
HERE = datetime(2026, 11, 23, 1, 30)


def measured(ahead: float) -> Measurement:
    shown = (HERE + timedelta(seconds=ahead)).replace(microsecond=0)
    return Measurement(bracket(shown, NIGHT, NIGHT, JAKARTA), shown, NIGHT, 0.0, 1.0)


@pytest.mark.parametrize("ahead", [-4, 0, 4])
def test_a_clock_that_is_off_by_some_seconds_is_left_alone(ahead: float) -> None:
    assert decide(measured(ahead), None, JAKARTA).move is Move.NOTHING


@pytest.mark.parametrize("ahead", [-9000 * 86_400, -600, -7, 7, 600])
def test_a_clock_that_is_off_is_set_when_no_punch_is_recorded_in_between(ahead: float) -> None:
    assert decide(measured(ahead), None, JAKARTA).move is Move.SET


@pytest.mark.parametrize("last", [HERE, HERE + timedelta(seconds=1), HERE + timedelta(minutes=9)])
def test_a_clock_is_never_set_to_or_before_a_time_that_a_recorded_punch_bears(last: datetime) -> None:
    assert decide(measured(600), last, JAKARTA) == Decision(Move.WAIT, last)


def test_once_the_city_has_passed_the_last_recorded_time_the_clock_may_be_set() -> None:
    assert decide(measured(600), HERE - timedelta(seconds=1), JAKARTA).move is Move.SET


def test_the_time_to_set_is_the_nearest_whole_second_of_the_citys_own_time() -> None:
    assert local(NIGHT, JAKARTA) == HERE
    assert local(NIGHT + timedelta(seconds=0.4), JAKARTA) == HERE + timedelta(seconds=1)


@pytest.mark.parametrize(
    ("offsets", "doubtful"),
    [
        ([], False),
        ([400.0, 400.0], False),
        ([400.0, 401.0, 399.0, 0.0], True),
        ([-3600.0] * 9 + [12.0, -7.0], True),
        ([12.0, -90.0, 300.0, 45.0, -600.0], False),
        ([0.0] * 100 + [400.0] * 30, False),
    ],
)
def test_when_most_terminals_are_off_by_the_same_time_it_is_not_their_clocks(
    offsets: list[float], doubtful: bool
) -> None:
    assert city_clock_doubtful(offsets) is doubtful


@pytest.mark.parametrize(
    ("written", "within", "outside"),
    [
        ("01:00-03:00", [time(1), time(2, 59, 59)], [time(0, 59, 59), time(3), time(12)]),
        ("22:30-04:00", [time(22, 30), time(23, 59), time(0), time(3, 59)], [time(4), time(22, 29)]),
    ],
)
def test_quiet_hours_may_go_over_midnight(written: str, within: list[time], outside: list[time]) -> None:
    span = parse_day_span(written)
    assert all(span.holds(moment) for moment in within)
    assert not any(span.holds(moment) for moment in outside)
    assert str(span) == written
    assert parse_day_span(str(span)) == span


@pytest.mark.parametrize("written", ["1-3", "01:00", "25:00-26:00", "01:00-01:00", "", "01:00 - 03:00"])
def test_what_is_no_span_of_the_day_is_refused_with_an_example_or_the_reason(written: str) -> None:
    with pytest.raises(ValueError, match=r"span of the day|same time"):
        parse_day_span(written)


def test_a_span_is_equal_by_its_times() -> None:
    assert parse_day_span("01:00-03:00") == DaySpan(time(1), time(3))
