from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from attendance.ids import Nip, PersonId, Pin, SerialNumber, TerminalId, UnitId
from attendance.people import Enrollment, Person, Placement, Unit, UnitKind
from attendance.roster import Roster, RosterIndex
from attendance.terminal import Follow, Terminal

DAY = date(2026, 11, 23)
CITY, OFFICE, SECTION, BRANCH, SCHOOL = (UnitId(number) for number in range(1, 6))


def unit(unit_id: UnitId, parent: UnitId | None, *, office: bool = False) -> Unit:
    return Unit(unit_id, f"U{unit_id}", f"Unit {unit_id}", f"U{unit_id}", UnitKind.AGENCY, parent, office)


def terminal(number: int, unit_id: UnitId) -> Terminal:
    serial = SerialNumber(f"SN{number}")
    return Terminal(
        TerminalId(number),
        serial,
        f"T{number}",
        unit_id,
        "127.0.0.1",
        4370,
        "zk-tcp",
        Follow.LIVE,
        None,
        True,
    )


def index(
    *terminals: Terminal,
    places: dict[int, UnitId],
    pins: tuple[tuple[int, str, int | None], ...] = (),
    known: tuple[Enrollment, ...] = (),
) -> RosterIndex:
    people = tuple(Person(PersonId(number), Nip(f"{number:018}"), f"P{number}", "", "") for number in (1, 2))
    return RosterIndex(
        Roster(
            DAY,
            (
                unit(CITY, None),
                unit(OFFICE, CITY, office=True),
                unit(SECTION, OFFICE),
                unit(BRANCH, SECTION),
                unit(SCHOOL, CITY, office=True),
            ),
            people,
            tuple(Placement(PersonId(number), place, DAY, None) for number, place in places.items()),
            tuple(
                Enrollment(PersonId(person), Pin(pin), None if at is None else TerminalId(at), DAY, None)
                for person, pin, at in pins
            )
            + known,
            terminals,
        )
    )


def test_the_nearest_unit_with_a_terminal_decides_where_a_person_punches() -> None:
    found = index(terminal(1, OFFICE), terminal(2, BRANCH), places={1: BRANCH, 2: SECTION})
    assert found.terminals_of(PersonId(1)) == {TerminalId(2)}
    assert found.terminals_of(PersonId(2)) == {TerminalId(1)}
    assert found.people_depending_on(TerminalId(1)) == (PersonId(2),)


def test_the_search_for_a_terminal_ends_at_the_office() -> None:
    found = index(terminal(1, CITY), places={1: SECTION, 2: SCHOOL})
    assert found.terminals_of(PersonId(1)) == frozenset()


def test_an_enrollment_at_one_terminal_adds_it() -> None:
    found = index(
        terminal(1, OFFICE), terminal(9, SCHOOL), places={1: OFFICE}, pins=((1, "7", 9), (1, "7", None))
    )
    assert found.terminals_of(PersonId(1)) == {TerminalId(1), TerminalId(9)}


def test_people_of_sub_units_count_under_the_office() -> None:
    found = index(terminal(1, OFFICE), places={1: BRANCH, 2: SCHOOL})
    assert found.office_of(PersonId(1)) == OFFICE
    assert found.people_of_office(OFFICE) == (PersonId(1),)
    assert found.terminals_of_office(OFFICE) == (TerminalId(1),)


def test_a_person_without_placement_has_no_office_and_no_terminal() -> None:
    found = index(terminal(1, OFFICE), places={1: OFFICE})
    assert found.office_of(PersonId(2)) is None
    assert found.terminals_of(PersonId(2)) == frozenset()


def test_a_terminals_own_enrollment_wins_over_the_citys() -> None:
    found = index(terminal(1, OFFICE), places={1: OFFICE, 2: OFFICE}, pins=((1, "7", None), (2, "7", 1)))
    assert found.person_by_pin(TerminalId(1), Pin("7")) == 2
    assert found.person_by_pin(TerminalId(5), Pin("7")) == 1
    assert found.has_pin(PersonId(2))
    assert not found.has_pin(PersonId(1)), "the only terminal takes this PIN for somebody else"


def test_a_pin_that_two_people_have_is_nobodys_and_neither_is_held_to_it() -> None:
    found = index(terminal(1, OFFICE), places={1: OFFICE, 2: OFFICE}, pins=((1, "7", None), (2, "7", None)))
    assert found.person_by_pin(TerminalId(1), Pin("7")) is None
    assert not found.has_pin(PersonId(1))
    assert not found.has_pin(PersonId(2))


def test_a_unit_that_is_its_own_ancestor_does_not_hang_the_wall() -> None:
    circle = Roster(DAY, (unit(UnitId(1), UnitId(2)), unit(UnitId(2), UnitId(1))), (), (), (), ())
    assert RosterIndex(circle).office_above(UnitId(1)) is None


BEFORE = DAY - timedelta(days=400)
ELEVEN = datetime(2026, 11, 23, 4, tzinfo=UTC)


def enrolled(
    person: int, pin: str, at: int | None, since: date = DAY, effective: datetime | None = None
) -> Enrollment:
    return Enrollment(
        PersonId(person), Pin(pin), None if at is None else TerminalId(at), since, None, effective
    )


def test_an_enrollment_left_over_at_a_former_office_is_doubt_and_not_home() -> None:
    found = index(
        terminal(1, OFFICE), terminal(9, SCHOOL), places={1: OFFICE}, known=(enrolled(1, "7", 9, BEFORE),)
    )
    assert found.home_of(PersonId(1)) == {TerminalId(1)}
    assert found.terminals_of(PersonId(1)) == {TerminalId(1), TerminalId(9)}
    assert found.people_depending_on(TerminalId(9)) == (PersonId(1),)


def test_a_former_offices_enrollment_gives_no_pin() -> None:
    found = index(
        terminal(1, OFFICE), terminal(9, SCHOOL), places={1: OFFICE}, known=(enrolled(1, "7", 9, BEFORE),)
    )
    assert not found.has_pin(PersonId(1))
    assert found.person_by_pin(TerminalId(9), Pin("7")) == PersonId(1), "a punch there is still the person's"


def test_an_enrollment_given_apart_since_the_placement_is_home() -> None:
    found = index(terminal(1, OFFICE), terminal(9, SCHOOL), places={1: OFFICE}, pins=((1, "7", 9),))
    assert found.home_of(PersonId(1)) == {TerminalId(1), TerminalId(9)}
    assert found.has_pin(PersonId(1))


def test_an_old_enrollment_at_a_terminal_of_the_present_site_stays_home() -> None:
    found = index(terminal(1, OFFICE), places={1: OFFICE}, known=(enrolled(1, "7", 1, BEFORE),))
    assert found.home_of(PersonId(1)) == {TerminalId(1)}
    assert found.has_pin(PersonId(1))


def test_somebody_with_a_former_offices_terminal_alone_has_no_home() -> None:
    found = index(terminal(9, SCHOOL), places={1: OFFICE}, known=(enrolled(1, "7", 9, BEFORE),))
    assert found.home_of(PersonId(1)) == frozenset()
    assert not found.has_pin(PersonId(1))


def test_the_finger_is_known_from_the_earliest_moment_at_any_terminal_at_home() -> None:
    found = index(
        terminal(1, OFFICE),
        terminal(2, OFFICE),
        places={1: OFFICE},
        known=(
            enrolled(1, "7", 1, effective=ELEVEN + timedelta(hours=1)),
            enrolled(1, "7", 2, effective=ELEVEN),
        ),
    )
    assert found.pin_from(PersonId(1)) == ELEVEN


def test_a_finger_known_all_day_at_one_terminal_at_home_is_known_all_day() -> None:
    found = index(
        terminal(1, OFFICE),
        terminal(2, OFFICE),
        places={1: OFFICE},
        known=(enrolled(1, "7", 1, effective=ELEVEN), enrolled(1, "7", 2)),
    )
    assert found.pin_from(PersonId(1)) is None


def test_a_terminals_own_enrollment_says_from_when_it_knows_the_finger_although_the_city_gave_the_pin() -> (
    None
):
    found = index(
        terminal(1, OFFICE),
        places={1: OFFICE},
        known=(enrolled(1, "7", None, BEFORE), enrolled(1, "7", 1, effective=ELEVEN)),
    )
    assert found.pin_from(PersonId(1)) == ELEVEN


def test_of_two_enrollments_of_one_person_at_one_terminal_the_earlier_counts() -> None:
    both = (enrolled(1, "7", 1, effective=ELEVEN), enrolled(1, "7", 1))
    for known in (both, both[::-1]):
        assert index(terminal(1, OFFICE), places={1: OFFICE}, known=known).pin_from(PersonId(1)) is None


def test_whom_no_terminal_knows_has_no_moment_from_which_one_does() -> None:
    assert index(terminal(1, OFFICE), places={1: OFFICE}).pin_from(PersonId(1)) is None


def test_of_several_placements_the_one_that_began_last_holds() -> None:
    plain = index(terminal(1, OFFICE), terminal(2, SCHOOL), places={})
    placements = (
        Placement(PersonId(1), SCHOOL, DAY, None),
        Placement(PersonId(1), OFFICE, BEFORE, None),
    )
    found = RosterIndex(replace(plain.roster, placements=placements))
    assert found.unit_of(PersonId(1)) == SCHOOL
    assert found.home_of(PersonId(1)) == {TerminalId(2)}
