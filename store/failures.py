"""From the vendors' errors to ours: one clear sentence with what to do, and never a password."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from store.address import Address
from store.errors import StoreError, StoreUnavailable

SQLITE_HINTS = (
    ("locked", "is locked by another process that does not let go: end that process, or wait"),
    ("full", "cannot grow, the disk is full: free some space"),
    (
        "unable to open",
        "cannot be opened: check that its directory exists and that this user may write there",
    ),
    ("readonly", "cannot be written: check the permissions of the file and of its directory"),
    ("read-only", "cannot be written: check the permissions of the file and of its directory"),
    ("not a database", "is not a database: correct store.url, or restore it from a backup"),
    ("malformed", "is damaged: restore it from a backup"),
    (
        "disk i/o",
        "cannot be read or written, the disk fails: check the disk, then restore from a backup if needed",
    ),
)

POSTGRES_HINTS = (
    (
        "password authentication failed",
        "refuses the password: correct the file that store.password_file names",
    ),
    ("no password supplied", "wants a password: name a file that holds it in store.password_file"),
    ("no pg_hba.conf entry", "does not let this user in from here: add a line to its pg_hba.conf"),
    ("too many", "has no connection left: raise its max_connections, or end what holds them"),
    (
        "remaining connection slots",
        "has no connection left: raise its max_connections, or end what holds them",
    ),
    ("no space left", "is full: free some space on its disk"),
    ("read-only transaction", "is read-only, perhaps a standby: point store.url to the primary"),
    ("lock timeout", "holds a lock too long: end the transaction that holds it"),
    ("deadlock", "found two writers waiting for each other and let this one go: it will be tried again"),
    ("permission denied", "does not allow this user to use the tables: grant it, or let it own the database"),
    ("could not translate host", "has a host name that nobody knows: correct store.url"),
    ("failed to resolve host", "has a host name that nobody knows: correct store.url"),
)


GONE = (
    sqlite3.DatabaseError,
    psycopg.OperationalError,
    psycopg.InterfaceError,
    psycopg.errors.ReadOnlySqlTransaction,
    psycopg.errors.InsufficientPrivilege,
)
"""SQLite reports even a damaged file as the base class of them all, hence the exceptions in `REFUSED`."""

REFUSED = (
    sqlite3.IntegrityError,
    sqlite3.ProgrammingError,
    sqlite3.DataError,
    sqlite3.NotSupportedError,
    psycopg.IntegrityError,
)


def describe(error: BaseException, address: Address) -> str:
    """One sentence: what is wrong with the database, and what to do."""
    reason = str(error).lower()
    if address.dialect == "sqlite":
        for word, sentence in SQLITE_HINTS:
            if word in reason:
                return f"The database {address.shown} {sentence}."
        return f"The database {address.shown} cannot be used: {_first_line(error)}."
    if "does not exist" in reason:
        missing = "user" if "role" in reason else "database"
        tool = "createuser" if missing == "user" else "createdb"
        return (
            f"The PostgreSQL server has no such {missing}: {address.shown}: "
            f"create it with {tool}, or correct store.url."
        )
    for word, sentence in POSTGRES_HINTS:
        if word in reason:
            return f"The PostgreSQL database {address.shown} {sentence}."
    return (
        f"The PostgreSQL database {address.shown} does not answer: "
        "start the server, or correct host and port in store.url."
    )


@contextmanager
def translated(address: Address) -> Iterator[None]:
    """Let no error of SQLAlchemy, sqlite3 or psycopg out: raises `StoreUnavailable`, or `StoreError` when the
    database is well and refuses what was asked.
    """
    try:
        yield
    except (DBAPIError, PoolTimeout, sqlite3.Error, psycopg.Error) as error:
        raise _translate(error, address) from error


def _translate(error: Exception, address: Address) -> StoreError:
    if isinstance(error, PoolTimeout):
        return StoreUnavailable(f"All connections to {address.shown} are in use: try again.")
    original = (error.orig or error) if isinstance(error, DBAPIError) else error
    cut_off = isinstance(error, DBAPIError) and error.connection_invalidated
    if cut_off or (isinstance(original, GONE) and not isinstance(original, REFUSED)):
        return StoreUnavailable(describe(original, address))
    return StoreError(f"The database refuses this: {_first_line(original)}.")


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__
