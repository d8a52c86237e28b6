"""How far the city as a whole was read: a finger is known everywhere, so a punch may wait at any terminal."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from attendance.facts import Horizon

LAGGARD = timedelta(minutes=15)
"""A terminal this far behind the one read furthest is ill or was cut off: its own people wait for it, the
rest of the city does not.
"""


def city_read(horizons: Iterable[Horizon]) -> datetime | None:
    """The moment (aware, UTC) through which every terminal that is being read has been read; None: none is.

    When all are read anew, as after a restart, whoever pressed away from home would else be accused for the
    seconds in which only the terminals at home have been read.
    """
    read = [
        horizon.read_through for horizon in horizons if horizon.online and horizon.read_through is not None
    ]
    if not read:
        return None
    newest = max(read)
    return min(moment for moment in read if newest - moment < LAGGARD)
