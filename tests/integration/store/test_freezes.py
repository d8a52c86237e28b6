"""A day as it stood at its cut-off is kept once, whoever comes first, and read back by all."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from attendance.day_result import DayStatus
from attendance.ids import PersonId
from store import Store, open_store
from store.freezes import Freeze
from tests.support.days import MONDAY, at

CUTOFF, MADE = at("07:30"), at("07:30:02")
SAID = {PersonId(2): DayStatus.NOT_YET, PersonId(1): DayStatus.PRESENT}


def test_a_day_that_nobody_kept_is_not_there(store: Store) -> None:
    assert store.freezes.of(MONDAY) is None


def test_what_was_kept_is_read_back_also_after_a_restart(store: Store, database_url: str) -> None:
    kept = store.freezes.keep(MONDAY, CUTOFF, MADE, SAID)
    assert kept == Freeze(MONDAY, CUTOFF, MADE, SAID)
    again = open_store(database_url)
    assert again.freezes.of(MONDAY) == kept
    assert again.freezes.of(MONDAY + timedelta(days=1)) is None
    again.close()


def test_who_comes_second_gets_what_was_kept_first(store: Store) -> None:
    first = store.freezes.keep(MONDAY, CUTOFF, MADE, SAID)
    other = dict.fromkeys(SAID, DayStatus.WAITING)
    assert store.freezes.keep(MONDAY, CUTOFF, at("08:00"), other) == first


def test_of_several_at_once_all_get_the_same(store: Store) -> None:
    states = [DayStatus.PRESENT, DayStatus.LATE, DayStatus.WAITING, DayStatus.NOT_YET]

    def keep(status: DayStatus) -> Freeze:
        return store.freezes.keep(MONDAY, CUTOFF, MADE, dict.fromkeys(SAID, status))

    with ThreadPoolExecutor(len(states)) as pool:
        kept = list(pool.map(keep, states))
    assert kept == [kept[0]] * len(states)
    assert store.freezes.of(MONDAY) == kept[0]
