"""From the day's board to rows by scope. No I/O, no clock."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import tzinfo

from attendance.counts import Counts, count
from attendance.ids import PersonId, TerminalId, UnitId
from realtime.day_board import Arrival, DayBoard
from realtime.rows import ArrivalRow, Row, RowWriter, total_row
from realtime.scope import CITY, Kind, Scope
from realtime.scope import office as office_scope

TICKER_ROWS = 30


@dataclass(frozen=True, slots=True)
class Look:
    """How the wall is to look."""

    city_name: str
    zone: tzinfo
    show_names: bool


class Ticker:
    """The newest punches as they came, numbered through the life of the server."""

    def __init__(self) -> None:
        self._arrivals: deque[tuple[int, Arrival]] = deque()
        self._number = 0
        self._dropped: set[str] = set()

    def add(self, arrivals: Iterable[Arrival]) -> None:
        """Put punches on."""
        for arrival in deque(arrivals, maxlen=TICKER_ROWS):
            self._number += 1
            self._arrivals.append((self._number, arrival))
            if len(self._arrivals) > TICKER_ROWS:
                self._dropped.add(f"k:{self._arrivals.popleft()[0]}")

    def clear(self) -> None:
        """A new day begins; the numbers go on."""
        self._arrivals.clear()

    def rows(self, board: DayBoard, writer: RowWriter) -> dict[str, ArrivalRow]:
        """What stands on the ticker, oldest first, each with the state that its owner is in now."""
        return {
            f"k:{number}": writer.arrival(number, arrival, board.rows.get(arrival.person_id or PersonId(0)))
            for number, arrival in self._arrivals
        }

    def take_dropped(self) -> frozenset[str]:
        """The keys of rows that fell off since the last call."""
        dropped, self._dropped = frozenset(self._dropped), set()
        return dropped


class BoardView:
    """The rows of one board."""

    def __init__(self, board: DayBoard, look: Look) -> None:
        self._board = board
        self._look = look
        self.writer = RowWriter(board.index, board.assembler.book, look.zone, show_names=look.show_names)
        self.offices: Mapping[UnitId, tuple[TerminalId, ...]] = {
            unit.id: board.index.terminals_of_office(unit.id)
            for unit in board.index.roster.units
            if unit.office and self._people(unit.id)
        }
        """Every office that somebody is on the roster of, with its terminals."""

    def scopes(self) -> list[Scope]:
        """All scopes that the board has."""
        return [CITY, *map(office_scope, self.offices)]

    def whole(self, scope: Scope, ticker: Ticker) -> dict[str, Row]:
        """Every row of the scope."""
        if scope.kind is Kind.OFFICE and scope.unit is not None:
            return self.office(scope.unit, self._people(scope.unit))
        return self.city(self.offices, self._board.index.terminals, ticker)

    def city(
        self, offices: Iterable[UnitId], terminals: Iterable[TerminalId], ticker: Ticker
    ) -> dict[str, Row]:
        """The city's rows: totals, day and ticker, and those of the given offices and terminals."""
        board = self._board
        rows: dict[str, Row] = {
            "total": total_row(count(board.rows.values())),
            "day": self.writer.day(
                board.assembler.usual_duty(board.day), self._look.city_name, final=board.final
            ),
        }
        for unit_id in offices:
            rows[f"u:{unit_id}"] = self.writer.unit(unit_id, self._counts(unit_id), self._lights(unit_id))
        for terminal_id in terminals:
            rows[f"t:{terminal_id}"] = self.writer.terminal(terminal_id, board.health.get(terminal_id))
        rows.update(ticker.rows(board, self.writer))
        return rows

    def office(self, unit_id: UnitId, people: Iterable[PersonId]) -> dict[str, Row]:
        """An office's rows: its counts, and the given people where names may be shown."""
        rows: dict[str, Row] = {
            "unit": self.writer.unit(unit_id, self._counts(unit_id), self._lights(unit_id))
        }
        for person_id in people:
            row = self.writer.person(self._board.rows[person_id])
            if row is not None:
                rows[f"p:{person_id}"] = row
        return rows

    def _counts(self, unit_id: UnitId) -> Counts:
        return count(self._board.rows[person_id] for person_id in self._people(unit_id))

    def _people(self, unit_id: UnitId) -> list[PersonId]:
        return [
            person_id
            for person_id in self._board.index.people_of_office(unit_id)
            if person_id in self._board.rows
        ]

    def _lights(self, unit_id: UnitId) -> list[bool]:
        found = (self._board.health.get(terminal_id) for terminal_id in self.offices[unit_id])
        return [health is not None and health.online for health in found]
