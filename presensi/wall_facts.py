"""What a wall may be told to show: its unit, its playlist, checked against the city's units."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from attendance.ids import UnitId
from attendance.people import Unit
from attendance.roster import RosterIndex
from config.look import Stop
from config.playlist import WrittenStop, read_playlist
from presensi.exits import ExitCode, Failure
from presensi.unit_target import unit_from
from store import Store
from store.walls import WallFacts

ONE_OFFICE = ("office", "names", "day")
"""The views that a wall of a single office has."""
LONGEST_NAME = 60


class Units:
    """The city's units as of a day."""

    def __init__(self, store: Store, day: date) -> None:
        self._store = store
        self._day = day
        self._index = RosterIndex(store.roster.load(day))

    @property
    def codes(self) -> dict[int, str]:
        """The unit's codes."""
        return {unit_id: unit.code for unit_id, unit in self._index.units.items()}

    def name(self, unit_id: UnitId | None) -> str:
        """What a wall of this unit shows."""
        if unit_id is None:
            return "city"
        unit = self._index.units.get(unit_id)
        return f"unit number {unit_id}" if unit is None else unit.short_name

    def of_wall(self, code: str) -> UnitId | None:
        """The unit with that code as a wall's own; None: it is the city itself. Raises `Failure`."""
        unit = unit_from(self._store, self._day, code)
        if unit.parent_id is None:
            return None
        if self._offices(unit.id):
            return unit.id
        above = self._index.office_above(unit.id)
        if above is None:
            raise Failure(f"{unit.name} has no office below it: a wall of it would be empty.")
        office = self._index.units[above]
        raise Failure(f"{unit.name} is a part of {office.name}: give --unit {office.code}.")

    def playlist(self, path: Path) -> tuple[Stop, ...]:
        """The stops in the file. Raises `ConfigError` or `Failure`."""
        return tuple(
            written.stop(self._office(path, number, written))
            for number, written in enumerate(read_playlist(path), 1)
        )

    def check(self, facts: WallFacts) -> None:
        """Raises `Failure` naming the first stop that the wall may not show."""
        offices = self._offices(facts.unit_id)
        for number, stop in enumerate(facts.look.playlist, 1):
            where = f"Stop {number} of the playlist"
            if stop.view == "names" and facts.level != "names":
                raise Failure(f"{where} shows names, which this wall may not: add --names, or leave it out.")
            if stop.unit is not None and stop.unit not in offices:
                raise Failure(
                    f"{where} shows {self.name(UnitId(stop.unit))}, which does not belong to "
                    f"{self.name(facts.unit_id)}: correct it, or the wall's --unit."
                )
            if len(offices) == 1 and facts.unit_id is not None and stop.view not in ONE_OFFICE:
                raise Failure(
                    f'{where} is the view "{stop.view}", which a wall of one office does not have: use '
                    f"{', '.join(ONE_OFFICE)}."
                )

    def _office(self, path: Path, number: int, written: WrittenStop) -> UnitId | None:
        if written.unit is None:
            return None
        unit: Unit = unit_from(self._store, self._day, written.unit)
        if not unit.office:
            raise Failure(
                f"{path}: stop {number}: {unit.name} is no office of the wall: give the code of an office.",
                ExitCode.CONFIG,
            )
        return unit.id

    def _offices(self, top: UnitId | None) -> frozenset[UnitId]:
        units: Mapping[UnitId, Unit] = self._index.units
        return frozenset(
            unit.id
            for unit in units.values()
            if unit.office and (top is None or any(above.id == top for above in self._index.path(unit.id)))
        )


def checked_name(text: str) -> str:
    """The wall's name. Raises `Failure`."""
    name = " ".join(text.split())
    if not name or not name.isprintable() or len(name) > LONGEST_NAME:
        raise Failure(f"A wall's name has 1 to {LONGEST_NAME} characters, as in Ruang Wali Kota.")
    return name
