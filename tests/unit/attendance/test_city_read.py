"""Whoever pressed away from home is accused by nobody while the terminals elsewhere are just being read."""

from __future__ import annotations

from dataclasses import replace

import pytest

from attendance.city_read import city_read
from attendance.day_result import DayResult, DayStatus, Rule, WaitCode, WaitReason
from attendance.facts import PersonDay
from attendance.input_hash import input_hash
from attendance.judgement import judge
from tests.support.judging import FRESHNESS, at, facts, horizon, marks


def seen(person_day: PersonDay, clock: str, read: str | None) -> DayResult:
    through = None if read is None else at(read)
    return judge(
        person_day._replace(reach=replace(person_day.reach, city_read=through)), at(clock), FRESHNESS
    )


def test_nobody_is_absent_before_the_whole_city_was_read_past_the_start() -> None:
    person_day = facts(horizon("07:35"))
    waiting = seen(person_day, "07:35", "07:28")
    assert (waiting.status, waiting.reason) == (DayStatus.WAITING, WaitReason(WaitCode.BEHIND))
    assert seen(person_day, "07:35", "07:31").status is DayStatus.ABSENT
    assert seen(person_day, "07:35", None).status is DayStatus.ABSENT


def test_nobody_is_late_before_the_whole_city_was_read_past_the_start() -> None:
    person_day = facts(horizon("07:45"))._replace(marks=marks("07:40"))
    unsure = seen(person_day, "07:45", "07:28")
    assert (unsure.status, unsure.rule, unsure.late) == (DayStatus.PRESENT, Rule.ARRIVAL_UNSURE, None)
    assert seen(person_day, "07:45", "07:31").status is DayStatus.LATE


def test_nobody_left_early_and_nothing_is_final_before_the_whole_city_was_read_past_the_end() -> None:
    person_day = facts(horizon("23:30"))._replace(marks=marks("07:20", "12:00"))
    unsure = seen(person_day, "23:30", "22:00")
    assert (unsure.status, unsure.final) == (DayStatus.PRESENT, False)
    over = seen(person_day, "23:30", "23:00")
    assert (over.status, over.final) == (DayStatus.LEFT_EARLY, True)


def test_terminals_that_are_off_never_read_or_far_behind_hold_nobody_up() -> None:
    read = (horizon("07:40"), horizon("07:33", terminal=2))
    assert city_read(read) == at("07:33")
    others = (
        horizon("07:10", terminal=3, online=False),
        horizon(terminal=4),
        horizon("07:25", terminal=5),
    )
    assert city_read((*read, *others)) == at("07:33")
    assert city_read((*read, horizon("07:26", terminal=5))) == at("07:26")
    assert city_read(others[:2]) is None


@pytest.mark.parametrize(("read", "same"), [("07:35", True), ("22:59", True), ("23:00", False)])
def test_how_far_the_city_was_read_matters_to_a_result_only_where_it_passes_a_turn(
    read: str, same: bool
) -> None:
    person_day = facts(horizon("23:30"))

    def fingerprint(clock: str) -> str:
        reach = replace(person_day.reach, city_read=at(clock))
        return input_hash(person_day._replace(reach=reach), at("23:30"))

    assert (fingerprint("07:31") == fingerprint(read)) is same
