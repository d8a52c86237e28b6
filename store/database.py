"""One database, SQLite or PostgreSQL: its connections, and what a transaction is.

SQLite: WAL; one writer at a time, queued by a lock within a process and by BEGIN IMMEDIATE between processes.
PostgreSQL: readers see one snapshot for the whole of a `read`.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event, func, select

from store.address import Address
from store.failures import translated

BUSY_SECONDS = 5.0
"""How long a SQLite writer waits for another process's transaction."""

CONNECT_SECONDS = 5
LOCK_SECONDS = 10

POSTGRES_OPTIONS: dict[str, str | int] = {
    "connect_timeout": CONNECT_SECONDS,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
    "application_name": "presensi",
    "options": f"-c lock_timeout={LOCK_SECONDS}s -c timezone=UTC",
}
"""A server that vanished without a word is noticed within about fifteen seconds."""


class Database:
    """Thread-safe. Everything inside `read` and `write` may raise `StoreError` subclasses only."""

    def __init__(self, address: Address, *, create: bool = False, durable: bool = False) -> None:
        """`durable`: what is committed outlives a power cut, on SQLite too, where each commit then waits for
        the disk. Without it a power cut takes back the last commits there, whole ones, in order.
        """
        self.address = address
        self.dialect = address.dialect
        self.engine = _sqlite_engine(address, create, durable) if address.path else _postgres_engine(address)
        snapshot = {"isolation_level": "REPEATABLE READ"} if self.dialect == "postgresql" else {}
        self._reader = self.engine.execution_options(**snapshot)
        self._writer = self.engine.execution_options(writes=True)
        self._queue = threading.Lock()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that sees one state of the database throughout, and writes nothing."""
        with translated(self.address), self._reader.begin() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction: committed at the end of the block, rolled back when an exception leaves it."""
        with ExitStack() as stack:
            stack.enter_context(translated(self.address))
            if self.dialect == "sqlite":
                stack.enter_context(self._queue)
            yield stack.enter_context(self._writer.begin())

    def now(self) -> datetime | None:
        """What time it is by the clock of the database's server, aware; None: a file has none of its own."""
        if self.dialect != "postgresql":
            return None
        with self.read() as connection:
            found: datetime = connection.scalars(select(func.clock_timestamp())).one()
        return found

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def sqlite_connection(address: Address, *, create: bool = False, durable: bool = False) -> sqlite3.Connection:
    """A connection of its own to the SQLite file, in WAL mode. A missing file is an error unless `create`.
    `durable`: see `Database`.
    """
    assert address.path is not None
    mode = "rwc" if create else "rw"
    connection = sqlite3.connect(
        f"file:{quote(str(address.path.absolute()))}?mode={mode}",
        uri=True,
        timeout=BUSY_SECONDS,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
        connection.execute("PRAGMA foreign_keys = ON")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _sqlite_engine(address: Address, create: bool, durable: bool) -> Engine:
    engine = create_engine(
        address.url,
        creator=lambda: sqlite_connection(address, create=create, durable=durable),
        hide_parameters=True,
    )

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _postgres_engine(address: Address) -> Engine:
    extra = {key: value for key, value in POSTGRES_OPTIONS.items() if key not in address.url.query}
    return create_engine(
        address.url,
        connect_args=extra,
        hide_parameters=True,
        pool_pre_ping=True,
        pool_size=4,
        max_overflow=12,
        pool_timeout=10,
    )
