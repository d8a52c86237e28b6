"""What leaves the server for who may see no names."""

from __future__ import annotations

from typing import Any, cast

import pytest

from attendance.ids import UnitId
from realtime import rows as row_types
from realtime.levels import LeveledRows, Room, public
from realtime.rows import Row
from realtime.scope import CITY, Kind, Level, Scope, office

KINDS: dict[str, Any] = {
    "total": row_types.TotalRow,
    "unit": row_types.UnitRow,
    "u:2": row_types.UnitRow,
    "day": row_types.DayRow,
    "t:1": row_types.TerminalRow,
    "k:7": row_types.ArrivalRow,
    "a:0705": row_types.BinRow,
    "usual": row_types.UsualRow,
    "freeze": row_types.FreezeRow,
    "r:2": row_types.CorrectedOffice,
}
WITHHELD = {"k:7": {"person"}}


def row(**fields: object) -> Row:
    return cast(Row, fields)


def arrival(person: str, status: str = "present") -> dict[str, Row]:
    return {"k:1": row(n=1, at="07:00:00", office="BKD", person=person, status=status)}


@pytest.mark.parametrize("key", KINDS)
def test_of_every_kind_of_row_it_is_decided_which_fields_everybody_may_see(key: str) -> None:
    """A field that is added to a row later fails here until somebody decides."""
    fields = set(KINDS[key].__annotations__)
    told = public(key, row(**{name: {} if name in ("excused", "then", "now") else 0 for name in fields}))
    assert told is not None
    assert fields - told.keys() == WITHHELD.get(key, set())


@pytest.mark.parametrize("key", ["p:1", "c:1", "x:1", "nip", "", ":", "total2"])
def test_rows_of_people_and_rows_that_nobody_knows_are_not_told(key: str) -> None:
    assert public(key, row(id=1, name="Orang 1")) is None


@pytest.mark.parametrize("key", KINDS)
def test_a_field_that_nobody_knows_is_not_told(key: str) -> None:
    assert public(key, row(nip="198001012005011001", pin="1001")) == {}


def test_a_name_within_a_field_is_not_told() -> None:
    secret = {"present": 1, "people": ["Orang 1"]}
    assert public("freeze", row(at="07:30", then=secret, now=secret)) == {
        "at": "07:30",
        "then": {"present": 1},
        "now": {"present": 1},
    }
    assert public("total", row(excused={"leave": 2, "sick": 1})) == {"excused": {"leave": 2}}
    assert public("total", row(excused=["Orang 1"])) == {}


def test_who_sees_counts_is_not_told_of_what_only_names_would_show() -> None:
    rows = LeveledRows(CITY, "epoch")
    both = rows.change(arrival("Orang 1"))
    assert {room.level: delta["version"] for room, delta in both.items()} == {
        Level.COUNTS: 1,
        Level.NAMES: 1,
    }
    assert list(rows.change(arrival("Orang 2"))) == [Room(CITY, Level.NAMES)]
    deltas = rows.change(arrival("Orang 2", "late"))
    assert deltas[Room(CITY, Level.COUNTS)]["version"] == 2
    assert deltas[Room(CITY, Level.NAMES)]["version"] == 3
    assert rows.snapshot(Level.COUNTS)["rows"] == {
        "k:1": {"n": 1, "at": "07:00:00", "office": "BKD", "status": "late"}
    }


def test_an_office_at_the_level_of_counts_is_its_own_row_alone() -> None:
    rows = LeveledRows(office(UnitId(2)), "epoch")
    rows.replace({"unit": row(id=2, present=1), "p:1": row(id=1, name="Orang 1")})
    assert rows.snapshot(Level.COUNTS)["rows"] == {"unit": {"id": 2, "present": 1}}
    assert set(rows.snapshot(Level.NAMES)["rows"]) == {"unit", "p:1"}


@pytest.mark.parametrize("unit", [None, UnitId(2)])
def test_lists_of_names_do_not_exist_without_names(unit: UnitId | None) -> None:
    rows = LeveledRows(Scope(Kind.NAMES, unit), "epoch")
    assert [room.level for room in rows.change({"p:1": row(id=1, name="Orang 1")})] == [Level.NAMES]
    with pytest.raises(KeyError):
        rows.snapshot(Level.COUNTS)


@pytest.mark.parametrize("kind", list(Kind))
def test_nothing_is_to_be_seen_at_the_level_of_nothing(kind: Kind) -> None:
    with pytest.raises(KeyError):
        LeveledRows(Scope(kind, UnitId(2)), "epoch").snapshot(Level.NOTHING)
