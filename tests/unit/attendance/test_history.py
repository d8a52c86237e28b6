from __future__ import annotations

import pytest
from hypothesis import given

from attendance.corrections import CorrectionKind
from attendance.day_result import DayResult
from attendance.duty import OffReason
from attendance.history import Cause, Change, cause_of, change_body, change_from, tell
from attendance.ids import TerminalId
from attendance.judgement import judge
from attendance.people import ExcuseCode, OutageCause
from attendance.rules import PackId
from tests.support.arbitrary_days import moments, person_days
from tests.support.judging import (
    FRESHNESS,
    ROLL_CALL,
    ZONE,
    at,
    correction,
    duty,
    excuse,
    facts,
    figures,
    horizon,
    judged,
    off,
    outage,
    reach,
    site_outage,
)

READ, DARK = horizon("23:00"), horizon("07:10", online=False, since="07:20")
ABSENT = judged(facts(READ))
WAITING = judged(facts(DARK))
PRESENT = judged(facts(READ, punches=["07:21", "16:05"]))
NO_PIN = judged(facts(reached=reach(READ, has_pin=False)))
NO_TERMINAL = judged(facts())
MIDDLE = excuse(start="07:50", end="09:10")
FLEXI = duty(of=figures(flexi=30))
STRUCK = judged(facts(horizon("23:00", outages=(outage("06:30"),))))


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        (None, PRESENT, Change(Cause.FIRST)),
        (WAITING, PRESENT, Change(Cause.TERMINAL_READ, TerminalId(1), at("07:21"))),
        (WAITING, ABSENT, Change(Cause.TERMINAL_READ, TerminalId(1))),
        (ABSENT, WAITING, Change(Cause.TERMINAL_LOST, TerminalId(1))),
        (ABSENT, PRESENT, Change(Cause.PUNCH, TerminalId(1), at("07:21"))),
        (PRESENT, ABSENT, Change(Cause.PUNCH, TerminalId(1), at("07:21"))),
        (NO_PIN, PRESENT, Change(Cause.ENROLLMENT, TerminalId(1), at("07:21"))),
        (NO_PIN, ABSENT, Change(Cause.ENROLLMENT)),
        (ABSENT, NO_PIN, Change(Cause.ENROLLMENT)),
        (NO_TERMINAL, ABSENT, Change(Cause.SITE)),
        (ABSENT, NO_TERMINAL, Change(Cause.SITE)),
        (ABSENT, STRUCK, Change(Cause.OUTAGE, TerminalId(1), at("06:30"), OutageCause.POWER)),
        (STRUCK, ABSENT, Change(Cause.OUTAGE, TerminalId(1), at("06:30"), OutageCause.POWER)),
        (ABSENT, judged(facts(READ, excuses=[excuse()])), Change(Cause.EXCUSE, code=ExcuseCode.CT)),
        (judged(facts(READ, excuses=[excuse()])), ABSENT, Change(Cause.EXCUSE, code=ExcuseCode.CT)),
        (
            judged(facts(READ, excuses=[excuse(end="09:00")])),
            judged(facts(READ, excuses=[excuse(end="10:00")])),
            Change(Cause.EXCUSE, code=ExcuseCode.CT),
        ),
        (
            judged(facts(READ, punches=["11:05", "16:01"], excuses=[MIDDLE])),
            judged(facts(READ, punches=["11:05", "16:01"], excuses=[excuse(start="09:00", end="11:00")])),
            Change(Cause.EXCUSE, code=ExcuseCode.CT),
        ),
        (
            judged(facts(READ, punches=["07:20", "12:30"], excuses=[MIDDLE])),
            judged(
                facts(
                    READ,
                    punches=["07:20", "12:30"],
                    excuses=[MIDDLE, excuse(ExcuseCode.IZIN, "13:00", "14:00")],
                )
            ),
            Change(Cause.EXCUSE, code=ExcuseCode.CT),
        ),
        (
            judged(facts(READ, punches=["09:20", "16:40"], excuses=[MIDDLE], on=FLEXI), "16:50"),
            judged(facts(READ, punches=["09:20", "16:40"], excuses=[MIDDLE], on=FLEXI)),
            Change(Cause.COMPLETE),
        ),
        (
            ABSENT,
            judged(facts(READ, corrections=[correction(CorrectionKind.PRESENT)])),
            Change(Cause.CORRECTION, code="7"),
        ),
        (ABSENT, judged(facts(READ, on=off(OffReason.HOLIDAY, "Natal"))), Change(Cause.DUTY)),
        (judged(facts(on=off(OffReason.UNPLANNED))), ABSENT, Change(Cause.DUTY)),
        (ABSENT, ABSENT._replace(pack=PackId("new")), Change(Cause.RULES, code="new")),
        (judged(facts(READ), "06:30"), judged(facts(READ), "12:00"), Change(Cause.CLOCK)),
        (judged(facts(DARK), "07:30"), judged(facts(DARK), "07:31"), Change(Cause.CLOCK)),
        (judged(facts(READ), "22:00"), ABSENT, Change(Cause.COMPLETE)),
        (ABSENT, ABSENT._replace(final=False), Change(Cause.TERMINAL_LOST)),
        (
            ABSENT,
            judged(facts(READ, punches=["05:20"])),
            Change(Cause.PUNCH, None, at("05:20")),
        ),
        (
            judged(facts(READ, punches=["06:10", "16:05"], on=duty(gatherings=(ROLL_CALL,)))),
            judged(facts(READ, punches=["06:10", "16:05", "07:31"], on=duty(gatherings=(ROLL_CALL,)))),
            Change(Cause.PUNCH),
        ),
    ],
)
def test_a_change_is_put_down_to_what_made_it(
    before: DayResult | None, after: DayResult, change: Change
) -> None:
    assert cause_of(before, after) == change


def told(before: DayResult | None, after: DayResult) -> tuple[str, str]:
    said = tell(cause_of(before, after), before, after, ZONE, lambda terminal: f"BKD-{terminal}")
    return said.id, said.en


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (
            WAITING,
            PRESENT,
            (
                "Menunggu data menjadi hadir 07.21: mesin BKD-1 terbaca.",
                "Waiting for data became present 07:21: terminal BKD-1 was read.",
            ),
        ),
        (
            WAITING,
            ABSENT,
            (
                "Menunggu data menjadi tanpa keterangan: mesin BKD-1 terbaca.",
                "Waiting for data became absent without explanation: terminal BKD-1 was read.",
            ),
        ),
        (
            NO_PIN,
            PRESENT,
            (
                "Menunggu data menjadi hadir 07.21: pendaftaran PIN di mesin berubah.",
                "Waiting for data became present 07:21: the enrollment of the PIN changed.",
            ),
        ),
        (
            ABSENT,
            judged(facts(READ, excuses=[excuse(ExcuseCode.CS)])),
            (
                "Tanpa keterangan menjadi cuti: keterangan cuti dimasukkan atau diubah.",
                "Absent without explanation became leave: an excuse (leave) was entered or changed.",
            ),
        ),
        (
            judged(facts(READ, punches=["11:05", "16:01"])),
            judged(
                facts(READ, punches=["11:05", "16:01"], excuses=[excuse(ExcuseCode.IZIN, "09:00", "11:00")])
            ),
            (
                "Terlambat 215 menit menjadi terlambat 95 menit: keterangan izin dimasukkan atau diubah.",
                "Late, 215 minutes became late, 95 minutes: an excuse (permit) was entered or changed.",
            ),
        ),
        (None, PRESENT, ("Hadir 07.21: penilaian pertama.", "Present 07:21: first judgement.")),
        (
            judged(facts(READ, punches=["07:41"]), "12:00"),
            judged(facts(READ, punches=["07:41", "16:01"])),
            (
                "Tetap terlambat 11 menit: rekaman 16.01 dari mesin BKD-1.",
                "Still late, 11 minutes: a punch at 16:01 from terminal BKD-1.",
            ),
        ),
        (
            ABSENT,
            judged(facts(reached=reach(READ, outages=(site_outage("06:30"),)))),
            (
                "Tanpa keterangan menjadi menunggu data: keterangan gangguan (listrik padam) di unit ini "
                "dimasukkan, diubah, atau dicabut.",
                "Absent without explanation became waiting for data: an outage (power cut) of this office "
                "was entered, changed or withdrawn.",
            ),
        ),
    ],
)
def test_a_change_is_told_in_one_sentence(
    before: DayResult | None, after: DayResult, said: tuple[str, str]
) -> None:
    assert told(before, after) == said


@given(person_days(), moments, person_days(), moments)
def test_any_change_can_be_told_and_stored(one: object, now: object, other: object, later: object) -> None:
    before, after = judge(one, now, FRESHNESS), judge(other, later, FRESHNESS)  # type: ignore[arg-type]
    change = cause_of(before, after)
    assert change_from(change_body(change)) == change
    for text in told(before, after):
        assert text[0].isupper()
        assert text.endswith(".")
        assert "{" not in text
        assert "None" not in text


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"cause":"none"}', '{"cause":"punch","at":"noon"}'])
def test_what_is_no_change_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        change_from(text)
