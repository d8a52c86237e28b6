from __future__ import annotations

from datetime import date, time, timedelta
from typing import get_args

import pytest

from attendance.people import ExcuseCode, UnitKind
from attendance.rules import Clause, DayHours
from config.errors import ConfigError
from config.rule_gatherings import ExcuseWord, Kind
from config.rule_pack import ClauseWord
from realtime.rulebook import load_rulebook


def test_the_pack_in_force_on_a_day_is_the_one_that_began_last() -> None:
    book = load_rulebook("standard")
    assert [pack.valid_from for pack in book.packs] == [
        date(2010, 6, 6),
        date(2021, 8, 31),
        date(2023, 4, 13),
    ]
    for day, title, ladder in (
        (date(2017, 1, 3), "Standar 2010", "PP 53/2010"),
        (date(2021, 8, 30), "Standar 2010", "PP 53/2010"),
        (date(2021, 8, 31), "Standar 2021", "PP 94/2021"),
        (date(2026, 11, 23), "Standar 2023", "PP 94/2021"),
    ):
        assert (book.on(day).title, book.on(day).ladder.name) == (title, ladder)


def test_the_figures_of_a_pack_reach_the_judgement_unchanged() -> None:
    rules = load_rulebook("standard").on(date(2026, 11, 23))
    assert rules.hours["five_day"].week[0] == DayHours(time(7, 30), time(16))
    assert rules.hours["five_day"].week[5:] == (None, None)
    ramadan = rules.hours["six_day"].ramadan
    assert ramadan is not None
    assert ramadan[4] == DayHours(time(8), time(14, 30))
    assert (rules.opens, rules.closes) == (time(6), time(23))
    assert (rules.shift_before, rules.shift_after) == (timedelta(hours=1), timedelta(hours=3))
    assert [rules.figures.late.grade(minutes) for minutes in (1, 30, 31, 60, 61, 90, 91)] == [
        "TL1",
        "TL1",
        "TL2",
        "TL2",
        "TL3",
        "TL3",
        "TL4",
    ]
    assert (rules.figures.flexi, rules.figures.apart) == (0, timedelta(minutes=30))
    assert set(rules.excuse_order) == set(ExcuseCode)
    assert len(rules.excuse_order) == len(ExcuseCode)
    assert rules.deductions is None
    assert (rules.clauses[Clause.LATE], rules.clauses_en[Clause.LATE]) == ("butir 2", "item 2")


def test_a_stored_result_finds_the_pack_that_judged_it() -> None:
    book = load_rulebook("standard")
    for pack in book.packs:
        assert book.by_id(pack.id) is pack


def test_the_example_with_flexible_hours_has_a_monday_roll_call_and_a_deduction_table() -> None:
    (rules,) = load_rulebook("flexi").packs
    assert rules.figures.flexi == 30
    (apel,) = rules.gatherings
    assert (apel.code, apel.weekdays, apel.starts) == ("APEL", frozenset({0}), time(7, 30))
    assert UnitKind.AGENCY in apel.unit_kinds
    assert rules.deductions is not None
    assert rules.deductions.grades["TL1"] == 0.5


def test_a_pack_may_name_exactly_what_the_judgement_knows() -> None:
    assert set(get_args(ExcuseWord)) == {code.value for code in ExcuseCode}
    assert set(get_args(Kind)) == {kind.value for kind in UnitKind}
    assert set(get_args(ClauseWord)) == {clause.value for clause in Clause}


def test_an_unknown_series_is_a_settings_error() -> None:
    with pytest.raises(ConfigError, match="standart"):
        load_rulebook("standart")
