"""Terminals that push: which ones ever called the gateway, who may, and what they are asked to do.

The gateway writes what it saw of them; a person decides (`approve`, `refuse`), in another process. Neither
overwrites what is the other's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, Row, RowMapping, func, insert, select, update

from attendance.ids import SerialNumber
from attendance.terminal import PUSH_DRIVER, Follow, Terminal
from store.changes import ChangeLog, Notice, Topic
from store.database import Database
from store.errors import StoreError
from store.schema import push_commands, push_registrations, terminals, units
from store.terminals import terminal_from
from store.upsert import upsert

MOST_WAITING = 50
"""Commands that may wait for one terminal."""


class PushState(StrEnum):
    """What was decided about a terminal that calls."""

    PENDING = "pending"
    APPROVED = "approved"
    REFUSED = "refused"


class CommandState(StrEnum):
    """What became of a command."""

    QUEUED = "queued"
    SENT = "sent"
    DONE = "done"
    FAILED = "failed"
    TIMED_OUT = "timed_out"


@dataclass(frozen=True, slots=True)
class PushRegistration:
    """A terminal that called the gateway. Moments aware, UTC, city time."""

    serial: SerialNumber
    state: PushState
    network: str | None
    """The only one it may call from, as CIDR; None: any."""
    address: str
    """Where it last called from; empty: it never did."""
    firmware: str | None
    push_version: str | None
    device_type: str | None
    attlog_stamp: str | None
    """The terminal's own word of how far it has sent its punches; never interpreted."""
    operlog_stamp: str | None
    first_seen_at: datetime
    last_seen_at: datetime


@dataclass(frozen=True, slots=True)
class PushCommand:
    """Something a terminal is asked to do."""

    id: int
    serial: SerialNumber
    command: str
    actor: str
    state: CommandState
    created_at: datetime
    sent_at: datetime | None
    answered_at: datetime | None
    return_code: int | None


class PushTable:
    """Raises `StoreUnavailable`; `StoreError` for what cannot be decided or asked."""

    def __init__(self, database: Database, changes: ChangeLog) -> None:
        self._database = database
        self._changes = changes

    def registrations(self) -> list[PushRegistration]:
        """Every terminal that ever called, in the order of their serial numbers."""
        query = select(push_registrations).order_by(push_registrations.c.serial)
        with self._database.read() as connection:
            return [_registration(row) for row in connection.execute(query).mappings()]

    def note_seen(self, rows: Sequence[PushRegistration]) -> None:
        """Save what was seen of these terminals; `state` and `network` only of one not known yet."""
        if not rows:
            return
        decided = ("state", "network", "first_seen_at")
        statement = upsert(self._database.dialect, push_registrations, key="serial", keep=decided)
        with self._database.write() as connection:
            connection.execute(statement, [asdict(row) | {"state": row.state.value} for row in rows])

    def approve(
        self,
        serial: SerialNumber,
        *,
        unit_code: str | None,
        name: str | None,
        network: str | None,
        at: datetime,
        district: str | None = None,
    ) -> Terminal:
        """Let the terminal push, from `network` only if given, else from where it was allowed before; `at` is
        city time, aware.

        One that is not registered yet is, with `name`, at the unit `unit_code`; one that the collector called
        so far is no longer called. Raises `StoreError` when a new one lacks either, or the unit is unknown.
        """
        with self._database.write() as connection:
            this = terminals.c.serial == serial
            known = connection.scalar(select(terminals.c.id).where(this)) is not None
            values: dict[str, object] = {"driver": PUSH_DRIVER, "active": True}
            if name is not None:
                values["name"] = name
            if district is not None:
                values["district"] = district
            if unit_code is not None:
                values["unit_id"] = _unit(connection, unit_code)
            if known:
                connection.execute(update(terminals).where(this).values(values))
            elif name is None or unit_code is None:
                raise StoreError(f"{serial} is not registered: say its unit and its name.")
            else:
                values |= {"serial": serial, "address": "", "port": 0, "follow": Follow.LIVE.value}
                connection.execute(insert(terminals).values(interval=None, registered_at=at, **values))
            self._decide(connection, serial, PushState.APPROVED, network, at)
            row = connection.execute(select(terminals).where(this)).mappings().one()
            self._changes.post(connection, [Notice(Topic.ROSTER)])
            return terminal_from(row)

    def network(self, serial: SerialNumber) -> str | None:
        """The only network (CIDR) the terminal may call from; None: any."""
        query = select(push_registrations.c.network).where(push_registrations.c.serial == serial)
        with self._database.read() as connection:
            found: str | None = connection.scalar(query)
            return found

    def refuse(self, serial: SerialNumber, *, at: datetime) -> None:
        """Let the terminal push no longer; it stays registered, and its network known. `at` is city time,
        aware.
        """
        with self._database.write() as connection:
            self._decide(connection, serial, PushState.REFUSED, None, at)

    def ask(self, serial: SerialNumber, command: str, actor: str, at: datetime) -> int:
        """Queue a command for the terminal's next call, and give its number. `at` is city time, aware.

        Raises `StoreError` when the terminal never called, or too many commands wait for it already.
        """
        waiting = (push_commands.c.serial == serial) & (push_commands.c.state == CommandState.QUEUED.value)
        with self._database.write() as connection:
            if not self._known(connection, serial):
                raise StoreError(f"{serial} never called the gateway.")
            if connection.execute(select(func.count()).where(waiting)).scalar_one() >= MOST_WAITING:
                raise StoreError(f"{MOST_WAITING} commands wait for {serial} already.")
            values = {"serial": serial, "command": command, "actor": actor, "created_at": at}
            query = insert(push_commands).values(state=CommandState.QUEUED.value, **values)
            return int(connection.execute(query.returning(push_commands.c.id)).scalar_one())

    def command(self, number: int) -> PushCommand | None:
        """The command with this number."""
        with self._database.read() as connection:
            row = connection.execute(select(push_commands).where(push_commands.c.id == number)).first()
            return None if row is None else _command(row)

    def queued(self) -> list[PushCommand]:
        """All commands that wait to be sent, oldest first."""
        query = select(push_commands).where(push_commands.c.state == CommandState.QUEUED.value)
        with self._database.read() as connection:
            return [_command(row) for row in connection.execute(query.order_by(push_commands.c.id))]

    def note_sent(self, numbers: Sequence[int], at: datetime) -> list[int]:
        """These commands are about to be sent, at city time `at`; those of them that still waited."""
        if not numbers:
            return []
        waiting = push_commands.c.id.in_(numbers) & (push_commands.c.state == CommandState.QUEUED.value)
        query = update(push_commands).where(waiting).values(state=CommandState.SENT.value, sent_at=at)
        with self._database.write() as connection:
            return sorted(connection.scalars(query.returning(push_commands.c.id)))

    def note_answered(self, serial: SerialNumber, number: int, code: int | None, at: datetime) -> bool:
        """The terminal answered a command at city time `at`. False: it has no such command open, or not it.

        An answer after the time-out counts all the same; a negative code, or none, is a failure.
        """
        state = CommandState.DONE if code is not None and code >= 0 else CommandState.FAILED
        unanswered = push_commands.c.state.in_([CommandState.SENT.value, CommandState.TIMED_OUT.value])
        own = (push_commands.c.id == number) & (push_commands.c.serial == serial)
        query = update(push_commands).where(own & unanswered)
        values = {"state": state.value, "answered_at": at, "return_code": code}
        with self._database.write() as connection:
            return connection.execute(query.values(values)).rowcount == 1

    def time_out(self, sent_before: datetime) -> int:
        """Give up the commands sent before that moment (aware) and not answered; how many there were."""
        late = (push_commands.c.state == CommandState.SENT.value) & (push_commands.c.sent_at < sent_before)
        query = update(push_commands).where(late).values(state=CommandState.TIMED_OUT.value)
        with self._database.read() as connection:
            if connection.scalar(select(push_commands.c.id).where(late).limit(1)) is None:
                return 0
        with self._database.write() as connection:
            return connection.execute(query).rowcount

    def _decide(
        self,
        connection: Connection,
        serial: SerialNumber,
        state: PushState,
        network: str | None,
        at: datetime,
    ) -> None:
        decision = {"state": state.value} | ({} if network is None else {"network": network})
        if self._known(connection, serial):
            query = update(push_registrations).where(push_registrations.c.serial == serial)
            connection.execute(query.values(decision))
            return
        seen = {"serial": serial, "address": "", "first_seen_at": at, "last_seen_at": at}
        connection.execute(insert(push_registrations).values(seen | decision))

    def _known(self, connection: Connection, serial: SerialNumber) -> bool:
        query = select(push_registrations.c.serial).where(push_registrations.c.serial == serial)
        return connection.scalar(query) is not None


def _unit(connection: Connection, code: str) -> int:
    number = connection.scalar(select(units.c.id).where(units.c.code == code))
    if number is None:
        raise StoreError(f"No unit has the code {code}.")
    return int(number)


def _registration(row: RowMapping) -> PushRegistration:
    return PushRegistration(
        serial=SerialNumber(row["serial"]),
        state=PushState(row["state"]),
        network=row["network"],
        address=row["address"],
        firmware=row["firmware"],
        push_version=row["push_version"],
        device_type=row["device_type"],
        attlog_stamp=row["attlog_stamp"],
        operlog_stamp=row["operlog_stamp"],
        first_seen_at=row["first_seen_at"],
        last_seen_at=row["last_seen_at"],
    )


def _command(row: Row[tuple[object, ...]]) -> PushCommand:
    return PushCommand(
        id=row.id,
        serial=SerialNumber(row.serial),
        command=row.command,
        actor=row.actor,
        state=CommandState(row.state),
        created_at=row.created_at,
        sent_at=row.sent_at,
        answered_at=row.answered_at,
        return_code=row.return_code,
    )
