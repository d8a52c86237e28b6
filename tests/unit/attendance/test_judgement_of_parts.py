"""Excuses for a part of a day, several spells, and spells that follow one another."""

from __future__ import annotations

from dataclasses import replace

import pytest

from attendance.day_result import DayStatus, Forgot, Rule
from attendance.duty import DutyDay
from attendance.people import ExcuseCode
from attendance.required import required
from tests.support.judging import (
    EVENING,
    MORNING,
    NIGHT,
    OFFICE,
    at,
    duty,
    excuse,
    facts,
    figures,
    horizon,
    judged,
    outage,
    spell,
)

# --- excuses for a part of the day -----------------------------------------------------------------------


def test_an_excuse_moves_the_start_to_its_end_and_the_end_to_its_start() -> None:
    spans = [excuse(start="06:00", end="09:00"), excuse(start="09:00", end="10:00"), excuse(start="15:00")]
    left = required(OFFICE, spans, figures())
    assert (left.start, left.end, left.late_from) == (at("10:00"), at("15:00"), at("10:01"))


def test_an_excuse_in_the_middle_moves_nothing() -> None:
    left = required(OFFICE, [excuse(start="10:00", end="12:00")], figures())
    assert (left.start, left.end, left.start_moved, left.end_moved) == (
        at("07:30"),
        at("16:00"),
        False,
        False,
    )


@pytest.mark.parametrize(
    "spans",
    [
        [excuse()],
        [excuse(end="12:00"), excuse(start="12:00")],
        [excuse(start="12:00"), excuse(start="07:30", end="12:30")],
        [excuse(start="07:00", end="16:00")],
    ],
)
def test_excuses_that_cover_all_that_is_required_excuse_the_day(spans: list[object]) -> None:
    result = judged(facts(horizon("23:00"), excuses=spans))  # type: ignore[arg-type]
    assert (result.status, result.rule) == (DayStatus.EXCUSED, Rule.EXCUSED)
    assert (result.starts, result.ends) == (at("07:30"), at("16:00"))


@pytest.mark.parametrize(
    ("clock", "status", "rule"),
    [
        ("05:00", DayStatus.NOT_DUE, Rule.BEFORE_WINDOW),
        ("07:40", DayStatus.EXCUSED, Rule.EXCUSED_PART),
        ("10:00:59", DayStatus.EXCUSED, Rule.EXCUSED_PART),
        ("10:01", DayStatus.ABSENT, Rule.NO_PUNCH),
    ],
)
def test_who_is_excused_in_the_morning_is_expected_when_the_excuse_ends(
    clock: str, status: DayStatus, rule: Rule
) -> None:
    result = judged(facts(horizon(clock), excuses=[excuse(ExcuseCode.DL, end="10:00")]), clock)
    assert (result.status, result.rule, result.starts) == (status, rule, at("10:00"))


@pytest.mark.parametrize(
    ("punches", "status", "rule", "late", "early"),
    [
        (["07:20", "16:00"], DayStatus.PRESENT, Rule.IN_TIME, 0, 0),
        (["09:55", "16:00"], DayStatus.PRESENT, Rule.EXCUSED_PART, 0, 0),
        (["10:11", "16:00"], DayStatus.LATE, Rule.LATE, 11, 0),
        (["15:50"], DayStatus.PRESENT, Rule.EXCUSED_PART, None, None),
    ],
)
def test_lateness_counts_from_the_end_of_the_excuse(
    punches: list[str], status: DayStatus, rule: Rule, late: int | None, early: int | None
) -> None:
    day = facts(horizon("23:00"), punches=punches, excuses=[excuse(ExcuseCode.DL, end="10:00")])
    result = judged(day)
    assert (result.status, result.rule, result.late, result.early) == (status, rule, late, early)
    assert (result.excuse, result.forgot) == (ExcuseCode.DL, None)


@pytest.mark.parametrize(
    ("punches", "status", "rule", "early"),
    [
        (["07:20", "16:00"], DayStatus.PRESENT, Rule.IN_TIME, 0),
        (["07:20", "13:00"], DayStatus.PRESENT, Rule.EXCUSED_PART, 0),
        (["07:20", "12:30"], DayStatus.LEFT_EARLY, Rule.LEFT_EARLY, 30),
        (["07:20"], DayStatus.PRESENT, Rule.EXCUSED_PART, None),
    ],
)
def test_leaving_counts_to_the_beginning_of_the_excuse_and_none_is_forgotten_there(
    punches: list[str], status: DayStatus, rule: Rule, early: int | None
) -> None:
    day = facts(horizon("23:00"), punches=punches, excuses=[excuse(ExcuseCode.IZIN, start="13:00")])
    result = judged(day)
    assert (result.status, result.rule, result.early, result.forgot) == (status, rule, early, None)


def test_of_overlapping_excuses_the_first_in_order_is_shown() -> None:
    spans = [excuse(ExcuseCode.CS, letter="dokter"), excuse(ExcuseCode.DL, letter="tugas")]
    result = judged(facts(horizon("23:00"), excuses=spans))
    assert (result.excuse, result.excuse_reference) == (ExcuseCode.CS, "dokter")


# --- one shift across midnight ---------------------------------------------------------------------------


def test_a_night_shift_belongs_wholly_to_the_day_on_which_it_began() -> None:
    night = duty(NIGHT)
    result = judged(facts(horizon("+1 10:00"), punches=["20:55", "+1 07:02"], on=night), "+1 10:00")
    assert (result.status, result.late, result.early, result.final) == (DayStatus.PRESENT, 0, 0, True)
    assert result.shift == "M"
    live = judged(facts(horizon("19:00"), on=night), "19:00")
    assert live.status is DayStatus.NOT_DUE, "a shift that has not begun accuses nobody"


# --- two spells with a break between them ----------------------------------------------------------------

SPLIT = duty(MORNING, EVENING)
OVER = "+1 01:00"


@pytest.mark.parametrize(
    ("clock", "status", "rule"),
    [
        ("06:30", DayStatus.NOT_YET, Rule.BEFORE_START),
        ("12:00", DayStatus.PRESENT, Rule.IN_TIME),
        ("14:00", DayStatus.NOT_DUE, Rule.BEFORE_WINDOW),
        ("17:30", DayStatus.NOT_YET, Rule.BEFORE_START),
        ("18:01", DayStatus.ABSENT, Rule.NO_PUNCH),
    ],
)
def test_the_last_spell_that_has_begun_speaks_for_the_day(clock: str, status: DayStatus, rule: Rule) -> None:
    result = judged(facts(horizon(clock), punches=["06:50", "11:05"], on=SPLIT), clock)
    assert (result.status, result.rule, result.final) == (status, rule, False)
    assert [one.shift for one in result.spells] == ["P", "M"]


def test_one_missed_spell_makes_no_absent_day_and_is_told() -> None:
    result = judged(facts(horizon(OVER), punches=["06:50", "11:05"], on=SPLIT), OVER)
    assert (result.status, result.rule, result.final) == (DayStatus.PRESENT, Rule.NO_PUNCH, True)
    assert [one.status for one in result.spells] == [DayStatus.PRESENT, DayStatus.ABSENT]
    assert not result.unexcused


def test_two_missed_spells_make_an_absent_day() -> None:
    result = judged(facts(horizon(OVER), on=SPLIT), OVER)
    assert (result.status, result.rule, result.unexcused) == (DayStatus.ABSENT, Rule.NO_PUNCH, True)


def test_minutes_of_several_spells_add_up_and_the_gravest_status_stays() -> None:
    punches = ["07:20", "11:00", "18:15", "21:30"]
    result = judged(facts(horizon(OVER), punches=punches, on=SPLIT), OVER)
    assert (result.status, result.rule) == (DayStatus.LATE, Rule.LATE)
    assert (result.late, result.late_grade, result.early, result.early_grade) == (35, "TL2", 30, "PSW1")
    assert result.shift == "P+M"
    assert (result.starts, result.ends) == (at("07:00"), at("22:00"))
    assert result.arrival is not None
    assert result.leaving is not None
    assert (result.arrival.at, result.leaving.at) == (at("07:20"), at("21:30"))


def test_a_day_waits_when_one_of_its_spells_does() -> None:
    cut = horizon(OVER, outages=(outage("18:00", "18:30"),))
    result = judged(facts(cut, punches=["06:50", "11:05"], on=SPLIT), OVER)
    assert (result.status, result.final) == (DayStatus.WAITING, True)
    assert result.reason is not None


def test_an_excuse_may_cover_one_of_two_spells() -> None:
    free = excuse(ExcuseCode.IZIN, start="15:00")
    kept = judged(facts(horizon(OVER), punches=["06:50", "11:05"], on=SPLIT, excuses=[free]), OVER)
    assert kept.status is DayStatus.PRESENT
    assert [one.status for one in kept.spells] == [DayStatus.PRESENT, DayStatus.EXCUSED]
    missed = judged(facts(horizon(OVER), on=SPLIT, excuses=[free]), OVER)
    assert missed.status is DayStatus.ABSENT


# --- spells that follow one another ----------------------------------------------------------------------


def bridged() -> DutyDay:
    """A morning shift, an hour's break, and an afternoon shift: the windows overlap."""
    first = replace(spell("07:00", "14:00", "06:00", "17:00", "P"), bridged_after=True)
    second = replace(spell("15:00", "22:00", "14:00", "+1 01:00", "S"), bridged_before=True)
    return duty(first, second)


def test_who_stays_on_need_not_press_between_two_spells() -> None:
    result = judged(facts(horizon(OVER), punches=["06:50", "22:05"], on=bridged()), OVER)
    assert (result.status, result.late, result.forgot) == (DayStatus.PRESENT, 0, None)
    assert [one.rule for one in result.spells] == [Rule.BRIDGED, Rule.BRIDGED]


def test_one_punch_between_two_spells_serves_both() -> None:
    result = judged(facts(horizon(OVER), punches=["06:50", "14:30", "22:05"], on=bridged()), OVER)
    assert [one.rule for one in result.spells] == [Rule.IN_TIME, Rule.IN_TIME]
    late = judged(facts(horizon(OVER), punches=["06:50", "15:20", "22:05"], on=bridged()), OVER)
    assert late.spells[1].rule is Rule.BRIDGED
    assert late.late == 0


def test_who_stays_on_is_not_called_absent_before_the_spell_is_over() -> None:
    after = replace(spell("07:00", "14:00", "06:00", "17:00", "P"), bridged_before=True)
    day = facts(horizon("12:00"), on=duty(after))
    live = judged(day, "12:00")
    assert (live.status, live.rule) == (DayStatus.NOT_YET, Rule.BRIDGED)
    assert judged(facts(horizon("17:00"), on=duty(after)), "17:00").status is DayStatus.ABSENT
    left = judged(facts(horizon("17:00"), punches=["14:05"], on=duty(after)), "17:00")
    assert (left.status, left.rule, left.late, left.forgot) == (DayStatus.PRESENT, Rule.BRIDGED, 0, None)
    assert left.leaving is not None


def test_a_spell_bridged_on_both_sides_is_kept_by_who_pressed_around_it() -> None:
    middle = replace(
        spell("14:00", "21:00", "13:00", "+1 00:00", "S"), bridged_before=True, bridged_after=True
    )
    day = facts(horizon("+1 00:00"), punches=["06:50", "12:59"], on=duty(middle))
    assert judged(day).status is DayStatus.PRESENT
    assert judged(facts(horizon("+1 00:00"), on=duty(middle))).status is DayStatus.ABSENT


def test_a_spell_that_is_not_followed_is_judged_as_ever() -> None:
    early = judged(facts(horizon("+1 10:00"), punches=["20:55", "+1 06:00"], on=duty(NIGHT)))
    assert (early.status, early.early) == (DayStatus.LEFT_EARLY, 60)
    forgot = judged(facts(horizon("+1 10:00"), punches=["20:55"], on=duty(NIGHT)))
    assert forgot.forgot is Forgot.OUT
