"""What is a jump, what is drift, what is a dead battery, and what is only this machine's own time moving."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.clock_watch import ClockWatch, Condition, LastKnown, looks_dead
from collector.offset import Measurement, bracket

JAKARTA = ZoneInfo("Asia/Jakarta")
START = datetime(2026, 11, 23, 0, 0, 0, 300_000, tzinfo=UTC)
FIRMWARE = "Ver 6.60 Sep 27 2019"
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def look(ahead: float, after: timedelta = timedelta(), *, rate: float = 1.0) -> Measurement:
    """A look at a clock that is `ahead` seconds, `after` city time has gone on since the start."""
    at = START + after
    shown = (at + timedelta(seconds=ahead)).astimezone(JAKARTA).replace(tzinfo=None, microsecond=0)
    return Measurement(bracket(shown, at, at, JAKARTA), shown, at, after.total_seconds() / (rate or 1), rate)


def watched(*looks: Measurement, tolerance: timedelta = MINUTE) -> ClockWatch:
    watch = ClockWatch()
    for one in looks:
        watch.note(one, FIRMWARE, tolerance)
    return watch


@pytest.mark.parametrize("after", [timedelta(seconds=1), HOUR, timedelta(days=20)])
@given(drift=st.floats(-25, 25), start=st.floats(-300, 300))
def test_drift_is_never_a_jump(after: timedelta, drift: float, start: float) -> None:
    watch = watched(look(start))
    later = look(start + drift * (after / timedelta(days=1)), after)
    assert watch.note(later, FIRMWARE, MINUTE) is None
    assert watch.condition is Condition.STEADY


@pytest.mark.parametrize("ahead", [-9000 * 86_400.0, -3600, -120, -8, 8, 120, 3600])
def test_a_jump_is_found_with_both_offsets_and_the_time_it_may_have_happened_in(ahead: float) -> None:
    watch = watched(look(0))
    jump = watch.note(look(ahead, HOUR), FIRMWARE, MINUTE)
    assert jump is not None
    assert (jump.since, jump.until) == (START, START + HOUR)
    assert jump.before == timedelta()
    assert abs(jump.after.total_seconds() - ahead) <= 1
    assert watch.condition in {Condition.JUMPED, Condition.DEAD}


def test_a_jump_is_suspected_before_it_is_noted() -> None:
    watch = watched(look(0))
    assert watch.suspects(look(60, HOUR))
    assert not watch.suspects(look(1, HOUR))
    assert watch.condition is Condition.STEADY


@pytest.mark.parametrize("moved", [timedelta(hours=2), timedelta(hours=-2)])
def test_this_machines_time_that_was_moved_is_no_jump_of_the_terminals(moved: timedelta) -> None:
    watch = watched(look(0))
    later = look(-moved.total_seconds(), HOUR + moved)
    assert watch.note(replace(later, tick=3600.0), FIRMWARE, MINUTE) is None


@pytest.mark.parametrize("rate", [60.0, 0.0])
def test_nothing_is_concluded_over_a_change_of_the_city_clocks_rate(rate: float) -> None:
    assert watched(look(0)).note(look(500, HOUR, rate=rate), FIRMWARE, MINUTE) is None


def test_a_clock_that_jumped_and_is_right_again_is_trusted_after_a_day() -> None:
    looks = [look(0), look(30, HOUR), look(30, 20 * HOUR), look(30, 26 * HOUR)]
    assert watched(*looks[:2]).condition is Condition.JUMPED
    assert watched(*looks[:3]).condition is Condition.JUMPED
    assert watched(*looks).condition is Condition.STEADY


def test_a_clock_that_jumped_and_stays_wrong_is_never_trusted_by_itself() -> None:
    looks = [look(0), look(300, HOUR), look(300, 99 * HOUR)]
    assert watched(*looks).condition is Condition.JUMPED
    watch = watched(*looks)
    watch.was_set(look(0, 100 * HOUR))
    assert watch.condition is Condition.STEADY
    assert watch.note(look(0, 101 * HOUR), FIRMWARE, MINUTE) is None


def test_setting_a_wrong_clock_by_hand_is_a_jump_but_no_lasting_suspicion() -> None:
    for before in (-300, 40):
        watch = watched(look(before))
        assert watch.note(look(0, HOUR), FIRMWARE, MINUTE) is not None
        assert watch.condition is Condition.STEADY


def test_a_clock_without_a_battery_is_dead_until_it_is_set() -> None:
    gone = -26.9 * 365.25 * 86_400
    assert watched(look(gone)).condition is Condition.DEAD
    assert watched(look(gone), look(gone, 99 * HOUR)).condition is Condition.DEAD
    watch = watched(look(gone))
    jump = watch.note(look(0, HOUR), FIRMWARE, MINUTE)
    assert jump is not None
    assert watch.condition is Condition.STEADY


@pytest.mark.parametrize(
    ("shown", "firmware", "dead"),
    [
        (datetime(2000, 1, 1, 0, 5), "", True),
        (datetime(2000, 1, 1, 0, 5), FIRMWARE, True),
        (datetime(2019, 9, 26), FIRMWARE, True),
        (datetime(2019, 9, 28), FIRMWARE, False),
        (datetime(2019, 9, 26), "Ver 8.0.4.2-20180524", False),
        (datetime(2019, 9, 26), "Ver 6.60 Sep 99 2019", False),
        (datetime(2026, 11, 22), FIRMWARE, False),
        (datetime(2031, 1, 1), FIRMWARE, False),
    ],
)
def test_a_dead_clock_shows_a_time_before_its_firmware_was_made(
    shown: datetime, firmware: str, dead: bool
) -> None:
    measured = Measurement(bracket(shown, START, START, JAKARTA), shown, START, 0.0, 1.0)
    assert looks_dead(measured, firmware) is dead


def test_a_right_clock_of_a_rehearsed_day_long_ago_is_not_dead() -> None:
    day = datetime(2017, 1, 3, 7, 0)
    at = day.replace(tzinfo=JAKARTA).astimezone(UTC)
    assert not looks_dead(Measurement(bracket(day, at, at, JAKARTA), day, at, 0.0, 1.0), FIRMWARE)


def test_after_a_restart_only_a_large_change_is_a_jump() -> None:
    for ahead, found in ((40, False), (200, True)):
        watch = ClockWatch(LastKnown(timedelta(seconds=0), START))
        assert (watch.note(look(ahead, HOUR), FIRMWARE, MINUTE) is not None) is found


def test_in_a_city_that_runs_fast_what_two_processes_notice_apart_is_no_jump() -> None:
    """At 1,200 city seconds a second, 40 ms between the collector and the terminals are 48 seconds."""
    watch = watched(look(0, rate=1200))
    assert watch.note(look(48, HOUR, rate=1200), FIRMWARE, MINUTE) is None
    assert watched(look(0)).note(look(48, HOUR), FIRMWARE, MINUTE) is not None
    assert watch.note(look(3600, 2 * HOUR, rate=1200), FIRMWARE, MINUTE) is not None
