from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from attendance.assembly import Assembler
from attendance.calendar import CalendarKind
from attendance.city_facts import CityFacts
from attendance.duty import NoDuty, OffReason
from attendance.people import Employment, EmploymentState, Placement, UnitKind
from attendance.rules import GatheringRule, PackId, RuleBook
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
        datetime(2026, 3, 30, 0, tzinfo=UTC),
    ), "to three hours after the window"


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


def ceremonies(rule: GatheringRule, facts: CityFacts, life: Life | None = None) -> list[str]:
    rules = replace(RULES, gatherings=(rule,))
    duty = city(facts, life, (rules,)).duty_day(PERSON, MONDAY)
    assert isinstance(duty, NoDuty)
    return [gathering.code for gathering in duty.gatherings]


HOLIDAY = replace(PLAIN, calendar=(marked(CalendarKind.HOLIDAY),))
CEREMONY = replace(ROLL_CALL, weekdays=frozenset(), dates=frozenset({MONDAY}), on_days_off=True)


def test_a_ceremony_is_held_on_a_holiday_only_where_the_rules_say_so() -> None:
    assert ceremonies(CEREMONY, HOLIDAY) == ["APEL"]
    assert ceremonies(replace(CEREMONY, on_days_off=False), HOLIDAY) == []
    assert ceremonies(replace(CEREMONY, dates=frozenset({MONDAY + DAY})), HOLIDAY) == []


def test_a_ceremony_on_a_holiday_is_for_its_units_and_for_nobody_who_works_by_shifts() -> None:
    of_office = replace(CEREMONY, unit_codes=frozenset({"DINAS"}))
    assert ceremonies(of_office, HOLIDAY, Life().at(SECTION)) == ["APEL"]
    assert ceremonies(of_office, HOLIDAY, Life().at(REGISTRY)) == []
    assert ceremonies(CEREMONY, replace(HOLIDAY, shift_entries=(entry(""),))) == []


def test_a_roll_call_asks_nothing_of_shifts() -> None:
    rules = replace(RULES, gatherings=(ROLL_CALL,))
    facts = replace(PLAIN, shift_entries=(entry("P"),))
    assert worked(city(facts, rules=(rules,)).duty_day(PERSON, MONDAY)).gatherings == ()


def test_a_duty_closes_no_sooner_than_its_last_roll_call() -> None:
    late = replace(ROLL_CALL, closes=time(23, 30))
    rules = replace(RULES, gatherings=(late,))
    assert worked(city(rules=(rules,)).duty_day(PERSON, MONDAY)).closes == at("23:30")
