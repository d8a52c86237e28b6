"""INSERT … ON CONFLICT, which SQLAlchemy spells once per engine."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite

from store.address import Dialect


def upsert(
    dialect: Dialect, table: Table, *, key: str, keep: Collection[str] = ()
) -> postgresql.Insert | sqlite.Insert:
    """Insert a row of `table`, or overwrite the one with the same `key`, all but its columns `keep`."""
    overwritten = [column.name for column in table.c if column.name != key and column.name not in keep]
    if dialect == "postgresql":
        into_postgres = postgresql.insert(table)
        return into_postgres.on_conflict_do_update(
            index_elements=[key], set_={name: into_postgres.excluded[name] for name in overwritten}
        )
    into_sqlite = sqlite.insert(table)
    return into_sqlite.on_conflict_do_update(
        index_elements=[key], set_={name: into_sqlite.excluded[name] for name in overwritten}
    )


def insert_missing(dialect: Dialect, table: Table) -> postgresql.Insert | sqlite.Insert:
    """Insert a row of `table`, or leave the one that is there."""
    if dialect == "postgresql":
        return postgresql.insert(table).on_conflict_do_nothing()
    return sqlite.insert(table).on_conflict_do_nothing()
