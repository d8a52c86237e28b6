"""Punches on their way into the store: one writer thread that commits together what came from all terminals.

There is no spool. While the store is away, log reads wait here with their sessions (the terminal is the
write-ahead log) and a bounded number of live events is kept; those beyond it are dropped, because the log
read that follows brings them all the same.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar, cast

from store import Store, StoreUnavailable
from store.punches import Ingest as Batch
from store.punches import Receipt

log = logging.getLogger(__name__)

T = TypeVar("T")

COMMIT_PUNCHES = 5_000
"""Punches of log reads that one commit takes together, if more than one terminal's batch waits."""
LIVE_COMMIT_PUNCHES = 500
"""The same for a commit that also takes live punches."""
WAITING_PUNCHES = 60_000
"""From this many waiting punches of log reads on, `accept` makes its callers wait."""
LIVE_PUNCHES = 10_000
"""Live punches that may wait for a store that is away."""
RETRY_FIRST, RETRY_MOST = 0.1, 2.0
"""Seconds between attempts to write to a store that is away."""
DRAIN_SECONDS = 5.0
"""How long closing waits for what is still queued."""


@dataclass(eq=False, slots=True)
class _Entry:
    batch: Batch
    answer: asyncio.Future[Receipt] | None
    """None for live events: nobody waits for them."""


@dataclass(eq=False, slots=True)
class _Call(Generic[T]):
    job: Callable[[], T]
    answer: asyncio.Future[T]


class Ingest:
    """The only writer of this process. Create it inside the running event loop; close it there too."""

    def __init__(self, store: Store) -> None:
        self.live_dropped = 0
        """Live punches not kept while the store was away; the log brings them."""
        self.inserted = 0
        """Punches new to the store since the start."""
        self._store = store
        self._loop = asyncio.get_running_loop()
        self._work = threading.Condition()
        self._live: deque[_Entry] = deque()
        self._logs: deque[_Entry] = deque()
        self._calls: deque[_Call[object]] = deque()
        self._live_waiting = 0
        self._logs_waiting = 0
        self._logs_left = False
        self._room = asyncio.Event()
        self._closing = False
        self._away_since: float | None = None
        self._thread = threading.Thread(target=self._write, name="store-writer", daemon=True)
        self._thread.start()

    @property
    def away(self) -> bool:
        """Whether the store did not take the last commit; it is tried again by itself."""
        return self._away_since is not None

    @property
    def waiting_punches(self) -> int:
        """Punches of log reads that wait to be committed."""
        return self._logs_waiting

    async def accept(self, batch: Batch) -> Receipt:
        """Bring the batch into the store and say what became of it, once it is committed.

        Waits for as long as the store is away. Raises `CursorMoved` or another `StoreError` when the store
        refuses the batch, `StoreUnavailable` only when this process is closing.
        """
        while self._logs_waiting and self._logs_waiting + len(batch.punches) > WAITING_PUNCHES:
            self._room.clear()
            await self._room.wait()
        answer: asyncio.Future[Receipt] = self._loop.create_future()
        with self._work:
            if self._closing:
                raise StoreUnavailable("The collector is stopping.")
            self._logs.append(_Entry(batch, answer))
            self._logs_waiting += len(batch.punches)
            self._work.notify()
        return await answer

    def offer(self, batch: Batch) -> bool:
        """Bring live punches into the store soon, without waiting. False: too many wait, they are dropped."""
        with self._work:
            if self._closing or self._live_waiting + len(batch.punches) > LIVE_PUNCHES:
                self.live_dropped += len(batch.punches)
                return False
            self._live.append(_Entry(batch, None))
            self._live_waiting += len(batch.punches)
            self._work.notify()
        return True

    async def call(self, job: Callable[[], T]) -> T:
        """Run another use of the store on the writer thread, between two commits; raises what it raises."""
        answer: asyncio.Future[T] = self._loop.create_future()
        with self._work:
            if self._closing:
                raise StoreUnavailable("The collector is stopping.")
            self._calls.append(cast("_Call[object]", _Call(job, answer)))
            self._work.notify()
        return await answer

    async def close(self) -> None:
        """Commit what is queued if the store lets us, within `DRAIN_SECONDS`, and end the thread."""
        with self._work:
            self._closing = True
            self._work.notify()
        await asyncio.to_thread(self._thread.join, DRAIN_SECONDS)

    def _write(self) -> None:
        pause = RETRY_FIRST
        while True:
            with self._work:
                while not (self._live or self._logs or self._calls or self._closing):
                    self._work.wait()
                if self._closing and not (self._live or self._logs or self._calls):
                    return
                calls = list(self._calls)
                self._calls.clear()
                entries = self._take()
            for call in calls:
                self._run(call)
            if not entries:
                continue
            waited = sum(len(entry.batch.punches) for entry in entries)
            try:
                self._commit(entries)
            except StoreUnavailable as error:
                self._note_away(error)
                if not self._put_back(entries, error):
                    return
                with self._work:
                    self._work.wait_for(lambda: self._closing, pause)
                pause = min(RETRY_MOST, pause * 2)
            else:
                self._note_back(waited)
                pause = RETRY_FIRST

    def _take(self) -> list[_Entry]:
        """What the next commit holds; the lock is held.

        Live punches go with small batches only, so that the wall never waits for thousands of old records;
        and every other commit goes to the large batches that were left for it.
        """
        entries: list[_Entry] = []
        if not (self._logs_left and self._logs):
            entries += self._live
            self._live.clear()
        room = LIVE_COMMIT_PUNCHES if entries else COMMIT_PUNCHES
        taken = 0
        while self._logs and (not entries or taken + len(self._logs[0].batch.punches) <= room):
            entry = self._logs.popleft()
            taken += len(entry.batch.punches)
            entries.append(entry)
        self._logs_left = not self._logs_left and bool(self._logs)
        return entries

    def _put_back(self, entries: list[_Entry], error: StoreUnavailable) -> bool:
        """Let the entries be tried again; False when we are closing: then they are given up."""
        with self._work:
            self._live.extendleft(reversed([entry for entry in entries if entry.answer is None]))
            self._logs.extendleft(reversed([entry for entry in entries if entry.answer is not None]))
            if not self._closing:
                return True
            given_up = [*self._logs]
            calls = list(self._calls)
        for entry in given_up:
            self._refuse(entry, error)
        for call in calls:
            self._deliver(_raising(call.answer, error))
        return False

    def _commit(self, entries: list[_Entry]) -> None:
        """Write all in one transaction; if the store refuses one of them, each in its own."""
        try:
            receipts = self._store.punches.append([entry.batch for entry in entries])
        except StoreUnavailable:
            raise
        except Exception as error:
            if len(entries) == 1:
                self._settle(entries)
                self._refuse(entries[0], error)
                return
            while entries:
                self._commit(entries[:1])
                del entries[0]
            return
        self.inserted += sum(receipt.inserted for receipt in receipts)
        answers = list(zip(entries, receipts, strict=True))

        def answer() -> None:
            for entry, receipt in answers:
                if entry.answer is not None and not entry.answer.done():
                    entry.answer.set_result(receipt)

        self._settle(entries, answer)

    def _settle(self, entries: list[_Entry], answer: Callable[[], None] = lambda: None) -> None:
        """These no longer wait, whatever became of them: `answer` says it to those who wait for it."""
        with self._work:
            for entry in entries:
                if entry.answer is None:
                    self._live_waiting -= len(entry.batch.punches)
                else:
                    self._logs_waiting -= len(entry.batch.punches)

        def deliver() -> None:
            # Waking the event loop is what costs: once for both.
            self._room.set()
            answer()

        self._deliver(deliver)

    def _refuse(self, entry: _Entry, error: Exception) -> None:
        if entry.answer is not None:
            self._deliver(_raising(entry.answer, error))
        else:
            log.error(
                "The store refuses %d live punches of terminal %d, its log will bring them: %s",
                len(entry.batch.punches),
                entry.batch.terminal_id,
                error,
            )

    def _run(self, call: _Call[object]) -> None:
        try:
            result = call.job()
        except Exception as error:
            self._deliver(_raising(call.answer, error))
            return

        def deliver() -> None:
            if not call.answer.done():
                call.answer.set_result(result)

        self._deliver(deliver)

    def _deliver(self, callback: Callable[[], object]) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(callback)

    def _note_away(self, error: StoreUnavailable) -> None:
        if self._away_since is None:
            self._away_since = time.monotonic()
            log.warning("The store is away, punches wait in the terminals and here: %s", error)

    def _note_back(self, waited: int) -> None:
        if self._away_since is not None:
            log.info(
                "The store is back after %.0f s; %d punches waited here.",
                time.monotonic() - self._away_since,
                waited,
            )
            self._away_since = None


def _raising(answer: asyncio.Future[T], error: Exception) -> Callable[[], None]:
    def deliver() -> None:
        if not answer.done():
            answer.set_exception(error)

    return deliver
