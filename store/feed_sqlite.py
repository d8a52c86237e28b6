"""The change feed on SQLite: `PRAGMA data_version` says that somebody committed; ids are in commit order."""

from __future__ import annotations

import sqlite3
import time
from datetime import date

from store.address import Address
from store.changes import Change, Feed, Position, Topic, person_ids, terminal_ids
from store.database import sqlite_connection
from store.failures import translated
from store.moments import utc_moment

POLL_SECONDS = 0.02

LATEST = "SELECT coalesce(max(id), 0) FROM change_notices"
NEWER = """
    SELECT id, topic, terminal_ids, since, until, punch_lo, punch_hi,
        person_ids, first_day, last_day
    FROM change_notices WHERE id > ? ORDER BY id
"""

Row = tuple[int, str, str, int | None, int | None, int | None, int | None, str, str | None, str | None]


class SqliteFeed(Feed):
    """See `Feed`. Ids are in commit order because SQLite lets one writer in at a time."""

    def __init__(self, address: Address, after: Position | None) -> None:
        self._address = address
        self._last = after.low if after else None
        self._connection: sqlite3.Connection | None = None
        self._version = -1

    def position(self) -> Position:
        """See `Feed`."""
        try:
            with translated(self._address):
                return Position(self._start(self._connect()))
        except BaseException:
            self.close()
            raise

    def next(self, timeout: float) -> list[Change]:
        """See `Feed`. Looks every 20 ms whether another connection committed."""
        deadline = time.monotonic() + timeout
        try:
            with translated(self._address):
                connection = self._connect()
                last = self._start(connection)
                while True:
                    (version,) = connection.execute("PRAGMA data_version").fetchone()
                    if version != self._version:
                        rows: list[Row] = connection.execute(NEWER, (last,)).fetchall()
                        self._version = version
                        if rows:
                            self._last = rows[-1][0]
                            return [_change(row) for row in rows]
                    left = deadline - time.monotonic()
                    if left <= 0:
                        return []
                    time.sleep(min(POLL_SECONDS, left))
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """See `Feed`."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _connect(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = sqlite_connection(self._address)
            self._version = -1
        return self._connection

    def _start(self, connection: sqlite3.Connection) -> int:
        if self._last is None:
            (latest,) = connection.execute(LATEST).fetchone()
            self._last = int(latest)
        return self._last


def _change(row: Row) -> Change:
    number, topic, terminals, since, until, lo, hi, people, first, last = row
    return Change(
        id=number,
        topic=Topic(topic),
        terminal_ids=terminal_ids(terminals),
        since=None if since is None else utc_moment(since),
        until=None if until is None else utc_moment(until),
        punch_lo=lo,
        punch_hi=hi,
        person_ids=person_ids(people),
        first_day=None if first is None else date.fromisoformat(first),
        last_day=None if last is None else date.fromisoformat(last),
    )
