"""Bringing a database to this program's version, with Alembic and without any ini file."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from store.address import Address, parse
from store.database import Database
from store.errors import StoreUnavailable
from store.revision import current, newer
from store.schema import REVISION

MIGRATION_LOCK = 7_302_017
"""Number of the PostgreSQL advisory lock under which one process at a time migrates."""


def migrate(url: str, *, password_file: Path | None = None) -> str:
    """Bring the database at `url` to the newest revision and return that; a SQLite file and its directory are
    made if missing, a PostgreSQL database is not. All steps happen, or none.

    Raises `AddressInvalid`, `StoreUnavailable`, and `MigrationNeeded` for a database from a newer version.
    """
    address = parse(url, password_file)
    if address.path is not None:
        try:
            address.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreUnavailable(
                f"The directory {address.path.parent} cannot be made: make it, or correct store.url."
            ) from error
    database = Database(address, create=True)
    try:
        with database.write() as connection:
            upgrade(connection, address)
    finally:
        database.close()
    return REVISION


def upgrade(connection: Connection, address: Address) -> None:
    """Migrate up to the newest revision, in the caller's transaction."""
    if address.dialect == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": MIGRATION_LOCK})
    found = current(connection)
    if found is not None and not knows(found):
        raise newer(address, found)
    command.upgrade(_config(connection), "head")


def downgrade(connection: Connection, revision: str) -> None:
    """Migrate down to `revision`, or to "base", in the caller's transaction; newer tables are lost."""
    command.downgrade(_config(connection), revision)


def knows(revision: str) -> bool:
    """Whether this program has a migration of that name."""
    return any(script.revision == revision for script in scripts().walk_revisions())


def scripts() -> ScriptDirectory:
    """The migrations in `store/migrations/versions`."""
    return ScriptDirectory.from_config(_config(None))


def _config(connection: Connection | None) -> Config:
    config = Config()
    here = str(Path(__file__).parent / "migrations")
    config.set_main_option("script_location", here.replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
