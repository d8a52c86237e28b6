"""What is to be known of the ways in which a wall's process works."""

from __future__ import annotations

from config.sections import WallSettings

WAITS_TOGETHER = (
    "gevent on SQLite: while another program writes to the database, all walls wait together",
    'set [wall] workers = "threads", or use PostgreSQL',
)
"""What is wrong, and what to do."""


def waits_together(wall: WallSettings, dialect: str) -> bool:
    """Whether a database of this dialect holds all walls up while it is being written to."""
    return wall.workers == "gevent" and dialect == "sqlite"
