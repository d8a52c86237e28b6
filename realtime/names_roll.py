"""The lists of names: who is late, not yet in, absent. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from attendance.day_result import DayResult, DayStatus
from attendance.ids import UnitId
from realtime.scope import Kind, Scope

LISTED = frozenset({DayStatus.LATE, DayStatus.ABSENT, DayStatus.NOT_YET})
"""Who waits for data is on no list: nothing is known of them."""


def is_listed(result: DayResult) -> bool:
    """Whether somebody stands on one of the lists."""
    return result.status in LISTED


def names_scopes(office: UnitId | None, groups: Iterable[UnitId]) -> list[Scope]:
    """The scopes in which somebody of that office, below those units, may be listed."""
    units = {*groups} if office is None else {*groups, office}
    return [Scope(Kind.NAMES), *(Scope(Kind.NAMES, unit_id) for unit_id in units)]
