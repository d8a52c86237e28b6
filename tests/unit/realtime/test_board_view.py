"""What the scopes of a board show: the city, units with all below them, the lists of names, the curve."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from attendance.counts import count
from attendance.ids import PersonId, TerminalId, UnitId
from attendance.people import Excuse, ExcuseCode, Unit, UnitKind
from attendance.roster import Roster
from realtime.rows import total_row
from realtime.scope import CITY, Kind, Scope
from tests.support.boards import Shown, board, health, press, shown
from tests.support.days import MONDAY, at
from tests.support.rosters import small_roster, terminal

GROUP = Scope(Kind.CITY, UnitId(10))
NAMES = Scope(Kind.NAMES)
READ = tuple(health(number, "07:59:30") for number in (1, 2, 3, 4))


def unit(number: int, parent: int, *, office: bool = True) -> Unit:
    name = f"Unit {number}"
    return Unit(UnitId(number), str(number), name, name, UnitKind.AGENCY, UnitId(parent), office)


def tree() -> Roster:
    """The city with the office 2 and the group 10; in that the offices 11 and 12, in 12 the section 13.

    Of six people three serve in 2, one each in 11, 12 and 13; terminals 1 and 2 hang at 2, 3 at 11, 4 at 13.
    """
    roster = small_roster(people_count=6)
    places = dict(zip(range(4, 7), (11, 12, 13), strict=True))
    return replace(
        roster,
        units=(
            *roster.units,
            unit(10, 1, office=False),
            unit(11, 10),
            unit(12, 10),
            unit(13, 12, office=False),
        ),
        terminals=(*roster.terminals, terminal(3, unit_id=UnitId(11)), terminal(4, unit_id=UnitId(13))),
        placements=tuple(
            replace(one, unit_id=UnitId(places.get(one.person_id, one.unit_id))) for one in roster.placements
        ),
    )


def town(*presses: Any, now: str = "08:00", **facts: Any) -> Shown:
    return shown(board(now, roster=tree(), presses=presses, healths=READ, **facts), now)


def names(city: Shown, scope: Scope = NAMES) -> dict[str, str]:
    return {key: row["status"] for key, row in city.whole(scope).items()}


def test_a_unit_with_two_offices_below_it_is_shown_with_all_below_it() -> None:
    city = town(press(1, "1004", "07:10", 3), press(2, "1001", "07:12"))
    assert GROUP in city.view.scopes()
    rows = city.whole(GROUP)
    assert rows.keys() == {"total", "day", "u:11", "u:12", "t:3", "t:4", "k:1", "a:0710"}
    assert (rows["total"]["people"], rows["total"]["present"]) == (3, 1)
    assert rows["u:12"]["people"] == 2
    assert rows["a:0710"] == {"n": 1}
    assert city.whole(CITY)["a:0710"] == {"n": 2}


def test_neither_the_city_nor_an_office_is_such_a_unit_and_an_office_has_its_lists() -> None:
    scopes = {scope.name for scope in town().view.scopes()}
    offices = {f"{kind}:{number}" for kind in ("office", "names", "recap") for number in (2, 11, 12)}
    assert scopes == {"city", "city:10", "names", "names:10", "recap", "recap:10", *offices}


def test_an_office_with_offices_below_it_is_shown_alone_and_with_them() -> None:
    roster = tree()
    nested = replace(
        roster,
        units=tuple(replace(one, office=True) if one.id in (10, 13) else one for one in roster.units),
        placements=(replace(roster.placements[0], unit_id=UnitId(10)), *roster.placements[1:]),
    )
    city = shown(board("08:00", roster=nested, healths=READ), "08:00")
    assert city.whole(GROUP)["total"]["people"] == 4
    assert city.whole(Scope(Kind.OFFICE, UnitId(10)))["unit"]["people"] == 1
    assert names(city, Scope(Kind.NAMES, UnitId(10))).keys() == {"p:4", "p:6"}
    recap = Scope(Kind.RECAP, UnitId(10))
    city.board.add_punches([press(1, "1001", "07:00", 3), press(2, "1004", "07:01", 3)], at("08:01"))
    assert city.settle(at("08:01"))[recap] == {"freeze", "r:10", "r:11", "c:1", "c:4"}
    rows = city.whole(recap)
    assert (rows["freeze"]["corrected"], rows["r:10"]["corrected"], rows["r:11"]["corrected"]) == (2, 1, 1)


def test_a_punch_elsewhere_stands_on_the_tickers_of_both_places() -> None:
    city = town(press(1, "1001", "07:12", 3), press(2, "9999", "07:13", 4), press(3, "1002", "07:14"))
    assert [key for key in city.whole(GROUP) if key.startswith("k:")] == ["k:1", "k:2"]


def test_the_names_are_those_who_are_late_absent_or_not_yet_in_and_never_who_waits() -> None:
    dark = health(3, "07:00", online=False, since="07:00")
    found = board("08:00", roster=tree(), presses=[press(1, "1001", "07:41")], healths=[*READ[:2], dark])
    city = shown(found, "08:00")
    assert names(city) == {"p:1": "late", "p:2": "absent", "p:3": "absent"}
    assert city.whole(NAMES)["p:1"] == {
        "id": 1,
        "name": "Orang 1",
        "unit": 2,
        "office": "Dinas",
        "status": "late",
        "minutes": 11,
        "class": "TL1",
        "at": "07:41:00",
    }
    assert found.rows[PersonId(4)].status.value == "waiting"


def test_who_comes_leaves_the_lists() -> None:
    city = town(now="07:10")
    assert names(city, Scope(Kind.NAMES, UnitId(10))).keys() == {"p:4", "p:5", "p:6"}
    city.board.add_punches([press(1, "1005", "07:05", 4)], at("07:10"))
    keys = city.settle(at("07:10"))
    for scope in (NAMES, Scope(Kind.NAMES, UnitId(10)), Scope(Kind.NAMES, UnitId(12))):
        assert keys[scope] == {"p:5"}
        assert city.view.row(scope, "p:5") is None


def test_the_curve_counts_first_arrivals_of_who_was_due() -> None:
    excuse = Excuse(PersonId(3), ExcuseCode.CT, MONDAY, MONDAY, "")
    presses = [press(1, "1001", "07:04:59"), press(2, "1001", "07:20"), press(3, "1002", "07:05")]
    city = town(*presses, excuses=(excuse,))
    curve = {key: row["n"] for key, row in city.whole(CITY).items() if key.startswith("a:")}
    assert curve == {"a:0700": 1, "a:0705": 1}


def test_an_earlier_punch_that_comes_late_moves_somebody_on_the_curve() -> None:
    city = town(press(1, "1001", "07:20"))
    city.board.add_punches([press(2, "1001", "07:02", 2)], at("08:00"))
    assert {"a:0700", "a:0720"} <= city.settle(at("08:00"))[CITY]
    assert city.view.row(CITY, "a:0720") is None
    assert city.view.row(CITY, "a:0700") == {"n": 1}


def test_every_scope_that_tells_the_day_is_told_when_the_day_is_over() -> None:
    city = town(now="22:00")
    telling = [scope for scope in city.view.scopes() if "day" in city.whole(scope)]
    assert {scope.name for scope in telling} == {"city", "city:10", "office:2", "office:11", "office:12"}
    assert city.whole(CITY)["day"]["provisional"]
    read = {TerminalId(number): health(number, "23:59") for number in (1, 2, 3, 4)}
    city.board.set_health(read, at("23:59:30"))
    city.board.advance(at("23:59:30"))
    keys = city.settle(at("23:59:30"))
    assert all("day" in keys[scope] for scope in telling)
    assert not city.whole(CITY)["day"]["provisional"]


def test_the_usual_curve_is_told_as_it_is_known() -> None:
    city = town()
    assert "usual" not in city.whole(CITY)
    city.usual[CITY] = {
        "days": 1,
        "first": "05:30",
        "step": 5,
        "median": [0],
        "low": [0],
        "high": [0],
    }
    assert city.whole(CITY)["usual"]["first"] == "05:30"


moments = st.integers(6 * 60, 11 * 60).map(lambda minute: f"{minute // 60:02}:{minute % 60:02}")
punches = st.tuples(st.integers(1001, 1007), moments, st.integers(1, 4))


@given(st.lists(punches, max_size=12), moments)
def test_counts_kept_along_are_those_counted_anew(presses: list[tuple[int, str, int]], last: str) -> None:
    """The rows that were told to change, laid over the first ones, are those of a wall that starts now."""
    city = town(now="06:00")
    scopes = city.view.scopes()
    held = {scope: city.view.whole(scope) for scope in scopes}
    order = sorted(enumerate(presses, start=1), key=lambda one: one[1][1])
    for number, (pin, clock, at_terminal) in order:
        city.board.advance(at(clock))
        city.board.set_health({TerminalId(at_terminal): health(at_terminal, clock)}, at(clock))
        city.board.add_punches([press(number, str(pin), clock, at_terminal)], at(clock))
        _lay_over(held, city, clock)
    end = max([last, *(clock for _, clock, _ in presses)])
    city.board.advance(at(end))
    _lay_over(held, city, end)
    for scope, keys in city.view.pass_time(at(end)).items():
        _renew(held, city, scope, keys)
    assert held == {scope: city.view.whole(scope) for scope in scopes}
    results = city.board.rows
    assert held[CITY]["total"] == total_row(count(results.values()))
    below = [row for person, row in results.items() if person in (4, 5, 6)]
    assert held[GROUP]["total"] == total_row(count(below))


def _lay_over(held: dict[Scope, Any], city: Shown, clock: str) -> None:
    for scope, keys in city.settle(at(clock)).items():
        _renew(held, city, scope, keys)


def _renew(held: dict[Scope, Any], city: Shown, scope: Scope, keys: set[str]) -> None:
    for key in keys:
        row = city.view.row(scope, key)
        if row is None:
            held[scope].pop(key, None)
        else:
            held[scope][key] = row
