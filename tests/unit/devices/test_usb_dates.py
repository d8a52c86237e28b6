from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from devices.usb.dates import DateOrder, Stamp, decide, find_stamp

DMY, MDY = DateOrder.DMY, DateOrder.MDY


def stamp(text: str) -> Stamp:
    found = find_stamp(text)
    assert found is not None
    return found


def written(days: list[date], order: DateOrder) -> list[Stamp]:
    form = "%d-%m-%Y 07:29:31" if order is DMY else "%m-%d-%Y 07:29:31"
    return [stamp(day.strftime(form)) for day in days]


def working_days(first: date, count: int) -> list[date]:
    return [first + timedelta(days=number) for number in range(count)]


@pytest.mark.parametrize(
    ("text", "order", "moment"),
    [
        ("2026/02/03 07:29:31", None, datetime(2026, 2, 3, 7, 29, 31)),
        ("2026-02-03  07:29:31", None, datetime(2026, 2, 3, 7, 29, 31)),
        ("2026/2/3 7:29:31", MDY, datetime(2026, 2, 3, 7, 29, 31)),
        ("02/03/2026 07:29:31", MDY, datetime(2026, 2, 3, 7, 29, 31)),
        ("02/03/2026 07:29:31", DMY, datetime(2026, 3, 2, 7, 29, 31)),
        ("02-03-2026 07:29:31 PM", DMY, datetime(2026, 3, 2, 19, 29, 31)),
        ("02-03-2026 12:00:00 AM", DMY, datetime(2026, 3, 2)),
        ("02-03-2026 12:00:00 pm", DMY, datetime(2026, 3, 2, 12)),
    ],
)
def test_every_form_that_was_seen_is_read(text: str, order: DateOrder | None, moment: datetime) -> None:
    assert stamp(f"1\t1\t1001\t\t1\t{text}").moment(order) == moment


@pytest.mark.parametrize(
    "text",
    [
        "2026/02/03",
        "2026/02/03 07:29",
        "2026/02/03 07:29:3",
        "2026/02-03 07:29:31",
        "02/03/26 07:29:31",
        "02-03-2026 07:29:31 P",
        "2026/02/2026 07:29:31",
        "12026/02/03 07:29:31",
        "2026/02/03 07:29:311",
    ],
)
def test_a_cut_or_unknown_form_is_no_date(text: str) -> None:
    assert find_stamp(text) is None


@pytest.mark.parametrize(
    "text", ["2026/02/30 07:29:31", "2026/02/03 24:00:00", "1999/01/01 00:00:00", "02-03-2026 13:00:00 PM"]
)
def test_a_date_or_time_that_never_was_has_no_moment(text: str) -> None:
    assert stamp(text).moment(DMY) is None


@pytest.mark.parametrize("order", DateOrder)
def test_a_day_above_twelve_tells_the_order(order: DateOrder) -> None:
    assert decide(written([date(2026, 2, 3), date(2026, 2, 13)], order)) is order


@pytest.mark.parametrize("order", DateOrder)
def test_the_order_in_time_tells_it_where_no_day_is_above_twelve(order: DateOrder) -> None:
    days = [*working_days(date(2026, 1, 1), 12), *working_days(date(2026, 2, 1), 12)]
    days += [*working_days(date(2026, 3, 1), 12), *working_days(date(2026, 4, 1), 3)]
    assert decide(written(days, order)) is order


def test_one_jump_back_is_not_enough_a_clock_may_have_been_set() -> None:
    assert decide(written([date(2026, 2, 1), date(2026, 1, 3)], MDY)) is None


def test_days_that_can_be_read_both_ways_tell_nothing() -> None:
    assert decide(written([date(2026, 2, 3), date(2026, 2, 4)], DMY)) is None


def test_rows_that_contradict_one_another_tell_nothing() -> None:
    assert decide([stamp("13/02/2026 07:00:00"), stamp("02/13/2026 07:00:00")]) is None


def test_a_damaged_day_does_not_outvote_the_order_in_time() -> None:
    days = [date(2026, month, day) for month in (1, 2, 3, 4, 5) for day in range(1, 13)]
    damaged = [*written(days, MDY), stamp("22/01/2026 07:00:00")]
    assert decide(damaged) is None


def test_a_row_impossible_in_both_orders_says_nothing() -> None:
    assert decide([*written([date(2026, 2, 13)], DMY), stamp("45/99/2026 07:00:00")]) is DMY
