"""Which unit a command means by its code."""

from __future__ import annotations

from datetime import date
from difflib import get_close_matches

from attendance.people import Unit
from presensi.exits import Failure
from store import Store


def unit_from(store: Store, day: date, code: str) -> Unit:
    """The unit with that code. Raises `Failure` naming the nearest one."""
    units = {unit.code: unit for unit in store.roster.load(day).units}
    if code in units:
        return units[code]
    near = get_close_matches(code, units, 1, 0.5)
    hint = f'Did you mean "{near[0]}"?' if near else "Give a code as in the units sheet of the roster."
    raise Failure(f"No unit has the code {code}. {hint}")
