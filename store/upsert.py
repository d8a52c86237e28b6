"""INSERT … ON CONFLICT, which SQLAlchemy spells once per engine."""

from __future__ import annotations

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite

from store.address import Dialect


def upsert(dialect: Dialect, table: Table, *, key: str) -> postgresql.Insert | sqlite.Insert:
    """Insert a row of `table`, or overwrite the one with the same `key`."""
    if dialect == "postgresql":
        into_postgres = postgresql.insert(table)
        return into_postgres.on_conflict_do_update(
            index_elements=[key],
            set_={
                column.name: into_postgres.excluded[column.name] for column in table.c if column.name != key
            },
        )
    into_sqlite = sqlite.insert(table)
    return into_sqlite.on_conflict_do_update(
        index_elements=[key],
        set_={column.name: into_sqlite.excluded[column.name] for column in table.c if column.name != key},
    )


def insert_missing(dialect: Dialect, table: Table) -> postgresql.Insert | sqlite.Insert:
    """Insert a row of `table`, or leave the one that is there."""
    if dialect == "postgresql":
        return postgresql.insert(table).on_conflict_do_nothing()
    return sqlite.insert(table).on_conflict_do_nothing()
