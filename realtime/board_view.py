"""From the day's board to rows by scope. No I/O, no clock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo

from attendance.counts import counts_of, state_of
from attendance.day_result import DayResult, DayStatus
from attendance.ids import PersonId, TerminalId, UnitId
from attendance.people import ExcuseKind
from realtime.arrivals import bin_named, bin_of, key_of
from realtime.branches import Branches
from realtime.cutoff import Cutoff
from realtime.day_board import Arrival, DayBoard, Dirt
from realtime.names_roll import is_listed, names_scopes
from realtime.night_duty import NightDuty
from realtime.recap import Recap
from realtime.row_writer import RowWriter, is_behind
from realtime.rows import DayRow, NameRow, Row, UsualRow, total_row
from realtime.scope import CITY, Kind, Scope
from realtime.scope import office as office_scope
from realtime.tally import Tally
from realtime.ticker import Keys, Ticker


@dataclass(frozen=True, slots=True)
class Look:
    """How the wall is to look."""

    city_name: str
    zone: tzinfo


class BoardView:
    """The rows of one board, with the ticker, the usual curve and the recap beside it.

    What goes into a row is counted along with every change, so that a punch costs the few rows that it
    touches, however many people and scopes there are.
    """

    def __init__(
        self,
        board: DayBoard,
        look: Look,
        *,
        now: datetime,
        freshness: timedelta,
        ticker: Ticker,
        usual: Callable[[Scope], UsualRow | None],
        cutoff: Cutoff,
    ) -> None:
        self._board = board
        self._look = look
        self._freshness = freshness
        self._ticker = ticker
        self._usual = usual
        self._index = board.index
        self._writer = RowWriter(board.index, board.assembler.book, look.zone)
        self._midnight = datetime.combine(board.day, time(), look.zone).astimezone(UTC)
        self.offices: Mapping[UnitId, tuple[TerminalId, ...]] = _offices(board)
        """Every office that somebody is on the roster of, with its terminals."""
        self.branches = Branches(board.index, self.offices)
        self.recap = Recap(cutoff, board.index, self.branches, look.zone)
        self._groups = [Scope(Kind.CITY, unit_id) for unit_id in self.branches.offices]
        self._counts: Tally[Scope, DayStatus | ExcuseKind] = Tally(self._counted_in)
        self._bins: Tally[Scope, int] = Tally(self._places_of)
        for person_id, result in board.rows.items():
            self._count(person_id, result)
        self._night = NightDuty(board, now)
        self._at_night: Tally[Scope, bool] = Tally(self._counted_in)
        for person_id in self._night.until:
            self._at_night.put(person_id, True)
        self._listed: dict[PersonId, tuple[DayResult, NameRow | None]] = {}
        """Rows of the lists: they are the same in every scope that has them."""
        self._behind = self._find_behind(now)
        self._day = self._day_row(None)

    def scopes(self) -> list[Scope]:
        """All scopes that the board has."""
        units = [None, *dict.fromkeys((*self.branches.offices, *self.offices))]
        return [
            CITY,
            *self._groups,
            *map(office_scope, self.offices),
            *(Scope(kind, unit_id) for kind in (Kind.NAMES, Kind.RECAP) for unit_id in units),
        ]

    def city_scopes(self) -> list[Scope]:
        """The scopes that have a ticker and a curve."""
        return [CITY, *self._groups]

    def places(self) -> Mapping[PersonId, list[Scope]]:
        """In which curves each person counts."""
        return {person_id: self._places_of(person_id) for person_id in self._board.rows}

    def shown_in(self, arrival: Arrival) -> list[Scope]:
        """On which tickers a punch stands: where it was made, and where its owner belongs."""
        units = {*self.branches.of_terminal(arrival.punch.terminal_id)}
        if arrival.person_id is not None:
            units.update(self.branches.of_person(arrival.person_id))
        return [CITY, *(Scope(Kind.CITY, unit_id) for unit_id in units)]

    def whole(self, scope: Scope) -> dict[str, Row]:
        """Every row of the scope."""
        found = ((key, self.row(scope, key)) for key in self._keys(scope))
        return {key: row for key, row in found if row is not None}

    def touch(self, dirt: Dirt) -> Keys:
        """Take in what changed on the board; the keys of rows that may be different, by scope."""
        keys: dict[Scope, set[str]] = defaultdict(set)
        for person_id in dirt.people:
            self._touch_person(person_id, keys)
        for terminal_id in dirt.terminals:
            self._touch_terminal(terminal_id, keys)
        self._touch_night(self._night.renew(dirt.people, dirt.planned), keys)
        for scope, lines in self._ticker.of_people(dirt.people).items():
            keys[scope] |= lines
        before, self._day = self._day, self._day_row(None)
        if before != self._day:
            for scope in (*self.city_scopes(), *map(office_scope, self.offices)):
                keys[scope].add("day")
        return keys

    def turn(self, now: datetime) -> Keys:
        """The rows that tell otherwise by now who is still on night duty. It may be called often."""
        keys: dict[Scope, set[str]] = defaultdict(set)
        self._touch_night(self._night.turn(now), keys)
        return keys

    def pass_time(self, now: datetime) -> Keys:
        """The terminals of which it is told otherwise by now how far they were read."""
        before, self._behind = self._behind, self._find_behind(now)
        keys: dict[Scope, set[str]] = defaultdict(set)
        for terminal_id in before ^ self._behind:
            self._touch_terminal(terminal_id, keys)
        return keys

    def row(self, scope: Scope, key: str) -> Row | None:
        """One row as it is now; None when there is none."""
        if scope.kind is Kind.OFFICE and scope.unit is not None:
            return self._office_row(scope.unit, key)
        if scope.kind is Kind.NAMES:
            return self._named(key)
        if scope.kind is Kind.RECAP:
            return self.recap.row(scope, key, self._writer)
        return self._city_row(scope, key)

    def _city_row(self, scope: Scope, key: str) -> Row | None:
        if key == "total":
            return total_row(counts_of(self._counts.at(scope)), self._at_night.at(scope)[True])
        if key == "day":
            return self._day_row(scope.unit)
        if key == "usual":
            return self._usual(scope)
        sort, number = key[0], key[2:]
        if sort == "u":
            return self._unit(UnitId(int(number)))
        if sort == "t":
            return self._terminal(TerminalId(int(number)))
        if sort == "a":
            came = self._bins.at(scope)[bin_named(key)]
            return {"n": came} if came else None
        line = self._ticker.line(scope, key)
        if line is None:
            return None
        return self._writer.arrival(*line, self._board.rows.get(line[1].person_id or PersonId(0)))

    def _office_row(self, unit_id: UnitId, key: str) -> Row:
        if key == "unit":
            return self._unit(unit_id)
        if key == "day":
            return self._day_row(unit_id)
        number = int(key[2:])
        if key[0] == "t":
            return self._terminal(TerminalId(number))
        person_id = PersonId(number)
        return self._writer.person(self._board.rows[person_id], self._night.until.get(person_id))

    def _terminal(self, terminal_id: TerminalId) -> Row:
        behind = terminal_id in self._behind
        return self._writer.terminal(terminal_id, self._board.health.get(terminal_id), behind=behind)

    def _unit(self, unit_id: UnitId) -> Row:
        found = (self._board.health.get(terminal_id) for terminal_id in self.offices[unit_id])
        lights = [health is not None and health.online for health in found]
        scope = office_scope(unit_id)
        night = self._at_night.at(scope)[True]
        return self._writer.unit(unit_id, counts_of(self._counts.at(scope)), lights, night)

    def _named(self, key: str) -> Row | None:
        result = self._board.rows[PersonId(int(key[2:]))]
        if not is_listed(result):
            return None
        written = self._listed.get(result.person_id)
        if written is None or written[0] is not result:
            written = self._listed[result.person_id] = result, self._writer.listed(result)
        return written[1]

    def _keys(self, scope: Scope) -> Iterable[str]:
        if scope.kind is Kind.RECAP:
            return self.recap.keys(scope)
        if scope.kind is Kind.OFFICE and scope.unit is not None:
            terminals = map("t:{}".format, self.offices[scope.unit])
            return ["unit", "day", *terminals, *map("p:{}".format, self._people(scope.unit))]
        if scope.kind is Kind.NAMES:
            people = self._board.rows if scope.unit is None else self._people_below(scope.unit)
            return [f"p:{person_id}" for person_id in people]
        hung = (
            terminal_id
            for terminal_id in self._index.terminals
            if scope.unit is None or scope.unit in self.branches.of_terminal(terminal_id)
        )
        return [
            "total",
            "day",
            *(f"u:{unit_id}" for unit_id in self._offices_of(scope)),
            *map("t:{}".format, hung),
            *self._ticker.keys(scope),
            *map(key_of, sorted(self._bins.at(scope))),
            "usual",
        ]

    def _touch_person(self, person_id: PersonId, keys: dict[Scope, set[str]]) -> None:
        row = f"p:{person_id}"
        counted, arrived = self._count(person_id, self._board.rows[person_id])
        office = self._index.office_of(person_id)
        groups = self.branches.of_person(person_id)
        for scope in names_scopes(office, groups):
            keys[scope].add(row)
        if office is not None:
            keys[office_scope(office)].add(row)
        for scope in self._places_of(person_id):
            if counted:
                keys[scope].add("total")
                if office is not None:
                    keys[scope].add(f"u:{office}")
            keys[scope].update(map(key_of, arrived))
        if counted and office is not None:
            keys[office_scope(office)].add("unit")

    def _touch_night(self, people: Iterable[PersonId], keys: dict[Scope, set[str]]) -> None:
        for person_id in people:
            self._at_night.put(person_id, person_id in self._night.until or None)
            office = self._index.office_of(person_id)
            for scope in self._places_of(person_id):
                keys[scope] |= {"total"} if office is None else {"total", f"u:{office}"}
            if office is not None:
                keys[office_scope(office)] |= {"unit", f"p:{person_id}"}

    def _touch_terminal(self, terminal_id: TerminalId, keys: dict[Scope, set[str]]) -> None:
        office = self._index.office_above(self._index.terminals[terminal_id].unit_id)
        shown = {f"t:{terminal_id}"}
        if office is not None and office in self.offices:
            shown.add(f"u:{office}")
            keys[office_scope(office)] |= {"unit", f"t:{terminal_id}"}
        keys[CITY] |= shown
        for unit_id in self.branches.of_terminal(terminal_id):
            keys[Scope(Kind.CITY, unit_id)] |= shown

    def _count(self, person_id: PersonId, result: DayResult) -> tuple[bool, set[int]]:
        """Count somebody anew; whether any count is another one, and the bins that are."""
        state = state_of(result)
        counted = self._counts.put(person_id, state) != state
        place = bin_of(result, self._midnight)
        before = self._bins.put(person_id, place)
        return counted, {one for one in (before, place) if one is not None} if before != place else set()

    def _places_of(self, person_id: PersonId) -> list[Scope]:
        return [CITY, *(Scope(Kind.CITY, unit_id) for unit_id in self.branches.of_person(person_id))]

    def _counted_in(self, person_id: PersonId) -> list[Scope]:
        office = self._index.office_of(person_id)
        places = self._places_of(person_id)
        return places if office is None else [*places, office_scope(office)]

    def _day_row(self, unit_id: UnitId | None) -> DayRow:
        """The day as the city tells it, or a unit, which may have a calendar and hours of its own."""
        assembler, day = self._board.assembler, self._board.day
        own = None if unit_id is None else assembler.unit_duty(unit_id, day)
        return self._writer.day(
            assembler.usual_duty(day),
            self._look.city_name,
            final=self._board.final,
            unit_id=unit_id,
            own=own,
        )

    def _find_behind(self, now: datetime) -> set[TerminalId]:
        return {
            terminal_id
            for terminal_id in self._index.terminals
            if is_behind(self._board.health.get(terminal_id), now, self._freshness)
        }

    def _offices_of(self, scope: Scope) -> Iterable[UnitId]:
        return self.offices if scope.unit is None else self.branches.offices[scope.unit]

    def _people_below(self, unit_id: UnitId) -> Iterable[PersonId]:
        if unit_id not in self.branches.offices:
            return self._people(unit_id)
        return [person for person in self._board.rows if unit_id in self.branches.of_person(person)]

    def _people(self, office: UnitId) -> list[PersonId]:
        return [
            person_id for person_id in self._index.people_of_office(office) if person_id in self._board.rows
        ]


def _offices(board: DayBoard) -> Mapping[UnitId, tuple[TerminalId, ...]]:
    return {
        unit.id: board.index.terminals_of_office(unit.id)
        for unit in board.index.roster.units
        if unit.office and any(person_id in board.rows for person_id in board.index.people_of_office(unit.id))
    }
