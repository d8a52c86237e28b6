"""What to send, and when: dirty rows by scope, coalesced.

The first change of a scope goes out at once; what follows within `coalesce` goes out together. One delta a
scope and interval at most, however many people punch.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Protocol

from attendance.ids import PersonId, TerminalId, UnitId
from realtime.board_view import BoardView, Ticker
from realtime.day_board import DayBoard, Dirt
from realtime.rows import Row
from realtime.scope import CITY, Scope, office


class Outlet(Protocol):
    """Where rows go."""

    def change(self, scope: Scope, rows: Mapping[str, Row], removed: frozenset[str]) -> None:
        """Put rows into a scope, take others away."""
        ...

    def replace(self, scope: Scope, rows: Mapping[str, Row]) -> None:
        """Let these be all rows of the scope."""
        ...

    def opened(self, scopes: Iterable[Scope]) -> None:
        """These scopes are all there are, and each has been replaced."""
        ...


class Publisher:
    """Remembers what changed on the board until it may be sent. One thread only."""

    def __init__(self, outlet: Outlet, coalesce: timedelta) -> None:
        self._outlet = outlet
        self._coalesce = coalesce.total_seconds()
        self._city = False
        self._offices: set[UnitId] = set()
        self._terminals: set[TerminalId] = set()
        self._people: dict[UnitId, set[PersonId]] = {}
        self._sent: dict[Scope, float] = {}

    def publish_all(self, view: BoardView, ticker: Ticker) -> None:
        """Send the whole of a new board, as far as it differs from what was sent."""
        scopes = view.scopes()
        for scope in scopes:
            self._outlet.replace(scope, view.whole(scope, ticker))
        self._outlet.opened(scopes)
        self._city = False
        self._offices, self._terminals, self._people = set(), set(), {}

    def collect(self, board: DayBoard, dirt: Dirt) -> None:
        """Note what changed on the board."""
        self._city |= bool(dirt)
        self._terminals |= dirt.terminals
        for person_id in dirt.people:
            unit_id = board.index.office_of(person_id)
            if unit_id is not None:
                self._people.setdefault(unit_id, set()).add(person_id)
                self._offices.add(unit_id)
        for terminal_id in dirt.terminals:
            unit_id = board.index.office_above(board.index.terminals[terminal_id].unit_id)
            if unit_id is not None:
                self._people.setdefault(unit_id, set())
                self._offices.add(unit_id)

    def flush(self, view: BoardView, ticker: Ticker) -> None:
        """Send what is due."""
        real = time.monotonic()
        if self._city and self._due(CITY) <= real:
            rows = view.city(self._offices & view.offices.keys(), self._terminals, ticker)
            self._outlet.change(CITY, rows, ticker.take_dropped())
            self._sent[CITY] = real
            self._city = False
            self._offices, self._terminals = set(), set()
        for unit_id in [unit_id for unit_id in self._people if self._due(office(unit_id)) <= real]:
            people = self._people.pop(unit_id)
            if unit_id not in view.offices:
                continue
            rows = view.office(unit_id, people)
            self._outlet.change(office(unit_id), rows, frozenset())
            self._sent[office(unit_id)] = real

    def patience(self) -> float:
        """Real seconds until something is due; infinity when nothing waits."""
        due = [self._due(office(unit_id)) for unit_id in self._people]
        if self._city:
            due.append(self._due(CITY))
        return min(due, default=float("inf")) - time.monotonic()

    def _due(self, scope: Scope) -> float:
        return self._sent.get(scope, float("-inf")) + self._coalesce
