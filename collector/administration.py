"""Carries out what is asked of a terminal, wherever that is done: in the collector, or beside none."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar
from zoneinfo import ZoneInfo

from attendance.ids import TerminalId
from attendance.terminal import LogCursor
from collector.clock_setting import Move, decide, local, set_right
from collector.errands import (
    AddUser,
    CopyUser,
    DeleteUser,
    ErrandRefused,
    ListUsers,
    Report,
    Restart,
    SetTime,
    ShowMessage,
    Task,
    TestVoice,
    UpdateUser,
)
from collector.offset import CORRECTED_FROM, Measurement, measure
from config.clock import Clock
from devices.driver import AttLogRecord, Driver, LogPosition, Session, Target
from devices.errors import ClockBehindLog, LogDiscontinuity
from devices.zk.administrator import Administrator, NewUser, Person, Steps, UserChanges
from store import Store
from store.audit import AuditLine

T = TypeVar("T")
Progress = Callable[[int, int], None]
"""Steps done, and of how many."""


class Reach(Protocol):
    """Lets work be done at one terminal when nobody else has a session with it."""

    async def __call__(self, work: Callable[[Target], Awaitable[T]]) -> T:
        """What `work` gives; raises what it raises."""
        ...


class AskStore(Protocol):
    """Runs a use of the store, which blocks."""

    async def __call__(self, job: Callable[[], T]) -> T:
        """What `job` gives; raises what it raises."""
        ...


@dataclass(frozen=True, slots=True)
class Place:
    """A terminal to be administered."""

    shown: str
    """Its address, for the audit log."""
    driver: str
    reach: Reach
    terminal_id: TerminalId | None
    """None: it is not registered."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What carrying out needs besides the terminal."""

    clock: Clock
    zone: ZoneInfo
    load_driver: Callable[[str], Driver]
    store: Store | None
    """None: there is no database."""
    ask_store: AskStore


async def carry_out(
    task: Task,
    place: Place,
    tools: Tools,
    *,
    source: Place | None = None,
    dry_run: bool = False,
    again: bool = False,
    progress: Progress = lambda _done, _total: None,
) -> Report:
    """Do it, or with `dry_run` say what would be done.

    `source`: where a copied user comes from. `again`: an attempt before was interrupted and may have done it.
    Raises `DeviceError`; `StoreError` when setting a clock needs to know what is recorded.
    """
    match task:
        case ListUsers():
            return Report(users=tuple(await place.reach(lambda at: Administrator(at, place.driver).users())))
        case CopyUser():
            if source is None:
                raise ErrandRefused("the terminal to copy from is not known")
            return Report(await _copy(task, source, place, dry_run=dry_run, progress=progress))
        case SetTime():
            return Report(await _set_time(task, place, tools, dry_run=dry_run))
        case _:
            return Report(
                await place.reach(
                    lambda at: _simple(task, Administrator(at, place.driver), dry_run=dry_run, again=again)
                )
            )


def audit_line(
    task: Task, place: str, serial: str | None, outcome: str, *, actor: str, dry_run: bool, at: datetime
) -> AuditLine:
    """What the audit log says of it: `outcome` is "done", or "failed: " and why. `at`: city time, aware."""
    parts = [place, task.about, "dry run" if dry_run else "", outcome]
    detail = ", ".join(part for part in parts if part)
    return AuditLine(actor, task.action, f"terminal:{serial or place}", detail, at)


async def _simple(task: Task, admin: Administrator, *, dry_run: bool, again: bool) -> Steps:
    match task:
        case AddUser(pin, name, privilege, card):
            return await admin.add_user(NewUser(pin, name, privilege, card), dry_run=dry_run)
        case UpdateUser(pin, new_name, new_privilege, new_card):
            changes = UserChanges(new_name, new_privilege, new_card)
            return await admin.update_user(pin, changes, dry_run=dry_run)
        case DeleteUser(pin):
            return await admin.delete_user(pin, dry_run=dry_run, gone_is_done=again)
        case ShowMessage(line, text):
            return await admin.show_message(line, text, dry_run=dry_run)
        case Restart():
            if not dry_run:
                await admin.restart()
            return ("restart the terminal",)
        case TestVoice():
            if not dry_run:
                await admin.voice_test()
            return ('let the terminal say "thank you"',)
        case _:
            raise ErrandRefused(type(task).__name__)


async def _copy(task: CopyUser, source: Place, place: Place, *, dry_run: bool, progress: Progress) -> Steps:
    """Read at the one, then write at the other: neither waits in a session for the other's turn."""
    read = 0

    def reading(done: int, total: int) -> None:
        nonlocal read
        read = total
        progress(done, 2 * total)

    def writing(done: int, total: int) -> None:
        progress(read + done, read + total)

    person: Person = await source.reach(
        lambda at: Administrator(at, source.driver).read_person(task.pin, reading)
    )
    return await place.reach(
        lambda at: Administrator(at, place.driver).write_person(
            person, over=task.over, dry_run=dry_run, progress=writing
        )
    )


async def _set_time(task: SetTime, place: Place, tools: Tools, *, dry_run: bool) -> Steps:
    async def work(target: Target) -> Steps:
        session = await tools.load_driver(place.driver).open(target)
        try:
            return await _set_in_session(session)
        finally:
            await session.close()

    async def _set_in_session(session: Session) -> Steps:
        found = await measure(session, tools.clock, tools.zone)
        last = None if task.over_recorded else await _last_recorded(session, found, place, tools)
        decision = decide(found, last, tools.zone, tolerance=CORRECTED_FROM)
        if decision.move is Move.NOTHING:
            return (f"the clock is right, {found.offset.seconds:+.0f} s",)
        if decision.move is Move.WAIT:
            raise ClockBehindLog(f"a punch is recorded at {last:%Y-%m-%d %H:%M:%S}")
        if not dry_run:
            await set_right(session, tools.clock, tools.zone)
        return (f"set the clock, which was {found.offset.seconds:+.0f} s off",)

    return await place.reach(work)


async def _last_recorded(session: Session, found: Measurement, place: Place, tools: Tools) -> datetime | None:
    """The latest recorded time (naive) between city time and what the clock shows: from the store, and from
    what the terminal's log holds beyond that.
    """
    here = local(found.at, tools.zone)
    if found.shown < here:
        return None
    known: list[datetime] = []
    cursor: LogCursor | None = None
    store, terminal_id = tools.store, place.terminal_id
    if store is not None and terminal_id is not None:
        stored = await tools.ask_store(lambda: store.punches.last_recorded(terminal_id, here, found.shown))
        known += [] if stored is None else [stored]
        cursor = (await tools.ask_store(store.terminals.cursors)).get(terminal_id)
    position = None if cursor is None else LogPosition(cursor.records_read, cursor.overlap)
    whole = False
    while not whole:
        try:
            read = await session.read_log(position)
        except LogDiscontinuity:
            position = None
            continue
        known += [item.device_time for item in read.items if isinstance(item, AttLogRecord)]
        whole = read.first_index + len(read.items) >= read.total or not read.items
        position = read.position_after(len(read.items))
    return max((moment for moment in known if here <= moment <= found.shown), default=None)
