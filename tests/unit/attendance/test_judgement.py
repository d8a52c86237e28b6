from __future__ import annotations

from datetime import timedelta

import pytest

from attendance.day_result import DayStatus, Rule, WaitCode, WaitReason
from attendance.duty import NoDuty, OffReason
from attendance.facts import Horizon, Mark
from attendance.ids import TerminalId
from attendance.judgement import hangs_on_terminals, is_over, judge, next_change_at
from attendance.people import ExcuseCode, OutageCause
from tests.support.judging import (
    FRESHNESS,
    ROLL_CALL,
    at,
    duty,
    excuse,
    facts,
    figures,
    horizon,
    judged,
    marks,
    off,
    outage,
    reach,
    site_outage,
)


@pytest.mark.parametrize(
    ("clock", "status", "rule"),
    [
        ("05:59:59", DayStatus.NOT_DUE, Rule.BEFORE_WINDOW),
        ("06:00:00", DayStatus.NOT_YET, Rule.BEFORE_START),
        ("07:30:59", DayStatus.NOT_YET, Rule.BEFORE_START),
        ("07:31:00", DayStatus.WAITING, Rule.WAITS),
    ],
)
def test_nobody_is_judged_before_lateness_begins(clock: str, status: DayStatus, rule: Rule) -> None:
    result = judged(facts(horizon("07:30")), clock)
    assert (result.status, result.rule) == (status, rule)


@pytest.mark.parametrize(
    ("punch", "minutes", "grade"),
    [
        ("06:00:00", 0, None),
        ("07:30:59", 0, None),
        ("07:31:00", 1, "TL1"),
        ("08:00:59", 30, "TL1"),
        ("08:01:00", 31, "TL2"),
        ("09:00:59", 90, "TL3"),
        ("09:01:00", 91, "TL4"),
    ],
)
def test_lateness_is_counted_in_whole_minutes_from_the_start(
    punch: str, minutes: int, grade: str | None
) -> None:
    result = judged(facts(horizon("12:00"), punches=[punch]), "12:00")
    assert (result.late, result.late_grade) == (minutes, grade)
    assert result.status is (DayStatus.LATE if minutes else DayStatus.PRESENT)


@pytest.mark.parametrize(
    ("punch", "rule", "minutes"),
    [
        ("07:30:59", Rule.IN_TIME, 0),
        ("07:35:59", Rule.WITHIN_GRACE, 0),
        ("07:36:00", Rule.LATE, 6),
    ],
)
def test_minutes_within_the_tolerance_are_forgiven_and_told(punch: str, rule: Rule, minutes: int) -> None:
    result = judged(facts(horizon("12:00"), punches=[punch], on=duty(of=figures(tolerance=5))), "12:00")
    assert (result.rule, result.late) == (rule, minutes)


@pytest.mark.parametrize(
    ("terminals", "code"),
    [
        ((horizon("07:30:59"),), WaitCode.BEHIND),
        ((horizon(None),), WaitCode.NEVER_READ),
        ((horizon("07:59"), horizon("07:20", terminal=2, online=False, since="07:20")), WaitCode.DARK),
        ((), WaitCode.NO_TERMINAL),
    ],
)
def test_nobody_is_late_while_an_earlier_punch_may_still_come_in(
    terminals: tuple[Horizon, ...], code: WaitCode
) -> None:
    result = judged(facts(*terminals, punches=["07:45"]), "08:00")
    assert (result.status, result.rule) == (DayStatus.PRESENT, Rule.ARRIVAL_UNSURE)
    assert (result.late, result.late_grade) == (None, None)
    assert result.arrival is not None
    assert result.arrival.at == at("07:45")
    assert result.reason is not None
    assert result.reason.code is code


def test_a_terminal_that_went_dark_after_the_limit_still_vouches_for_lateness() -> None:
    day = facts(horizon("07:31", online=False, since="07:31"), punches=["07:45"])
    assert judged(day, "08:00").status is DayStatus.LATE


def test_an_outage_before_the_first_punch_forbids_to_call_anyone_late_and_a_later_one_does_not() -> None:
    """Also one after the limit: an earlier punch that it swallowed would have been of a lower class."""
    early, between, later = outage("07:00", "07:20"), outage("07:35", "07:40"), outage("07:45")
    unsure = DayStatus.PRESENT
    for broken, status in ((early, unsure), (between, unsure), (later, DayStatus.LATE)):
        day = facts(horizon("07:59", outages=(broken,)), punches=["07:45"])
        assert judged(day, "08:00").status is status


def test_a_power_cut_of_the_whole_site_forbids_to_accuse_anyone_there() -> None:
    cut = reach(horizon("07:59"), outages=(site_outage("07:00", "07:20"),))
    expected = WaitReason(WaitCode.OUTAGE, None, at("07:00"), OutageCause.POWER)
    assert judged(facts(reached=cut), "08:00").reason == expected
    late = judged(facts(reached=cut, punches=["07:45"]), "08:00")
    assert (late.status, late.reason) == (DayStatus.PRESENT, expected)
    over = reach(horizon("23:00"), outages=(site_outage("12:00", "13:00"),))
    assert judged(facts(reached=over, punches=["07:00", "15:00"])).status is DayStatus.PRESENT


def test_a_punch_outside_the_window_does_not_count() -> None:
    day = facts(horizon("+1 00:00"), punches=["05:59:59", "23:00"])
    assert judged(day).arrival is None


def test_a_punch_that_a_terminal_dates_in_the_future_counts_when_its_time_comes() -> None:
    day = facts(horizon("08:00"), punches=["08:00"])
    assert judged(day, "07:59").status is DayStatus.ABSENT
    assert next_change_at(day, at("07:59"), FRESHNESS) == at("08:00")
    assert judged(day, "08:00").status is DayStatus.LATE


def test_a_fresh_terminal_read_past_the_limit_makes_its_people_absent() -> None:
    assert judged(facts(horizon("07:31")), "07:31").status is DayStatus.ABSENT
    result = judged(facts(horizon("07:59")), "08:00")
    assert (result.status, result.rule, result.final) == (DayStatus.ABSENT, Rule.NO_PUNCH, False)


@pytest.mark.parametrize(
    ("terminal", "reason"),
    [
        (horizon("07:30:59"), WaitReason(WaitCode.BEHIND, TerminalId(1), at("07:30:59"))),
        (horizon("07:57"), WaitReason(WaitCode.BEHIND, TerminalId(1), at("07:57"))),
        (horizon(None), WaitReason(WaitCode.NEVER_READ, TerminalId(1))),
        (
            horizon("07:59", online=False, since="07:59:30"),
            WaitReason(WaitCode.DARK, TerminalId(1), at("07:59:30")),
        ),
        (horizon(None, online=False, since="06:45"), WaitReason(WaitCode.DARK, TerminalId(1), at("06:45"))),
    ],
    ids=["not past the limit", "stale", "never read", "dark", "dark from the start"],
)
def test_no_data_is_never_absent(terminal: Horizon, reason: WaitReason) -> None:
    result = judged(facts(terminal), "08:00")
    assert (result.status, result.reason) == (DayStatus.WAITING, reason)


def test_one_dark_terminal_of_several_is_enough_to_wait_and_the_gravest_reason_is_told() -> None:
    day = facts(horizon("07:59"), horizon("07:20", terminal=2), horizon("07:20", terminal=3, online=False))
    assert judged(day, "08:00").reason == WaitReason(WaitCode.DARK, TerminalId(3), at("07:20"))


def test_a_site_without_terminal_and_a_person_without_pin_wait() -> None:
    assert judged(facts(), "08:00").reason == WaitReason(WaitCode.NO_TERMINAL)
    nameless = facts(reached=reach(horizon("07:59"), has_pin=False))
    assert judged(nameless, "08:00").reason == WaitReason(WaitCode.NO_PIN)


def test_who_could_not_press_before_work_began_is_neither_absent_nor_late() -> None:
    new = reach(horizon("23:00"), pin_from="11:00")
    reason = WaitReason(WaitCode.NO_PIN, None, at("11:00"))
    missing = judged(facts(reached=new))
    assert (missing.status, missing.reason, missing.final) == (DayStatus.WAITING, reason, True)
    came = judged(facts(reached=new, punches=["11:05", "15:00"]))
    assert (came.status, came.rule, came.reason) == (DayStatus.PRESENT, Rule.ARRIVAL_UNSURE, reason)
    assert (came.early, came.forgot) == (None, None)


def test_a_declared_outage_within_the_window_suspends_accusation() -> None:
    day = facts(horizon("07:59", outages=(outage("06:30", "07:10"),)))
    expected = WaitReason(WaitCode.OUTAGE, TerminalId(1), at("06:30"), OutageCause.POWER)
    assert judged(day, "08:00").reason == expected


def test_an_outage_over_before_the_window_or_not_begun_excuses_nobody() -> None:
    day = facts(horizon("07:59", outages=(outage("03:00", "06:00"), outage("09:00"))))
    assert judged(day, "08:00").status is DayStatus.ABSENT
    assert judged(day, "09:00").status is DayStatus.WAITING


def test_a_terminal_read_past_the_window_vouches_even_when_it_is_off_at_night() -> None:
    result = judged(facts(horizon("23:00", online=False, since="23:05")), "23:30")
    assert (result.status, result.final, result.unexcused) == (DayStatus.ABSENT, True, True)


@pytest.mark.parametrize("code", list(ExcuseCode))
def test_an_excuse_holds_all_day_and_a_punch_beside_it_is_never_late(code: ExcuseCode) -> None:
    for clock in ("05:00", "07:40", "12:00", "23:30"):
        result = judged(facts(horizon(None), excuses=[excuse(code)]), clock)
        assert (result.status, result.rule, result.excuse) == (DayStatus.EXCUSED, Rule.EXCUSED, code)
    result = judged(facts(horizon("23:30"), punches=["09:00", "12:00"], excuses=[excuse(code)]), "23:30")
    assert (result.status, result.rule, result.late) == (DayStatus.PRESENT, Rule.CAME_EXCUSED, 0)
    assert (result.excuse, result.early, result.excuse_reference) == (code, None, "800/1")


@pytest.mark.parametrize(
    ("reason", "rule"),
    [
        (OffReason.WEEKLY, Rule.OFF_WEEKLY),
        (OffReason.HOLIDAY, Rule.OFF_HOLIDAY),
        (OffReason.JOINT_LEAVE, Rule.OFF_JOINT_LEAVE),
        (OffReason.SHIFT_OFF, Rule.OFF_SHIFT),
        (OffReason.ON_CALL, Rule.ON_CALL),
        (OffReason.NOT_SERVING, Rule.NOT_SERVING),
    ],
)
def test_a_day_off_stays_off_whatever_is_punched(reason: OffReason, rule: Rule) -> None:
    day = facts(punches=["08:00", "12:00"], on=off(reason, "Natal"))
    result = judged(day, "12:00")
    assert (result.status, result.rule, result.final) == (DayStatus.OFF, rule, True)
    assert result.off_name == "Natal"
    assert [flag.value for flag in result.flags] == ["worked_off"]
    assert result.arrival is not None
    assert result.arrival.at == at("08:00")
    assert not hangs_on_terminals(day.duty, result, at("12:00"))


def test_a_night_shift_that_ends_on_a_day_off_is_no_work_on_that_day() -> None:
    day = facts(punches=["07:05"], on=off())
    assert judged(day._replace(claimed=((at("00:00"), at("10:00")),))).flags == ()


def test_a_shift_worker_without_a_roster_waits_and_a_punch_makes_them_present() -> None:
    unplanned = off(OffReason.UNPLANNED)
    assert (
        judge(facts(on=unplanned), at("00:00") - timedelta(seconds=1), FRESHNESS).status is DayStatus.NOT_DUE
    )
    waiting = judged(facts(on=unplanned), "00:00")
    assert (waiting.status, waiting.reason, waiting.final) == (
        DayStatus.WAITING,
        WaitReason(WaitCode.NO_ROSTER),
        False,
    )
    assert judged(facts(on=unplanned), "+1 00:00").final
    came = judged(facts(punches=["21:00"], on=unplanned), "22:00")
    assert (came.status, came.rule, came.late) == (DayStatus.PRESENT, Rule.NO_ROSTER, None)
    away = judged(facts(on=unplanned, excuses=[excuse()]), "12:00")
    assert away.status is DayStatus.EXCUSED


def test_the_day_is_final_when_its_window_is_over_and_every_terminal_was_read_past_it() -> None:
    two = facts(horizon("23:00"), horizon("22:00", terminal=2))
    assert not judged(facts(horizon("23:00")), "22:59").final
    assert not judged(two, "23:30").final
    assert judged(facts(horizon("23:00"), horizon("23:01", terminal=2)), "23:30").final
    assert judged(facts(), "23:30").final, "no terminal: only a new fact can change it"
    assert is_over(duty(), at("23:00"))
    assert not is_over(duty(), at("22:59"))
    assert is_over(NoDuty(off().day, OffReason.WEEKLY, off().pack), at("00:00"))


def test_punches_outside_the_hours_are_no_absence_but_something_to_check() -> None:
    result = judged(facts(horizon("23:00"), punches=["23:10", "05:20"]))
    assert result.status is DayStatus.WAITING
    assert result.reason == WaitReason(WaitCode.OUTSIDE_WINDOW, None, at("05:20"))
    assert [flag.value for flag in result.flags] == ["outside_window"]
    attended = judged(facts(horizon("23:00"), punches=["05:20", "07:20", "16:00"]))
    assert (attended.status, attended.flags) == (DayStatus.PRESENT, ())


@pytest.mark.parametrize(
    ("punches", "rule", "flagged"),
    [
        (["05:50", "12:05", "16:02"], Rule.ARRIVAL_UNSURE, True),
        (["05:50", "16:05"], Rule.ARRIVAL_UNSURE, True),
        (["07:20", "12:05", "23:10"], Rule.IN_TIME, True),
        (["07:20", "23:05"], Rule.IN_TIME, True),
        (["05:50", "07:20", "16:05"], Rule.IN_TIME, False),
        (["05:50", "07:20", "15:00"], Rule.LEFT_EARLY, False),
        (["08:00", "16:05", "23:10"], Rule.LATE, False),
    ],
)
def test_whoever_pressed_outside_the_hours_is_not_accused_of_what_that_punch_may_explain(
    punches: list[str], rule: Rule, flagged: bool
) -> None:
    result = judged(facts(horizon("23:00"), punches=punches))
    assert (result.rule, [flag.value for flag in result.flags]) == (rule, ["outside_window"] * flagged)
    if flagged:
        assert (result.status, result.forgot) == (DayStatus.PRESENT, None)
        assert (result.late_grade, result.early_grade) == (None, None)
    if rule is Rule.ARRIVAL_UNSURE:
        assert result.reason == WaitReason(WaitCode.OUTSIDE_WINDOW, None, at("05:50"))
        assert result.leaving is not None


def test_flexible_minutes_are_not_owed_when_a_punch_after_the_hours_may_be_the_leaving() -> None:
    day = facts(horizon("23:00"), punches=["07:45", "16:00", "23:10"], on=duty(of=figures(flexi=30)))
    assert judged(day).rule is Rule.FLEXI_OPEN


def test_a_punch_of_another_date_or_of_a_neighbouring_shift_is_no_stray() -> None:
    other = facts(horizon("23:00"), punches=["+1 00:30"])
    assert judged(other).status is DayStatus.ABSENT
    shift = facts(horizon("23:00"), punches=["05:20"])
    claimed = shift._replace(claimed=((at("00:00"), at("06:00")),))
    assert judged(claimed).status is DayStatus.ABSENT


@pytest.mark.parametrize(
    ("read", "punches", "clock", "attended"),
    [
        ("07:40", [], "07:40", None),
        ("07:44", [], "08:00", None),
        ("07:45", [], "08:00", False),
        ("07:45", ["06:29:59"], "08:00", False),
        ("07:45", ["06:30"], "08:00", True),
        ("07:20", ["07:44"], "08:00", True),
    ],
)
def test_a_roll_call_is_attended_by_any_punch_in_its_window(
    read: str, punches: list[str], clock: str, attended: bool | None
) -> None:
    day = facts(horizon(read), punches=punches, on=duty(gatherings=(ROLL_CALL,)))
    result = judged(day, clock)
    assert [gathering.attended for gathering in result.gatherings] == [attended]
    assert not result.final


def test_a_roll_call_missed_changes_no_status_and_an_excuse_over_its_time_frees_from_it() -> None:
    called = duty(gatherings=(ROLL_CALL,))
    late = judged(facts(horizon("23:00"), punches=["07:50", "16:00"], on=called))
    assert (late.status, late.late) == (DayStatus.LATE, 20)
    assert late.gatherings[0].attended is False
    away = excuse(ExcuseCode.DL, None, "09:00")
    free = judged(facts(horizon("23:00"), punches=["09:00", "16:00"], on=called, excuses=[away]))
    assert free.gatherings[0].attended is None


def test_a_punch_elsewhere_counts_and_two_sites_within_minutes_are_flagged() -> None:
    (home,), (elsewhere,) = marks("07:20"), marks("07:25", terminal=9)

    def flags(*seen: Mark) -> list[str]:
        return [flag.value for flag in judged(facts(horizon("23:00"))._replace(marks=seen)).flags]

    assert flags(home) == []
    assert flags(elsewhere) == ["other_site"]
    assert flags(elsewhere, home) == ["other_site", "two_sites"]
    assert flags(home, elsewhere._replace(at=at("07:31"))) == ["other_site"]
    assert flags(home, home._replace(terminal_id=TerminalId(2), at=at("07:21"))) == []
