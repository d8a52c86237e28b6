from __future__ import annotations

from dataclasses import replace
from datetime import date

from attendance.assembly import Assembler
from attendance.city_facts import RosterSpan
from attendance.facts import Horizon, PersonDay
from attendance.ids import Pin, TerminalId, UnitId
from attendance.people import (
    Enrollment,
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
    HOSPITAL_TERMINAL,
    MONDAY,
    NO_SITE,
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
    travel,
)
from tests.support.rosters import terminal

TUESDAY = MONDAY + DAY


def ids(person_day: PersonDay) -> list[TerminalId]:
    return [horizon.terminal_id for horizon in person_day.reach.horizons]


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


# --- data is never perfect, and nobody is accused for it


def test_who_is_placed_at_two_units_at_once_hangs_on_the_terminals_and_outages_of_both() -> None:
    life = replace(
        Life(),
        placements=(Placement(PERSON, REGISTRY, SINCE, None), Placement(PERSON, OFFICE, MONDAY, None)),
    )
    of_other = site_outage(REGISTRY, "07:00", "09:00")
    found = day_of(replace(PLAIN, site_outages=(of_other,)), life)
    assert ids(found) == [OFFICE_TERMINAL, REGISTRY_TERMINAL]
    assert found.reach.home == {OFFICE_TERMINAL}
    assert found.reach.outages == (of_other,)


def test_a_pin_that_two_people_claim_at_one_terminal_at_home_accuses_neither_anywhere() -> None:
    """The press at the contested terminal is given to nobody, so that none at the other says nothing."""
    second = terminal(4, unit_id=OFFICE)
    claimed = (
        Enrollment(PERSON, Pin("1"), TerminalId(4), SINCE, None),
        Enrollment(COLLEAGUE, Pin("1"), TerminalId(4), SINCE, None),
    )
    life = Life(terminals=(*Life().terminals, second))
    assert day_of(PLAIN, life).reach.has_pin
    found = day_of(PLAIN, replace(life, enrollments=(*life.enrollments, *claimed)))
    assert not found.reach.has_pin
    assert ids(found) == [OFFICE_TERMINAL, TerminalId(4)]


def test_a_terminal_that_moved_today_is_asked_at_the_old_place_for_this_day_too() -> None:
    stays = terminal(4, unit_id=OFFICE)
    before = Life(terminals=(*Life().terminals, stays))
    moved = replace(before, terminals=(replace(Life().terminals[0], unit_id=REGISTRY), *before.terminals[1:]))
    rosters = (
        RosterSpan(MONDAY - DAY, MONDAY - DAY, before.roster(MONDAY - DAY)),
        RosterSpan(MONDAY, TUESDAY + DAY, moved.roster(MONDAY)),
    )
    facts = replace(PLAIN, first=MONDAY, last=TUESDAY, rosters=rosters)
    assembler = Assembler(facts, RuleBook((RULES,)), ZONE)
    on_monday, on_tuesday = (assembler.person_day(PERSON, day, (), READ) for day in (MONDAY, TUESDAY))
    assert ids(on_monday) == [OFFICE_TERMINAL, TerminalId(4)]
    assert on_monday.reach.home == {TerminalId(4)}
    assert ids(on_tuesday) == [TerminalId(4)]
