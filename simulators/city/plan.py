"""What a synthetic city consists of. Plain values; nothing here is known to the product."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property

LABEL = "ilustratif"
"""Printed wherever this city is shown: its places are illustrative, its people do not exist."""


class Trade(StrEnum):
    """What kind of work a unit's people mostly do; decides titles and the share of women."""

    OFFICE = "office"
    FIELD = "field"
    """Guards, road and waste crews, fire and disaster teams."""
    SCHOOL = "school"
    CLINIC = "clinic"


@dataclass(frozen=True, slots=True)
class UnitPlan:
    """One unit of the tree, with the number of people whose own unit it is."""

    code: str
    name: str
    short_name: str
    kind: str
    """As in the roster files: city, secretariat, agency, hospital, health_centre, district, subdistrict,
    school, section."""
    parent_code: str | None
    office: bool
    """True: one tile of the wall."""
    weight: float = 0.0
    """Share of the people that serve in this unit itself, its sub-units apart."""
    headcount: int | None = None
    """A fixed number of people instead of a share."""
    trade: Trade = Trade.OFFICE


@dataclass(frozen=True, slots=True)
class TerminalPlan:
    """One fingerprint terminal and the unit at whose site it hangs."""

    serial: str
    name: str
    unit_code: str
    district: str = ""
    """The kecamatan in which it hangs; empty: not told."""


@dataclass(frozen=True, slots=True)
class PersonPlan:
    """One synthetic civil servant."""

    nip: str
    pin: str
    """The PIN that is theirs in the whole city."""
    name: str
    title_before: str
    title_after: str
    woman: bool
    born: date
    unit_code: str
    since: date
    """First day of the placement."""


@dataclass(frozen=True)
class City:
    """Units (parents before children), terminals and people."""

    units: tuple[UnitPlan, ...]
    terminals: tuple[TerminalPlan, ...]
    people: tuple[PersonPlan, ...]
    label: str = field(default=LABEL)

    @cached_property
    def unit_by_code(self) -> dict[str, UnitPlan]:
        """Units by their code."""
        return {unit.code: unit for unit in self.units}

    @cached_property
    def terminals_at(self) -> dict[str, tuple[str, ...]]:
        """Serial numbers of the terminals that hang at a unit, by unit code."""
        found: dict[str, list[str]] = {}
        for terminal in self.terminals:
            found.setdefault(terminal.unit_code, []).append(terminal.serial)
        return {code: tuple(serials) for code, serials in found.items()}

    def upwards(self, unit_code: str) -> Iterator[UnitPlan]:
        """The unit itself, its parent, and so on up to the city."""
        code: str | None = unit_code
        while code is not None:
            unit = self.unit_by_code[code]
            yield unit
            code = unit.parent_code

    def office_of(self, unit_code: str) -> UnitPlan | None:
        """The tile a unit's people count in; None above the offices."""
        return next((unit for unit in self.upwards(unit_code) if unit.office), None)

    def home_terminals(self, unit_code: str) -> tuple[str, ...]:
        """The terminals of the nearest unit, from `unit_code` up to its office, that has any."""
        for unit in self.upwards(unit_code):
            if serials := self.terminals_at.get(unit.code):
                return serials
            if unit.office:
                break
        return ()
