from __future__ import annotations

import json

import pytest

from attendance.corrections import CorrectionKind
from attendance.people import ExcuseCode
from attendance.result_body import from_body, to_body
from tests.support.judging import (
    EVENING,
    MORNING,
    ROLL_CALL,
    correction,
    duty,
    excuse,
    facts,
    horizon,
    judged,
    outage,
)


def test_a_body_is_canonical_and_leaves_out_what_is_usual() -> None:
    result = judged(facts(horizon("23:00"), punches=["07:41", "16:00"]))
    assert to_body(result) == (
        '{"arrival":{"at":"2026-11-23T00:41:00Z","punch_id":1,"terminal_id":1},"day":"2026-11-23","early":0,'
        '"ends":"2026-11-23T09:00:00Z","final":true,"hours":"five_day","late":11,"late_grade":"TL1",'
        '"leaving":{"at":"2026-11-23T09:00:00Z","punch_id":2,"terminal_id":1},'
        '"pack":"standard 2023-04-13 #1a2b3c4d","person_id":1,"rule":"late",'
        '"starts":"2026-11-23T00:30:00Z","status":"late"}'
    )


def test_a_body_brings_back_every_part_of_a_result() -> None:
    split = duty(MORNING, EVENING, gatherings=(ROLL_CALL,))
    day = facts(
        horizon("+1 01:00", outages=(outage("17:10", "17:20"),)),
        punches=["07:10"],
        on=split,
        excuses=[excuse(ExcuseCode.DL, start="10:00", end="10:30", letter="090/“7”")],
        corrections=[correction(CorrectionKind.DEPARTURE, "11:00")],
    )
    result = judged(day)
    assert result.spells
    assert result.gatherings
    assert result.reason is not None
    assert from_body(to_body(result)) == result


PLAIN = {"person_id": 1, "day": "2026-11-23", "status": "late", "rule": "late", "pack": "p"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"person_id":1}',
        json.dumps({"person_id": 1, "day": "x", "status": "late", "rule": "late", "pack": "p"}),
        json.dumps({"person_id": 1, "day": "2026-11-23", "status": "?", "rule": "late", "pack": "p"}),
        json.dumps({**PLAIN, "x": 1}),
    ],
)
def test_what_is_no_body_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        from_body(text)
