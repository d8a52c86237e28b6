"""Dated facts beside the punches: excuses of people, outages of terminals and of sites.

Nothing that a person entered is ever deleted: a withdrawn fact stays, with who withdrew it and why, and no
longer counts.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime, time

from sqlalchemy import Connection, RowMapping, Table, insert, or_, select, update

from attendance.ids import PersonId, TerminalId, UnitId
from attendance.people import Excuse, ExcuseCode, Outage, OutageCause, SiteOutage
from store.audit import AuditLine, note
from store.changes import ChangeLog, Notice, Topic
from store.database import Database
from store.day_tables import excuses, site_outages
from store.errors import StoreError
from store.few import among
from store.schema import outages


class FactTable:
    """Every change carries its notice in the same transaction. Raises `StoreUnavailable`; `StoreError` for a
    fact that is there already, that is gone already, or about somebody unknown. `by` is who does it, `at`
    the city time (aware) at which.
    """

    def __init__(self, database: Database, changes: ChangeLog) -> None:
        self._database = database
        self._changes = changes

    # --- excuses ------------------------------------------------------------------------------------------

    def excuses_on(self, day: date) -> list[Excuse]:
        """Excuses that hold on `day`, a date in the city's time zone."""
        return self.excuses_between(day, day)

    def excuses_between(
        self, first: date, last: date, person_ids: Collection[PersonId] | None = None
    ) -> list[Excuse]:
        """Excuses that touch the dates `first` through `last`; where given, only of these people."""
        query = select(excuses).where(
            excuses.c.first_day <= last, excuses.c.last_day >= first, excuses.c.withdrawn_at.is_(None)
        )
        with self._database.read() as connection:
            rows = among(connection, query.order_by(excuses.c.id), excuses.c.person_id, person_ids)
            return [_excuse(row) for row in rows]

    def excuses_of(self, person_id: PersonId) -> list[Excuse]:
        """All excuses of a person that hold, the newest first."""
        query = select(excuses).where(excuses.c.person_id == person_id, excuses.c.withdrawn_at.is_(None))
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(excuses.c.first_day.desc(), excuses.c.id)).mappings()
            return [_excuse(row) for row in rows]

    def excuse(self, excuse_id: int) -> Excuse | None:
        """The excuse with that number, if it holds."""
        query = select(excuses).where(excuses.c.id == excuse_id, excuses.c.withdrawn_at.is_(None))
        with self._database.read() as connection:
            row = connection.execute(query).mappings().one_or_none()
            return None if row is None else _excuse(row)

    def add_excuse(self, excuse: Excuse) -> int:
        """Enter an excuse; its number. Who entered it and when goes into the audit trail too."""
        with self._database.write() as connection:
            held = excuses.c.withdrawn_at.is_(None)
            mine = select(excuses).where(excuses.c.person_id == excuse.person_id, held)
            if any(_same(_excuse(row), excuse) for row in connection.execute(mine).mappings()):
                raise StoreError("this excuse was entered before")
            number = _number(connection, excuses, _excuse_values(excuse))
            if excuse.entered_at is not None:
                detail = f"{excuse.code} {excuse.first_day}..{excuse.last_day}; {excuse.reference}"
                subject = f"person:{excuse.person_id}"
                line = AuditLine(excuse.entered_by, "excuse.entered", subject, detail, excuse.entered_at)
                note(connection, line)
            self._post_excuse(connection, excuse.person_id, excuse.first_day, excuse.last_day)
        return number

    def withdraw_excuse(self, excuse_id: int, why: str, *, by: str, at: datetime) -> Excuse:
        """Let an excuse count no longer; what it was."""
        with self._database.write() as connection:
            excuse = _excuse(_withdraw(connection, excuses, excuse_id, _withdrawal(why, by, at)))
            detail = f"{excuse.code} {excuse.first_day}..{excuse.last_day}; {why}"
            note(connection, AuditLine(by, "excuse.withdrawn", f"person:{excuse.person_id}", detail, at))
            self._post_excuse(connection, excuse.person_id, excuse.first_day, excuse.last_day)
        return excuse

    # --- outages of terminals -----------------------------------------------------------------------------

    def outages_between(self, start: datetime, end: datetime) -> list[Outage]:
        """Outages that overlap [start, end), aware; an open one lasts."""
        query = select(outages).where(
            outages.c.starts_at < end,
            or_(outages.c.ends_at.is_(None), outages.c.ends_at > start),
            outages.c.withdrawn_at.is_(None),
        )
        with self._database.read() as connection:
            return [_outage(row) for row in connection.execute(query.order_by(outages.c.id)).mappings()]

    def outage(self, outage_id: int) -> Outage | None:
        """The outage of a terminal with that number, if it holds."""
        query = select(outages).where(outages.c.id == outage_id, outages.c.withdrawn_at.is_(None))
        with self._database.read() as connection:
            row = connection.execute(query).mappings().one_or_none()
            return None if row is None else _outage(row)

    def add_outage(self, outage: Outage, *, by: str = "", at: datetime | None = None) -> int:
        """Declare an outage, open or ended; its number. Given `by` and `at` (aware), the audit trail says so
        too.
        """
        with self._database.write() as connection:
            number = self._insert_outage(connection, outage)
            if at is not None:
                _note_terminal(connection, outage, AuditLine(by, "outage.declared", "", outage.reference, at))
        return number

    def note_outage(self, outage: Outage) -> None:
        """Enter an outage that was found and has ended. Found before with the same start, it lasts as long as
        the longer finding.
        """
        known = (
            (outages.c.terminal_id == outage.terminal_id)
            & (outages.c.starts_at == outage.starts_at)
            & (outages.c.cause == outage.cause.value)
            & outages.c.withdrawn_at.is_(None)
        )
        with self._database.write() as connection:
            if connection.scalar(select(outages.c.id).where(known)) is None:
                self._insert_outage(connection, outage)
                return
            shorter = known & (outages.c.ends_at < outage.ends_at)
            if connection.execute(update(outages).where(shorter).values(ends_at=outage.ends_at)).rowcount:
                self._post_outage(connection, (outage.terminal_id,), outage.starts_at, outage.ends_at)

    def withdraw_outage(self, outage_id: int, why: str, *, by: str, at: datetime) -> Outage:
        """Let a declared outage of a terminal count no longer; what it was. Raises `StoreError` also for one
        that the collector found: presses of that time are lost, and nobody is to answer for that.
        """
        with self._database.write() as connection:
            outage = _outage(_withdraw(connection, outages, outage_id, _withdrawal(why, by, at)))
            if outage.cause.found:
                raise StoreError(f"the outage number {outage_id} was found by the collector")
            _note_terminal(connection, outage, AuditLine(by, "outage.withdrawn", "", why, at))
            self._post_outage(connection, (outage.terminal_id,), outage.starts_at, outage.ends_at)
        return outage

    def end_outage(
        self, terminal_id: TerminalId, ends_at: datetime, *, by: str = "", at: datetime | None = None
    ) -> int:
        """End the terminal's open outages at `ends_at` (aware); how many there were. Given `by` and `at`
        (aware), the audit trail says so too.
        """
        held = (outages.c.terminal_id == terminal_id) & outages.c.withdrawn_at.is_(None)
        open_ones = held & outages.c.ends_at.is_(None)
        with self._database.write() as connection:
            starts = list(connection.scalars(select(outages.c.starts_at).where(open_ones)))
            if starts:
                connection.execute(update(outages).where(open_ones).values(ends_at=ends_at))
                # It lasted until now: the days after its end are judged anew, too.
                self._post_outage(connection, (terminal_id,), min(starts), None)
                if at is not None:
                    subject = f"terminal:{terminal_id}"
                    detail = _span(min(starts), ends_at)
                    note(connection, AuditLine(by, "outage.ended", subject, detail, at))
        return len(starts)

    # --- outages of sites ---------------------------------------------------------------------------------

    def site_outages_between(self, start: datetime, end: datetime) -> list[SiteOutage]:
        """Those that overlap [start, end), aware; an open one lasts."""
        query = select(site_outages).where(
            site_outages.c.starts_at < end,
            or_(site_outages.c.ends_at.is_(None), site_outages.c.ends_at > start),
            site_outages.c.withdrawn_at.is_(None),
        )
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(site_outages.c.id)).mappings()
            return [_site_outage(row) for row in rows]

    def site_outage(self, outage_id: int) -> SiteOutage | None:
        """The outage of a site with that number, if it holds."""
        query = select(site_outages).where(
            site_outages.c.id == outage_id, site_outages.c.withdrawn_at.is_(None)
        )
        with self._database.read() as connection:
            row = connection.execute(query).mappings().one_or_none()
            return None if row is None else _site_outage(row)

    def add_site_outage(self, outage: SiteOutage, *, by: str, at: datetime) -> int:
        """Declare an outage of a whole unit, open or ended; its number."""
        with self._database.write() as connection:
            values = {
                "unit_id": outage.unit_id,
                "cause": outage.cause.value,
                "starts_at": outage.starts_at,
                "ends_at": outage.ends_at,
                "reference": outage.reference,
                "entered_at": at,
                "entered_by": by,
            }
            number = _number(connection, site_outages, values)
            line = AuditLine(by, "outage.declared", "", outage.reference, at)
            self._signed(connection, outage, line, outage.ends_at)
        return number

    def end_site_outage(self, outage_id: int, ends_at: datetime, *, by: str, at: datetime) -> SiteOutage:
        """End an open outage of a site at `ends_at` (aware); what it is now."""
        mine = site_outages.c.id == outage_id
        with self._database.write() as connection:
            found = connection.execute(
                update(site_outages)
                .where(mine, site_outages.c.ends_at.is_(None), site_outages.c.withdrawn_at.is_(None))
                .values(ends_at=ends_at)
            ).rowcount
            if not found:
                raise StoreError(f"there is no open outage number {outage_id}")
            outage = _site_outage(connection.execute(select(site_outages).where(mine)).mappings().one())
            # It lasted until now: the days after its end are judged anew, too.
            self._signed(connection, outage, AuditLine(by, "outage.ended", "", outage.reference, at), None)
        return outage

    def withdraw_site_outage(self, outage_id: int, why: str, *, by: str, at: datetime) -> SiteOutage:
        """Let an outage of a site count no longer; what it was."""
        with self._database.write() as connection:
            outage = _site_outage(_withdraw(connection, site_outages, outage_id, _withdrawal(why, by, at)))
            line = AuditLine(by, "outage.withdrawn", "", why, at)
            self._signed(connection, outage, line, outage.ends_at)
        return outage

    # --- in a transaction ---------------------------------------------------------------------------------

    def _post_excuse(self, connection: Connection, person_id: PersonId, first: date, last: date) -> None:
        notice = Notice(Topic.EXCUSE, person_ids=(person_id,), first_day=first, last_day=last)
        self._changes.post(connection, [notice])

    def _signed(
        self, connection: Connection, outage: SiteOutage, line: AuditLine, until: datetime | None
    ) -> None:
        """The line, and a notice of what the change touches until `until` (None: to this day)."""
        detail = f"{outage.cause} {_span(outage.starts_at, outage.ends_at)}; {line.detail}"
        note(connection, AuditLine(line.actor, line.action, f"unit:{outage.unit_id}", detail, line.at))
        self._post_outage(connection, (), outage.starts_at, until)

    def _insert_outage(self, connection: Connection, outage: Outage) -> int:
        values = {
            "terminal_id": outage.terminal_id,
            "cause": outage.cause.value,
            "starts_at": outage.starts_at,
            "ends_at": outage.ends_at,
            "reference": outage.reference,
        }
        number = _number(connection, outages, values)
        self._post_outage(connection, (outage.terminal_id,), outage.starts_at, outage.ends_at)
        return number

    def _post_outage(
        self,
        connection: Connection,
        terminal_ids: tuple[TerminalId, ...],
        since: datetime,
        until: datetime | None,
    ) -> None:
        self._changes.post(connection, [Notice(Topic.OUTAGE, terminal_ids, since, until)])


def _note_terminal(connection: Connection, outage: Outage, line: AuditLine) -> None:
    detail = f"{outage.cause} {_span(outage.starts_at, outage.ends_at)}; {line.detail}"
    note(connection, AuditLine(line.actor, line.action, f"terminal:{outage.terminal_id}", detail, line.at))


def _span(starts_at: datetime, ends_at: datetime | None) -> str:
    return f"{starts_at.isoformat()}..{'open' if ends_at is None else ends_at.isoformat()}"


def _withdrawal(why: str, by: str, at: datetime) -> dict[str, object]:
    return {"withdrawn_at": at, "withdrawn_by": by, "withdrawn_why": why}


def _number(connection: Connection, table: Table, values: Mapping[str, object]) -> int:
    key = connection.execute(insert(table).values(values)).inserted_primary_key
    assert key is not None
    return int(key[0])


def _withdraw(connection: Connection, table: Table, number: int, how: Mapping[str, object]) -> RowMapping:
    held = (table.c.id == number) & table.c.withdrawn_at.is_(None)
    if not connection.execute(update(table).where(held).values(how)).rowcount:
        raise StoreError(f"there is no number {number} that still holds")
    return connection.execute(select(table).where(table.c.id == number)).mappings().one()


def _same(one: Excuse, other: Excuse) -> bool:
    def told(excuse: Excuse) -> tuple[object, ...]:
        return (
            excuse.code,
            excuse.first_day,
            excuse.last_day,
            excuse.first_time,
            excuse.last_time,
        )

    return told(one) == told(other)


def _excuse_values(excuse: Excuse) -> dict[str, object]:
    return {
        "person_id": excuse.person_id,
        "code": excuse.code.value,
        "first_day": excuse.first_day,
        "last_day": excuse.last_day,
        "first_time": clock_text(excuse.first_time),
        "last_time": clock_text(excuse.last_time),
        "place_id": excuse.place,
        "reference": excuse.reference,
        "entered_at": excuse.entered_at,
        "entered_by": excuse.entered_by,
    }


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


def _outage(row: RowMapping) -> Outage:
    return Outage(
        terminal_id=TerminalId(row["terminal_id"]),
        cause=OutageCause(row["cause"]),
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        reference=row["reference"],
        id=row["id"],
    )


def _site_outage(row: RowMapping) -> SiteOutage:
    return SiteOutage(
        unit_id=UnitId(row["unit_id"]),
        cause=OutageCause(row["cause"]),
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        reference=row["reference"],
        id=row["id"],
    )


def clock_text(value: time | None) -> str | None:
    """A time of day as it lies in the database, "07:30"."""
    return None if value is None else f"{value:%H:%M}"
