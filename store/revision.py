"""Whether a database is of this program's version."""

from __future__ import annotations

from sqlalchemy import Connection, inspect, text

from store.address import Address
from store.database import Database
from store.errors import MigrationNeeded
from store.schema import REVISION


def check(database: Database) -> None:
    """Raises `MigrationNeeded` with what to do when the database is missing, empty, older or newer; raises
    `StoreUnavailable` when it does not answer.
    """
    address = database.address
    if address.path is not None and not address.path.exists():
        raise MigrationNeeded(f"There is no database at {address.shown} yet: run `presensi migrate`.")
    with database.read() as connection:
        found = current(connection)
    if found == REVISION:
        return
    if found is None:
        raise MigrationNeeded(
            f"The database {address.shown} has no tables of Presensi yet: run `presensi migrate`."
        )
    from store.migrate import knows

    if not knows(found):
        raise newer(address, found)
    raise MigrationNeeded(
        f"The database {address.shown} is of an older version ({found}, this program needs {REVISION}): "
        "stop everything that uses it, make a backup, then run `presensi migrate`."
    )


def current(connection: Connection) -> str | None:
    """The revision that the database says it has; None when it has none."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return None if found is None else str(found)


def newer(address: Address, found: str) -> MigrationNeeded:
    """The error for a database that only a newer program knows."""
    return MigrationNeeded(
        f"The database {address.shown} is from a newer version of Presensi ({found}, this program knows "
        f"up to {REVISION}): install that version, or restore the backup made before it."
    )
