from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.importing.periods import Period, PeriodsOverlap, merge

START = date(2026, 1, 1)


def period(value: str, first: int, last: int | None = None) -> Period[str]:
    """Days count from 1 January 2026."""
    end = None if last is None else START + timedelta(days=last)
    return Period(value, START + timedelta(days=first), end)


def test_a_changed_value_ends_the_one_before_it_on_the_day_before() -> None:
    assert merge([period("A", 0)], [period("B", 10)]) == (period("A", 0, 9), period("B", 10))


def test_the_same_value_takes_the_new_end() -> None:
    assert merge([period("A", 0)], [period("A", 0, 20)]) == (period("A", 0, 20),)
    assert merge([period("A", 0, 20)], [period("A", 5)]) == (period("A", 0),)


def test_a_value_that_begins_on_the_same_day_is_corrected() -> None:
    assert merge([period("A", 0)], [period("B", 0)]) == (period("B", 0),)


def test_an_open_row_ends_where_the_files_next_row_begins() -> None:
    assert merge([], [period("B", 10), period("A", 0)]) == (period("A", 0, 9), period("B", 10))


def test_an_earlier_begin_of_the_same_value_lengthens_it() -> None:
    assert merge([period("A", 10, 20)], [period("A", 0, 20)]) == (period("A", 0, 20),)


@pytest.mark.parametrize(
    ("known", "wanted"),
    [
        ([period("B", 10)], [period("A", 0)]),
        ([], [period("A", 0, 10), period("B", 5)]),
        ([], [period("A", 0), period("B", 0)]),
        ([period("A", 0, 4), period("B", 5)], [period("A", 0, 9)]),
    ],
)
def test_periods_that_claim_the_same_day_are_refused(
    known: list[Period[str]], wanted: list[Period[str]]
) -> None:
    with pytest.raises(PeriodsOverlap):
        merge(known, wanted)


periods = st.builds(
    lambda value, first, length: period(value, first, None if length is None else first + length),
    st.sampled_from("ABC"),
    st.integers(0, 40),
    st.none() | st.integers(0, 20),
)


@given(st.lists(periods, max_size=4), st.lists(periods, max_size=4))
def test_merging_the_same_again_changes_nothing_and_no_day_is_told_twice(
    earlier: list[Period[str]], wanted: list[Period[str]]
) -> None:
    try:
        known = merge([], earlier)
        once = merge(known, wanted)
    except PeriodsOverlap:
        return
    assert not any(one.overlaps(next_one) for one, next_one in pairwise(once))
    assert merge(once, wanted) == once
