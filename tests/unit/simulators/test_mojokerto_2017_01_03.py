"""The day of 1,122 absent and 268 late: its numbers, and that its truth accuses only whom it should."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

import pytest

from simulators.scenario import Scenario
from simulators.scenarios import SCENARIOS
from simulators.scenarios.mojokerto_2017_01_03 import (
    NAIVE_ABSENT,
    NAIVE_LATE,
    NAIVE_PEOPLE,
    build,
)
from simulators.scenarios.mojokerto_2017_01_03.causes import Fate, draw_causes
from simulators.scenarios.mojokerto_2017_01_03.population import DAY, build_population
from tests.support.naive_judge import Verdict, judge_naively

SEED = 2017
CLOCKS = ("06:45", "07:31", "08:00", "12:00", "14:05", "21:05", "23:30")


@pytest.fixture(scope="module")
def day() -> Scenario:
    return build(SEED)


@pytest.fixture(scope="module")
def fate() -> dict[str, Fate]:
    return draw_causes(build_population(SEED), SEED).fate


def at(clock: str) -> datetime:
    return datetime.combine(DAY, datetime.strptime(clock, "%H:%M").time())


def naive(scenario: Scenario, moment: datetime) -> Verdict:
    owner = {(it.serial or "", it.pin): it.nip for it in scenario.enrollments}
    return judge_naively(
        [person.nip for person in scenario.city.people],
        owner,
        scenario.truth.punch_keys(moment),
        moment,
    )


@pytest.mark.parametrize("seed", [SEED, 1, 2])
def test_a_naive_judge_finds_what_the_wall_showed_at_noon(seed: int) -> None:
    scenario = SCENARIOS["mojokerto_2017_01_03"](seed)
    verdict = naive(scenario, at("12:00"))
    assert len(scenario.city.people) == NAIVE_PEOPLE == 3266
    assert len(verdict.absent) == NAIVE_ABSENT == 1122
    assert len(verdict.late) == NAIVE_LATE == 268
    assert len(scenario.city.terminals) == 135


def test_the_causes_are_those_of_the_press(day: Scenario, fate: dict[str, Fate]) -> None:
    counted = Counter(fate.values())
    assert counted[Fate.MOVED] == 310
    assert counted[Fate.RETIRED] + counted[Fate.DECEASED] == 100
    assert len(day.facts.former_placements) == 511
    assert Counter(excuse.kind for excuse in day.excuses) == {"CB": 13, "CAP": 1, "CT": 5}
    noon = Counter(state.status.value for state in day.truth.states_at(at("12:00")).values())
    assert noon["not_due"] + noon["not_yet"] == 350
    new_offices = [code for code in ("1.81", "1.82") if not day.city.home_terminals(code)]
    assert len(new_offices) == 2


def test_whom_the_naive_judge_calls_absent_is_accounted_for_to_the_last_one(day: Scenario) -> None:
    truth = day.truth.states_at(at("12:00"))
    found = Counter(
        (truth[nip].status.value, truth[nip].reason) if nip in truth else ("not on the roster", None)
        for nip in naive(day, at("12:00")).absent
    )
    assert found == {
        ("not on the roster", None): 410,
        ("not_due", None): 265,
        ("not_yet", None): 85,
        ("excused", None): 19,
        ("waiting", "no_terminal"): 58,
        ("waiting", "no_pin"): 248,
        ("waiting", "dark"): 29,
        ("absent", None): 8,
    }


def test_whom_the_naive_judge_calls_late_is_accounted_for_to_the_last_one(day: Scenario) -> None:
    truth = day.truth.states_at(at("12:00"))
    found = Counter((truth[nip].status.value, truth[nip].reason) for nip in naive(day, at("12:00")).late)
    assert found == {
        ("present", "no_pin"): 205,
        ("present", "outage_power"): 14,
        ("present", "dark"): 6,
        ("present", None): 12,
        ("late", None): 31,
    }


def test_the_truth_accuses_at_noon_only_who_really_came_late_or_not_at_all(
    day: Scenario, fate: dict[str, Fate]
) -> None:
    accused = {"late": (Fate.LATE, Fate.OVERLOOKED), "absent": (Fate.ABSENT,)}
    for nip, state in day.truth.states_at(at("12:00")).items():
        if state.status.value in accused:
            assert fate.get(nip) in accused[state.status.value]


def test_by_the_end_of_the_day_everybody_who_was_truly_absent_or_late_is_named(
    day: Scenario, fate: dict[str, Fate]
) -> None:
    states = day.truth.states_at(at("23:30"))
    named = Counter((fate.get(nip, Fate.ORDINARY), state.status.value) for nip, state in states.items())
    counted = Counter(fate.values())
    assert named[Fate.LATE, "late"] == counted[Fate.LATE]
    assert named[Fate.ABSENT, "absent"] == counted[Fate.ABSENT] == 13
    assert named[Fate.LEAVES_EARLY, "left_early"] == counted[Fate.LEAVES_EARLY]
    assert sum(state.status.value == "left_early" for state in states.values()) == 8


def test_the_same_seed_is_the_same_day_and_another_seed_has_other_people(day: Scenario) -> None:
    assert build(SEED) == day
    assert {person.nip for person in build(1).city.people} != {person.nip for person in day.city.people}


def test_each_terminal_numbers_its_own_people(day: Scenario) -> None:
    owners = Counter((enrollment.serial, enrollment.pin) for enrollment in day.enrollments)
    assert set(owners.values()) == {1}
    people_of_pin_one = {enrollment.nip for enrollment in day.enrollments if enrollment.pin == "1"}
    assert len(people_of_pin_one) > 50


def test_nobody_presses_a_finger_that_the_terminal_does_not_know_yet(day: Scenario) -> None:
    known_from = {(it.serial, it.pin): it.effective_at for it in day.enrollments}
    for press in day.presses:
        if press.nip is not None:
            since = known_from[press.serial, press.pin]
            assert since is None or since <= press.at


def test_the_truth_survives_being_written_down(day: Scenario) -> None:
    again = type(day.truth).from_json(day.truth.to_json())
    for clock in CLOCKS:
        assert again.states_at(at(clock)) == day.truth.states_at(at(clock))
