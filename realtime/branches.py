"""Which offices a wall may show together: the whole city, or a unit with all below it. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping

from attendance.ids import PersonId, TerminalId, UnitId
from attendance.roster import RosterIndex

FEWEST_OFFICES = 2
"""A unit with one office below it shows nothing that the office's own view does not show."""


class Branches:
    """The units with several offices at or below them, the city itself apart."""

    def __init__(self, index: RosterIndex, offices: Collection[UnitId]) -> None:
        """`offices`: those that are shown."""
        self._index = index
        self._of_unit: dict[UnitId, tuple[UnitId, ...]] = {}
        below: dict[UnitId, list[UnitId]] = defaultdict(list)
        for office in offices:
            for unit in index.path(office):
                if unit.parent_id is not None:
                    below[unit.id].append(office)
        self.offices: Mapping[UnitId, tuple[UnitId, ...]] = {
            unit_id: tuple(found) for unit_id, found in below.items() if len(found) >= FEWEST_OFFICES
        }
        """Of each such unit the offices at or below it."""

    def above(self, unit_id: UnitId | None) -> tuple[UnitId, ...]:
        """The units of several offices that a unit belongs to, itself included."""
        if unit_id is None:
            return ()
        known = self._of_unit.get(unit_id)
        if known is None:
            path = self._index.path(unit_id)
            known = self._of_unit[unit_id] = tuple(unit.id for unit in path if unit.id in self.offices)
        return known

    def of_person(self, person_id: PersonId) -> tuple[UnitId, ...]:
        """Where somebody is counted beside the office and the city."""
        return self.above(self._index.unit_of(person_id))

    def of_terminal(self, terminal_id: TerminalId) -> tuple[UnitId, ...]:
        """Where a terminal is shown beside the city."""
        terminal = self._index.terminals.get(terminal_id)
        return () if terminal is None else self.above(terminal.unit_id)
