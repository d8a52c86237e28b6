"""What a screen may look at. Pure.

A screen is a paired wall, known by its credential, or one that nobody paired, of which a setting decides. Its
ground is a unit with all below it; nothing outside of it leaves the server for that screen.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from attendance.ids import TerminalId, UnitId
from attendance.roster import RosterIndex
from realtime.scope import CITY, Kind, Level, Scope, office
from store.walls import WallDevice


@dataclass(frozen=True, slots=True)
class Access:
    """What one screen may see. `wall` None: it is not paired."""

    level: Level
    wall: WallDevice | None = None
    revoked: bool = False
    """It was a paired wall and is none any more."""

    @property
    def unit(self) -> UnitId | None:
        """The ground's unit; None: the city."""
        return None if self.wall is None else self.wall.unit_id


def access_of(device: WallDevice | None, unpaired: Level) -> Access:
    """Of who shows the credential of `device`; None: of none that is known."""
    if device is None:
        return Access(unpaired)
    if device.revoked:
        return Access(Level.NOTHING, revoked=True)
    return Access(Level(device.level), device)


class Grounds:
    """Which scopes lie in which ground, by the units of one roster and the scopes that there are."""

    def __init__(self, index: RosterIndex, scopes: Collection[Scope]) -> None:
        self._index = index
        self._scopes = scopes
        self._offices = [scope.unit for scope in scopes if scope.kind is Kind.OFFICE]
        self._terminals: dict[UnitId, frozenset[TerminalId] | None] = {}

    def root(self, unit: UnitId | None) -> Scope:
        """The scope of the first view of who has this ground. A ground without any office has one that is not
        there: nothing is to be seen of it.
        """
        if unit is None:
            return CITY
        if (group := Scope(Kind.CITY, unit)) in self._scopes:
            return group
        below = [each for each in self._offices if each is not None and self._under(each, unit)]
        if len(below) > 1 and len(below) == len(self._offices):
            return CITY
        return office(below[0] if len(below) == 1 else unit)

    def holds(self, ground: UnitId | None, scope: Scope) -> bool:
        """Whether the scope lies in the ground."""
        if ground is None or self.root(ground) == CITY:
            return True
        return scope.unit is not None and self._under(scope.unit, ground)

    def terminals(self, ground: UnitId | None) -> frozenset[TerminalId] | None:
        """The terminals that hang in the ground. None: all that there are, also where none hangs in it: its
        people press elsewhere then.
        """
        if ground is None:
            return None
        if ground not in self._terminals:
            every = self.root(ground) == CITY
            mine = (each.id for each in self._index.roster.terminals if self._under(each.unit_id, ground))
            self._terminals[ground] = None if every else frozenset(mine) or None
        return self._terminals[ground]

    def _under(self, unit: UnitId, top: UnitId) -> bool:
        return any(each.id == top for each in self._index.path(unit))
