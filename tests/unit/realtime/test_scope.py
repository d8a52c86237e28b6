from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attendance.ids import UnitId
from realtime.scope import CITY, Scope, VersionedRows, parse_scope

keys = st.sampled_from([f"p:{number}" for number in range(6)])
rows = st.dictionaries(keys, st.integers(0, 3), max_size=6)


@pytest.mark.parametrize("scope", [CITY, Scope(UnitId(12))])
def test_a_scope_is_known_again_by_its_name(scope: Scope) -> None:
    assert parse_scope(scope.name) == scope


@pytest.mark.parametrize(
    "text",
    [
        None,
        5,
        "",
        "office:",
        "office:0",
        "office:-1",
        "office:1 ",
        "office:١",
        "office:" + "9" * 40,
        "Kota",
        ["city"],
    ],
)
def test_anything_else_is_no_scope(text: object) -> None:
    assert parse_scope(text) is None


@given(st.lists(st.tuples(st.booleans(), rows, st.frozensets(keys))))
def test_a_snapshot_and_the_deltas_after_it_always_make_the_present_rows(
    steps: list[tuple[bool, dict[str, int], frozenset[str]]],
) -> None:
    server: VersionedRows[int] = VersionedRows(CITY, "e")
    seen, version = dict(server.snapshot()["rows"]), server.snapshot()["version"]
    for whole, fresh, removed in steps:
        delta = server.replace(fresh) if whole else server.change(fresh, removed)
        if delta is not None:
            assert (delta["base"], delta["version"]) == (version, version + 1)
            assert not delta["rows"].keys() & set(delta["removed"])
            version = delta["version"]
            seen.update(delta["rows"])
            for key in delta["removed"]:
                del seen[key]
        assert seen == server.snapshot()["rows"]
        assert version == server.snapshot()["version"]
        if whole:
            assert seen == fresh


def test_what_changes_nothing_is_not_sent() -> None:
    server: VersionedRows[int] = VersionedRows(CITY, "e")
    assert server.change({"a": 1}) is not None
    assert server.change({"a": 1}, frozenset({"b"})) is None
    assert server.replace({"a": 1}) is None


def test_a_snapshot_does_not_change_afterwards() -> None:
    server: VersionedRows[int] = VersionedRows(CITY, "e")
    before = server.snapshot()
    server.change({"a": 1})
    assert before["rows"] == {}
