from __future__ import annotations

from datetime import date, timedelta

import pytest

from config.computed_days import fasting_months_of, holidays_of


def days(year: int, *, joint_leave: bool = False) -> set[tuple[int, int]]:
    """Month and day of what is computed."""
    return {(it.day.month, it.day.day) for it in holidays_of(year) if it.joint_leave is joint_leave}


def test_the_holidays_of_2017_are_those_of_its_decree() -> None:
    assert {
        (1, 1),
        (1, 28),  # Imlek
        (3, 28),  # Nyepi
        (4, 14),
        (4, 24),
        (5, 1),
        (5, 11),
        (5, 25),
        (6, 1),
        (6, 25),  # Idul Fitri
        (6, 26),
        (8, 17),
        (9, 1),
        (9, 21),
        (12, 1),
        (12, 25),
    } <= days(2017)


def test_the_holidays_of_2026_are_those_of_its_decree() -> None:
    decreed = {(1, 1), (1, 16), (2, 17), (3, 19), (3, 21), (3, 22), (4, 3), (5, 1), (5, 14), (5, 27), (5, 31)}
    assert decreed | {(6, 1), (6, 16), (8, 17), (8, 25), (12, 25)} <= days(2026)


def test_joint_leave_is_known_only_where_its_decree_is() -> None:
    assert {(6, 27), (6, 28), (6, 29), (6, 30), (12, 26)} <= days(2017, joint_leave=True)
    assert days(2050, joint_leave=True) == set()
    assert (8, 17) in days(2050)


def test_an_ordinary_day_is_no_holiday() -> None:
    assert (1, 3) not in days(2017) | days(2017, joint_leave=True)
    assert not {(11, 23), (11, 24), (11, 25), (11, 26), (11, 27)} & (
        days(2026) | days(2026, joint_leave=True)
    )


def test_every_day_comes_once_in_order_with_its_indonesian_name() -> None:
    for year in range(2010, 2051):
        found = [it.day for it in holidays_of(year)]
        assert found == sorted(set(found))
    assert next(it.name for it in holidays_of(2017)) == "Tahun Baru Masehi"


@pytest.mark.parametrize(
    ("year", "first", "last"),
    [
        (2017, date(2017, 5, 27), date(2017, 6, 24)),
        (2024, date(2024, 3, 11), date(2024, 4, 9)),  # decreed from 12 March on
        (2025, date(2025, 3, 1), date(2025, 3, 30)),
        (2026, date(2026, 2, 18), date(2026, 3, 20)),  # decreed from 19 February on
    ],
)
def test_a_fasting_month_is_never_shorter_than_the_decreed_one(year: int, first: date, last: date) -> None:
    (month,) = fasting_months_of(year)
    assert (month.first_day, month.last_day) == (first, last)


def test_a_year_may_touch_two_fasting_months() -> None:
    assert [month.hijri_year for month in fasting_months_of(2030)] == [1451, 1452]
    assert fasting_months_of(2031)[0] == fasting_months_of(2030)[1]
    assert fasting_months_of(2030)[1].last_day.year == 2031


def test_a_fasting_month_lasts_29_to_32_days_and_ends_on_the_eve_of_eid() -> None:
    for year in range(2010, 2060):
        for month in fasting_months_of(year):
            assert 29 <= (month.last_day - month.first_day).days + 1 <= 32
            eve = month.last_day + timedelta(days=1)
            named = [it.name for it in holidays_of(eve.year) if it.day == eve]
            assert eve.year > 2050 or any("Idul Fitri" in name for name in named), (eve, named)


def test_a_year_that_no_library_knows_has_nothing_computed() -> None:
    for year in (1900, 2100, 3000):
        assert holidays_of(year) == ()
        assert fasting_months_of(year) == ()
