from __future__ import annotations

import pytest

from attendance.day_result import DayStatus, Forgot, Rule
from attendance.people import ExcuseCode
from tests.support.judging import (
    at,
    duty,
    excuse,
    facts,
    figures,
    horizon,
    judged,
    outage,
)


def test_leaving_early_is_judged_only_when_the_window_is_over_and_read() -> None:
    day = facts(horizon("22:59:59"), punches=["07:00", "15:00"])
    assert judged(day, "22:59:59").status is DayStatus.PRESENT
    assert judged(day, "23:10").status is DayStatus.PRESENT
    result = judged(facts(horizon("23:00"), punches=["07:00", "15:00"]), "23:10")
    assert (result.status, result.early, result.early_grade) == (DayStatus.LEFT_EARLY, 60, "PSW2")
    assert result.arrival is not None
    assert result.leaving is not None
    assert (result.arrival.at, result.leaving.at) == (at("07:00"), at("15:00"))


@pytest.mark.parametrize(
    "punches",
    [["07:00", "07:29"], ["07:00", "16:00"], ["07:00", "15:59:30"], ["07:00"]],
    ids=["finger pressed twice", "in time", "not a whole minute", "no leaving punch"],
)
def test_nobody_left_early_without_a_leaving_punch_a_whole_minute_before_the_end(punches: list[str]) -> None:
    assert judged(facts(horizon("23:00"), punches=punches), "23:10").status is DayStatus.PRESENT


def test_who_came_late_and_left_early_stays_late_and_both_are_told() -> None:
    result = judged(facts(horizon("23:00"), punches=["08:00", "12:00"]), "23:10")
    assert (result.status, result.rule, result.late) == (DayStatus.LATE, Rule.LATE, 30)
    assert (result.early, result.early_grade) == (240, "PSW4")


@pytest.mark.parametrize(
    ("punches", "forgot", "rule", "status"),
    [
        (["07:20"], Forgot.OUT, Rule.FORGOT_OUT, DayStatus.PRESENT),
        (["08:00"], Forgot.OUT, Rule.LATE, DayStatus.LATE),
        (["13:59:59"], Forgot.OUT, Rule.LATE, DayStatus.LATE),
        (["14:00"], Forgot.IN, Rule.FORGOT_IN, DayStatus.PRESENT),
        (["16:01", "16:05"], Forgot.IN, Rule.FORGOT_IN, DayStatus.PRESENT),
        (["16:00", "16:40"], Forgot.IN, Rule.FORGOT_IN, DayStatus.PRESENT),
        (["07:20", "16:00"], None, Rule.IN_TIME, DayStatus.PRESENT),
    ],
)
def test_a_single_punch_is_a_coming_or_a_leaving_and_the_other_was_forgotten(
    punches: list[str], forgot: Forgot | None, rule: Rule, status: DayStatus
) -> None:
    result = judged(facts(horizon("23:00"), punches=punches))
    assert (result.forgot, result.rule, result.status) == (forgot, rule, status)
    if forgot is Forgot.IN:
        assert (result.arrival, result.late, result.early_grade) == (None, None, None)
        assert result.leaving is not None


def test_nobody_forgot_anything_until_the_whole_day_is_vouched_for() -> None:
    for punch in ("07:20", "16:05"):
        assert judged(facts(horizon("22:59"), punches=[punch])).forgot is None
        cut = horizon("23:00", outages=(outage("20:00", "20:10"),))
        assert judged(facts(cut, punches=[punch])).forgot is None


def test_a_single_late_punch_is_no_leaving_while_an_earlier_one_may_come_in() -> None:
    result = judged(facts(horizon("07:20", online=False), punches=["16:05"]), "16:10")
    assert (result.status, result.rule, result.late) == (DayStatus.PRESENT, Rule.ARRIVAL_UNSURE, None)
    assert result.arrival is not None


def test_a_single_punch_in_time_is_a_coming_however_short_the_work() -> None:
    rest = excuse(ExcuseCode.DL, "08:00", None)
    result = judged(facts(horizon("23:00"), punches=["07:20"], excuses=[rest]))
    assert (result.status, result.late, result.forgot) == (DayStatus.PRESENT, 0, None)


@pytest.mark.parametrize(
    ("punches", "clock", "rule", "late", "repaid"),
    [
        (["07:45"], "12:00", Rule.FLEXI_OPEN, 15, 0),
        (["07:45", "16:15"], "22:59", Rule.FLEXI_OPEN, 15, 0),
        (["07:45", "16:15"], "23:00", Rule.FLEXI_REPAID, 0, 15),
        (["07:45", "16:14:59"], "23:00", Rule.FLEXI_OWED, 15, 0),
        (["07:45"], "23:00", Rule.FLEXI_OWED, 15, 0),
        (["08:01", "17:00"], "23:00", Rule.LATE, 31, 0),
    ],
)
def test_flexible_minutes_are_owed_only_when_the_day_is_over(
    punches: list[str], clock: str, rule: Rule, late: int, repaid: int
) -> None:
    day = facts(horizon(clock), punches=punches, on=duty(of=figures(flexi=30)))
    result = judged(day, clock)
    assert (result.rule, result.late, result.repaid) == (rule, late, repaid)
    owed = rule in (Rule.FLEXI_OWED, Rule.LATE)
    assert result.status is (DayStatus.LATE if owed else DayStatus.PRESENT)
    assert (result.late_grade is not None) is owed


def test_flexible_minutes_stay_open_while_data_is_missing() -> None:
    day = facts(horizon("20:00", online=False), punches=["07:45"], on=duty(of=figures(flexi=30)))
    assert judged(day).rule is Rule.FLEXI_OPEN
