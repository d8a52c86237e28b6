"""The change feed: whoever shows the store's contents learns here what to read again.

A writer posts a notice in the transaction of its change. A feed delivers every notice of a committed
transaction at least once and none of an aborted one, whatever order transactions commit in, through
reconnects and restarts of the server.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, delete, func, insert, select, text, update

from attendance.ids import PersonId, TerminalId
from store.database import Database
from store.schema import change_notices

CHANNEL = "presensi_changes"
"""PostgreSQL's NOTIFY channel. A notification only wakes; what changed stands in the table."""

KEEP = timedelta(days=2)
PRUNE_SECONDS = 3600.0
"""Each store prunes at most this often, in the transaction of a notice that it posts anyway."""


class Topic(StrEnum):
    """What kind of fact changed."""

    PUNCH = "punch"
    TERMINAL = "terminal"
    ROSTER = "roster"
    """Anything may have changed: read everything again."""
    EXCUSE = "excuse"
    CORRECTION = "correction"
    DUTY = "duty"
    """Who is to work when: shift entries of some people. Everything else about duties is a ROSTER change."""
    OUTAGE = "outage"


@dataclass(frozen=True, slots=True)
class Notice:
    """What a writer says about its change."""

    topic: Topic
    terminal_ids: tuple[TerminalId, ...] = ()
    since: datetime | None = None
    """Earliest moment the change touches, aware; None: unknown or not about moments."""
    until: datetime | None = None
    """Latest moment the change touches, inclusive."""
    punch_lo: int | None = None
    punch_hi: int | None = None
    person_ids: tuple[PersonId, ...] = ()
    """Whom a fact about people concerns; empty: not about people, or about anybody."""
    first_day: date | None = None
    """First work date it touches; None: any."""
    last_day: date | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """A committed change; fields as in `Notice`. Punches: the new rows are among the ids `punch_lo` to
    `punch_hi` (both inclusive) of `terminal_ids`, and their `at` lies within `since` and `until` (both
    inclusive).
    """

    id: int
    topic: Topic
    terminal_ids: tuple[TerminalId, ...]
    since: datetime | None
    until: datetime | None
    punch_lo: int | None
    punch_hi: int | None
    person_ids: tuple[PersonId, ...] = ()
    first_day: date | None = None
    last_day: date | None = None


@dataclass(frozen=True, slots=True)
class Position:
    """Where a feed stands; opaque to its users. Valid for this database, in any process.

    SQLite, where one writer at a time commits: the highest id. PostgreSQL: every transaction below `low` had
    ended, and of those from `low` on the notices `seen` (id, transaction) were already visible.
    """

    low: int
    seen: frozenset[tuple[int, int]] = frozenset()


class Feed(ABC):
    """A consumer's own view of the changes, on its own connection; to be used from one thread."""

    @abstractmethod
    def position(self) -> Position:
        """Where this feed stands: after what it delivered, or where it began. Taken before reading a
        snapshot, nothing falls between snapshot and feed. Raises `StoreUnavailable`.
        """

    @abstractmethod
    def next(self, timeout: float) -> list[Change]:
        """The changes since, as soon as there are any; empty after `timeout` real seconds without one.

        Raises `StoreUnavailable` when the database is gone. Call again later: the feed connects anew and goes
        on where it stood. A feed that stood still until its notices were pruned gets a ROSTER change.
        """

    @abstractmethod
    def close(self) -> None:
        """Hang up. Never raises."""


class ChangeLog:
    """Posting notices, and following them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._pruned = time.monotonic()

    def post(self, connection: Connection, notices: Iterable[Notice]) -> None:
        """Post within the caller's transaction; delivered when that commits."""
        now = datetime.now(UTC)
        rows = [
            {
                "topic": notice.topic.value,
                "terminal_ids": ",".join(map(str, notice.terminal_ids)),
                "since": notice.since,
                "until": notice.until,
                "punch_lo": notice.punch_lo,
                "punch_hi": notice.punch_hi,
                "person_ids": ",".join(map(str, notice.person_ids)),
                "first_day": notice.first_day,
                "last_day": notice.last_day,
                "txid": None,
                "created_at": now,
            }
            for notice in notices
        ]
        if not rows:
            return
        if self._database.dialect == "postgresql":
            txid = connection.execute(
                text("SELECT pg_current_xact_id()::text::bigint, pg_notify(:channel, '')"),
                {"channel": CHANNEL},
            ).scalar_one()
            for row in rows:
                row["txid"] = txid
        connection.execute(insert(change_notices), rows)
        if time.monotonic() - self._pruned > PRUNE_SECONDS:
            self._pruned = time.monotonic()
            prune(connection, now - KEEP)

    def feed(self, after: Position | None = None) -> Feed:
        """A feed from `after` on, or from its first `position` or `next`. Connects only then."""
        if self._database.dialect == "postgresql":
            from store.feed_postgres import PostgresFeed

            return PostgresFeed(self._database.address, after)
        from store.feed_sqlite import SqliteFeed

        return SqliteFeed(self._database.address, after)


def prune(connection: Connection, before: datetime) -> None:
    """Forget the notices created before `before` (aware), but turn the last of them into a ROSTER notice: a
    feed that stands behind it so learns that it must read everything again.
    """
    old = change_notices.c.created_at < before
    last, txid = connection.execute(
        select(func.max(change_notices.c.id), func.max(change_notices.c.txid)).where(old)
    ).one()
    if last is None:
        return
    connection.execute(delete(change_notices).where(old, change_notices.c.id != last))
    connection.execute(
        update(change_notices)
        .where(change_notices.c.id == last)
        .values(
            topic=Topic.ROSTER.value,
            terminal_ids="",
            person_ids="",
            first_day=None,
            last_day=None,
            since=None,
            until=None,
            punch_lo=None,
            punch_hi=None,
            txid=txid,
        )
    )


def terminal_ids(joined: str) -> tuple[TerminalId, ...]:
    """The numbers of a notice's `terminal_ids`."""
    return tuple(TerminalId(int(number)) for number in joined.split(",") if number)


def person_ids(joined: str) -> tuple[PersonId, ...]:
    """The numbers of a notice's `person_ids`."""
    return tuple(PersonId(int(number)) for number in joined.split(",") if number)
