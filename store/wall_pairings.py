"""Pairing: a screen shows a code, somebody reads it and confirms it, the screen fetches its credential.

    begin ──► waiting ── confirm ──► confirmed ── claim, again and again the same ──► seen, or expired: gone
                 └── expired: gone

Whoever is in the network may begin a pairing, so there is room for so many per address and in all. Moments
named `now` are the machine's own time, since a code lives minutes of somebody's real waiting; `at` is city
time.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Row, delete, insert, select, text, update

from store.audit import AuditLine, note
from store.database import Database
from store.wall_secrets import credential_of, digest, is_secret, new_code, new_secret, same
from store.wall_tables import wall_pairings, walls
from store.walls import WallFacts, WallId, add_wall, next_revision, subject, told

MOST_OF_ADDRESS = 50
"""Screens of one address that may wait at once: a whole building behind one proxy."""
MOST = 400
FETCH = timedelta(minutes=5)
"""A confirmed screen has at least this long to fetch its credential."""

BEGINNERS = 0x7061_6972
"""Names the lock under which PostgreSQL lets one pairing at a time begin: "pair" in ASCII."""


@dataclass(frozen=True, slots=True)
class Pairing:
    """A pairing under way, as the screen that began it knows it."""

    code: str
    """Without a dash."""
    secret: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class WaitingScreen:
    """A screen that shows a code, as anybody may know it: without the code, which only the screen tells."""

    address: str
    begun_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Paired:
    """What a confirmed screen fetches."""

    wall_id: WallId
    name: str
    credential: str
    """256 secret bits; the store keeps its digest only."""


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A screen that became a wall."""

    wall_id: WallId
    address: str
    """Where the screen calls from."""


class PairingTable:
    """Raises `StoreUnavailable`; `StoreError` for an unknown unit."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, address: str, *, now: datetime, life: timedelta, secret: str | None) -> Pairing | None:
        """Let a screen that calls from `address` wait for its confirmation during `life`. The one that holds
        the `secret` of a pairing that has not expired gets that again.

        None when too many screens of that address wait, or too many in all. When there are too many in all,
        but another address has more of them, its oldest gives way.
        """
        with self._database.write() as connection:
            if self._database.dialect == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": BEGINNERS})
            connection.execute(delete(wall_pairings).where(wall_pairings.c.expires_at <= now))
            if secret is not None and (known := _pairing(connection, secret)) is not None:
                return Pairing(known.code, secret, known.expires_at)
            if not _room(connection, address):
                return None
            made = Pairing(_free_code(connection), new_secret(), now + life)
            connection.execute(
                insert(wall_pairings).values(
                    code=made.code,
                    secret=digest(made.secret),
                    address=address,
                    begun_at=now,
                    expires_at=made.expires_at,
                )
            )
        return made

    def waiting(self, now: datetime) -> list[WaitingScreen]:
        """The screens that wait to be confirmed, the longest waiting first."""
        query = (
            select(wall_pairings.c.address, wall_pairings.c.begun_at, wall_pairings.c.expires_at)
            .where(wall_pairings.c.expires_at > now, wall_pairings.c.wall_id.is_(None))
            .order_by(wall_pairings.c.id)
        )
        with self._database.read() as connection:
            return [WaitingScreen(*row) for row in connection.execute(query)]

    def confirm(
        self, code: str, facts: WallFacts, *, by: str, at: datetime, now: datetime
    ) -> Confirmed | None:
        """Let the screen that shows `code` (without a dash) be a wall as `facts` say; None: none shows it."""
        shows_it = (
            (wall_pairings.c.code == code)
            & (wall_pairings.c.expires_at > now)
            & wall_pairings.c.wall_id.is_(None)
        )
        with self._database.write() as connection:
            revision = next_revision(connection, self._database)
            screen = connection.execute(select(wall_pairings).where(shows_it).with_for_update()).first()
            if screen is None:
                return None
            wall_id = add_wall(connection, facts, revision=revision, by=by, at=at)
            connection.execute(
                update(wall_pairings)
                .where(wall_pairings.c.id == screen.id)
                .values(wall_id=wall_id, expires_at=max(screen.expires_at, now + FETCH))
            )
            detail = f"{told(facts)}, screen at {screen.address}"
            note(connection, AuditLine(by, "wall.paired", subject(wall_id), detail, at))
        return Confirmed(wall_id, screen.address)

    def claim(self, secret: str, *, now: datetime) -> Paired | Pairing | None:
        """What became of the pairing of who holds `secret`: paired, still waiting, or None: expired, or never
        begun, or its wall was revoked. Asked again, the answer is the same until the wall was seen.
        """
        with self._database.read() as connection:
            screen = _pairing(connection, secret)
        if screen is None or screen.expires_at <= now:
            return None
        if screen.wall_id is None:
            return Pairing(screen.code, secret, screen.expires_at)
        credential = credential_of(secret)
        with self._database.write() as connection:
            revision = next_revision(connection, self._database)
            wall = connection.execute(select(walls).where(walls.c.id == screen.wall_id)).one()
            if wall.revoked_at is not None:
                return None
            if wall.credential is None:
                connection.execute(
                    update(walls)
                    .where(walls.c.id == wall.id)
                    .values(credential=digest(credential), revision=revision)
                )
        return Paired(WallId(wall.id), wall.name, credential)


def _pairing(connection: Connection, secret: str) -> Row[tuple[object, ...]] | None:
    if not is_secret(secret):
        return None
    asked = digest(secret)
    row = connection.execute(select(wall_pairings).where(wall_pairings.c.secret == asked)).first()
    return row if row is not None and same(row.secret, asked) else None


def _room(connection: Connection, address: str) -> bool:
    waiting = Counter(connection.scalars(select(wall_pairings.c.address)))
    if waiting[address] >= MOST_OF_ADDRESS:
        return False
    if waiting.total() < MOST:
        return True
    greedy, most = waiting.most_common(1)[0]
    oldest = connection.scalar(
        select(wall_pairings.c.id)
        .where(wall_pairings.c.address == greedy, wall_pairings.c.wall_id.is_(None))
        .order_by(wall_pairings.c.id)
        .limit(1)
    )
    if oldest is None or most <= waiting[address] + 1:
        return False
    connection.execute(delete(wall_pairings).where(wall_pairings.c.id == oldest))
    return True


def _free_code(connection: Connection) -> str:
    taken = set(connection.scalars(select(wall_pairings.c.code)))
    while (code := new_code()) in taken:
        pass
    return code
