"""Walls: monitors that somebody paired, what each may show, how it looks, and whether it was revoked.

Every change of a wall is written with its line in the audit log, and gets a number greater than all before:
whoever holds the list in memory asks `revision` whether it is still right. Moments are city time.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NewType

from sqlalchemy import Connection, RowMapping, delete, func, insert, select, text, update

from attendance.ids import UnitId
from config.look import Look, look_from
from store.audit import AuditLine, note
from store.database import Database
from store.wall_secrets import digest, is_secret, same
from store.wall_tables import wall_pairings, walls

WallId = NewType("WallId", int)

WallLevel = Literal["counts", "names"]
"""How much a wall may show: counts, or people's names too."""

WRITERS = 0x7761_6C6C
"""Names the lock under which PostgreSQL lets one change of a wall at a time be numbered: "wall" in ASCII."""


@dataclass(frozen=True, slots=True)
class WallFacts:
    """What somebody decides about a wall."""

    name: str
    """What it calls itself: "Ruang Wali Kota"."""
    unit_id: UnitId | None = None
    """It may show this unit with all below; None: the city."""
    level: WallLevel = "counts"
    look: Look = field(default_factory=Look)


@dataclass(frozen=True, slots=True)
class WallDevice:
    """A wall as those who serve it need it."""

    id: WallId
    name: str
    unit_id: UnitId | None
    level: WallLevel
    look: Look
    credential: str | None
    """SHA-256 in hex of what the device holds; None: it has not fetched it yet."""
    revoked: bool

    @property
    def facts(self) -> WallFacts:
        """What somebody decided about it."""
        return WallFacts(self.name, self.unit_id, self.level, self.look)


@dataclass(frozen=True, slots=True)
class WallRecord:
    """A wall with its history. Moments aware, UTC; city time."""

    device: WallDevice
    paired_at: datetime
    paired_by: str
    changed_at: datetime
    seen_at: datetime | None
    """When it was last connected, to the minute; None: never."""
    revoked_at: datetime | None
    revoked_by: str | None
    revoked_why: str | None


class WallTable:
    """Raises `StoreUnavailable`; `StoreError` for an unknown unit."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def revision(self) -> int:
        """Grows with every change of any wall, pairing and revoking too; 0: there are none. Cheap."""
        with self._database.read() as connection:
            return int(connection.scalar(select(func.max(walls.c.revision))) or 0)

    def devices(self) -> list[WallDevice]:
        """All walls there ever were, revoked ones too, in the order of pairing."""
        with self._database.read() as connection:
            rows = connection.execute(select(walls).order_by(walls.c.id)).mappings()
            return [_device(row) for row in rows]

    def records(self) -> list[WallRecord]:
        """As `devices`, with their histories."""
        with self._database.read() as connection:
            rows = connection.execute(select(walls).order_by(walls.c.id)).mappings()
            return [_record(row) for row in rows]

    def record(self, wall_id: WallId) -> WallRecord | None:
        """One wall, revoked or not."""
        with self._database.read() as connection:
            row = connection.execute(select(walls).where(walls.c.id == wall_id)).mappings().first()
        return None if row is None else _record(row)

    def by_credential(self, credential: str) -> WallDevice | None:
        """The wall that holds this credential, revoked or not."""
        if not is_secret(credential):
            return None
        asked = digest(credential)
        with self._database.read() as connection:
            row = connection.execute(select(walls).where(walls.c.credential == asked)).mappings().first()
        if row is None or not same(row["credential"], asked):
            return None
        return _device(row)

    def change(self, wall_id: WallId, facts: WallFacts, *, by: str, at: datetime) -> bool:
        """Let the wall be as `facts` say; False when there is no such wall that is not revoked."""
        with self._database.write() as connection:
            revision = next_revision(connection, self._database)
            row = connection.execute(select(walls).where(walls.c.id == wall_id)).mappings().first()
            if row is None or row["revoked_at"] is not None:
                return False
            before = _device(row).facts
            connection.execute(
                update(walls)
                .where(walls.c.id == wall_id)
                .values(**_columns(facts), changed_at=at, revision=revision)
            )
            detail = f"{told(before)} -> {told(facts)}"
            note(connection, AuditLine(by, "wall.changed", subject(wall_id), detail, at))
        return True

    def revoke(self, wall_id: WallId, *, by: str, why: str, at: datetime) -> bool:
        """Let the wall show nothing any more, for good; False when there is none or it was revoked before."""
        with self._database.write() as connection:
            revision = next_revision(connection, self._database)
            revoked = connection.execute(
                update(walls)
                .where(walls.c.id == wall_id, walls.c.revoked_at.is_(None))
                .values(revoked_at=at, revoked_by=by, revoked_why=why, changed_at=at, revision=revision)
            ).rowcount
            if not revoked:
                return False
            connection.execute(delete(wall_pairings).where(wall_pairings.c.wall_id == wall_id))
            note(connection, AuditLine(by, "wall.revoked", subject(wall_id), why, at))
        return True

    def seen(self, wall_ids: Collection[WallId], at: datetime) -> None:
        """These walls are connected with their credentials, at city time `at`. No change in the sense of
        `revision`.
        """
        if not wall_ids:
            return
        wanted = sorted(set(wall_ids))
        with self._database.write() as connection:
            connection.execute(update(walls).where(walls.c.id.in_(wanted)).values(seen_at=at))
            connection.execute(delete(wall_pairings).where(wall_pairings.c.wall_id.in_(wanted)))


def next_revision(connection: Connection, database: Database) -> int:
    """The number of the change that this transaction makes. Others wait until it ends: were two to commit in
    another order than they are numbered, who saw the greater would never look for the lesser.
    """
    if database.dialect == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:writers)"), {"writers": WRITERS})
    return int(connection.scalar(select(func.max(walls.c.revision))) or 0) + 1


def add_wall(connection: Connection, facts: WallFacts, *, revision: int, by: str, at: datetime) -> WallId:
    """Add a wall, without a credential, within a transaction that has that revision."""
    key = connection.execute(
        insert(walls).values(**_columns(facts), paired_at=at, paired_by=by, changed_at=at, revision=revision)
    ).inserted_primary_key
    assert key is not None
    return WallId(int(key[0]))


def subject(wall_id: WallId) -> str:
    """How the audit log names a wall."""
    return f"wall:{wall_id}"


def told(facts: WallFacts) -> str:
    """What was decided, for the audit log."""
    where = "city" if facts.unit_id is None else f"unit:{facts.unit_id}"
    return f'"{facts.name}", {where}, {facts.level}, {facts.look.text()}'


def _columns(facts: WallFacts) -> dict[str, object]:
    return {
        "name": facts.name,
        "unit_id": facts.unit_id,
        "level": facts.level,
        "look": facts.look.text(),
    }


def _device(row: RowMapping) -> WallDevice:
    return WallDevice(
        id=WallId(row["id"]),
        name=row["name"],
        unit_id=None if row["unit_id"] is None else UnitId(row["unit_id"]),
        level="names" if row["level"] == "names" else "counts",
        look=look_from(row["look"]),
        credential=row["credential"],
        revoked=row["revoked_at"] is not None,
    )


def _record(row: RowMapping) -> WallRecord:
    return WallRecord(
        device=_device(row),
        paired_at=row["paired_at"],
        paired_by=row["paired_by"],
        changed_at=row["changed_at"],
        seen_at=row["seen_at"],
        revoked_at=row["revoked_at"],
        revoked_by=row["revoked_by"],
        revoked_why=row["revoked_why"],
    )
