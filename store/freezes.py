"""The days as they stood at their cut-off: written once, never changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, select

from attendance.day_result import DayStatus
from attendance.ids import PersonId
from store.database import Database
from store.upsert import insert_missing
from store.wall_tables import day_freezes


@dataclass(frozen=True, slots=True)
class Freeze:
    """What was said of each person of a day at its cut-off. Moments aware, UTC, city time."""

    day: date
    cutoff_at: datetime
    made_at: datetime
    """When it was written down: later than the cut-off where nobody was there to do it in time, and then of
    what was known of the cut-off by that time.
    """
    statuses: Mapping[PersonId, DayStatus]


class FreezeTable:
    """Raises `StoreUnavailable`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(
        self, day: date, cutoff_at: datetime, made_at: datetime, statuses: Mapping[PersonId, DayStatus]
    ) -> Freeze:
        """Write a day down unless somebody has already; what is written of it. Moments aware, city time."""
        found = self.of(day)
        if found is not None:
            return found
        body = json.dumps({str(number): statuses[number].value for number in sorted(statuses)})
        values = {"day": day, "cutoff_at": cutoff_at, "made_at": made_at, "body": body}
        with self._database.write() as connection:
            connection.execute(insert_missing(self._database.dialect, day_freezes), values)
            found = _of(connection, day)
        assert found is not None
        return found

    def of(self, day: date) -> Freeze | None:
        """The day as it was written down; None: it was not."""
        with self._database.read() as connection:
            return _of(connection, day)


def _of(connection: Connection, day: date) -> Freeze | None:
    row = connection.execute(select(day_freezes).where(day_freezes.c.day == day)).first()
    if row is None:
        return None
    said = json.loads(row.body).items()
    statuses = {PersonId(int(number)): DayStatus(status) for number, status in said}
    return Freeze(row.day, row.cutoff_at, row.made_at, statuses)
