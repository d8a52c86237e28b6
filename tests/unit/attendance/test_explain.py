from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from string import Formatter

import pytest
from hypothesis import given

from attendance.change_cause import Cause
from attendance.corrections import CorrectionId, CorrectionKind
from attendance.day_result import DayResult, DayStatus, Flag, Forgot, Rule, WaitCode, WaitReason
from attendance.duty import OffReason
from attendance.explain import explain
from attendance.explain_words import Words
from attendance.explain_words_en import ENGLISH
from attendance.explain_words_id import INDONESIAN
from attendance.facts import Mark, PersonDay
from attendance.ids import PunchId, TerminalId
from attendance.judgement import judge
from attendance.people import EmploymentState, ExcuseCode, ExcuseKind, OutageCause
from attendance.rules import Clause, Ladder, Rules
from tests.support.arbitrary_days import moments, person_days
from tests.support.judging import (
    EVENING,
    FRESHNESS,
    MORNING,
    NIGHT,
    PACK,
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

PACKS = Rules(
    id=PACK,
    title="Standar 2023",
    title_en="Standard 2023",
    valid_from=off().day,
    hours={},
    usual_hours="five_day",
    opens=at("06:00").time(),
    closes=at("23:00").time(),
    shift_before=FRESHNESS,
    shift_after=FRESHNESS,
    figures=figures(),
    gatherings=(),
    excuse_order=(),
    ladder=Ladder("PP 94/2021", (), None, None),
    deductions=None,
    clauses={clause: f"butir {number}" for number, clause in enumerate(Clause, 1)},
    clauses_en={clause: f"item {number}" for number, clause in enumerate(Clause, 1)},
)


def terminal_name(terminal_id: TerminalId) -> str:
    return f"BKD-{terminal_id}"


def told(result: DayResult, *, detail: bool = True) -> tuple[str, str]:
    said = explain(result, PACKS, ZONE, terminal_name, detail=detail)
    return said.id, said.en


def said(day: PersonDay, clock: str = "+1 12:00") -> str:
    """The Indonesian explanation."""
    return told(judged(day, clock))[0]


# --- the words -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [INDONESIAN, ENGLISH], ids=["id", "en"])
def test_every_rule_reason_flag_and_cause_has_its_words(words: Words) -> None:
    assert set(words.rules) == set(Rule)
    assert set(words.waits) == set(WaitCode)
    assert set(words.flags) == set(Flag)
    assert set(words.forgot) == set(Forgot)
    assert set(words.causes) == set(OutageCause)
    assert set(words.excuses) == set(ExcuseCode)
    assert set(words.excuse_kinds) == set(ExcuseKind)
    assert set(words.statuses) == set(DayStatus)
    assert set(words.changes) == set(Cause)
    assert set(words.gathering) == {True, False, None}
    serving_here = {EmploymentState.ACTIVE, EmploymentState.STUDY}
    assert set(words.states) == {"", *EmploymentState} - serving_here
    assert len(words.months) == 12


def texts(words: Words) -> Iterator[tuple[str, str]]:
    for name in Words.__slots__:
        value = getattr(words, name)
        if isinstance(value, str):
            yield name, value
        elif isinstance(value, dict):
            yield from ((f"{name} {key}", text) for key, text in value.items())


def test_both_languages_tell_the_same_things() -> None:
    english = dict(texts(ENGLISH))
    for name, text in texts(INDONESIAN):
        names = {field for _, field, _, _ in Formatter().parse(text) if field}
        assert names == {field for _, field, _, _ in Formatter().parse(english[name]) if field}, name


# --- what is said of plain days --------------------------------------------------------------------------


def test_a_late_arrival_is_told_with_its_minutes_class_schedule_and_rule() -> None:
    result = judged(facts(horizon("12:00"), punches=["07:41"]), "12:00")
    assert told(result) == (
        "Masuk 07.41, terlambat 11 menit (TL1); jadwal 07.30–16.00, aturan Standar 2023 butir 3. Sementara.",
        "In at 07:41, 11 minutes late (TL1); due 07:30–16:00, rule Standard 2023 item 3. Provisional.",
    )


def test_minutes_that_are_excused_are_told_beside_those_that_count() -> None:
    permit = excuse(ExcuseCode.IZIN, "09:00", "11:00", "800/3")
    late = told(judged(facts(horizon("23:00"), punches=["11:05", "16:01"], excuses=[permit])))
    assert late[0].startswith(
        "Masuk 11.05, terlambat 95 menit (TL4), 120 menit berketerangan tidak dihitung, "
    )
    assert late[1].startswith(
        "In at 11:05, 95 minutes late (TL4), 120 excused minutes not counted, out at 16:01"
    )
    assert late[1].endswith("Excuse: permit (800/3). Final.")
    early = told(judged(facts(horizon("23:00"), punches=["07:41", "10:30"], excuses=[permit])))
    assert (
        "Pulang 10.30, 300 menit sebelum waktunya (PSW4), 30 menit berketerangan tidak dihitung." in early[0]
    )
    assert "Out at 10:30, 300 minutes early (PSW4), 30 excused minutes not counted." in early[1]


def test_a_ceremony_on_a_day_off_is_told_beside_why_it_is_off() -> None:
    holiday = replace(off(OffReason.HOLIDAY, "HUT RI"), gatherings=(ROLL_CALL,))
    came = told(judged(facts(horizon("23:00"), punches=["06:50"], on=holiday)))
    assert came[0].startswith("Libur: HUT RI;")
    assert came[0].endswith("Apel Senin: hadir. Final.")
    assert told(judged(facts(horizon("23:00"), on=holiday)))[1].endswith("Apel Senin: not attended. Final.")


def test_a_pack_that_is_no_longer_at_hand_is_named() -> None:
    result = judged(facts(horizon("12:00"), punches=["07:41"]), "12:00")
    assert f"aturan {PACK}." in explain(result, None, ZONE, terminal_name).id


NEW_FINGER = reach(horizon("08:00"), pin_from="11:00")
CUT = horizon("08:00", outages=(outage("06:30"),))
SITE_CUT = reach(horizon("08:00"), outages=(site_outage("06:30"),))
READ, NIGHT_READ = horizon("23:00"), horizon("+1 10:00")


@pytest.mark.parametrize(
    ("day", "clock", "part"),
    [
        (facts(READ), "05:00", "Belum jadwal: masuk pukul 07.30; jadwal"),
        (facts(READ), "06:30", "Belum ada rekaman, dan belum terlambat: masuk pukul 07.30"),
        (facts(READ), "23:30", "Tanpa keterangan: tidak ada rekaman, dan semua mesin sudah terbaca"),
        (facts(READ, punches=["07:20", "16:05"]), "23:30", "Masuk 07.20, tepat waktu, pulang 16.05;"),
        (facts(READ, punches=["07:20", "16:05"]), "23:30", "butir 1. Final."),
        (facts(READ, punches=["07:20", "15:00"]), "23:30", "60 menit sebelum waktunya (PSW2)"),
        (facts(READ, punches=["07:20"]), "23:30", "Masuk 07.20; lupa absen pulang"),
        (facts(READ, punches=["16:05"]), "23:30", "lupa absen datang: rekaman 16.05 dianggap pulang"),
        (facts(READ, punches=["08:00", "15:00"]), "23:30", "Pulang 15.00, 60 menit"),
        (facts(READ, punches=["08:00"]), "23:30", "Lupa absen pulang."),
        (facts(READ, punches=["05:20"]), "23:30", "ada rekaman 05.20 di luar jam yang dihitung"),
        (facts(horizon("07:10", online=False, since="07:20")), "08:00", "mesin BKD-1 terputus sejak 07.20"),
        (facts(horizon("07:10")), "08:00", "Menunggu data: mesin BKD-1 baru terbaca sampai 07.10"),
        (facts(horizon("07:10"), punches=["07:45"]), "08:00", "Hadir: rekaman 07.45; keterlambatan tidak"),
        (facts(horizon(None)), "08:00", "mesin BKD-1 belum pernah terbaca"),
        (facts(), "08:00", "unit ini belum mempunyai mesin"),
        (facts(reached=reach(READ, has_pin=False)), "08:00", "PIN belum terdaftar"),
        (facts(reached=NEW_FINGER), "12:00", "PIN baru terdaftar di mesin unit ini sejak 11.00"),
        (facts(CUT), "08:00", "listrik padam di mesin BKD-1 sejak 06.30"),
        (facts(reached=SITE_CUT), "08:00", "listrik padam di unit ini sejak 06.30"),
        (facts(on=off(OffReason.HOLIDAY, "Natal")), "12:00", "Libur: Natal; aturan Standar 2023 butir 7."),
        (facts(on=off(), punches=["08:00", "12:00"]), "12:00", "tidak wajib hadir (08.00–12.00)."),
        (facts(on=off(OffReason.UNPLANNED)), "12:00", "jadwal dinas belum dimasukkan"),
        (facts(on=off(OffReason.NOT_SERVING, "retired")), "12:00", "pada tanggal ini: pensiun."),
        (facts(NIGHT_READ, punches=["20:50", "+1 07:02"], on=duty(NIGHT)), "+1 10:00", "07.02 (24 November)"),
        (facts(NIGHT_READ, on=duty(NIGHT)), "+1 10:00", "jadwal 21.00–07.00 (24 November) dinas M"),
    ],
)
def test_what_decided_is_told_in_plain_words(day: PersonDay, clock: str, part: str) -> None:
    assert part in said(day, clock)


@pytest.mark.parametrize(
    ("punches", "part"),
    [
        (["07:45"], "Masuk 07.45, terlambat 15 menit (TL1), tidak diganti hari itu"),
        (["07:45", "16:15"], "Masuk 07.45, lewat 15 menit, sudah diganti: pulang 16.15"),
        (["08:15", "16:15"], "terlambat 45 menit (TL2)"),
    ],
)
def test_flexible_minutes_are_told(punches: list[str], part: str) -> None:
    assert part in said(facts(horizon("23:00"), punches=punches, on=duty(of=figures(flexi=30))))


def test_forgiven_and_open_minutes_are_told() -> None:
    grace = facts(horizon("12:00"), punches=["07:34"], on=duty(of=figures(tolerance=5)))
    assert "Masuk 07.34, lewat 4 menit, masih dalam batas yang dimaafkan;" in said(grace, "12:00")
    open_yet = facts(horizon("12:00"), punches=["07:34"], on=duty(of=figures(flexi=30)))
    assert "lewat 4 menit, dapat diganti sesudah 16.00 hari itu juga;" in said(open_yet, "12:00")


def test_ramadan_roll_calls_and_corrections_are_told() -> None:
    fasting = replace(duty(gatherings=(ROLL_CALL,)), ramadan=True)
    seen = said(facts(horizon("23:00"), punches=["07:50", "16:00"], on=fasting))
    assert "jadwal 07.30–16.00 (Ramadan)" in seen
    assert "Apel Senin: tidak hadir." in seen
    confirmed = facts(horizon("23:00"), corrections=[correction(CorrectionKind.PRESENT)])
    assert said(confirmed) == "Hadir menurut koreksi no. 7; jadwal 07.30–16.00. Final."
    voided = facts(
        horizon("23:00"), punches=["07:10"], corrections=[correction(CorrectionKind.VOID, punch=1)]
    )
    assert "Ada koreksi no. 7. Ada rekaman yang menurut koreksi tidak dihitung." in said(voided)


def test_the_punches_are_told_also_where_something_else_decides() -> None:
    came = facts(READ, punches=["09:10", "15:00"], excuses=[excuse(ExcuseCode.DL, letter="090/7")])
    assert said(came).startswith(
        "Hadir meskipun tidak wajib: dinas luar (090/7), masuk 09.10, pulang 15.00; jadwal 07.30"
    )
    retired = facts(on=off(OffReason.NOT_SERVING, "retired"), punches=["08:00", "16:00"])
    assert said(retired) == (
        "Tidak wajib hadir di sini pada tanggal ini: pensiun. "
        "Ada rekaman pada hari yang tidak wajib hadir (08.00–16.00). Final."
    )


def test_two_sites_within_minutes_are_told_as_something_to_check_and_not_on_a_wall() -> None:
    seen = (Mark(at("07:10"), TerminalId(1), PunchId(1)), Mark(at("07:12"), TerminalId(9), PunchId(2)))
    result = judged(facts(horizon("23:00"))._replace(marks=seen))
    assert (
        "dua tempat dalam 10 menit: kemungkinan titip absen, perlu diperiksa; tidak dinilai"
        in told(result)[0]
    )
    assert "titip" not in told(result, detail=False)[0]
    assert "finger" not in told(result, detail=False)[1]


def test_every_spell_of_a_day_is_told() -> None:
    split = duty(MORNING, EVENING)
    result = judged(facts(horizon("+1 01:00"), punches=["07:10", "11:00"], on=split), "+1 01:00")
    assert told(result)[0] == (
        "Dinas P 07.00–11.00: masuk 07.10, terlambat 10 menit (TL1), pulang 11.00. "
        "Dinas M 18.00–22.00: tanpa keterangan: tidak ada rekaman, dan semua mesin sudah terbaca. "
        "Aturan Standar 2023 butir 3. Final."
    )


# --- what a wall may say ---------------------------------------------------------------------------------


KINDS_OF_LEAVE = re.compile("sakit|sick|tahunan|annual|melahirkan|maternity|besar|penting|tanggungan")


@pytest.mark.parametrize("code", [code for code in ExcuseCode if code.kind is ExcuseKind.LEAVE])
@pytest.mark.parametrize("punches", [[], ["09:00"]])
@pytest.mark.parametrize("part", [None, "09:30"])
def test_a_wall_says_leave_and_neither_its_kind_nor_its_letter(
    code: ExcuseCode, punches: list[str], part: str | None
) -> None:
    day = facts(horizon("08:00"), punches=punches, excuses=[excuse(code, end=part, letter="RS/123")])
    for clock in ("08:00", "12:00"):
        id_wall, en_wall = told(judged(day, clock), detail=False)
        for text in (id_wall, en_wall):
            assert "RS/123" not in text
            assert not re.search(
                "sakit|sick|tahunan|annual|melahirkan|maternity|besar|penting|tanggungan", text
            )
    if not punches:
        assert "RS/123" in told(judged(day, "08:00"))[0]


def test_a_wall_does_not_say_what_became_of_somebody() -> None:
    for state in EmploymentState:
        gone = judged(facts(on=off(OffReason.NOT_SERVING, state.value)))
        assert told(gone, detail=False)[0].startswith(
            "Tidak wajib hadir di sini pada tanggal ini: bertugas di tempat"
        )


# --- any day ---------------------------------------------------------------------------------------------


@given(person_days(), moments)
def test_every_result_can_be_told(day: PersonDay, now: datetime) -> None:
    result = judge(day, now, FRESHNESS)
    for detail in (True, False):
        for text in told(result, detail=detail):
            assert text[0].isupper()
            assert text.endswith(("Final.", "Sementara.", "Provisional."))
            assert not re.search(r"None|[{}]|\.\.|: ;|\(\)|  ", text)


def test_every_rule_can_be_told_whatever_goes_with_it() -> None:
    """Also where a stored result comes from other versions of the judgement."""
    plain = judged(facts(horizon("23:00"), punches=["07:20", "16:00"]))
    for rule in Rule:
        for status in DayStatus:
            bare = plain._replace(
                rule=rule, status=status, reason=WaitReason(WaitCode.DARK), correction=CorrectionId(7)
            )
            assert all(told(bare))
