from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from attendance.assembly import Assembler
from attendance.calendar import CalendarKind
from attendance.duty import DutyDay, OffReason
from attendance.people import Employment, EmploymentState, Placement, UnitKind
from attendance.rules import GatheringRule, PackId, RuleBook
from attendance.shifts import Rotation, RotationPeriod, Shift
from tests.support.planning import (
    CITY,
    COLLEAGUE,
    DAY,
    HOSPITAL,
    MONDAY,
    OFFICE,
    PERSON,
    PLAIN,
    REGISTRY,
    RULES,
    SECTION,
    SINCE,
    Life,
    at,
    city,
    entry,
    free,
    hours,
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


# --- regular hours


def test_a_unit_without_a_pattern_works_the_usual_hours_of_the_pack() -> None:
    duty = worked(city().duty_day(PERSON, MONDAY))
    (spell,) = duty.spells
    assert (spell.start, spell.end) == (at("07:30"), at("16:00"))
    assert (spell.opens, spell.closes) == (at("06:00"), at("23:00"))
    assert (duty.hours, duty.pack, spell.shift) == ("five_day", RULES.id, None)


def test_friday_has_hours_of_its_own_and_saturday_none() -> None:
    planner = city(first=FRIDAY, last=SATURDAY)
    assert worked(planner.duty_day(PERSON, FRIDAY)).spells[0].end == at("16:30", FRIDAY)
    assert free(planner.duty_day(PERSON, SATURDAY)).reason is OffReason.WEEKLY


def test_people_with_the_same_hours_share_one_duty_day() -> None:
    life = replace(
        Life(),
        placements=(Placement(PERSON, SECTION, SINCE, None), Placement(COLLEAGUE, REGISTRY, SINCE, None)),
    )
    planner = city(life=life)
    assert planner.duty_day(PERSON, MONDAY) is planner.duty_day(COLLEAGUE, MONDAY)


def test_a_holiday_is_off_and_says_its_name() -> None:
    planner = city(replace(PLAIN, calendar=(marked(CalendarKind.HOLIDAY),)))
    duty = free(planner.duty_day(PERSON, MONDAY))
    assert (duty.reason, duty.name) == (OffReason.HOLIDAY, "holiday")


def test_joint_leave_is_off_for_another_reason_than_a_holiday() -> None:
    planner = city(replace(PLAIN, calendar=(marked(CalendarKind.JOINT_LEAVE),)))
    assert free(planner.duty_day(PERSON, MONDAY)).reason is OffReason.JOINT_LEAVE


def test_a_units_own_entry_makes_it_work_on_the_citys_holiday() -> None:
    calendar = (marked(CalendarKind.HOLIDAY), marked(CalendarKind.WORKDAY, REGISTRY))
    facts = replace(PLAIN, calendar=calendar)
    assert worked(city(facts, Life().at(REGISTRY)).duty_day(PERSON, MONDAY)).spells[0].start == at("07:30")
    assert free(city(facts).duty_day(PERSON, MONDAY)).reason is OffReason.HOLIDAY


def test_the_civil_registry_works_on_the_saturday_that_an_entry_names_by_the_first_workdays_hours() -> None:
    facts = replace(PLAIN, calendar=(marked(CalendarKind.WORKDAY, REGISTRY, SATURDAY),))
    planner = city(facts, Life().at(REGISTRY), first=SATURDAY, last=SUNDAY)
    assert worked(planner.duty_day(PERSON, SATURDAY)).spells[0].end == at("16:00", SATURDAY)
    assert free(planner.duty_day(PERSON, SUNDAY)).reason is OffReason.WEEKLY


def test_a_six_day_pattern_opens_the_civil_registry_every_saturday() -> None:
    facts = replace(PLAIN, patterns=(works(REGISTRY, "six_day"),))
    duty = worked(city(facts, Life().at(REGISTRY), first=SATURDAY).duty_day(PERSON, SATURDAY))
    assert (duty.hours, duty.spells[0].end) == ("six_day", at("13:00", SATURDAY))


def test_in_ramadan_the_fasting_hours_hold() -> None:
    facts = replace(PLAIN, calendar=(marked(CalendarKind.RAMADAN),))
    duty = worked(city(facts).duty_day(PERSON, MONDAY))
    assert duty.ramadan
    assert (duty.spells[0].start, duty.spells[0].end) == (at("08:00"), at("15:00"))


def test_hours_without_a_fasting_week_stay_as_ever_in_ramadan() -> None:
    facts = replace(PLAIN, calendar=(marked(CalendarKind.RAMADAN),), patterns=(works(OFFICE, "six_day"),))
    duty = worked(city(facts).duty_day(PERSON, MONDAY))
    assert not duty.ramadan
    assert duty.spells[0].end == at("14:30")


def test_hours_that_the_pack_in_force_does_not_know_are_never_guessed() -> None:
    facts = replace(PLAIN, patterns=(works(OFFICE, "four_day"),))
    assert free(city(facts).duty_day(PERSON, MONDAY)).reason is OffReason.UNPLANNED


def test_each_day_takes_the_hours_and_the_pack_in_force_on_it() -> None:
    newer = replace(
        RULES,
        id=PackId("uji 2026-11-24 #1"),
        valid_from=MONDAY + DAY,
        hours={"five_day": replace(RULES.hours["five_day"], week=(hours("08:00", "16:00"),) * 7)},
    )
    planner = city(rules=(RULES, newer), last=MONDAY + DAY)
    before = worked(planner.duty_day(PERSON, MONDAY))
    after = worked(planner.duty_day(PERSON, MONDAY + DAY))
    assert (before.pack, before.spells[0].start) == (RULES.id, at("07:30"))
    assert (after.pack, after.spells[0].start) == (newer.id, at("08:00", MONDAY + DAY))


def test_a_window_narrower_than_the_hours_is_widened_to_hold_them() -> None:
    narrow = replace(RULES, opens=time(8), closes=time(15))
    (spell,) = worked(city(rules=(narrow,)).duty_day(PERSON, MONDAY)).spells
    assert (spell.opens, spell.closes) == (spell.start, spell.end)


def test_moments_follow_a_zone_that_changes_its_clocks() -> None:
    sunday = date(2026, 3, 29)
    weekly = replace(RULES.hours["five_day"], week=(hours("01:00", "04:00"),) * 7)
    rules = replace(RULES, hours={"five_day": weekly}, opens=time(0))
    built = city(first=sunday)
    planner = Assembler(built.facts, RuleBook([rules]), ZoneInfo("Europe/Berlin"))
    (spell,) = worked(planner.duty_day(PERSON, sunday)).spells
    assert spell.start == datetime(2026, 3, 29, 0, tzinfo=UTC)
    assert spell.end == datetime(2026, 3, 29, 2, tzinfo=UTC), "one of the three hours does not exist"
    assert planner.span(PERSON, sunday) == (
        datetime(2026, 3, 28, 23, tzinfo=UTC),
        datetime(2026, 3, 29, 22, tzinfo=UTC),
    )


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


# --- who serves


@pytest.mark.parametrize(
    "state", [state for state in EmploymentState if not state.serving or state is EmploymentState.SECONDED]
)
def test_nothing_is_expected_of_whoever_does_not_serve_here(state: EmploymentState) -> None:
    facts = replace(
        PLAIN,
        employments=(Employment(PERSON, state, MONDAY, None, "SK"),),
        shift_entries=(entry("P"),),
    )
    duty = free(city(facts).duty_day(PERSON, MONDAY))
    assert (duty.reason, duty.name) == (OffReason.NOT_SERVING, state.value)


def test_who_retires_on_the_first_works_through_the_last_of_the_month_before() -> None:
    first = date(2026, 12, 1)
    facts = replace(PLAIN, employments=(Employment(PERSON, EmploymentState.RETIRED, first, None, "SK"),))
    planner = city(facts, first=first - DAY, last=first)
    assert worked(planner.duty_day(PERSON, first - DAY))
    assert free(planner.duty_day(PERSON, first)).name == "retired"
    assert PERSON in planner.people(first - DAY)
    assert PERSON not in planner.people(first)


def test_a_state_ends_with_its_last_day_and_of_several_the_latest_holds() -> None:
    facts = replace(
        PLAIN,
        employments=(
            Employment(PERSON, EmploymentState.SECONDED, SINCE, MONDAY, "SK"),
            Employment(PERSON, EmploymentState.ACTIVE, MONDAY, MONDAY, "SK"),
        ),
    )
    planner = city(facts, first=MONDAY - 3 * DAY, last=MONDAY + DAY)
    assert free(planner.duty_day(PERSON, FRIDAY - 7 * DAY)).name == "seconded"
    assert worked(planner.duty_day(PERSON, MONDAY))
    assert worked(planner.duty_day(PERSON, MONDAY + DAY))


def test_somebody_without_a_placement_owes_nothing() -> None:
    planner = city(life=replace(Life(), placements=()))
    duty = free(planner.duty_day(PERSON, MONDAY))
    assert (duty.reason, duty.name) == (OffReason.NOT_SERVING, "")


def test_a_transfer_changes_the_hours_on_its_date() -> None:
    life = replace(
        Life(),
        placements=(
            Placement(PERSON, OFFICE, SINCE, MONDAY),
            Placement(PERSON, REGISTRY, MONDAY + DAY, None),
        ),
    )
    planner = city(replace(PLAIN, patterns=(works(REGISTRY, "six_day"),)), life, last=MONDAY + DAY)
    assert worked(planner.duty_day(PERSON, MONDAY)).hours == "five_day"
    assert worked(planner.duty_day(PERSON, MONDAY + DAY)).hours == "six_day"


# --- roll-calls

ROLL_CALL = GatheringRule(
    "APEL",
    "Apel pagi",
    frozenset({0}),
    frozenset(),
    time(7, 30),
    time(6, 30),
    time(7, 45),
    frozenset(),
    frozenset(),
)


def roll_calls(rule: GatheringRule, life: Life | None = None, day: date = MONDAY) -> list[str]:
    rules = replace(RULES, gatherings=(rule,))
    duty = city(IN_SHIFTS, life, (rules,), first=day).duty_day(PERSON, day)
    return [gathering.code for gathering in worked(duty).gatherings]


def test_a_roll_call_is_on_its_weekdays_and_dates() -> None:
    assert roll_calls(ROLL_CALL) == ["APEL"]
    assert roll_calls(ROLL_CALL, day=MONDAY + DAY) == []
    dated = replace(ROLL_CALL, weekdays=frozenset(), dates=frozenset({MONDAY + DAY}))
    assert roll_calls(dated, day=MONDAY + DAY) == ["APEL"]
    assert roll_calls(dated) == []


def test_a_roll_call_of_a_unit_is_for_all_below_it_and_nobody_else() -> None:
    of_office = replace(ROLL_CALL, unit_codes=frozenset({"DINAS"}))
    assert roll_calls(of_office, Life().at(SECTION)) == ["APEL"]
    assert roll_calls(of_office, Life().at(REGISTRY)) == []


def test_a_roll_call_of_a_kind_goes_by_the_office_and_not_by_its_section() -> None:
    of_agencies = replace(ROLL_CALL, unit_kinds=frozenset({UnitKind.AGENCY}))
    assert roll_calls(of_agencies, Life().at(SECTION)) == ["APEL"]
    assert roll_calls(of_agencies, Life().at(CITY)) == []


def test_a_roll_call_asks_nothing_of_shifts() -> None:
    rules = replace(RULES, gatherings=(ROLL_CALL,))
    facts = replace(PLAIN, shift_entries=(entry("P"),))
    assert worked(city(facts, rules=(rules,)).duty_day(PERSON, MONDAY)).gatherings == ()


def test_a_duty_closes_no_sooner_than_its_last_roll_call() -> None:
    late = replace(ROLL_CALL, closes=time(23, 30))
    rules = replace(RULES, gatherings=(late,))
    assert worked(city(rules=(rules,)).duty_day(PERSON, MONDAY)).closes == at("23:30")
