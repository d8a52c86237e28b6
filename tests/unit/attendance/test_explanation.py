from __future__ import annotations

from datetime import date
from decimal import Decimal

from attendance.explanation import date_en, date_id, days_en, days_id, number_en, number_id, rule_of
from attendance.rules import Clause
from realtime.rulebook import load_rulebook


def test_a_date_is_written_out() -> None:
    assert (date_id(date(2017, 1, 3)), date_en(date(2017, 1, 3))) == ("3 Januari 2017", "3 January 2017")


def test_days_of_a_month_and_of_a_year_are_written_together() -> None:
    days = [date(2016, 12, 30), date(2017, 1, 3), date(2017, 1, 4), date(2017, 8, 1)]
    assert days_id(days) == "30 Desember 2016; 3, 4 Januari; 1 Agustus 2017"
    assert days_en(days) == "30 December 2016; 3, 4 January; 1 August 2017"
    assert days_id([]) == ""


def test_a_number_has_no_needless_zeros_and_the_language_s_decimal_mark() -> None:
    assert [number_id(Decimal(text)) for text in ("1.25", "3.0", "100", "0.50")] == [
        "1,25",
        "3",
        "100",
        "0,5",
    ]
    assert number_en(Decimal("1.25")) == "1.25"


def test_a_rule_is_named_with_its_paragraph_if_it_has_one() -> None:
    rules = load_rulebook("standard").on(date(2026, 1, 5))
    assert rule_of(rules, Clause.LATE).id == "aturan Standar 2023 butir 2"
    assert rule_of(rules, Clause.LATE).en == "rule Standard 2023 item 2"
    assert rule_of(rules, Clause.DATA).id == "aturan Standar 2023"
