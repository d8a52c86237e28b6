"""What a monitor may look at, and the versioned rows that it sees there.

A monitor gets a snapshot `{scope, epoch, version, rows}` and then deltas `{scope, epoch, version, rows,
removed}`, each for the version before it. A delta that is not for the version it has means that one was
missed: it asks for a snapshot.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, NotRequired, TypedDict, TypeVar

from attendance.ids import UnitId

R = TypeVar("R", bound=Mapping[str, Any])
"""A row: a small JSON object. What changed of it is sent, field by field."""

_NAME = re.compile(r"(city|office|names|recap)(?::([1-9][0-9]{0,17}))?", re.ASCII)


class Kind(StrEnum):
    """What about."""

    CITY = "city"
    """Counts, offices, terminals, ticker, curve: of the city, or of a unit and all below it."""
    OFFICE = "office"
    """One office with its people."""
    NAMES = "names"
    """Who is late, not yet in, absent: of the city, or of a unit and all below it. Never without names."""
    RECAP = "recap"
    """The day as it stood at the cut-off and what was corrected since: of the city or of a unit."""


class Level(StrEnum):
    """How much of a scope somebody may see."""

    NOTHING = "nothing"
    COUNTS = "counts"
    NAMES = "names"


@dataclass(frozen=True, slots=True)
class Scope:
    """A kind of rows, of one unit with all below it; `unit` None: of the whole city, never of an office."""

    kind: Kind = Kind.CITY
    unit: UnitId | None = None

    @property
    def name(self) -> str:
        """How the scope is called on the wire: "city", "city:5", "office:12"."""
        return self.kind.value if self.unit is None else f"{self.kind.value}:{self.unit}"


CITY = Scope()


def office(unit_id: UnitId) -> Scope:
    """The scope of one office."""
    return Scope(Kind.OFFICE, unit_id)


def parse_scope(text: object) -> Scope | None:
    """The scope that a client named; None when it is none."""
    match = _NAME.fullmatch(text) if isinstance(text, str) else None
    if match is None or (match[1] == Kind.OFFICE and match[2] is None):
        return None
    return Scope(Kind(match[1]), None if match[2] is None else UnitId(int(match[2])))


class Snapshot(TypedDict, Generic[R]):
    """All rows of a scope."""

    scope: str
    epoch: str
    version: int
    rows: Mapping[str, R]


class Delta(TypedDict):
    """What changed in a scope from the version before `version`. Of a row that was there only the fields that
    are different; a row that stands in `removed` and in `rows` is to be forgotten first.
    """

    scope: str
    epoch: str
    version: int
    rows: Mapping[str, Mapping[str, Any]]
    removed: NotRequired[list[str]]
    """Left out when empty."""


class VersionedRows(Generic[R]):
    """The rows of one scope. The version grows by one with every change that a monitor could see.

    `epoch` names this life of the server: versions of another epoch mean nothing. Not thread-safe; the hub
    guards it.
    """

    def __init__(self, scope: Scope, epoch: str) -> None:
        self._scope = scope
        self._epoch = epoch
        self._version = 0
        self._rows: dict[str, R] = {}

    def snapshot(self) -> Snapshot[R]:
        """Everything, as of now."""
        return {
            "scope": self._scope.name,
            "epoch": self._epoch,
            "version": self._version,
            "rows": dict(self._rows),
        }

    def change(self, rows: Mapping[str, R], removed: frozenset[str] = frozenset()) -> Delta | None:
        """Put `rows`, take away `removed`. None when nothing is different afterwards."""
        gone = {key for key in removed if key in self._rows and key not in rows}
        patches: dict[str, Mapping[str, Any]] = {}
        for key, row in rows.items():
            before = self._rows.get(key)
            if before == row:
                continue
            if before is None:
                patches[key] = row
            elif before.keys() - row.keys():
                # A field that is gone cannot be told by a patch.
                gone.add(key)
                patches[key] = row
            else:
                patches[key] = {
                    name: value for name, value in row.items() if name not in before or before[name] != value
                }
        if not patches and not gone:
            return None
        for key in gone:
            del self._rows[key]
        for key in patches:
            self._rows[key] = rows[key]
        self._version += 1
        delta: Delta = {
            "scope": self._scope.name,
            "epoch": self._epoch,
            "version": self._version,
            "rows": patches,
        }
        if gone:
            delta["removed"] = sorted(gone)
        return delta

    def replace(self, rows: Mapping[str, R]) -> Delta | None:
        """Let `rows` be all there is."""
        return self.change(rows, frozenset(self._rows.keys() - rows.keys()))
