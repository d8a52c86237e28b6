"""Log cursors within a transaction: compare, then move."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict

from sqlalchemy import Connection, RowMapping, select

from attendance.ids import TerminalId
from attendance.terminal import LogCursor
from store.address import Dialect
from store.errors import StoreError
from store.schema import log_cursors, terminals
from store.upsert import upsert


def lock(connection: Connection, terminal_ids: Iterable[TerminalId]) -> dict[TerminalId, LogCursor]:
    """The cursors of these terminals; until the transaction ends nobody else may move or make them.

    The terminals' own rows are locked, since a terminal never read has no cursor to lock; in the order of
    their ids, so that two writers never wait for each other in a ring. Raises `StoreError` for an unknown
    terminal.
    """
    wanted = sorted(set(terminal_ids))
    known = set(
        connection.scalars(
            select(terminals.c.id)
            .where(terminals.c.id.in_(wanted))
            .order_by(terminals.c.id)
            .with_for_update(key_share=True)
        )
    )
    unknown = [number for number in wanted if number not in known]
    if unknown:
        raise StoreError(
            f"No terminal has the number {', '.join(map(str, unknown))}: read the terminals again."
        )
    query = select(log_cursors).where(log_cursors.c.terminal_id.in_(wanted))
    found = [cursor_from(row) for row in connection.execute(query).mappings()]
    return {cursor.terminal_id: cursor for cursor in found}


def save(connection: Connection, dialect: Dialect, cursors: Sequence[LogCursor]) -> None:
    """Put the cursors where they now stand."""
    if cursors:
        connection.execute(
            upsert(dialect, log_cursors, key="terminal_id"), [asdict(cursor) for cursor in cursors]
        )


def cursor_from(row: RowMapping) -> LogCursor:
    """A row of `log_cursors` as the domain knows it."""
    return LogCursor(
        terminal_id=TerminalId(row["terminal_id"]),
        generation=row["generation"],
        records_read=row["records_read"],
        overlap=bytes(row["overlap"]),
        stored=row["stored"],
        duplicates=row["duplicates"],
        quarantined=row["quarantined"],
    )
