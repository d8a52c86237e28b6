"""The store: schema, migrations, one write path, change feed. The only importer of SQLAlchemy and psycopg."""

from store.errors import AddressInvalid, CursorMoved, MigrationNeeded, StoreError, StoreUnavailable
from store.store import Store, open_store

__all__ = [
    "AddressInvalid",
    "CursorMoved",
    "MigrationNeeded",
    "Store",
    "StoreError",
    "StoreUnavailable",
    "open_store",
]
