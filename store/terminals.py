"""Terminals: which there are, how far each has been read, and how each is doing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime

from sqlalchemy import Connection, RowMapping, func, select, update

from attendance.ids import SerialNumber, TerminalId, UnitId
from attendance.terminal import UNCALLED_DRIVERS, Follow, LogCursor, Terminal, TerminalHealth
from store.audit import AuditLine, note
from store.changes import ChangeLog, Notice, Topic
from store.cursors import cursor_from
from store.database import Database
from store.errors import StoreError
from store.schema import collector_heartbeat, log_cursors, punches, terminal_health, terminals
from store.upsert import upsert

HEALTH_FIELDS = tuple(field.name for field in fields(TerminalHealth))


@dataclass(frozen=True, slots=True)
class Move:
    """The new address of a terminal that was found there."""

    serial: SerialNumber
    address: str
    port: int


class TerminalTable:
    """Raises `StoreUnavailable`; `StoreError` for health of an unknown terminal."""

    def __init__(self, database: Database, changes: ChangeLog) -> None:
        self._database = database
        self._changes = changes

    def list(self, *, active_only: bool = True) -> list[Terminal]:
        """The registered terminals, in the order of their ids."""
        query = select(terminals).order_by(terminals.c.id)
        if active_only:
            query = query.where(terminals.c.active)
        with self._database.read() as connection:
            return [terminal_from(row) for row in connection.execute(query).mappings()]

    def by_serial(self, serial: SerialNumber) -> Terminal | None:
        """The terminal with that serial number, active or not."""
        with self._database.read() as connection:
            row = connection.execute(select(terminals).where(terminals.c.serial == serial)).mappings().first()
            return None if row is None else terminal_from(row)

    def move(self, moves: Sequence[Move], *, actor: str, at: datetime) -> None:
        """Correct the addresses of terminals found elsewhere, with a line in the audit log for each, in one
        transaction: two may have changed places. `at` is city time, aware.

        Raises `StoreError` when a serial is not registered, or two that are called would share an address.
        """
        with self._database.write() as connection:
            for move in moves:
                _move(connection, move, actor, at)
            for move in moves:
                holders = connection.scalars(
                    select(terminals.c.serial).where(
                        terminals.c.address == move.address,
                        terminals.c.port == move.port,
                        terminals.c.driver.not_in(UNCALLED_DRIVERS),
                    )
                ).all()
                if len(holders) > 1:
                    raise StoreError(
                        f"{move.address} would be the address of {' and '.join(sorted(holders))}: nothing "
                        "was changed. Find the other one first."
                    )
            self._changes.post(connection, [Notice(Topic.ROSTER)])

    def logs_begin(self, after: datetime) -> dict[TerminalId, tuple[datetime, datetime | None]]:
        """When each terminal registered after `after` (aware) was registered, and its first punch; both
        aware, UTC. A terminal of which nobody knows when it was registered is not in it.
        """
        first = select(func.min(punches.c.at)).where(punches.c.terminal_id == terminals.c.id)
        query = select(terminals.c.id, terminals.c.registered_at, first.scalar_subquery()).where(
            terminals.c.registered_at > after
        )
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return {TerminalId(number): (registered, punched) for number, registered, punched in rows}

    def cursors(self) -> dict[TerminalId, LogCursor]:
        """How far each terminal's log has been read; a terminal never read is not in it."""
        with self._database.read() as connection:
            found = [cursor_from(row) for row in connection.execute(select(log_cursors)).mappings()]
        return {cursor.terminal_id: cursor for cursor in found}

    def health(self) -> dict[TerminalId, TerminalHealth]:
        """The last known health of each terminal; one never tried is not in it."""
        with self._database.read() as connection:
            return _health(connection.execute(select(terminal_health)).mappings().all())

    def save_health(self, rows: Sequence[TerminalHealth]) -> None:
        """Save, and post one notice that lists the terminals whose row differs from the saved one; rows that
        say nothing new are not written at all.
        """
        if not rows:
            return
        wanted = [row.terminal_id for row in rows]
        query = select(terminal_health).where(terminal_health.c.terminal_id.in_(wanted))
        with self._database.write() as connection:
            known = _health(connection.execute(query).mappings().all())
            changed = sorted(
                (row for row in rows if known.get(row.terminal_id) != row), key=lambda row: row.terminal_id
            )
            if not changed:
                return
            statement = upsert(self._database.dialect, terminal_health, key="terminal_id")
            connection.execute(statement, [asdict(row) for row in changed])
            ids = tuple(dict.fromkeys(row.terminal_id for row in changed))
            self._changes.post(connection, [Notice(Topic.TERMINAL, ids)])

    def note_collector_alive(self, at: datetime) -> None:
        """The collector lives, at city time `at` (aware). No notice: whoever cares asks."""
        with self._database.write() as connection:
            statement = upsert(self._database.dialect, collector_heartbeat, key="id")
            connection.execute(statement, {"id": 1, "at": at})

    def collector_alive(self) -> datetime | None:
        """City time (aware, UTC) of the collector's last sign of life; None: it never ran."""
        with self._database.read() as connection:
            return connection.scalar(select(collector_heartbeat.c.at))


def _move(connection: Connection, move: Move, actor: str, at: datetime) -> None:
    one = terminals.c.serial == move.serial
    found = connection.execute(select(terminals).where(one)).first()
    if found is None:
        raise StoreError(f"No terminal {move.serial} is registered: nothing was changed.")
    connection.execute(update(terminals).where(one).values(address=move.address, port=move.port))
    detail = f"from {found.address}:{found.port} to {move.address}:{move.port}"
    note(connection, AuditLine(actor, "terminal.moved", f"terminal:{move.serial}", detail, at))


def terminal_from(row: RowMapping) -> Terminal:
    """A row of `terminals` as the domain knows it."""
    return Terminal(
        id=TerminalId(row["id"]),
        serial=SerialNumber(row["serial"]),
        name=row["name"],
        unit_id=UnitId(row["unit_id"]),
        address=row["address"],
        port=row["port"],
        driver=row["driver"],
        follow=Follow(row["follow"]),
        interval=row["interval"],
        active=row["active"],
        district=row["district"],
    )


def _health(rows: Sequence[RowMapping]) -> dict[TerminalId, TerminalHealth]:
    return {
        TerminalId(row["terminal_id"]): TerminalHealth(**{name: row[name] for name in HEALTH_FIELDS})
        for row in rows
    }
