from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time, timedelta
from itertools import pairwise

import pytest

from simulators.city.places import LIBRARY_CODE, WASTE_CODE
from simulators.scenario import Scenario, build
from simulators.truth import TruthStatus

MONDAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def ordinary() -> Scenario:
    return build(11, MONDAY)


def at(hour: int, minute: int = 0) -> datetime:
    return datetime.combine(MONDAY, time(hour, minute))


def test_nine_of_ten_are_in_and_most_of_the_others_travel_on_duty(ordinary: Scenario) -> None:
    noon = ordinary.truth.summary(at(12))
    came = noon[TruthStatus.PRESENT] + noon[TruthStatus.LATE]
    assert 0.90 < came / 3128 < 0.97
    kinds = Counter(excuse.kind for excuse in ordinary.excuses)
    not_read = noon[TruthStatus.WAITING]
    assert kinds["duty_travel"] > 2 * not_read
    assert not_read > kinds["training"]
    assert 0 < noon[TruthStatus.ABSENT] < 40


def test_most_arrive_between_ten_past_seven_and_twenty_eight_past(ordinary: Scenario) -> None:
    first: dict[str, datetime] = {}
    for press in ordinary.presses:
        if press.at.date() == MONDAY and press.nip is not None:
            first.setdefault(press.nip, press.at)
    rush = sum(at(7, 10) <= moment < at(7, 29) for moment in first.values())
    late = [moment for moment in first.values() if moment >= at(7, 31)]
    assert rush / len(first) > 0.6
    assert 100 < len(late) < 180
    assert max(late) < at(9, 30)
    assert min(first.values()) >= at(6, 20)


def test_no_first_press_is_so_near_a_full_minute_that_rounding_could_change_it(ordinary: Scenario) -> None:
    firsts: dict[tuple[str | None, date], int] = {}
    for press in ordinary.presses:
        firsts.setdefault((press.nip, press.at.date()), press.at.second)
    assert all(5 <= second <= 54 for second in firsts.values())


def test_one_terminal_is_dark_from_the_start_and_one_returns_with_its_punches(ordinary: Scenario) -> None:
    city, truth = ordinary.city, ordinary.truth
    library, waste = city.terminals_at[LIBRARY_CODE][0], city.terminals_at[WASTE_CODE][0]
    assert {window.serial: (window.start <= at(0), window.end) for window in ordinary.dark} == {
        library: (True, None),
        waste: (False, at(7, 50)),
    }
    assert not {key for key in truth.punch_keys() if key[0] == library}
    late_data = {p.key for p in truth.punches if p.serial == waste and at(7, 20) <= p.at < at(7, 50)}
    assert len(late_data) > 5
    assert not late_data & truth.punch_keys(at(7, 49))
    assert late_data <= truth.punch_keys(at(7, 50))


def test_the_dark_terminals_people_wait_unless_they_were_seen_elsewhere(ordinary: Scenario) -> None:
    states = ordinary.truth.states_at(at(8))
    library = [p.nip for p in ordinary.city.people if p.unit_code.startswith(f"{LIBRARY_CODE}.")]
    assert len(library) > 20
    assert all(
        states[nip].status in {TruthStatus.WAITING, TruthStatus.EXCUSED, TruthStatus.PRESENT}
        for nip in library
    )
    assert any(states[nip].status is TruthStatus.WAITING for nip in library)


def test_nobody_presses_in_the_minute_before_the_line_drops(ordinary: Scenario) -> None:
    for window in ordinary.dark:
        quiet = window.start - timedelta(seconds=60)
        assert not [p for p in ordinary.presses if p.serial == window.serial and quiet <= p.at < window.start]


def test_some_press_twice_and_some_logs_repeat_a_record(ordinary: Scenario) -> None:
    keys = Counter(punch.key for punch in ordinary.truth.punches)
    assert 5 <= sum(count == 2 for count in keys.values()) <= 15
    presses = sorted((p.nip or "", p.at) for p in ordinary.presses if p.at < at(12) and p.at > at(5))
    soon = [b[1] - a[1] for a, b in pairwise(presses) if a[0] == b[0]]
    assert sum(timedelta(0) < gap < timedelta(seconds=10) for gap in soon) > 60


def test_some_people_punch_away_from_their_own_site(ordinary: Scenario) -> None:
    own = ordinary.usable_terminals
    away = [
        press
        for press in ordinary.presses
        if press.at > at(5) and press.nip is not None and press.serial not in own[press.nip]
    ]
    assert 25 <= len({press.nip for press in away}) <= 50
    dark = {window.serial for window in ordinary.dark}
    assert not {press.serial for press in away} & dark


def test_about_sixty_are_enrolled_at_an_extra_terminal_some_with_another_pin(ordinary: Scenario) -> None:
    city_pin = {entry.nip: entry.pin for entry in ordinary.enrollments if entry.serial is None}
    extra = [entry for entry in ordinary.enrollments if entry.serial is not None]
    assert len(extra) == 60
    other = [entry for entry in extra if entry.pin != city_pin[entry.nip]]
    assert len(other) == 5
    assert not {entry.pin for entry in other} & set(city_pin.values())
    assert all(entry.serial in ordinary.usable_terminals[entry.nip] for entry in extra)


def test_people_without_a_pin_are_waited_for_all_day(ordinary: Scenario) -> None:
    enrolled = {entry.nip for entry in ordinary.enrollments}
    without = {person.nip for person in ordinary.city.people} - enrolled
    assert len(without) == 3
    noon = ordinary.truth.states_at(at(12))
    assert {noon[nip].status for nip in without} == {TruthStatus.WAITING}


def test_strangers_fingers_are_in_the_logs_too(ordinary: Scenario) -> None:
    strangers = [press for press in ordinary.presses if press.nip is None]
    known = {entry.pin for entry in ordinary.enrollments}
    assert len(strangers) == 6
    assert not {press.pin for press in strangers} & known


def test_the_working_days_before_are_in_the_logs(ordinary: Scenario) -> None:
    days = Counter(press.at.date() for press in ordinary.presses)
    assert sorted(days) == [date(2026, 11, 19), date(2026, 11, 20), MONDAY]
    assert min(days.values()) > 5000


def test_terminals_know_the_fingers_that_are_pressed_on_them(ordinary: Scenario) -> None:
    fingers = {
        terminal.serial: dict(ordinary.fingers_at(terminal.serial)) for terminal in ordinary.city.terminals
    }
    for press in ordinary.presses:
        if press.nip is not None:
            assert fingers[press.serial][press.pin] == press.nip


def test_a_seed_makes_the_same_day_again_and_another_seed_another() -> None:
    one, same, other = (build(seed, MONDAY, people=60, terminals=3) for seed in (1, 1, 2))
    assert one == same
    assert one.truth.to_json() == same.truth.to_json()
    assert one.presses != other.presses


@pytest.mark.parametrize(("people", "terminals"), [(200, 8), (40, 2), (5, 1)])
def test_small_days_have_the_same_shape(people: int, terminals: int) -> None:
    small = build(5, MONDAY, people=people, terminals=terminals)
    noon = small.truth.summary(at(12))
    assert noon.total() == people
    assert noon[TruthStatus.EXCUSED] >= 1
    assert len(small.presses) > people


def test_a_clock_that_is_ahead_changes_what_the_log_says_and_not_what_happened() -> None:
    serial = build(1, MONDAY, people=40, terminals=1).city.terminals[0].serial
    known = build(1, MONDAY, people=40, terminals=1, clock_offsets={serial: 300}).truth
    assert {punch.device_time - punch.at for punch in known.punches} == {timedelta(seconds=300)}


def test_nobody_comes_on_a_sunday() -> None:
    sunday = build(1, date(2026, 11, 22), people=40, terminals=2)
    assert not [press for press in sunday.presses if press.at.date() == sunday.day]
    assert sunday.truth.summary(datetime(2026, 11, 22, 12)) == {TruthStatus.OFF: 40}
