from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from attendance.assembly import Assembler, within
from attendance.city_facts import CityFacts, PeopleFacts
from attendance.corrections import Correction, CorrectionId, CorrectionKind
from attendance.facts import Mark
from attendance.ids import PersonId, Pin, PunchId, TerminalId
from attendance.people import (
    Employment,
    EmploymentState,
    Enrollment,
    Excuse,
    ExcuseCode,
    Placement,
)
from attendance.rules import RuleBook
from attendance.shifts import Shift
from tests.support.planning import (
    COLLEAGUE,
    DAY,
    MONDAY,
    OFFICE,
    OFFICE_TERMINAL,
    PERSON,
    PLAIN,
    READ,
    REGISTRY,
    REGISTRY_TERMINAL,
    RULES,
    SINCE,
    ZONE,
    Life,
    at,
    city,
    day_of,
    entry,
    free,
    travel,
    worked,
)

TUESDAY = MONDAY + DAY


def mark(clock: str, day: date = MONDAY, number: int = 1, terminal: TerminalId = OFFICE_TERMINAL) -> Mark:
    return Mark(at(clock, day), terminal, PunchId(number))


def correction(
    number: int,
    kind: CorrectionKind = CorrectionKind.PRESENT,
    day: date = MONDAY,
    *,
    punch: int | None = None,
    undoes: int | None = None,
) -> Correction:
    return Correction(
        CorrectionId(number),
        PERSON,
        day,
        kind,
        None,
        None if punch is None else PunchId(punch),
        "",
        None if undoes is None else CorrectionId(undoes),
        "sebab",
        "surat",
        at("10:00"),
        "bkd",
    )


# --- the roster


def test_facts_without_a_roster_are_refused() -> None:
    with pytest.raises(ValueError, match="roster"):
        Assembler(CityFacts(MONDAY, MONDAY, ()), RuleBook([RULES]), ZONE)


def test_a_transfer_in_mid_month_changes_home_on_its_date() -> None:
    life = replace(
        Life(),
        placements=(Placement(PERSON, OFFICE, SINCE, MONDAY), Placement(PERSON, REGISTRY, TUESDAY, None)),
    )
    assembler = city(life=life, last=TUESDAY)
    before, after = (assembler.person_day(PERSON, day, (), READ) for day in (MONDAY, TUESDAY))
    assert before.reach.home == {OFFICE_TERMINAL}
    assert after.reach.home == {REGISTRY_TERMINAL}
    assert assembler.index(TUESDAY).unit_of(PERSON) == REGISTRY


def test_who_has_left_the_service_is_not_among_the_people_and_whoever_is_lent_is() -> None:
    def people(state: EmploymentState) -> list[int]:
        facts = replace(PLAIN, employments=(Employment(PERSON, state, MONDAY, None, "SK"),))
        return list(city(facts).people(MONDAY))

    assert people(EmploymentState.DECEASED) == [COLLEAGUE]
    assert people(EmploymentState.SECONDED) == [PERSON, COLLEAGUE]
    assert people(EmploymentState.STUDY) == [PERSON, COLLEAGUE]


def test_a_punch_belongs_to_whoever_had_the_pin_on_the_citys_date() -> None:
    life = replace(
        Life(),
        enrollments=(
            Enrollment(PERSON, Pin("7"), None, SINCE, MONDAY),
            Enrollment(COLLEAGUE, Pin("7"), None, TUESDAY, None),
        ),
    )
    assembler = city(life=life, last=TUESDAY)
    assert assembler.owner(OFFICE_TERMINAL, Pin("7"), at("23:59:59")) == PERSON
    assert assembler.owner(OFFICE_TERMINAL, Pin("7"), at("00:00", TUESDAY)) == COLLEAGUE
    assert assembler.owner(OFFICE_TERMINAL, Pin("8"), at("12:00")) is None


LEAVES = replace(Life(), enrollments=(Enrollment(PERSON, Pin("7"), None, SINCE, MONDAY),))
NIGHT = replace(PLAIN, shift_entries=(entry("M"),))


def test_the_end_of_a_leavers_last_night_is_still_the_leavers() -> None:
    assembler = city(NIGHT, LEAVES, last=TUESDAY)
    assert assembler.owner(OFFICE_TERMINAL, Pin("7"), at("07:02", TUESDAY)) == PERSON
    assert assembler.owner(OFFICE_TERMINAL, Pin("7"), at("10:00", TUESDAY)) is None, "its window is over"


def test_whoever_leaves_from_regular_hours_owns_nothing_after_the_last_day() -> None:
    assert city(life=LEAVES, last=TUESDAY).owner(OFFICE_TERMINAL, Pin("7"), at("07:02", TUESDAY)) is None


def test_a_pin_that_others_have_or_claim_by_now_is_no_more_the_leavers() -> None:
    def next_owners(*people: PersonId) -> PersonId | None:
        given = tuple(Enrollment(person, Pin("7"), None, TUESDAY, None) for person in people)
        life = replace(LEAVES, enrollments=(*LEAVES.enrollments, *given))
        return city(NIGHT, life, last=TUESDAY).owner(OFFICE_TERMINAL, Pin("7"), at("07:02", TUESDAY))

    assert next_owners(COLLEAGUE) == COLLEAGUE
    assert next_owners(COLLEAGUE, PersonId(3)) is None


def test_the_coming_to_a_first_shift_that_begins_at_midnight_is_the_newcomers() -> None:
    """The finger is known from that date on, the punch falls on the one before."""
    midnight = Shift("D", "Dini", time(0), time(8), SINCE)
    facts = replace(PLAIN, shifts=(midnight,), shift_entries=(entry("D", TUESDAY),))
    comes = replace(Life(), enrollments=(Enrollment(PERSON, Pin("7"), None, TUESDAY, None),))
    assembler = city(facts, comes, last=TUESDAY)
    assert assembler.owner(OFFICE_TERMINAL, Pin("7"), at("23:40")) == PERSON
    assert assembler.owner(OFFICE_TERMINAL, Pin("7"), at("22:59")) is None, "its window is not open"


# --- marks


def test_the_marks_of_a_regular_day_are_those_of_the_local_date_and_of_hours_worked_past_midnight() -> None:
    assembler = city()
    assert assembler.span(PERSON, MONDAY) == (at("00:00"), at("02:00", TUESDAY))
    inside = [mark("23:59:59"), mark("01:59:59", TUESDAY), mark("00:00")]
    outside = [mark("23:59:59", MONDAY - DAY), mark("02:00", TUESDAY)]
    found = assembler.person_day(PERSON, MONDAY, [*outside, *inside], READ)
    assert list(found.marks) == inside
    assert found.local == assembler.span(PERSON, MONDAY)


def test_the_marks_of_a_day_off_are_those_of_the_local_date() -> None:
    sunday = MONDAY - DAY
    found = city(first=sunday).person_day(PERSON, sunday, [mark("00:00")], READ)
    assert (list(found.marks), found.local) == ([], (at("00:00", sunday), at("00:00")))


def test_the_marks_of_a_night_reach_as_far_again_as_its_window_into_the_next_date() -> None:
    assembler = city(replace(PLAIN, shift_entries=(entry("M"),)))
    assert assembler.span(PERSON, MONDAY) == (at("00:00"), at("13:00", TUESDAY))
    night = [mark("20:55"), mark("07:05", TUESDAY, 2), mark("10:30", TUESDAY, 3)]
    assert list(assembler.person_day(PERSON, MONDAY, night, READ).marks) == night


def test_the_windows_of_the_dates_beside_it_claim_their_punches() -> None:
    facts = replace(PLAIN, shift_entries=(entry("M", MONDAY - DAY), entry("S"), entry("P", TUESDAY)))
    found = city(facts).person_day(PERSON, MONDAY, (), READ)
    assert found.claimed == ((at("20:00", MONDAY - DAY), at("10:00")),), (
        "Tuesday begins after Monday's window"
    )


def test_people_on_regular_hours_have_nothing_claimed() -> None:
    assert day_of().claimed == ()


def test_marks_of_a_date_are_cut_out_of_a_sorted_list_half_open() -> None:
    marks = [mark("06:59:59"), mark("07:00", number=2), mark("07:00", number=3), mark("08:00", number=4)]
    assert [each.punch_id for each in within(marks, at("07:00"), at("08:00"))] == [2, 3]
    assert within(marks, at("09:00"), at("10:00")) == []


# --- excuses


def test_study_comes_before_every_other_excuse_and_takes_the_whole_date() -> None:
    facts = replace(
        PLAIN,
        employments=(Employment(PERSON, EmploymentState.STUDY, MONDAY, None, "SK 7"),),
        excuses=(travel(),),
    )
    study, other = day_of(facts).excuses
    assert (study.code, study.whole, study.reference) == (ExcuseCode.TB, True, "SK 7")
    assert other.code is ExcuseCode.DL
    assert worked(day_of(facts).duty)


def test_an_excuse_of_somebody_else_or_of_another_date_changes_nothing() -> None:
    others = replace(travel(), person_id=COLLEAGUE)
    facts = replace(PLAIN, excuses=(others, travel(first=TUESDAY), travel(first=MONDAY - DAY)))
    assert day_of(facts) == day_of()


def test_the_order_of_excuses_is_that_of_the_pack_in_force_on_the_date() -> None:
    leave = Excuse(PERSON, ExcuseCode.CT, MONDAY, MONDAY, "SC")
    facts = replace(PLAIN, excuses=(travel(place=None), leave))
    for order in ((ExcuseCode.CT, ExcuseCode.DL), (ExcuseCode.DL, ExcuseCode.CT)):
        rules = replace(RULES, excuse_order=order)
        found = city(facts, rules=(rules,)).person_day(PERSON, MONDAY, (), READ)
        assert tuple(span.code for span in found.excuses) == order


# --- corrections


def test_corrections_of_the_date_stand_in_the_order_of_entry_without_what_was_undone() -> None:
    arrival = correction(3, CorrectionKind.ARRIVAL)
    facts = replace(
        PLAIN,
        corrections=(
            arrival,
            correction(1),
            correction(2, CorrectionKind.UNDO, undoes=1),
            correction(4, CorrectionKind.DEPARTURE),
            correction(5, day=TUESDAY),
            replace(correction(6), person_id=COLLEAGUE),
        ),
    )
    assert [each.id for each in day_of(facts).corrections] == [3, 4]


def test_a_punch_voided_for_one_date_counts_for_no_shift_of_the_dates_beside_it() -> None:
    facts = replace(
        PLAIN,
        shift_entries=(entry("M"), entry("P", TUESDAY)),
        corrections=(
            correction(1, CorrectionKind.VOID, TUESDAY, punch=9),
            correction(2, CorrectionKind.VOID, TUESDAY, punch=8),
            correction(3, CorrectionKind.PRESENT, TUESDAY),
        ),
    )
    night = city(facts).person_day(PERSON, MONDAY, [mark("06:50", TUESDAY, 9)], READ)
    assert [each.id for each in night.corrections] == [1]


# --- one late fact


def test_late_facts_of_some_people_replace_theirs_and_leave_the_others_alone() -> None:
    others = replace(travel(), person_id=COLLEAGUE)
    facts = replace(
        PLAIN, excuses=(travel(), others), corrections=(correction(1),), shift_entries=(entry("P"),)
    )
    assembler = city(facts)
    leave = Excuse(PERSON, ExcuseCode.CT, MONDAY, MONDAY, "SC")
    assembler.take_people(PeopleFacts(frozenset({PERSON}), (leave,), (correction(2),), (entry("S"),)))
    mine = assembler.person_day(PERSON, MONDAY, (), READ)
    assert [span.code for span in mine.excuses] == [ExcuseCode.CT]
    assert [each.id for each in mine.corrections] == [2]
    assert worked(mine.duty).spells[0].shift == "S"
    assert len(assembler.person_day(COLLEAGUE, MONDAY, (), READ).excuses) == 1


def test_taking_nothing_for_somebody_takes_everything_away() -> None:
    facts = replace(PLAIN, excuses=(travel(),), corrections=(correction(1),), shift_entries=(entry(""),))
    assembler = city(facts)
    assert free(assembler.duty_day(PERSON, MONDAY))
    assembler.take_people(PeopleFacts(frozenset({PERSON})))
    assert assembler.person_day(PERSON, MONDAY, (), READ) == day_of()


def test_a_built_anew_assembler_says_the_same_as_one_kept_current() -> None:
    facts = replace(PLAIN, excuses=(travel(),), shift_entries=(entry("M"), entry("P", TUESDAY)))
    kept = city(last=TUESDAY)
    kept.take_people(PeopleFacts(frozenset({PERSON}), facts.excuses, (), facts.shift_entries))
    anew = city(facts, last=TUESDAY)
    for day in (MONDAY, TUESDAY):
        assert kept.person_day(PERSON, day, (), READ) == anew.person_day(PERSON, day, (), READ)


def test_usual_duty_is_that_of_the_city_whatever_single_units_work() -> None:
    assert worked(city().usual_duty(MONDAY)).hours == "five_day"


def test_one_roster_serves_all_days_of_its_span_whatever_day_it_carries() -> None:
    plain = city(last=MONDAY + 3 * DAY).facts
    (first, *_) = plain.rosters
    spanned = replace(
        plain, rosters=(replace(first, last=MONDAY + 4 * DAY, roster=replace(first.roster, day=date.min)),)
    )
    assembler = Assembler(spanned, RuleBook([RULES]), ZONE)
    assert assembler.index(MONDAY) is assembler.index(MONDAY + 3 * DAY)
    assert list(assembler.people(TUESDAY)) == [PERSON, COLLEAGUE]


def test_beyond_the_loaded_days_the_nearest_roster_holds() -> None:
    assembler = city()
    far = timedelta(days=9)
    assert list(assembler.index(MONDAY - far).people) == [PERSON, COLLEAGUE]
    assert list(assembler.index(MONDAY + far).people) == [PERSON, COLLEAGUE]
