"""Who did what, when: appended to, never changed. The database itself refuses anything else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, insert, select

from store.database import Database
from store.schema import audit


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One line of the trail."""

    id: int
    at: datetime
    """Aware, UTC; city time where the caller gave it, else the machine's."""
    actor: str
    action: str
    """What was done, as a dotted word: "names.viewed", "roster.imported"."""
    subject: str
    """To what: "office:12", "terminal:AAXX1234"."""
    detail: str


@dataclass(frozen=True, slots=True)
class AuditLine:
    """A line to be written: as `AuditEntry`, before it has a number."""

    actor: str
    action: str
    subject: str
    detail: str
    at: datetime
    """Aware; city time."""


class AuditLog:
    """The trail. Raises `StoreUnavailable`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def append(
        self, actor: str, action: str, subject: str, detail: str = "", *, at: datetime | None = None
    ) -> None:
        """Add one line; `at` (aware) is now by the machine's clock unless given."""
        with self._database.write() as connection:
            note(connection, AuditLine(actor, action, subject, detail, at or datetime.now(UTC)))

    def latest(self, limit: int = 100) -> list[AuditEntry]:
        """The newest lines, newest first."""
        with self._database.read() as connection:
            rows = connection.execute(select(audit).order_by(audit.c.id.desc()).limit(limit))
            return [
                AuditEntry(row.id, row.at, row.actor, row.action, row.subject, row.detail) for row in rows
            ]


def note(connection: Connection, line: AuditLine) -> None:
    """Add one line within a transaction, so that a deed and its line are written together or not at all."""
    connection.execute(
        insert(audit).values(
            at=line.at, actor=line.actor, action=line.action, subject=line.subject, detail=line.detail
        )
    )
