"""The judgements of the ground truth, each on a day small enough to judge by hand."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from simulators.truth import DarkWindow, GroundTruth, TruthPerson, TruthPunch, TruthState, TruthStatus

MONDAY = date(2026, 11, 23)
FRIDAY = date(2026, 11, 27)


def at(hour: int, minute: int = 0, second: int = 0, day: date = MONDAY) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, second)


def punch(moment: datetime, *, serial: str = "A", readable: datetime | None = None) -> TruthPunch:
    return TruthPunch(serial, "1", moment, moment, readable or moment, "n")


def truth(
    *punches: TruthPunch,
    dark: tuple[DarkWindow, ...] = (),
    terminals: tuple[str, ...] = ("A",),
    pin: bool = True,
    excuse: str | None = None,
    day: date = MONDAY,
) -> GroundTruth:
    return GroundTruth(day, [TruthPerson("n", terminals, pin, excuse)], punches, dark)


def status(known: GroundTruth, moment: datetime) -> TruthStatus:
    return known.state_at("n", moment).status


def test_without_a_punch_the_day_goes_from_not_due_over_not_yet_to_absent() -> None:
    known = truth()
    assert status(known, at(5, 59, 59)) is TruthStatus.NOT_DUE
    assert status(known, at(6)) is TruthStatus.NOT_YET
    assert status(known, at(7, 30, 59)) is TruthStatus.NOT_YET
    assert status(known, at(7, 31)) is TruthStatus.ABSENT


@pytest.mark.parametrize(
    ("moment", "state"),
    [
        (at(7, 30), TruthState(TruthStatus.PRESENT)),
        (at(7, 30, 59), TruthState(TruthStatus.PRESENT)),
        (at(7, 31), TruthState(TruthStatus.LATE, 1)),
        (at(9, 0, 59), TruthState(TruthStatus.LATE, 90)),
    ],
)
def test_lateness_counts_whole_minutes_from_the_start(moment: datetime, state: TruthState) -> None:
    assert truth(punch(moment)).state_at("n", at(12)) == state


def test_a_punch_outside_the_window_counts_for_nothing() -> None:
    known = truth(punch(at(5, 59, 59)), punch(at(23)))
    assert status(known, at(12)) is TruthStatus.ABSENT


def test_nobody_who_depends_on_a_dark_terminal_is_absent() -> None:
    dark = (DarkWindow("B", at(7, 20), at(7, 50)),)
    known = truth(dark=dark, terminals=("A", "B"))
    assert status(known, at(7, 31)) is TruthStatus.WAITING
    assert status(known, at(7, 49, 59)) is TruthStatus.WAITING
    assert status(known, at(7, 50)) is TruthStatus.ABSENT


def test_a_punch_in_the_dark_counts_from_when_the_line_is_back() -> None:
    known = truth(punch(at(7, 25), readable=at(7, 50)), dark=(DarkWindow("A", at(7, 20), at(7, 50)),))
    assert status(known, at(7, 31)) is TruthStatus.WAITING
    assert status(known, at(7, 50)) is TruthStatus.PRESENT


def test_a_terminal_that_goes_dark_after_the_window_accuses_as_before() -> None:
    known = truth(dark=(DarkWindow("A", at(23, 30), None),))
    assert status(known, at(23, 40)) is TruthStatus.ABSENT


def test_without_terminal_or_pin_we_wait() -> None:
    assert status(truth(terminals=()), at(8)) is TruthStatus.WAITING
    assert status(truth(pin=False), at(8)) is TruthStatus.WAITING


def test_an_excused_person_who_comes_is_present_and_never_late() -> None:
    known = truth(punch(at(8)), excuse="duty_travel")
    assert status(known, at(7, 59)) is TruthStatus.EXCUSED
    assert known.state_at("n", at(8)) == TruthState(TruthStatus.PRESENT)


def test_who_left_early_is_known_only_when_the_window_has_closed() -> None:
    known = truth(punch(at(7)), punch(at(15, 30)))
    assert status(known, at(22, 59)) is TruthStatus.PRESENT
    assert status(known, at(23)) is TruthStatus.LEFT_EARLY


def test_friday_ends_half_an_hour_later() -> None:
    leaves = (at(7, 0, 0, FRIDAY), at(16, 10, 0, FRIDAY))
    known = truth(*(punch(moment) for moment in leaves), day=FRIDAY)
    assert status(known, at(23, 30, 0, FRIDAY)) is TruthStatus.LEFT_EARLY


def test_pressing_twice_on_arrival_is_no_departure() -> None:
    known = truth(punch(at(7)), punch(at(7, 0, 5)))
    assert status(known, at(23, 30)) is TruthStatus.PRESENT


def test_saturday_is_off() -> None:
    saturday = MONDAY + timedelta(days=5)
    known = truth(punch(at(8, 0, 0, saturday)), day=saturday)
    assert status(known, at(12, 0, 0, saturday)) is TruthStatus.OFF


def test_the_store_must_hold_only_what_could_be_read_and_repeats_once() -> None:
    never = TruthPunch("B", "1", at(7, 5), at(7, 5), None, "n")
    twice = punch(at(7))
    known = truth(twice, twice, never)
    assert known.punch_keys() == {("A", "1", at(7))}
    assert known.punch_keys(at(6, 59)) == set()
    assert known.log_lengths(at(8)) == {"A": 2, "B": 1}


def test_the_truth_survives_json() -> None:
    known = truth(punch(at(7)), dark=(DarkWindow("A", at(9), None),), excuse="leave")
    again = GroundTruth.from_json(known.to_json())
    assert (again.day, again.people, again.punches, again.dark) == (
        known.day,
        known.people,
        known.punches,
        known.dark,
    )
    with pytest.raises(ValueError, match="validation error"):
        GroundTruth.from_json('{"day": "2026-11-23"}')
