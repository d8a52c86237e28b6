from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from store.importing.dating import Placed, merged, refuse_gaps
from store.importing.periods import Period, PeriodsOverlap, merge
from store.importing.problems import Findings
from store.importing.tables import Row

START = date(2026, 1, 1)
ROW = Row("patterns.csv", 2, {"valid_from": "", "valid_to": ""})
HORIZON = 40


def day(number: int) -> date:
    return START + timedelta(days=number)


def covered(periods: tuple[Period[str], ...]) -> set[int]:
    return {
        number
        for number in range(HORIZON)
        if any(it.first <= day(number) and (it.last is None or day(number) <= it.last) for it in periods)
    }


def some_periods(values: str) -> st.SearchStrategy[list[Period[str]]]:
    one = st.builds(
        lambda value, first, length: Period(
            value, day(first), None if length is None else day(first + length)
        ),
        st.sampled_from(values),
        st.integers(0, 25),
        st.one_of(st.none(), st.integers(0, 10)),
    )
    return st.lists(one, min_size=1, max_size=3)


@given(some_periods("AB"), some_periods("XY"))
def test_other_values_never_take_a_day_from_what_held_without_saying_so(
    known: list[Period[str]], wanted: list[Period[str]]
) -> None:
    try:
        before = merge([], known)
    except PeriodsOverlap:
        return
    findings = Findings()
    placed: dict[str, list[Placed[str]]] = {"unit": [(period, ROW) for period in wanted]}
    after, _ = merged({"unit": before}, placed, findings)
    refuse_gaps({"unit": before}, after, placed, findings)
    if not findings.problems:
        assert covered(before) <= covered(after["unit"])
