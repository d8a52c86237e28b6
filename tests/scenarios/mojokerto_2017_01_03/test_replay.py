"""The day that made this project, from the finger to the wall: nobody is accused wrongly, and nobody missed.

A naive judge, fed with the very punches that are in the store, calls 1,122 of 3,266 people absent at noon and
268 late, as the city's wall did on that day.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from attendance.day_result import DayStatus
from attendance.history import Cause, tell
from simulators.scenarios.mojokerto_2017_01_03 import NAIVE_ABSENT, NAIVE_LATE
from store import open_store
from tests.support.databases import DIALECTS, FreshDatabase
from tests.support.lived_day import SCENARIO, ZONE, LivedDay, live_through
from tests.support.running_demo import running_demo

pytestmark = [pytest.mark.slow, pytest.mark.timeout(420)]


@pytest.fixture(scope="module", params=DIALECTS)
def lived(
    request: pytest.FixtureRequest,
    module_database: FreshDatabase,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[LivedDay]:
    """The whole day, once on each engine."""
    url = module_database(request.param)
    folder = tmp_path_factory.mktemp("replay") / "demo"
    with running_demo(folder, database=url, scenario=SCENARIO) as demo:
        store = open_store(url)
        try:
            yield live_through(demo, store)
        finally:
            store.close()


def told(lived: LivedDay, nip: str) -> list[str]:
    """The history of a person's 3 January, in words."""
    return [tell(it.change, it.before, it.after, ZONE, lived.terminal_name).en for it in lived.history[nip]]


def turns(lived: LivedDay, nip: str) -> list[tuple[str | None, str, Cause]]:
    """From which state to which, and why."""
    return [
        (None if it.before is None else it.before.status.value, it.after.status.value, it.change.cause)
        for it in lived.history[nip]
    ]


def waiting_for(lived: LivedDay, moment: str, reason: str) -> set[str]:
    return {
        nip for nip, (status, _, why) in lived.shown[moment].items() if (status, why) == ("waiting", reason)
    }


def test_at_noon_the_naive_judge_finds_what_the_city_showed(lived: LivedDay) -> None:
    assert len(lived.naive["12:00"].absent) == NAIVE_ABSENT
    assert len(lived.naive["12:00"].late) == NAIVE_LATE


@pytest.mark.parametrize("moment", ["08:00", "12:00", "14:00", "23:30"])
def test_the_wall_shows_everybody_in_the_state_that_the_truth_names(lived: LivedDay, moment: str) -> None:
    assert lived.wrong[moment] == []


@pytest.mark.parametrize("moment", ["08:00", "12:00", "14:00", "23:30"])
def test_the_stored_results_are_the_truth_too(lived: LivedDay, moment: str) -> None:
    assert lived.stored_wrong[moment] == []


def test_at_noon_the_wall_names_eight_absent_and_thirty_six_late(lived: LivedDay) -> None:
    counted = Counter(status for status, _, _ in lived.shown["12:00"].values())
    assert (counted["absent"], counted["late"]) == (8, 36)
    assert counted["not_due"] + counted["not_yet"] == 350
    assert sum(counted.values()) == 3266 - 310 - 100


def test_nobody_was_shown_absent_or_late_at_any_moment_who_never_was(lived: LivedDay) -> None:
    assert lived.accused == []


def test_people_of_dark_terminals_wait_until_these_are_read_and_the_history_says_so(lived: LivedDay) -> None:
    dark_at_noon = waiting_for(lived, "12:00", "dark")
    still_dark = waiting_for(lived, "14:00", "dark")
    read = dark_at_noon - still_dark
    assert (len(dark_at_noon), len(still_dark)) == (29, 7)
    states = Counter(lived.shown["14:00"][nip][0] for nip in read)
    assert states == {"present": 21, "absent": 1}
    for nip in read:
        if lived.shown["14:00"][nip][0] == "present":
            assert any(
                was == "waiting" and now == "present" and cause is Cause.TERMINAL_READ
                for was, now, cause in turns(lived, nip)
            ), told(lived, nip)


def test_people_of_offices_without_a_terminal_wait_all_day_and_are_never_accused(lived: LivedDay) -> None:
    waiting = waiting_for(lived, "23:30", "no_terminal")
    assert len(waiting) == 58
    assert waiting == waiting_for(lived, "12:00", "no_terminal")
    for nip in waiting:
        assert {now for _, now, _ in turns(lived, nip)} == {"waiting"}
        assert lived.results[nip].final


def test_a_finger_entered_afterwards_clears_whoever_could_not_press_before(lived: LivedDay) -> None:
    nip = lived.enrolled_late
    assert lived.shown["12:00"][nip] == lived.shown["14:00"][nip] == ("waiting", None, "no_pin")
    assert lived.shown["23:30"][nip] == ("present", None, "no_pin")
    assert ("waiting", "present", Cause.ENROLLMENT) in turns(lived, nip), told(lived, nip)
    assert not {now for _, now, _ in turns(lived, nip)} & {"absent", "late"}


def test_leave_entered_two_days_later_changes_the_day_and_the_history_keeps_both(lived: LivedDay) -> None:
    nip = lived.on_leave_late
    assert lived.shown["23:30"][nip][0] == "absent"
    assert lived.results[nip].status is DayStatus.EXCUSED
    assert turns(lived, nip)[-1] == ("absent", "excused", Cause.EXCUSE)
    last = lived.history[nip][-1]
    assert (last.at.astimezone(ZONE).day, last.after.excuse_reference) == (5, "CT/099/1/2017")
    assert told(lived, nip)[-1]
