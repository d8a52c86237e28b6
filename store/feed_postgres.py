"""The change feed on PostgreSQL: LISTEN wakes, the table tells, and commit order does not matter.

Sequence order is not commit order, so `id > last` would skip a notice whose transaction took its number first
and committed last. Every notice carries its transaction's number instead. The feed reads all visible notices
of transactions from `low` on, leaves out those it has delivered, and then lifts `low` to the oldest
transaction that was still running in the very same snapshot: everything below has ended, and was visible or
aborted. So a quick commit is delivered at once while an older one still runs, and that is not missed.
"""

from __future__ import annotations

import time
from datetime import UTC, date, datetime

import psycopg

from store.address import Address
from store.changes import CHANNEL, Change, Feed, Position, Topic, person_ids, terminal_ids
from store.database import POSTGRES_OPTIONS
from store.failures import translated

CATCH_UP_SECONDS = 30.0
"""Read the table at least this often even if nothing wakes us."""

EVERYTHING = Change(0, Topic.ROSTER, (), None, None, None, None)
"""Says to read everything again."""

SNAPSHOT = """
    SELECT n.id, n.txid, n.topic, n.terminal_ids, n.since, n.until, n.punch_lo, n.punch_hi,
        n.person_ids, n.first_day, n.last_day, s.low
    FROM (SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS low) AS s
    LEFT JOIN change_notices AS n
        ON n.txid >= coalesce(%(low)s::bigint, s.low) AND n.id <> ALL (%(seen)s::bigint[])
    ORDER BY n.id
"""
"""One statement, hence one snapshot: the notices and the oldest running transaction belong together."""

Row = tuple[
    int | None,
    int,
    str,
    str,
    datetime | None,
    datetime | None,
    int | None,
    int | None,
    str,
    date | None,
    date | None,
    int,
]


class PostgresFeed(Feed):
    """See `Feed`."""

    def __init__(self, address: Address, after: Position | None) -> None:
        self._address = address
        self._low = after.low if after else None
        self._seen: dict[int, int] = dict(after.seen) if after else {}
        self._connection: psycopg.Connection[Row] | None = None
        self._fetched = 0.0

    def position(self) -> Position:
        """See `Feed`."""
        try:
            with translated(self._address):
                low = self._start(self._connect())
        except BaseException:
            self.close()
            raise
        return Position(low, frozenset(self._seen.items()))

    def next(self, timeout: float) -> list[Change]:
        """See `Feed`."""
        deadline = time.monotonic() + timeout
        try:
            with translated(self._address):
                connection = self._connect()
                self._start(connection)
                woken = time.monotonic() - self._fetched >= CATCH_UP_SECONDS
                while True:
                    if woken:
                        changes = self._fetch(connection)
                        if changes:
                            return changes
                    now = time.monotonic()
                    if now >= deadline:
                        return []
                    wait = min(deadline, self._fetched + CATCH_UP_SECONDS) - now
                    woken = _wait(connection, max(0.0, wait)) or time.monotonic() < deadline
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """See `Feed`."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _connect(self) -> psycopg.Connection[Row]:
        if self._connection is None:
            keywords = POSTGRES_OPTIONS | self._address.conninfo
            connection = psycopg.connect(**keywords, autocommit=True)  # type: ignore[arg-type]
            self._connection = connection
            connection.execute(f"LISTEN {CHANNEL}")
            self._fetched = float("-inf")
        return self._connection

    def _start(self, connection: psycopg.Connection[Row]) -> int:
        if self._low is None:
            self._fetch(connection)
        assert self._low is not None
        return self._low

    def _fetch(self, connection: psycopg.Connection[Row]) -> list[Change]:
        parameters = {"low": self._low, "seen": list(self._seen)}
        rows = connection.execute(SNAPSHOT, parameters, prepare=True).fetchall()
        low = rows[0][-1]
        if self._low is not None and low < self._low:
            return self._begin_anew(connection)
        fresh = [row for row in rows if row[0] is not None]
        self._seen.update((row[0], row[1]) for row in fresh if row[0] is not None)
        self._seen = {number: txid for number, txid in self._seen.items() if txid >= low}
        self._low = low
        self._fetched = time.monotonic()
        return [change for change in map(_change, fresh) if change is not None]

    def _begin_anew(self, connection: psycopg.Connection[Row]) -> list[Change]:
        """The oldest running transaction only rises, so this is another server: a restored backup, a standby
        that took over. What was seen on the first means nothing here.
        """
        self._low, self._seen = None, {}
        self._fetch(connection)
        return [EVERYTHING]


def _wait(connection: psycopg.Connection[Row], seconds: float) -> bool:
    """Whether a notification came within `seconds`; all that are pending count as one."""
    return bool(list(connection.notifies(timeout=seconds, stop_after=1)))


def _change(row: Row) -> Change | None:
    number, _txid, topic, terminals, since, until, lo, hi, people, first, last, _low = row
    if number is None:
        return None
    return Change(
        id=number,
        topic=Topic(topic),
        terminal_ids=terminal_ids(terminals),
        since=since.astimezone(UTC) if since else None,
        until=until.astimezone(UTC) if until else None,
        punch_lo=lo,
        punch_hi=hi,
        person_ids=person_ids(people),
        first_day=first,
        last_day=last,
    )
