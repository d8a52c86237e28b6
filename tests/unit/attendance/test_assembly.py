from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from attendance.assembly import Assembler, within
from attendance.city_facts import CityFacts, PeopleFacts
from attendance.corrections import Correction, CorrectionId, CorrectionKind
from attendance.facts import Horizon, Mark, PersonDay
from attendance.ids import Pin, PunchId, TerminalId, UnitId
from attendance.people import (
    Employment,
    EmploymentState,
    Enrollment,
    Excuse,
    ExcuseCode,
    Outage,
    OutageCause,
    Placement,
    SiteOutage,
)
from attendance.rules import RuleBook
from tests.support.planning import (
    CITY,
    COLLEAGUE,
    DAY,
    HOSPITAL,
    HOSPITAL_TERMINAL,
    MONDAY,
    NO_SITE,
    OFFICE,
    OFFICE_TERMINAL,
    PERSON,
    PLAIN,
    REGISTRY,
    REGISTRY_TERMINAL,
    RULES,
    SINCE,
    ZONE,
    Life,
    at,
    city,
    entry,
    free,
    read_all,
    worked,
)

TUESDAY = MONDAY + DAY
READ = read_all(at("23:59"))


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


def day_of(facts: CityFacts = PLAIN, life: Life | None = None, *marks: Mark, day: date = MONDAY) -> PersonDay:
    return city(facts, life, first=day).person_day(PERSON, day, marks, READ)


def ids(person_day: PersonDay) -> list[TerminalId]:
    return [horizon.terminal_id for horizon in person_day.reach.horizons]


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


# --- reach


def test_a_former_offices_terminal_adds_doubt_but_is_not_home() -> None:
    life = replace(
        Life().at(REGISTRY),
        placements=(Placement(PERSON, REGISTRY, MONDAY, None),),
        enrollments=(Enrollment(PERSON, Pin("7"), OFFICE_TERMINAL, SINCE, None),),
    )
    found = day_of(PLAIN, life)
    assert ids(found) == [OFFICE_TERMINAL, REGISTRY_TERMINAL]
    assert found.reach.home == {REGISTRY_TERMINAL}
    assert not found.reach.has_pin


def test_without_a_terminal_at_home_nobody_vouches_although_a_former_office_knows_the_finger() -> None:
    life = replace(
        Life(),
        placements=(Placement(PERSON, NO_SITE, MONDAY, None),),
        enrollments=(Enrollment(PERSON, Pin("7"), OFFICE_TERMINAL, SINCE, None),),
    )
    found = day_of(PLAIN, life)
    assert found.reach.home == frozenset()
    assert ids(found) == []
    assert not found.reach.has_pin


def enrolled_at(clock: str, day: date = MONDAY) -> Life:
    return replace(
        Life(), enrollments=(Enrollment(PERSON, Pin("7"), OFFICE_TERMINAL, day, None, at(clock, day)),)
    )


def test_a_finger_enrolled_at_eleven_is_known_from_eleven_on_that_day_alone() -> None:
    assert day_of(PLAIN, enrolled_at("11:00")).reach.pin_from == at("11:00")
    assert day_of(PLAIN, enrolled_at("11:00"), day=TUESDAY).reach.pin_from is None


def test_a_finger_enrolled_at_midnight_is_known_all_day() -> None:
    assert day_of(PLAIN, enrolled_at("00:00")).reach.pin_from is None


def test_a_finger_enrolled_tomorrow_is_not_known_today() -> None:
    assert not day_of(PLAIN, enrolled_at("11:00", TUESDAY)).reach.has_pin


def travel(*, place: int | None = HOSPITAL, first: date = MONDAY) -> Excuse:
    return Excuse(PERSON, ExcuseCode.DL, first, first, "ST", place=None if place is None else UnitId(place))


def test_an_acting_place_makes_its_terminals_home_on_its_days() -> None:
    facts = replace(PLAIN, excuses=(travel(),))
    found = day_of(facts)
    assert found.reach.home == {OFFICE_TERMINAL, HOSPITAL_TERMINAL}
    assert ids(found) == [OFFICE_TERMINAL, HOSPITAL_TERMINAL]
    assert day_of(facts, day=TUESDAY).reach.home == {OFFICE_TERMINAL}


def test_an_acting_place_gives_nobody_a_pin_who_has_none_at_home() -> None:
    found = day_of(replace(PLAIN, excuses=(travel(),)), Life().at(NO_SITE))
    assert HOSPITAL_TERMINAL in found.reach.home
    assert not found.reach.has_pin, "else a day half spent there would speak for the other half"


def test_a_terminal_of_which_nothing_is_known_was_never_read() -> None:
    (horizon,) = city().person_day(PERSON, MONDAY, (), {}).reach.horizons
    assert (horizon.read_through, horizon.online) == (None, False)


def test_people_of_one_site_share_one_reach_until_a_horizon_changes() -> None:
    assembler, horizons = city(), dict(READ)
    mine = assembler.person_day(PERSON, MONDAY, (), horizons).reach
    assert assembler.person_day(COLLEAGUE, MONDAY, (), horizons).reach is mine
    horizons[OFFICE_TERMINAL] = Horizon(OFFICE_TERMINAL, False, None, None)
    assert not assembler.person_day(PERSON, MONDAY, (), horizons).reach.horizons[0].online
    horizons[REGISTRY_TERMINAL] = Horizon(REGISTRY_TERMINAL, False, None, None)
    latest = assembler.person_day(PERSON, MONDAY, (), horizons).reach
    assert assembler.person_day(COLLEAGUE, MONDAY, (), horizons).reach is latest


def site_outage(unit: int, since: str, until: str | None, day: date = MONDAY) -> SiteOutage:
    ends = None if until is None else at(until, day)
    return SiteOutage(UnitId(unit), OutageCause.POWER, at(since, day), ends, "surat")


def test_an_outage_of_a_site_is_about_everybody_at_the_unit_and_below() -> None:
    of_city, of_office = site_outage(CITY, "08:00", None), site_outage(OFFICE, "07:00", "09:00")
    facts = replace(PLAIN, site_outages=(of_city, of_office))
    assert day_of(facts).reach.outages == (of_office, of_city)
    assert day_of(facts, Life().at(REGISTRY)).reach.outages == (of_city,)


def test_an_outage_of_a_site_before_the_window_or_after_it_changes_nothing() -> None:
    facts = replace(
        PLAIN,
        site_outages=(site_outage(OFFICE, "01:00", "06:00"), site_outage(OFFICE, "23:00:01", None)),
    )
    assert day_of(facts) == day_of()


def test_outages_that_are_declared_later_are_taken() -> None:
    assembler = city()
    before = assembler.person_day(PERSON, MONDAY, (), READ)
    assert before.reach.outages == ()
    declared = site_outage(OFFICE, "07:00", "09:00")
    of_terminal = Outage(OFFICE_TERMINAL, OutageCause.NETWORK, at("07:00"), None, "surat")
    assembler.take_outages([of_terminal], [declared])
    assert assembler.person_day(PERSON, MONDAY, (), READ).reach.outages == (declared,)
    assert assembler.facts.outages == (of_terminal,)
    assembler.take_outages([], [])
    assert assembler.person_day(PERSON, MONDAY, (), READ) == before


# --- marks


def test_the_marks_of_a_regular_day_are_those_of_the_local_date() -> None:
    assembler = city()
    assert assembler.span(PERSON, MONDAY) == (at("00:00"), at("00:00", TUESDAY))
    inside = [mark("23:59:59"), mark("00:00")]
    outside = [mark("23:59:59", MONDAY - DAY), mark("00:00", TUESDAY)]
    found = assembler.person_day(PERSON, MONDAY, [*outside, *inside], READ)
    assert list(found.marks) == inside
    assert found.local == assembler.span(PERSON, MONDAY)


def test_the_marks_of_a_night_reach_to_the_end_of_its_window_on_the_next_date() -> None:
    assembler = city(replace(PLAIN, shift_entries=(entry("M"),)))
    assert assembler.span(PERSON, MONDAY) == (at("00:00"), at("10:00", TUESDAY))
    night = [mark("20:55"), mark("07:05", TUESDAY, 2)]
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
