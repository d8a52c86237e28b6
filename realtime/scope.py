"""What a monitor may look at, and the versioned rows that it sees there.

A monitor gets a snapshot `{scope, epoch, version, rows}` and then deltas `{scope, epoch, base, version, rows,
removed}`. A delta whose `base` is not the version it has means that one was missed: it asks for a snapshot.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypedDict, TypeVar

from attendance.ids import UnitId

R = TypeVar("R")
"""A row: a small JSON object, replaced whole whenever anything in it changes."""

_OFFICE = re.compile(r"office:([1-9][0-9]{0,17})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Scope:
    """The whole city, or one office."""

    office: UnitId | None = None

    @property
    def name(self) -> str:
        """How the scope is called on the wire, and the name of its room."""
        return "city" if self.office is None else f"office:{self.office}"


CITY = Scope()


def parse_scope(text: object) -> Scope | None:
    """The scope that a client named; None when it is none."""
    if text == CITY.name:
        return CITY
    match = _OFFICE.fullmatch(text) if isinstance(text, str) else None
    return Scope(UnitId(int(match[1]))) if match else None


class Snapshot(TypedDict, Generic[R]):
    """All rows of a scope."""

    scope: str
    epoch: str
    version: int
    rows: Mapping[str, R]


class Delta(TypedDict, Generic[R]):
    """What changed in a scope from version `base` to `version`."""

    scope: str
    epoch: str
    base: int
    version: int
    rows: Mapping[str, R]
    removed: list[str]


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

    def change(self, rows: Mapping[str, R], removed: frozenset[str] = frozenset()) -> Delta[R] | None:
        """Put `rows`, take away `removed`. None when nothing is different afterwards."""
        fresh = {key: row for key, row in rows.items() if self._rows.get(key) != row}
        gone = sorted(key for key in removed if key in self._rows and key not in rows)
        if not fresh and not gone:
            return None
        self._rows.update(fresh)
        for key in gone:
            del self._rows[key]
        self._version += 1
        return {
            "scope": self._scope.name,
            "epoch": self._epoch,
            "base": self._version - 1,
            "version": self._version,
            "rows": fresh,
            "removed": gone,
        }

    def replace(self, rows: Mapping[str, R]) -> Delta[R] | None:
        """Let `rows` be all there is."""
        return self.change(rows, frozenset(self._rows.keys() - rows.keys()))
