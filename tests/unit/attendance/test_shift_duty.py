from __future__ import annotations

from dataclasses import replace
from datetime import date, time

import pytest

from attendance.assembly import Assembler
from attendance.calendar import CalendarKind
from attendance.duty import DutyDay, OffReason
from attendance.people import Placement
from attendance.shifts import Rotation, RotationPeriod, Shift
from tests.support.planning import (
    COLLEAGUE,
    DAY,
    HOSPITAL,
    MONDAY,
    PERSON,
    PLAIN,
    SINCE,
    Life,
    at,
    city,
    entry,
    free,
    marked,
    worked,
    works,
)

FRIDAY, SATURDAY, SUNDAY = (MONDAY + number * DAY for number in (4, 5, 6))
IN_SHIFTS = replace(PLAIN, patterns=(works(HOSPITAL, "shift", holidays=True),))
IN_HOSPITAL = Life().at(HOSPITAL)


def entered(*cells: tuple[str, date]) -> Assembler:
    """The person at the hospital, with these cells of the roster."""
    first, last = min(day for _, day in cells), max(day for _, day in cells)
    facts = replace(IN_SHIFTS, shift_entries=tuple(entry(codes, day) for codes, day in cells))
    return city(facts, IN_HOSPITAL, first=first, last=last)


# --- shifts


@pytest.mark.parametrize(
    "day",
    [date(2026, 12, 31), date(2026, 2, 28), date(2028, 2, 28), date(2028, 2, 29), date(2026, 11, 30)],
    ids=["new year", "28 Feb", "28 Feb of a leap year", "29 Feb", "month's end"],
)
def test_a_night_belongs_wholly_to_the_date_on_which_it_began(day: date) -> None:
    planner = entered(("M", day), ("", day + DAY))
    duty = worked(planner.duty_day(PERSON, day))
    (spell,) = duty.spells
    assert duty.day == day
    assert (spell.start, spell.end) == (at("21:00", day), at("07:00", day + DAY))
    assert (spell.opens, spell.closes) == (at("20:00", day), at("10:00", day + DAY))
    assert free(planner.duty_day(PERSON, day + DAY)).reason is OffReason.SHIFT_OFF


def test_a_shift_is_worked_on_a_holiday() -> None:
    facts = replace(IN_SHIFTS, calendar=(marked(CalendarKind.HOLIDAY),), shift_entries=(entry("P"),))
    assert worked(city(facts, IN_HOSPITAL).duty_day(PERSON, MONDAY)).spells[0].shift == "P"


def test_a_roster_entry_wins_over_the_units_regular_hours() -> None:
    duty = worked(city(replace(PLAIN, shift_entries=(entry("S"),))).duty_day(PERSON, MONDAY))
    assert (duty.hours, duty.spells[0].start) == ("shift", at("14:00"))


def test_an_entry_without_shifts_is_a_day_off_and_with_on_call_only_on_call() -> None:
    assert free(entered(("", MONDAY)).duty_day(PERSON, MONDAY)).reason is OffReason.SHIFT_OFF
    facts = replace(IN_SHIFTS, shift_entries=(entry("", on_call=True),))
    assert free(city(facts, IN_HOSPITAL).duty_day(PERSON, MONDAY)).reason is OffReason.ON_CALL


def test_on_call_beside_a_shift_leaves_the_shift_as_it_is() -> None:
    facts = replace(IN_SHIFTS, shift_entries=(entry("P", on_call=True),))
    assert worked(city(facts, IN_HOSPITAL).duty_day(PERSON, MONDAY)).spells[0].shift == "P"


def test_without_a_roster_nobody_knows_whether_a_shift_worker_was_due() -> None:
    assert free(city(IN_SHIFTS, IN_HOSPITAL).duty_day(PERSON, MONDAY)).reason is OffReason.UNPLANNED


def test_an_unknown_shift_code_is_never_guessed() -> None:
    assert free(entered(("P+X", MONDAY)).duty_day(PERSON, MONDAY)).reason is OffReason.UNPLANNED


def test_a_shift_that_was_changed_keeps_its_old_hours_before_that_date() -> None:
    newer = Shift("P", "Pagi", time(8), time(15), MONDAY + DAY)
    facts = replace(
        IN_SHIFTS,
        shifts=(*PLAIN.shifts, newer),
        shift_entries=(entry("P"), entry("P", MONDAY + DAY)),
    )
    planner = city(facts, IN_HOSPITAL, last=MONDAY + DAY)
    assert worked(planner.duty_day(PERSON, MONDAY)).spells[0].start == at("07:00")
    assert worked(planner.duty_day(PERSON, MONDAY + DAY)).spells[0].start == at("08:00", MONDAY + DAY)


def test_a_shift_before_its_first_version_is_unknown() -> None:
    facts = replace(
        IN_SHIFTS, shifts=(Shift("P", "Pagi", time(7), time(14), MONDAY + DAY),), shift_entries=(entry("P"),)
    )
    assert free(city(facts, IN_HOSPITAL).duty_day(PERSON, MONDAY)).reason is OffReason.UNPLANNED


def test_two_people_who_swap_work_each_others_shift() -> None:
    facts = replace(IN_SHIFTS, shift_entries=(entry("S", person=PERSON), entry("P", person=COLLEAGUE)))
    both = replace(
        Life(),
        placements=(Placement(PERSON, HOSPITAL, SINCE, None), Placement(COLLEAGUE, HOSPITAL, SINCE, None)),
    )
    planner = city(facts, both)
    assert worked(planner.duty_day(PERSON, MONDAY)).spells[0].shift == "S"
    assert worked(planner.duty_day(COLLEAGUE, MONDAY)).spells[0].shift == "P"


def test_shifts_that_touch_become_one_spell() -> None:
    (spell,) = worked(entered(("P+S", MONDAY)).duty_day(PERSON, MONDAY)).spells
    assert (spell.start, spell.end, spell.shift) == (at("07:00"), at("21:00"), "P+S")
    assert (spell.opens, spell.closes) == (at("06:00"), at("00:00", MONDAY + DAY))


def test_the_order_in_which_shifts_are_written_does_not_matter() -> None:
    forwards = entered(("P+S", MONDAY)).duty_day(PERSON, MONDAY)
    assert entered(("S+P", MONDAY)).duty_day(PERSON, MONDAY) == forwards


def test_a_double_shift_with_a_long_break_has_two_spells_that_are_judged_apart() -> None:
    first, second = worked(entered(("P+M", MONDAY)).duty_day(PERSON, MONDAY)).spells
    assert (first.shift, second.shift) == ("P", "M")
    assert not first.bridged_after
    assert not second.bridged_before


def test_two_spells_of_a_day_whose_windows_overlap_are_bridged() -> None:
    first, second = worked(entered(("P+J", MONDAY)).duty_day(PERSON, MONDAY)).spells
    assert (first.closes, second.opens) == (at("17:00"), at("15:00"))
    assert first.bridged_after
    assert second.bridged_before
    assert not first.bridged_before
    assert not second.bridged_after


def test_whoever_stays_on_after_a_night_is_bridged_over_the_two_work_dates() -> None:
    planner = entered(("M", MONDAY), ("P", MONDAY + DAY))
    (night,) = worked(planner.duty_day(PERSON, MONDAY)).spells
    (morning,) = worked(planner.duty_day(PERSON, MONDAY + DAY)).spells
    assert (night.bridged_before, night.bridged_after) == (False, True)
    assert (morning.bridged_before, morning.bridged_after) == (True, False)


def test_a_night_is_bridged_to_the_regular_hours_that_follow_it() -> None:
    facts = replace(PLAIN, shift_entries=(entry("M", MONDAY),))
    planner = city(facts, last=MONDAY + DAY)
    assert worked(planner.duty_day(PERSON, MONDAY)).spells[0].bridged_after
    assert worked(planner.duty_day(PERSON, MONDAY + DAY)).spells[0].bridged_before


def test_a_night_before_a_free_day_is_not_bridged() -> None:
    assert (
        not worked(entered(("M", MONDAY), ("", MONDAY + DAY)).duty_day(PERSON, MONDAY))
        .spells[0]
        .bridged_after
    )


def test_a_bridge_for_one_person_leaves_the_shared_duty_of_others_alone() -> None:
    facts = replace(
        IN_SHIFTS,
        shift_entries=(entry("M"), entry("P", MONDAY + DAY), entry("M", person=COLLEAGUE)),
    )
    life = replace(
        Life(),
        placements=(Placement(PERSON, HOSPITAL, SINCE, None), Placement(COLLEAGUE, HOSPITAL, SINCE, None)),
    )
    planner = city(facts, life)
    assert worked(planner.duty_day(PERSON, MONDAY)).spells[0].bridged_after
    assert not worked(planner.duty_day(COLLEAGUE, MONDAY)).spells[0].bridged_after


# --- rotations

CYCLE = Rotation("PSML", "Pagi sore malam lepas", (("P",), ("S",), ("M",), ()))


def rotating(anchor: date, since: date = SINCE, until: date | None = None) -> Assembler:
    facts = replace(
        IN_SHIFTS,
        rotations=(CYCLE,),
        rotation_periods=(RotationPeriod(PERSON, "PSML", anchor, since, until),),
    )
    return city(facts, IN_HOSPITAL, first=MONDAY, last=MONDAY + 7 * DAY)


def shifts_of(planner: Assembler, days: int = 8) -> list[str]:
    found = (planner.duty_day(PERSON, MONDAY + number * DAY) for number in range(days))
    return [duty.spells[0].shift or "" if isinstance(duty, DutyDay) else "-" for duty in found]


def test_a_rotation_repeats_from_its_anchor() -> None:
    assert shifts_of(rotating(MONDAY)) == ["P", "S", "M", "-", "P", "S", "M", "-"]


def test_an_anchor_long_before_or_after_the_day_makes_the_same_cycle() -> None:
    for cycles in (-300, -1, 1, 300):
        assert shifts_of(rotating(MONDAY + 4 * cycles * DAY)) == shifts_of(rotating(MONDAY))
    assert shifts_of(rotating(MONDAY + DAY)) == ["-", "P", "S", "M", "-", "P", "S", "M"]


def test_an_empty_day_of_a_rotation_is_free_by_roster() -> None:
    assert free(rotating(MONDAY + DAY).duty_day(PERSON, MONDAY)).reason is OffReason.SHIFT_OFF


def test_a_roster_entry_wins_over_the_rotation() -> None:
    built = rotating(MONDAY).facts
    planner = city(replace(built, shift_entries=(entry("M"),)), IN_HOSPITAL)
    assert worked(planner.duty_day(PERSON, MONDAY)).spells[0].shift == "M"


def test_outside_its_period_a_rotation_says_nothing() -> None:
    planner = rotating(MONDAY, since=MONDAY + DAY, until=MONDAY + 2 * DAY)
    reasons = [planner.duty_day(PERSON, MONDAY + number * DAY) for number in (0, 3)]
    assert [free(duty).reason for duty in reasons] == [OffReason.UNPLANNED] * 2
    assert shifts_of(planner, 3)[1:] == ["S", "M"]


def test_of_two_rotation_periods_the_one_that_began_last_holds() -> None:
    facts = replace(
        IN_SHIFTS,
        rotations=(CYCLE,),
        rotation_periods=(
            RotationPeriod(PERSON, "PSML", MONDAY + DAY, MONDAY, None),
            RotationPeriod(PERSON, "PSML", MONDAY, SINCE, None),
        ),
    )
    assert free(city(facts, IN_HOSPITAL).duty_day(PERSON, MONDAY)).reason is OffReason.SHIFT_OFF


@pytest.mark.parametrize("rotations", [(), (Rotation("PSML", "Kosong", ()),)], ids=["unknown", "empty"])
def test_a_rotation_that_says_nothing_leaves_the_day_unplanned(rotations: tuple[Rotation, ...]) -> None:
    facts = replace(
        IN_SHIFTS,
        rotations=rotations,
        rotation_periods=(RotationPeriod(PERSON, "PSML", MONDAY, SINCE, None),),
    )
    assert free(city(facts, IN_HOSPITAL).duty_day(PERSON, MONDAY)).reason is OffReason.UNPLANNED
