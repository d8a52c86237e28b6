"""Takes errands from the store and has them done, each by the tasks of the terminals it concerns.

An errand is claimed before it is begun and ended together with its line in the audit log. A collector killed
in between leaves it claimed: the next one queues it once more, if it may be done twice, because every change
is proved and one that stands already changes nothing; otherwise, or when it is interrupted again, the errand
ends as failed and says so. Never is half a change left behind without a word.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol, TypeVar

from attendance.ids import SerialNumber, TerminalId
from attendance.terminal import Terminal
from collector.administration import Place, Tools, audit_line, carry_out
from collector.errands import (
    CopyUser,
    ErrandRefused,
    Expired,
    Failed,
    Interrupted,
    Report,
    Task,
    decode,
    encode_outcome,
)
from collector.surroundings import Surroundings
from collector.vitals import fault_of
from devices.driver import Target
from devices.errors import DeviceError
from store import StoreError, StoreUnavailable
from store.errands import Errand, ErrandState

log = logging.getLogger(__name__)

T = TypeVar("T")

PATIENCE: Final = timedelta(minutes=10)
"""An errand that waited longer for a collector is not begun: whoever asked has gone."""
KEPT: Final = timedelta(days=7)
"""How long a finished errand is kept; the audit log keeps its line for ever."""
RETRY_SECONDS: Final = 1.0
"""Real seconds between attempts to tell a store that is away."""


class Performer(Protocol):
    """A terminal's task."""

    async def perform(self, work: Callable[[Target], Awaitable[T]]) -> T:
        """See `collector.session`."""
        ...


Followed = Mapping[TerminalId, tuple[Terminal, Performer]]


class ErrandDesk:
    """One per collector, in its event loop."""

    def __init__(self, shared: Surroundings, followed: Callable[[], Followed]) -> None:
        """`followed`: the terminals that this collector follows now."""
        self._shared = shared
        self._followed = followed
        self._table = shared.store.errands
        self._tools = Tools(shared.clock, shared.zone, shared.load_driver, shared.store, shared.ingest.call)
        self._tasks: dict[TerminalId, asyncio.Task[None]] = {}

    async def recover(self) -> None:
        """Take up what a collector left that was killed. Raises `StoreError`."""
        now = datetime.now(UTC)
        await self._shared.ingest.call(lambda: self._table.prune(now - KEPT))
        followed = self._followed()
        for errand in await self._shared.ingest.call(lambda: self._table.recover(list(followed))):
            if errand.again:
                await self._end(errand, followed[errand.terminal_id][0], Interrupted("twice"))

    async def look(self) -> None:
        """Begin what is queued; one errand a terminal at a time. Call it every second."""
        followed = self._followed()
        free = [number for number in followed if number not in self._tasks]
        try:
            taken = await self._shared.ingest.call(lambda: self._table.take(free, datetime.now(UTC)))
        except StoreUnavailable as error:
            log.debug("Errands cannot be looked for now: %s", error)
            return
        for errand in taken:
            self._tasks[errand.terminal_id] = asyncio.create_task(
                self._run(errand, followed[errand.terminal_id][0]), name=f"errand {errand.id}"
            )

    async def close(self) -> None:
        """Stop. What is not done is taken up by the next collector."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    async def _run(self, errand: Errand, terminal: Terminal) -> None:
        try:
            outcome: Report | Exception
            try:
                outcome = await self._carry_out(errand)
            except Exception as error:
                outcome = error
            await self._end(errand, terminal, outcome)
        finally:
            self._tasks.pop(errand.terminal_id, None)

    async def _carry_out(self, errand: Errand) -> Report:
        task = decode(errand.kind, errand.arguments)
        if errand.again and not task.repeatable:
            raise Interrupted("it is not done twice")
        if not errand.again and datetime.now(UTC) - errand.created_at > PATIENCE:
            raise Expired(f"asked for at {errand.created_at:%Y-%m-%d %H:%M:%S} UTC")
        source = self._place_of(task.source) if isinstance(task, CopyUser) else None
        return await carry_out(
            task,
            self._place(errand.terminal_id),
            self._tools,
            source=source,
            dry_run=errand.dry_run,
            again=errand.again,
            progress=_Progress(self, errand.id),
        )

    def _place_of(self, serial: SerialNumber) -> Place:
        for number, (terminal, _) in self._followed().items():
            if terminal.serial == serial:
                return self._place(number)
        raise ErrandRefused(f"no terminal {serial} is followed by this collector")

    def _place(self, number: TerminalId) -> Place:
        found = self._followed().get(number)
        if found is None:
            raise ErrandRefused("this collector does not follow it any more")
        terminal, performer = found
        return Place(terminal.place, terminal.driver, performer.perform, number)

    async def tell(self, errand_id: int, done: int, total: int) -> None:
        """Save how far an errand is; that it cannot be saved now does no harm."""
        try:
            await self._shared.ingest.call(lambda: self._table.progress(errand_id, done, total))
        except StoreError as error:
            log.debug("The progress of errand %d is not saved: %s", errand_id, error)

    async def _end(self, errand: Errand, terminal: Terminal, outcome: Report | Exception) -> None:
        state, said, text = ErrandState.DONE, "done", ""
        if isinstance(outcome, Exception):
            fault = fault_of(outcome)
            state, said = ErrandState.FAILED, f"failed: {fault.code}"
            detail = str(outcome) if isinstance(outcome, DeviceError) else fault.detail
            text = encode_outcome(Failed(fault.code, detail, fault.action))
            if fault.code == "Defect":
                log.error("Errand %d: %s", errand.id, fault.action, exc_info=outcome)
        else:
            text = encode_outcome(outcome)
        log.info("%s (%s): %s for %s: %s.", terminal.name, terminal.serial, errand.kind, errand.actor, said)
        line = audit_line(
            _task_of(errand),
            terminal.place,
            terminal.serial,
            said,
            actor=errand.actor,
            dry_run=errand.dry_run,
            at=self._shared.clock.now(),
        )
        while True:
            try:
                await self._shared.ingest.call(
                    lambda: self._table.finish(errand, state, text, at=datetime.now(UTC), audit=line)
                )
            except StoreUnavailable:
                await asyncio.sleep(RETRY_SECONDS)
            except StoreError as error:
                log.error("The store refuses the end of errand %d: %s", errand.id, error)
                return
            else:
                return


class _Progress:
    """Saves the newest progress of one errand; what comes while it is being saved is told afterwards."""

    def __init__(self, desk: ErrandDesk, errand_id: int) -> None:
        self._desk = desk
        self._errand_id = errand_id
        self._newest: tuple[int, int] | None = None
        self._saving: asyncio.Task[None] | None = None

    def __call__(self, done: int, total: int) -> None:
        self._newest = (done, total)
        if self._saving is None or self._saving.done():
            self._saving = asyncio.create_task(self._save())

    async def _save(self) -> None:
        while self._newest is not None:
            (done, total), self._newest = self._newest, None
            await self._desk.tell(self._errand_id, done, total)


def _task_of(errand: Errand) -> Task:
    """For the audit log: what nobody understands any more is named by its kind alone."""
    try:
        return decode(errand.kind, errand.arguments)
    except ErrandRefused:
        return Task()
