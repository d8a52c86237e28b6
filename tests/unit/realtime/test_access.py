"""Which scopes lie in a wall's ground, and what a screen may see at all."""

from __future__ import annotations

from datetime import date

import pytest

from attendance.ids import UnitId
from attendance.people import Unit, UnitKind
from attendance.roster import Roster, RosterIndex
from config.look import Look
from realtime.access import Grounds, access_of
from realtime.scope import Level, Scope, parse_scope
from store.walls import WallDevice, WallId
from tests.support.rosters import terminal

SCOPES = """
city city:10 city:20 office:11 office:12 office:20 office:21 office:31
names names:10 names:20 names:11 names:12 names:21 names:31
recap recap:10 recap:20 recap:11 recap:12 recap:21 recap:31
"""
"""Under the city (1): a group (10) of two offices (11, 12), one with a section (13); an office (20) with one
below (21); a group (30) of one office (31); an empty group (40)."""


def unit(number: int, parent: int | None, *, office: bool = False) -> Unit:
    above = None if parent is None else UnitId(parent)
    name = f"Unit {number}"
    return Unit(UnitId(number), str(number), name, name, UnitKind.AGENCY, above, office=office)


@pytest.fixture
def grounds() -> Grounds:
    units = (
        unit(1, None),
        unit(10, 1),
        unit(11, 10, office=True),
        unit(12, 10, office=True),
        unit(13, 12),
        unit(20, 1, office=True),
        unit(21, 20, office=True),
        unit(30, 1),
        unit(31, 30, office=True),
        unit(40, 1),
    )
    doors = tuple(terminal(number, unit_id=UnitId(at)) for number, at in enumerate((1, 11, 13, 20, 31), 1))
    roster = Roster(date(2026, 11, 23), units, (), (), (), doors)
    return Grounds(RosterIndex(roster), [scope(name) for name in SCOPES.split()])


def scope(name: str) -> Scope:
    found = parse_scope(name)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("ground", "root"),
    [
        (None, "city"),
        (1, "city"),
        (10, "city:10"),
        (11, "office:11"),
        (20, "city:20"),
        (21, "office:21"),
        (30, "office:31"),
        (40, "office:40"),
        (13, "office:13"),
        (99, "office:99"),
    ],
)
def test_a_wall_begins_with_what_is_its_own(grounds: Grounds, ground: int | None, root: str) -> None:
    assert grounds.root(None if ground is None else UnitId(ground)).name == root


@pytest.mark.parametrize(
    ("ground", "within"),
    [
        (None, SCOPES),
        (1, SCOPES),
        (10, "city:10 office:11 office:12 names:10 names:11 names:12 recap:10 recap:11 recap:12"),
        (11, "office:11 names:11 recap:11"),
        (20, "city:20 office:20 office:21 names:20 names:21 recap:20 recap:21"),
        (30, "office:31 names:31 recap:31"),
        (40, ""),
        (13, ""),
        (99, ""),
    ],
)
def test_nothing_outside_of_a_ground_lies_in_it(grounds: Grounds, ground: int | None, within: str) -> None:
    top = None if ground is None else UnitId(ground)
    assert [name for name in SCOPES.split() if grounds.holds(top, scope(name))] == [
        name for name in SCOPES.split() if name in within.split()
    ]


def test_a_unit_that_nobody_knows_lies_in_no_ground_but_the_city(grounds: Grounds) -> None:
    assert not grounds.holds(UnitId(10), scope("office:99"))
    assert grounds.holds(None, scope("office:99"))


def test_who_shows_no_credential_sees_what_the_setting_says() -> None:
    assert access_of(None, Level.COUNTS).level is Level.COUNTS
    assert access_of(None, Level.NOTHING).level is Level.NOTHING


def test_a_paired_wall_sees_what_it_was_paired_for_whatever_the_setting_says() -> None:
    device = WallDevice(WallId(3), "Lobi", UnitId(10), "counts", Look(), "ab", revoked=False)
    for unpaired in Level:
        access = access_of(device, unpaired)
        assert (access.level, access.unit, access.revoked) == (Level.COUNTS, UnitId(10), False)


def test_a_revoked_wall_sees_nothing_even_where_any_screen_sees_names() -> None:
    device = WallDevice(WallId(3), "Lobi", None, "names", Look(), "ab", revoked=True)
    access = access_of(device, Level.NAMES)
    assert (access.level, access.wall, access.revoked) == (Level.NOTHING, None, True)


@pytest.mark.parametrize(
    ("ground", "numbers"),
    [
        (10, {2, 3}),
        (12, {3}),
        (20, {4}),
        (31, {5}),
        (30, {5}),
        (21, None),
        (40, None),
        (1, None),
        (None, None),
    ],
)
def test_a_ground_s_terminals_are_those_that_hang_in_it_or_all_where_none_does(
    grounds: Grounds, ground: int | None, numbers: set[int] | None
) -> None:
    assert grounds.terminals(None if ground is None else UnitId(ground)) == numbers
