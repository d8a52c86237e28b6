from __future__ import annotations

import pytest

from attendance.corrections import CorrectionKind
from attendance.day_result import DayStatus, Flag, Forgot, Rule
from attendance.duty import OffReason
from tests.support.judging import (
    EVENING,
    MORNING,
    ROLL_CALL,
    at,
    correction,
    duty,
    excuse,
    facts,
    horizon,
    judged,
    off,
    outage,
)

ARRIVAL, DEPARTURE = CorrectionKind.ARRIVAL, CorrectionKind.DEPARTURE
PRESENT, VOID, GATHERING = CorrectionKind.PRESENT, CorrectionKind.VOID, CorrectionKind.GATHERING


@pytest.mark.parametrize("punches", [[], ["09:30"], ["09:30", "12:00"]])
def test_a_confirmed_presence_stands_whatever_was_punched(punches: list[str]) -> None:
    day = facts(horizon("23:00"), punches=punches, corrections=[correction(PRESENT)])
    result = judged(day)
    assert (result.status, result.rule, result.final) == (DayStatus.PRESENT, Rule.CORRECTED, True)
    assert (result.late, result.early, result.late_grade, result.early_grade) == (0, 0, None, None)
    assert result.correction == 7
    unread = judged(facts(horizon(None), corrections=[correction(PRESENT)]))
    assert (unread.status, unread.final) == (DayStatus.PRESENT, False)


@pytest.mark.parametrize(
    ("said", "status", "rule", "late"),
    [("07:25", DayStatus.PRESENT, Rule.CORRECTED, 0), ("07:45", DayStatus.LATE, Rule.LATE, 15)],
)
def test_a_corrected_arrival_wins_over_the_punches_and_needs_no_terminal(
    said: str, status: DayStatus, rule: Rule, late: int
) -> None:
    day = facts(horizon(None), punches=["09:00", "16:00"], corrections=[correction(ARRIVAL, said)])
    result = judged(day, "17:00")
    assert (result.status, result.rule, result.late, result.correction) == (status, rule, late, 7)
    assert result.arrival is not None
    assert (result.arrival.at, result.arrival.punch_id) == (at(said), None)
    assert result.leaving is not None
    assert result.leaving.at == at("16:00")


def test_of_two_corrected_arrivals_the_last_entered_wins() -> None:
    said = [correction(ARRIVAL, "08:00", number=7), correction(ARRIVAL, "07:20", number=8)]
    result = judged(facts(horizon("23:00"), corrections=said))
    assert (result.rule, result.correction, result.forgot) == (Rule.FORGOT_OUT, 8, Forgot.OUT)
    assert result.late == 0


def test_a_corrected_departure_wins_over_the_punches() -> None:
    day = facts(horizon(None), punches=["07:20"], corrections=[correction(DEPARTURE, "16:00")])
    result = judged(day)
    assert (result.status, result.rule, result.early) == (DayStatus.PRESENT, Rule.CORRECTED, 0)
    early = judged(
        facts(horizon(None), punches=["07:20", "16:05"], corrections=[correction(DEPARTURE, "15:00")])
    )
    assert (early.status, early.early, early.correction) == (DayStatus.LEFT_EARLY, 60, 7)


def test_a_corrected_departure_alone_leaves_the_coming_forgotten() -> None:
    result = judged(facts(horizon("23:00"), corrections=[correction(DEPARTURE, "16:00")]))
    assert (result.status, result.forgot, result.arrival) == (DayStatus.PRESENT, Forgot.IN, None)
    later = judged(facts(horizon("23:00"), punches=["16:30"], corrections=[correction(DEPARTURE, "16:00")]))
    assert later.arrival is None, "a punch after the leaving is no coming"


def test_a_correction_of_a_moment_to_come_says_nothing_yet() -> None:
    day = facts(horizon("08:00"), corrections=[correction(ARRIVAL, "09:00")])
    assert judged(day, "08:00").status is DayStatus.ABSENT
    assert judged(day, "09:00").status is DayStatus.LATE


def test_a_voided_punch_does_not_count_and_is_told() -> None:
    day = facts(horizon("23:00"), punches=["07:10"], corrections=[correction(VOID, punch=1)])
    result = judged(day)
    assert (result.status, result.flags, result.correction) == (DayStatus.ABSENT, (Flag.VOIDED,), 7)
    other = facts(horizon("23:00"), punches=["07:10"], corrections=[correction(VOID, punch=5)])
    assert (judged(other).rule, judged(other).flags) == (Rule.FORGOT_OUT, ())


def test_a_voided_punch_under_an_outage_leaves_the_person_waiting() -> None:
    cut = horizon("23:00", outages=(outage("07:00", "08:00"),))
    day = facts(cut, punches=["07:10"], corrections=[correction(VOID, punch=1)])
    assert judged(day).status is DayStatus.WAITING


def test_a_corrected_roll_call_was_attended() -> None:
    day = facts(
        horizon("23:00"),
        punches=["07:50", "16:00"],
        on=duty(gatherings=(ROLL_CALL,)),
        corrections=[correction(GATHERING, code="APEL")],
    )
    result = judged(day)
    assert (result.gatherings[0].attended, result.status, result.correction) == (True, DayStatus.LATE, 7)


def test_a_correction_belongs_to_the_nearest_spell() -> None:
    said = [correction(ARRIVAL, "17:55", number=7), correction(DEPARTURE, "22:10", number=8)]
    day = facts(horizon("+1 01:00"), punches=["06:50", "11:00"], on=duty(MORNING, EVENING), corrections=said)
    result = judged(day)
    assert [one.rule for one in result.spells] == [Rule.IN_TIME, Rule.CORRECTED]
    assert (result.status, result.correction) == (DayStatus.PRESENT, 8)


def test_a_confirmed_presence_wins_over_an_excuse() -> None:
    result = judged(facts(horizon("23:00"), excuses=[excuse()], corrections=[correction(PRESENT)]))
    assert (result.status, result.rule) == (DayStatus.PRESENT, Rule.CORRECTED)


def test_a_day_without_duty_stays_off_and_one_without_a_roster_may_be_confirmed() -> None:
    confirmed = [correction(PRESENT)]
    assert judged(facts(on=off(), corrections=confirmed)).status is DayStatus.OFF
    unplanned = judged(facts(on=off(OffReason.UNPLANNED), corrections=confirmed))
    assert (unplanned.status, unplanned.rule) == (DayStatus.PRESENT, Rule.CORRECTED)
    came = judged(facts(on=off(OffReason.UNPLANNED), corrections=[correction(ARRIVAL, "07:00")]))
    assert (came.status, came.rule, came.correction) == (DayStatus.PRESENT, Rule.CORRECTED, 7)
    said = [correction(VOID, punch=1), correction(DEPARTURE, "12:00")]
    voided = judged(facts(punches=["08:00"], on=off(), corrections=said))
    assert voided.flags == (Flag.WORKED_OFF, Flag.VOIDED)
