"""Dated facts beside the punches: excuses of people, outages of terminals."""

from __future__ import annotations

from datetime import date, datetime, time

from sqlalchemy import Connection, RowMapping, insert, or_, select, update

from attendance.ids import PersonId, TerminalId, UnitId
from attendance.people import Excuse, ExcuseCode, Outage, OutageCause
from store.changes import ChangeLog, Notice, Topic
from store.database import Database
from store.day_tables import excuses
from store.errors import StoreError
from store.schema import outages


class FactTable:
    """Every change carries its notice in the same transaction. Raises `StoreUnavailable`; `StoreError` for a
    fact that is there already, or about somebody unknown.
    """

    def __init__(self, database: Database, changes: ChangeLog) -> None:
        self._database = database
        self._changes = changes

    def excuses_on(self, day: date) -> list[Excuse]:
        """Excuses that hold on `day`, a date in the city's time zone."""
        query = select(excuses).where(
            excuses.c.first_day <= day, excuses.c.last_day >= day, excuses.c.withdrawn_at.is_(None)
        )
        with self._database.read() as connection:
            return [_excuse(row) for row in connection.execute(query.order_by(excuses.c.id)).mappings()]

    def outages_between(self, start: datetime, end: datetime) -> list[Outage]:
        """Outages that overlap [start, end), aware; an open one lasts."""
        query = select(outages).where(
            outages.c.starts_at < end, or_(outages.c.ends_at.is_(None), outages.c.ends_at > start)
        )
        with self._database.read() as connection:
            return [_outage(row) for row in connection.execute(query.order_by(outages.c.id)).mappings()]

    def add_excuse(self, excuse: Excuse) -> None:
        """Enter an excuse."""
        with self._database.write() as connection:
            mine = select(excuses).where(
                excuses.c.person_id == excuse.person_id, excuses.c.withdrawn_at.is_(None)
            )
            if excuse in [_excuse(row) for row in connection.execute(mine).mappings()]:
                raise StoreError("this excuse was entered before")
            connection.execute(
                insert(excuses).values(
                    person_id=excuse.person_id,
                    code=excuse.code.value,
                    first_day=excuse.first_day,
                    last_day=excuse.last_day,
                    first_time=_clock(excuse.first_time),
                    last_time=_clock(excuse.last_time),
                    place_id=excuse.place,
                    reference=excuse.reference,
                    entered_at=excuse.entered_at,
                    entered_by=excuse.entered_by,
                )
            )
            notice = Notice(
                Topic.EXCUSE,
                person_ids=(excuse.person_id,),
                first_day=excuse.first_day,
                last_day=excuse.last_day,
            )
            self._changes.post(connection, [notice])

    def add_outage(self, outage: Outage) -> None:
        """Declare an outage, open or ended."""
        with self._database.write() as connection:
            self._insert_outage(connection, outage)

    def note_outage(self, outage: Outage) -> None:
        """Enter an outage that was found; one of the same terminal and start is there already and stays."""
        known = (outages.c.terminal_id == outage.terminal_id) & (outages.c.starts_at == outage.starts_at)
        with self._database.write() as connection:
            if connection.scalar(select(outages.c.id).where(known)) is None:
                self._insert_outage(connection, outage)

    def end_outage(self, terminal_id: TerminalId, ends_at: datetime) -> int:
        """End the terminal's open outages at `ends_at` (aware); how many there were."""
        open_ones = (outages.c.terminal_id == terminal_id) & outages.c.ends_at.is_(None)
        with self._database.write() as connection:
            starts = list(connection.scalars(select(outages.c.starts_at).where(open_ones)))
            if starts:
                connection.execute(update(outages).where(open_ones).values(ends_at=ends_at))
                self._post_outage(connection, terminal_id, min(starts), ends_at)
        return len(starts)

    def _insert_outage(self, connection: Connection, outage: Outage) -> None:
        connection.execute(
            insert(outages).values(
                terminal_id=outage.terminal_id,
                cause=outage.cause.value,
                starts_at=outage.starts_at,
                ends_at=outage.ends_at,
                reference=outage.reference,
            )
        )
        self._post_outage(connection, outage.terminal_id, outage.starts_at, outage.ends_at)

    def _post_outage(
        self, connection: Connection, terminal_id: TerminalId, since: datetime, until: datetime | None
    ) -> None:
        self._changes.post(connection, [Notice(Topic.OUTAGE, (terminal_id,), since, until)])


def _excuse(row: RowMapping) -> Excuse:
    return Excuse(
        person_id=PersonId(row["person_id"]),
        code=ExcuseCode(row["code"]),
        first_day=row["first_day"],
        last_day=row["last_day"],
        reference=row["reference"],
        first_time=None if row["first_time"] is None else time.fromisoformat(row["first_time"]),
        last_time=None if row["last_time"] is None else time.fromisoformat(row["last_time"]),
        place=None if row["place_id"] is None else UnitId(row["place_id"]),
        entered_at=row["entered_at"],
        entered_by=row["entered_by"],
        id=row["id"],
    )


def _clock(value: time | None) -> str | None:
    return None if value is None else f"{value:%H:%M}"


def _outage(row: RowMapping) -> Outage:
    return Outage(
        terminal_id=TerminalId(row["terminal_id"]),
        cause=OutageCause(row["cause"]),
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        reference=row["reference"],
    )
