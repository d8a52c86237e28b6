"""The collector's own way from a terminal to the store, without its timetable."""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from attendance.terminal import LogCursor, Terminal
from collector.bulk_gate import BulkGate
from collector.doubt import Doubts
from collector.ingest import Ingest
from collector.log_reader import LogReader
from collector.normalize import Normalizer
from config.clock import SystemClock
from devices.driver import Driver, Session, Target
from store import Store

T = TypeVar("T")

ZONE = ZoneInfo("Asia/Jakarta")
BULK_READS = 4
"""As many full reads at once as the collector's settings allow by default."""
SINCE_LAST = timedelta(seconds=30)
"""City time between two visits of a sweep."""


async def tend(waiting: Awaitable[T], *, needs_line: bool = False) -> T:
    """Wait, with nothing else to look after."""
    return await waiting


class Visits:
    """Visits terminals as a polling collector does: connect, identify, count, read the news, commit, EXIT."""

    def __init__(self, store: Store, driver: Driver) -> None:
        """Create it inside the running event loop; `close` it there too."""
        self._store = store
        self._driver = driver
        self._ingest = Ingest(store)
        self._gate = BulkGate(BULK_READS)
        self._clock = SystemClock()

    async def open(self, terminal: Terminal) -> Session:
        """A session with the terminal."""
        target = Target(terminal.address, terminal.port, expected_serial=terminal.serial)
        return await self._driver.open(target)

    async def read(self, session: Session, terminal: Terminal, cursor: LogCursor | None) -> int:
        """Bring what follows `cursor` into the store; how many punches were new there."""
        reader = LogReader(
            terminal=terminal,
            cursor=cursor,
            reload_cursor=lambda: self._store.terminals.cursors().get(terminal.id),
            declare=self._store.facts.note_outage,
            ingest=self._ingest,
            gate=self._gate,
            normalizer=Normalizer(terminal.id, ZONE),
            doubts=Doubts(ZONE),
            clock=self._clock,
        )
        counts = await session.counts()
        if reader.covers(counts, SINCE_LAST):
            return 0
        return (await reader.catch_up(session, counts, None, tend)).inserted

    async def visit(self, terminal: Terminal, cursor: LogCursor | None) -> int:
        """The whole visit; how many punches were new."""
        session = await self.open(terminal)
        try:
            return await self.read(session, terminal, cursor)
        finally:
            await session.close()

    async def close(self) -> None:
        """End the writer."""
        await self._ingest.close()
