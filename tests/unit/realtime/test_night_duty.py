"""Who works a night that began on the date before is told so, instead of "free today" and "not yet due"."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attendance.city_facts import PeopleFacts
from attendance.counts import count
from attendance.ids import PersonId, UnitId
from attendance.people import Employment, EmploymentState, Excuse, ExcuseCode
from attendance.shifts import Rotation, RotationPeriod, Shift, ShiftEntry
from realtime.levels import public
from realtime.row_writer import RowWriter
from realtime.rows import total_row
from realtime.scope import CITY
from realtime.scope import office as office_scope
from tests.support.boards import BOOK, Shown, board, press, shown
from tests.support.days import MONDAY, ZONE, at

OFFICE = office_scope(UnitId(2))
SUNDAY = MONDAY - timedelta(days=1)
SINCE = date(2020, 1, 1)
NIGHT_WORKER, OTHER = PersonId(1), PersonId(2)
SHIFTS = tuple(
    Shift(code, code, time(start), time(end), SINCE)
    for code, start, end in (("P", 7, 14), ("S", 14, 21), ("M", 21, 7), ("L", 22, 6), ("T", 16, 0))
)


def entry(codes: str, day: date = SUNDAY, who: PersonId = NIGHT_WORKER, *, siaga: bool = False) -> ShiftEntry:
    return ShiftEntry(who, day, tuple(filter(None, codes.split("+"))), siaga, "surat 1")


FREE_TODAY = entry("", MONDAY)


def ward(now: str, *entries: ShiftEntry, excuses: Sequence[Excuse] = (), **more: Any) -> Shown:
    return shown(board(now, shifts=SHIFTS, shift_entries=entries, excuses=tuple(excuses), **more), now)


def night(town: Shown, who: PersonId = NIGHT_WORKER) -> str | None:
    """Until when, as the office's rows tell it; the counts must tell the same."""
    rows = town.whole(OFFICE)
    people = [key for key, row in rows.items() if key.startswith("p:") and "night" in row]
    city = town.whole(CITY)
    counts = [row.get("night", 0) for row in (rows["unit"], city["total"], city["u:2"])]
    assert counts == [len(people)] * 3
    found: str | None = rows[f"p:{who}"].get("night")
    return found


def replan(town: Shown, now: str, *entries: ShiftEntry, excuses: Sequence[Excuse] = ()) -> None:
    """An operator enters this of the night worker, in place of all there was."""
    mine = PeopleFacts(frozenset({NIGHT_WORKER}), tuple(excuses), (), entries)
    town.board.assembler.take_people(mine)
    town.board.facts_changed({NIGHT_WORKER}, at(now))


def test_at_two_somebody_free_today_whose_night_goes_on_is_told_with_its_end() -> None:
    town = ward("02:00", entry("M"), FREE_TODAY)
    row = town.whole(OFFICE)["p:1"]
    assert (row["status"], row["night"]) == ("off", "07:00")
    assert night(town, OTHER) is None


def test_who_begins_only_in_the_evening_is_still_on_the_night_before() -> None:
    town = ward("02:00", entry("M"), entry("M", MONDAY))
    assert town.whole(OFFICE)["p:1"]["status"] == "not_due"
    assert night(town) == "07:00"


@pytest.mark.parametrize("codes", ["", "P", "S", "T", "?"])
def test_work_that_ended_by_midnight_makes_no_night(codes: str) -> None:
    assert night(ward("02:00", entry(codes), FREE_TODAY)) is None


def test_of_two_shifts_the_one_over_midnight_counts() -> None:
    assert night(ward("02:00", entry("P+M"), FREE_TODAY)) == "07:00"


def test_whoever_is_only_to_be_reached_is_not_on_night_duty() -> None:
    assert night(ward("02:00", entry("", siaga=True), FREE_TODAY)) is None


def test_a_rotation_makes_a_night_like_a_roster() -> None:
    period = RotationPeriod(NIGHT_WORKER, "R", SUNDAY, SINCE, None)
    town = ward("02:00", rotations=(Rotation("R", "R", (("M",), ())),), rotation_periods=(period,))
    assert night(town) == "07:00"


def test_the_counts_stand_beside_all_others() -> None:
    total = ward("02:00", entry("M"), FREE_TODAY).whole(CITY)["total"]
    told = ("required", "present", "absent", "off", "not_due", "people", "night")
    assert [total[key] for key in told] == [0, 0, 0, 1, 2, 3, 1]


def test_a_wall_without_names_is_told_how_many_and_not_who() -> None:
    rows = ward("02:00", entry("M"), FREE_TODAY).view.whole(OFFICE)
    told = {key: public(key, row) or {} for key, row in rows.items()}
    assert {key: row["night"] for key, row in told.items() if "night" in row} == {"unit": 1}


def test_it_ends_by_itself_when_the_work_does() -> None:
    town = ward("02:00", entry("M"), FREE_TODAY)
    assert not any(town.settle(at("06:59:59")).values())
    assert night(town) == "07:00"
    assert town.settle(at("07:00")) == {CITY: {"total", "u:2"}, OFFICE: {"unit", "p:1"}}
    assert night(town) is None


def test_it_ends_when_work_of_today_begins() -> None:
    town = ward("02:00", entry("M"), entry("P", MONDAY))
    assert night(town) == "07:00"
    found = town.board.next_turn
    assert found is not None
    assert found < at("07:00")
    town.board.advance(found)
    town.settle(found)
    assert town.whole(OFFICE)["p:1"]["status"] == "not_yet"
    assert night(town) is None


def test_in_the_morning_a_wall_that_starts_knows_of_no_night() -> None:
    assert night(ward("07:00", entry("M"), FREE_TODAY)) is None


def test_a_punch_by_which_nothing_is_due_changes_nothing() -> None:
    town = ward("02:00", entry("M"), FREE_TODAY)
    town.board.add_punches([press(1, "1001", "02:10")], at("02:10"))
    town.settle(at("02:10"))
    assert night(town) == "07:00"


def test_a_swap_in_the_night_is_followed_both_ways() -> None:
    town = ward("02:00", entry("M"), FREE_TODAY)
    replan(town, "02:30", entry("P"), FREE_TODAY)
    assert {"unit", "p:1"} <= town.settle(at("02:30"))[OFFICE]
    assert night(town) is None
    replan(town, "02:40", entry("L"), FREE_TODAY)
    town.settle(at("02:40"))
    assert night(town) == "06:00"
    town.settle(at("06:00"))
    assert night(town) is None


def test_somebody_whose_roster_comes_only_in_the_night_is_told_then() -> None:
    town = ward("02:00", entry("P", MONDAY, OTHER))
    assert night(town) is None
    replan(town, "02:30", entry("M"), FREE_TODAY)
    town.settle(at("02:30"))
    assert night(town) == "07:00"


def leave(first: date = SUNDAY, since: time | None = None, until: time | None = None) -> Excuse:
    return Excuse(NIGHT_WORKER, ExcuseCode.CT, first, first, "", since, until)


def test_leave_on_the_date_of_the_night_takes_it_and_leave_of_the_date_before_does_not() -> None:
    assert night(ward("02:00", entry("M"), FREE_TODAY, excuses=[leave()])) is None
    early = leave(SUNDAY - timedelta(days=1))
    assert night(ward("02:00", entry("M"), FREE_TODAY, excuses=[early])) == "07:00"


def test_leave_entered_in_the_night_takes_it_and_gives_it_back() -> None:
    town = ward("02:00", entry("M"), FREE_TODAY)
    replan(town, "02:30", entry("M"), FREE_TODAY, excuses=[leave()])
    town.settle(at("02:30"))
    assert night(town) is None
    replan(town, "02:40", entry("M"), FREE_TODAY)
    town.settle(at("02:40"))
    assert night(town) == "07:00"


def test_leave_for_some_hours_of_the_night_takes_those() -> None:
    """From 21.00 to 03.00: whoever relieves the others at three is on duty from then on."""
    town = ward("02:00", entry("M"), FREE_TODAY, excuses=[leave(SUNDAY, time(21), time(3))])
    assert night(town) is None
    town.settle(at("03:00"))
    assert night(town) == "07:00"


def test_the_end_is_where_leave_for_the_last_hours_begins() -> None:
    town = ward("02:00", entry("M"), FREE_TODAY, excuses=[leave(MONDAY, time(4), time(8))])
    assert night(town) == "04:00"
    town.settle(at("04:00"))
    assert night(town) is None


def test_whoever_studies_is_not_on_night_duty() -> None:
    away = Employment(NIGHT_WORKER, EmploymentState.STUDY, SINCE, SUNDAY, "surat 1")
    assert night(ward("02:00", entry("M"), FREE_TODAY, employments=(away,))) is None


codes = st.sampled_from(["", "P", "S", "M", "L", "T", "P+M"])
clocks = st.datetimes(datetime(2026, 11, 23, 0, 0), datetime(2026, 11, 23, 9, 0)).map(
    lambda moment: f"{moment:%H:%M:%S}"
)


@given(
    st.lists(st.tuples(codes, codes), min_size=1, max_size=3),
    st.lists(st.tuples(clocks, codes), max_size=4),
    clocks,
)
def test_beside_the_field_nothing_is_different_and_what_was_told_is_what_a_new_wall_tells(
    plans: list[tuple[str, str]], swaps: list[tuple[str, str]], last: str
) -> None:
    entries = [
        entry(one, day, PersonId(number))
        for number, plan in enumerate(plans, start=1)
        for day, one in zip((SUNDAY, MONDAY), plan, strict=True)
    ]
    town = ward("00:00", *entries)
    held = {scope: town.whole(scope) for scope in (CITY, OFFICE)}
    today = entries[1]
    for clock, swapped in sorted(swaps):
        town.board.advance(at(clock))
        replan(town, clock, entry(swapped), today)
        entries[0] = entry(swapped)
        _renew(held, town, clock)
    end = max([last, *(clock for clock, _ in swaps)])
    town.board.advance(at(end))
    _renew(held, town, end)
    anew = ward(end, *entries)
    assert held == {scope: anew.whole(scope) for scope in held}
    results = town.board.rows
    assert _bare(held[CITY]["total"]) == total_row(count(results.values()))
    writer = RowWriter(town.board.index, BOOK, ZONE)
    for person_id, result in results.items():
        assert _bare(held[OFFICE][f"p:{person_id}"]) == writer.person(result)


def _bare(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "night"}


def _renew(held: dict[Any, dict[str, Any]], town: Shown, clock: str) -> None:
    for scope, keys in town.settle(at(clock)).items():
        for key in keys if scope in held else ():
            row = town.view.row(scope, key)
            if row is None:
                held[scope].pop(key, None)
            else:
                held[scope][key] = dict(row)
