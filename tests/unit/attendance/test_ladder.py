from __future__ import annotations

from datetime import date

import pytest

from attendance.ladder import span_en, span_id, step_after, step_at
from realtime.rulebook import load_rulebook

BOOK = load_rulebook("standard")
PP53, PP94 = BOOK.on(date(2017, 1, 3)).ladder, BOOK.on(date(2026, 1, 5)).ladder


@pytest.mark.parametrize(
    ("days", "code"),
    [
        (0, None),
        (2, None),
        (3, "lisan"),
        (4, "tertulis"),
        (6, "tertulis"),
        (7, "tidak-puas"),
        (10, "tidak-puas"),
        (11, "potong-6"),
        (13, "potong-6"),
        (14, "potong-9"),
        (16, "potong-9"),
        (17, "potong-12"),
        (20, "potong-12"),
        (21, "turun-jabatan"),
        (24, "turun-jabatan"),
        (25, "pelaksana"),
        (27, "pelaksana"),
        (28, "berhenti"),
        (200, "berhenti"),
    ],
)
def test_the_steps_of_pp_94_of_2021_are_those_of_the_regulation(days: int, code: str | None) -> None:
    step = step_at(PP94, days)
    assert (step.code if step else None) == code


@pytest.mark.parametrize(
    ("days", "code"),
    [
        (4, None),
        (5, "lisan"),
        (6, "tertulis"),
        (10, "tertulis"),
        (11, "tidak-puas"),
        (15, "tidak-puas"),
        (16, "tunda-gaji"),
        (21, "tunda-pangkat"),
        (26, "turun-pangkat-1"),
        (30, "turun-pangkat-1"),
        (31, "turun-pangkat-3"),
        (36, "turun-jabatan"),
        (41, "bebas-jabatan"),
        (45, "bebas-jabatan"),
        (46, "berhenti"),
    ],
)
def test_the_steps_of_pp_53_of_2010_are_those_of_the_regulation(days: int, code: str | None) -> None:
    step = step_at(PP53, days)
    assert (step.code if step else None) == code


def test_the_next_step_is_known_until_the_last_one() -> None:
    assert [(step.code if (step := step_after(PP94, days)) else None) for days in (0, 3, 27, 28)] == [
        "lisan",
        "tertulis",
        "berhenti",
        None,
    ]


def test_a_step_tells_its_days_in_both_languages() -> None:
    told = [(span_id(step), span_en(step)) for step in (PP94.steps[0], PP94.steps[1], PP94.steps[-1])]
    assert told == [
        ("3 hari", "3 days"),
        ("4–6 hari", "4–6 days"),
        ("28 hari atau lebih", "28 days or more"),
    ]
