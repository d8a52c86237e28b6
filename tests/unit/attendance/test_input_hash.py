from __future__ import annotations

from dataclasses import replace

import pytest

from attendance.corrections import CorrectionKind
from attendance.day_result import DayStatus
from attendance.duty import OffReason
from attendance.facts import Horizon, PersonDay
from attendance.input_hash import input_hash
from tests.support.judging import (
    MORNING,
    at,
    correction,
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
    spell,
)

DAY = facts(horizon("23:00"), punches=["07:20", "16:05"])


def fingerprint(day: PersonDay, clock: str = "+1 12:00") -> str:
    return input_hash(day, at(clock))


@pytest.mark.parametrize(
    "terminal",
    [
        horizon("23:30"),
        horizon("23:00", online=False, since="23:01"),
        horizon("23:00", outages=(outage("23:01"),)),
        horizon("23:00", outages=(outage("02:00", "06:00"),)),
    ],
    ids=["read on", "dark later", "struck later", "struck before"],
)
def test_what_a_terminal_does_after_the_day_leaves_a_final_days_fingerprint(terminal: Horizon) -> None:
    assert fingerprint(facts(terminal, punches=["07:20", "16:05"])) == fingerprint(DAY)


def test_time_and_the_end_of_an_outage_leave_the_fingerprint_once_they_decide_nothing() -> None:
    assert fingerprint(DAY, "+1 18:00") == fingerprint(DAY)
    broken = facts(horizon("07:10", online=False, outages=(outage("07:10"),)))
    mended = facts(horizon("07:10", online=False, outages=(outage("07:10", "12:00"),)))
    assert fingerprint(mended) == fingerprint(broken)
    assert fingerprint(broken, "12:00") == fingerprint(broken, "12:05"), "a dark terminal does not age"


def test_a_punch_that_belongs_to_a_neighbouring_shift_leaves_the_fingerprint() -> None:
    day = DAY._replace(claimed=((at("00:00"), at("06:00")),))
    more = day._replace(marks=(*day.marks, *marks("05:20", terminal=9)))
    assert fingerprint(more) == fingerprint(day)


def test_whether_a_punch_is_a_neighbours_counts_beside_a_spell_that_is_bridged_on_both_sides() -> None:
    """All punches of such a day are in: they say that somebody stayed. Whose the late one is still decides
    whether the evening was left early.
    """
    morning = replace(MORNING, bridged_before=True, bridged_after=True)
    evening = replace(spell("14:00", "19:00", "13:00", "22:00", "S"), bridged_before=True)
    presses = ["06:50", "13:10", "17:00", "22:40"]
    day = facts(horizon("+1 06:00"), punches=presses, on=duty(morning, evening))
    claimed = day._replace(claimed=((at("22:30"), at("+1 09:00")),))
    assert judged(claimed).status is DayStatus.LEFT_EARLY
    assert judged(day).status is DayStatus.PRESENT
    assert fingerprint(day) != fingerprint(claimed)


@pytest.mark.parametrize(
    "other",
    [
        facts(horizon("23:00"), punches=["07:20"]),
        facts(horizon("22:59"), punches=["07:20", "16:05"]),
        facts(horizon("23:00", outages=(outage("12:00", "12:10"),)), punches=["07:20", "16:05"]),
        facts(reached=reach(horizon("23:00"), pin_from="07:00"), punches=["07:20", "16:05"]),
        facts(reached=reach(horizon("23:00"), has_pin=False), punches=["07:20", "16:05"]),
        facts(reached=reach(horizon("23:00"), outages=(site_outage("07:00"),)), punches=["07:20", "16:05"]),
        facts(horizon("23:00"), punches=["07:20", "16:05"], excuses=[excuse()]),
        facts(horizon("23:00"), punches=["07:20", "16:05"], corrections=[correction(CorrectionKind.PRESENT)]),
        facts(horizon("23:00"), punches=["07:20", "16:05"], on=duty(of=figures(tolerance=1))),
        facts(horizon("23:00"), punches=["07:20", "16:05"], on=off(OffReason.HOLIDAY, "Natal")),
    ],
    ids=["punch", "read", "outage", "pin", "no pin", "site", "excuse", "correction", "figures", "holiday"],
)
def test_whatever_may_decide_changes_the_fingerprint(other: PersonDay) -> None:
    assert fingerprint(other) != fingerprint(DAY)


def test_the_age_of_a_reading_counts_only_while_somebody_may_be_called_absent() -> None:
    missing = facts(horizon("07:59"))
    assert fingerprint(missing, "08:00") != fingerprint(missing, "08:01")
    came = facts(horizon("07:59"), punches=["07:20"])
    assert fingerprint(came, "08:00") == fingerprint(came, "08:01")
