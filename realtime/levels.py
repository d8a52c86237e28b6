"""How much of a row leaves the server at which level. Pure.

By allow-list: a key or a field that is not listed here is a secret until somebody decides otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from realtime.rows import Row
from realtime.scope import Delta, Kind, Level, Scope, Snapshot, VersionedRows

_COUNTS = frozenset(
    {
        "required",
        "present",
        "late",
        "not_yet",
        "waiting",
        "absent",
        "left_early",
        "not_due",
        "off",
        "people",
        "night",
    }
)
_EXCUSED = {"excused": frozenset({"leave", "duty_travel", "study", "training", "permit"})}
_UNIT = _COUNTS | {"id", "code", "name", "short", "kind", "dark", "terminals"}
_FROZEN = frozenset({"required", "present", "late", "not_yet", "waiting", "absent", "excused"})
_THEN_AND_NOW = {"then": _FROZEN, "now": _FROZEN}
_NOTHING_WITHIN: Mapping[str, frozenset[str]] = {}

_PUBLIC: Mapping[str, tuple[frozenset[str], Mapping[str, frozenset[str]]]] = {
    "total": (_COUNTS, _EXCUSED),
    "unit": (_UNIT, _EXCUSED),
    "u": (_UNIT, _EXCUSED),
    "day": (
        frozenset({"date", "city_name", "place", "start", "provisional", "off", "off_name"}),
        _NOTHING_WITHIN,
    ),
    "t": (
        frozenset(
            {
                "id",
                "name",
                "office",
                "district",
                "online",
                "read_through",
                "offline_since",
                "clock_offset",
                "log_fill",
                "error",
            }
        ),
        _NOTHING_WITHIN,
    ),
    "k": (frozenset({"n", "at", "office", "terminal", "status", "minutes", "other_site"}), _NOTHING_WITHIN),
    "a": (frozenset({"n"}), _NOTHING_WITHIN),
    "usual": (frozenset({"days", "first", "step", "median", "low", "high"}), _NOTHING_WITHIN),
    "freeze": (frozenset({"at", "made", "start", "corrected"}), _THEN_AND_NOW),
    "r": (frozenset({"id", "short", "corrected"}), _THEN_AND_NOW),
}
"""What everybody may see of a row, by its key up to the colon: its fields, and the fields within its fields.
Rows of people ("p", "c") are missing on purpose.
"""


def public(key: str, row: Row) -> Mapping[str, Any] | None:
    """What of a row may be seen without names; None: nothing."""
    allowed = _PUBLIC.get(key.partition(":")[0])
    if allowed is None:
        return None
    plain, nested = allowed
    told: dict[str, Any] = {}
    for name, value in row.items():
        if name in plain:
            told[name] = value
        elif name in nested and isinstance(value, Mapping):
            told[name] = {inner: each for inner, each in value.items() if inner in nested[name]}
    return told


class Room(NamedTuple):
    """Who looks at a scope at the same level gets the same messages, encoded once."""

    scope: Scope
    level: Level


def levels_of(kind: Kind) -> tuple[Level, ...]:
    """At which levels there is anything to see of a kind of scope."""
    return (Level.NAMES,) if kind is Kind.NAMES else (Level.COUNTS, Level.NAMES)


class LeveledRows:
    """The rows of one scope at every level, each with versions of its own: what only names would show is no
    change to who sees counts. Not thread-safe; the hub guards it.
    """

    def __init__(self, scope: Scope, epoch: str) -> None:
        self._scope = scope
        self._rows: dict[Level, VersionedRows[Mapping[str, Any]]] = {
            level: VersionedRows(scope, epoch) for level in levels_of(scope.kind)
        }

    def change(self, rows: Mapping[str, Row], removed: frozenset[str] = frozenset()) -> dict[Room, Delta]:
        """Put `rows`, take away `removed`; what became different, by room."""
        deltas = ((level, self._rows[level].change(_at(level, rows), removed)) for level in self._rows)
        return {Room(self._scope, level): delta for level, delta in deltas if delta is not None}

    def replace(self, rows: Mapping[str, Row]) -> dict[Room, Delta]:
        """Let `rows` be all there is; what became different, by room."""
        deltas = ((level, self._rows[level].replace(_at(level, rows))) for level in self._rows)
        return {Room(self._scope, level): delta for level, delta in deltas if delta is not None}

    def snapshot(self, level: Level) -> Snapshot[Mapping[str, Any]]:
        """Everything that may be seen at the level, as of now. Raises `KeyError` where nothing is."""
        return self._rows[level].snapshot()


def _at(level: Level, rows: Mapping[str, Row]) -> Mapping[str, Mapping[str, Any]]:
    if level is Level.NAMES:
        return rows
    told = {key: public(key, row) for key, row in rows.items()}
    return {key: row for key, row in told.items() if row is not None}
