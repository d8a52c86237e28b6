"""What all tables share: their names' rules, the kind of their keys, the migration they belong to."""

from __future__ import annotations

from sqlalchemy import BigInteger, Integer, MetaData

REVISION = "0005"
"""The migration these tables belong to."""

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

Key = BigInteger().with_variant(Integer, "sqlite")
"""SQLite numbers rows by itself only in a column that is INTEGER to the letter."""
