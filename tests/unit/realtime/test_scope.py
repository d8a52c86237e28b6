from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attendance.ids import UnitId
from realtime.scope import CITY, Kind, Scope, VersionedRows, office, parse_scope

Row = dict[str, Any]

keys = st.sampled_from([f"p:{number}" for number in range(6)])
row = st.dictionaries(st.sampled_from("abc"), st.none() | st.integers(0, 2) | st.just({"n": 1}), max_size=3)
rows = st.dictionaries(keys, row, max_size=6)


@pytest.mark.parametrize(
    "scope",
    [
        CITY,
        office(UnitId(12)),
        Scope(Kind.CITY, UnitId(5)),
        *(Scope(kind) for kind in (Kind.NAMES, Kind.RECAP)),
        *(Scope(kind, UnitId(7)) for kind in (Kind.NAMES, Kind.RECAP)),
    ],
)
def test_a_scope_is_known_again_by_its_name(scope: Scope) -> None:
    assert parse_scope(scope.name) == scope


@pytest.mark.parametrize(
    "text",
    [
        None,
        5,
        "",
        "office",
        "office:",
        "office:0",
        "office:-1",
        "office:1 ",
        "office:١",
        "office:" + "9" * 40,
        "names:",
        "city:0",
        "Kota",
        ["city"],
    ],
)
def test_anything_else_is_no_scope(text: object) -> None:
    assert parse_scope(text) is None


@given(st.lists(st.tuples(st.booleans(), rows, st.frozensets(keys))))
def test_a_snapshot_and_the_deltas_after_it_always_make_the_present_rows(
    steps: list[tuple[bool, dict[str, Row], frozenset[str]]],
) -> None:
    server: VersionedRows[Row] = VersionedRows(CITY, "e")
    seen, version = dict(server.snapshot()["rows"]), server.snapshot()["version"]
    for whole, fresh, removed in steps:
        delta = server.replace(fresh) if whole else server.change(fresh, removed)
        if delta is not None:
            assert delta["version"] == version + 1
            version = delta["version"]
            for key in delta.get("removed", []):
                del seen[key]
            for key, patch in delta["rows"].items():
                seen[key] = {**seen.get(key, {}), **patch}
        assert seen == server.snapshot()["rows"]
        assert version == server.snapshot()["version"]
        if whole:
            assert seen == fresh


def test_of_a_row_that_is_known_only_what_differs_is_sent() -> None:
    server: VersionedRows[Row] = VersionedRows(CITY, "e")
    server.change({"u:1": {"name": "Dinas", "present": 3, "late": 0}, "k:1": {"n": 1}})
    delta = server.change(
        {"u:1": {"name": "Dinas", "present": 4, "late": 0}, "k:2": {"n": 2}}, frozenset({"k:1"})
    )
    assert delta == {
        "scope": "city",
        "epoch": "e",
        "version": 2,
        "rows": {"u:1": {"present": 4}, "k:2": {"n": 2}},
        "removed": ["k:1"],
    }


def test_what_changes_nothing_is_not_sent() -> None:
    server: VersionedRows[Row] = VersionedRows(CITY, "e")
    assert server.change({"a": {"n": 1}}) is not None
    assert server.change({"a": {"n": 1}}, frozenset({"b"})) is None
    assert server.replace({"a": {"n": 1}}) is None


def test_a_snapshot_does_not_change_afterwards() -> None:
    server: VersionedRows[Row] = VersionedRows(CITY, "e")
    before = server.snapshot()
    server.change({"a": {"n": 1}})
    assert before["rows"] == {}
