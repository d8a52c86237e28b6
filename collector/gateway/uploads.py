"""Pushed punches on their way into the store."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from attendance.people import Outage, OutageCause
from attendance.punch import Punch
from attendance.terminal import Terminal
from collector.clock_watch import OLDEST_CLOCK
from collector.doubt import impossible
from collector.gateway.misdated import Dating
from collector.gateway.proof import Question
from collector.ingest import Ingest
from collector.log_reader import UNKNOWN_LOSS
from collector.normalize import NO_OFFSET, Normalizer
from collector.offset import CORRECTED_FROM
from config.clock import Clock
from devices.driver import AttLogRecord, BadRecord
from store import Store, StoreError, StoreUnavailable
from store.punches import Ingest as Batch
from store.punches import Quarantined, Receipt
from store.reviews import PunchReview, ReviewReason

log = logging.getLogger(__name__)

Item = AttLogRecord | BadRecord

CLOCK_AHEAD_MOST = timedelta(days=1)
"""A punch dated further ahead is a damaged record, or of a dead clock: it says nothing of the others."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of an upload, all of it committed."""

    inserted: int
    old: int
    """How many more rows of the answer to a DATA QUERY it brought."""
    ahead: timedelta
    """How far ahead its newest punch shows the terminal's clock to be, at least."""
    newest: datetime | None
    """City time (aware) that its last punch shows."""
    misdated: bool
    """Some of it was dated by a clock that was wrong, nobody knows by how much."""
    dead: bool
    """That clock had no battery."""


class Uploads:
    """Brings what one terminal pushed into the store. For the event loop's thread."""

    def __init__(
        self,
        terminal: Terminal,
        store: Store,
        ingest: Ingest,
        clock: Clock,
        *,
        zone: ZoneInfo,
        clock_tolerance: timedelta,
    ) -> None:
        """`clock_tolerance`: a terminal's clock that changes by less misdates nobody."""
        self._terminal = terminal
        self._store = store
        self._ingest = ingest
        self._zone = zone
        self._clock = clock
        self._normalizer = Normalizer(terminal.id, zone)
        self._dating = Dating(clock_tolerance)
        self._asked: Question | None = None
        self._rows: Counter[object] = Counter()
        """What came since `_asked` of what it is about: how often at most in one upload."""

    async def take(
        self, items: Sequence[Item], most: int, asked: Question | None, through: datetime | None
    ) -> Taken:
        """Commit all items, `most` at a time; returns once they are. `asked`: they may be the answer to that
        DATA QUERY; `through`: the terminal had proved that it had sent all until then (city time, aware).

        Raises `StoreUnavailable`, or another `StoreError` when the store does not know the terminal.
        """
        received_at = self._clock.now()
        newest = next((item for item in reversed(items) if isinstance(item, AttLogRecord)), None)
        shown = None if newest is None else self._shown(newest)
        ahead = NO_OFFSET if shown is None else max(NO_OFFSET, shown - received_at)
        # Further ahead it is one damaged record, and no clock.
        changed = (
            shown is not None
            and ahead <= CLOCK_AHEAD_MOST
            and self._dating.changed(ahead, received_at - shown)
        )
        inserted = 0
        rows: Counter[object] = Counter()
        misdated: list[Punch] = []
        for start in range(0, len(items), most):
            batch = self._normalised(items[start : start + most], ahead, received_at)
            suspects = self._dating.misdated(batch.punches, through, received_at, in_order=asked is None)
            doubted = await self._new(batch.punches if changed else suspects)
            if doubted:
                batch = replace(batch, reviews=_marked(batch.reviews, doubted, received_at))
                await self._excuse(through or received_at - UNKNOWN_LOSS, received_at)
                misdated += doubted
            inserted += await self._commit(batch)
            if asked is not None:
                rows.update(_rows_of(batch, asked))
        old = self._answering(rows, asked)
        dead = any(punch.device_time < OLDEST_CLOCK for punch in misdated)
        return Taken(inserted, old, ahead, shown, bool(misdated), dead)

    def _answering(self, rows: Counter[object], asked: Question | None) -> int:
        """How many of an upload's rows are more of the answer. One that comes again, not acknowledged before,
        brings none.
        """
        if asked is not self._asked:
            self._asked, self._rows = asked, Counter()
        before = self._rows.total()
        self._rows |= rows
        return self._rows.total() - before

    async def _new(self, suspects: Sequence[Punch]) -> list[Punch]:
        """Those that the store does not hold: what comes again tells nothing of the clock."""
        if not suspects:
            return []
        times = [punch.device_time for punch in suspects]
        held = await asyncio.to_thread(
            self._store.file_imports.held, self._terminal.id, min(times), max(times)
        )
        return [punch for punch in suspects if (punch.pin, punch.device_time) not in held]

    async def _excuse(self, since: datetime, until: datetime) -> None:
        """Let nobody answer for that time. Before the commit: killed in between, the punches come again and
        are still new.
        """
        log.warning(
            "%s: its clock was wrong or changed, and punches came with impossible times; nobody is called "
            "absent or late for want of punches between %s and %s.",
            self._name,
            since.isoformat(timespec="seconds"),
            until.isoformat(timespec="seconds"),
        )
        outage = Outage(self._terminal.id, OutageCause.CLOCK_WRONG, since, until, "gateway")
        await self._ingest.call(partial(self._store.facts.note_outage, outage))

    def _normalised(self, items: Sequence[Item], ahead: timedelta, received_at: datetime) -> Batch:
        """A clock ahead makes people late who were not. That it is ahead, the newest punch proves: nothing is
        recorded after it was received. That it is behind nothing proves, for a push may come late.
        """
        self._normalizer.offset = ahead if CORRECTED_FROM < ahead <= CLOCK_AHEAD_MOST else NO_OFFSET
        normalised = self._normalizer.pushed(items, received_at)
        return Batch(
            terminal_id=self._terminal.id,
            punches=normalised.punches,
            quarantine=normalised.quarantine,
            reviews=impossible(normalised.punches, received_at, self._clock.rate),
        )

    async def _commit(self, batch: Batch) -> int:
        """How many were new. Raises `StoreError`."""
        try:
            return (await self._ingest.accept(batch)).inserted
        except StoreUnavailable:
            raise
        except StoreError as error:
            # Refused for ever, the terminal would send it again for ever, and nothing after it.
            log.error("%s: the store refuses an upload, its punches go in singly: %s", self._name, error)
            return await self._commit_singly(batch)

    async def _commit_singly(self, batch: Batch) -> int:
        receipts = [await self._accept_one(punch, batch) for punch in batch.punches]
        if batch.quarantine:
            await self._ingest.accept(Batch(self._terminal.id, (), quarantine=batch.quarantine))
        return sum(receipt.inserted for receipt in receipts)

    async def _accept_one(self, punch: Punch, batch: Batch) -> Receipt:
        key = (punch.pin, punch.device_time)
        reviews = [review for review in batch.reviews if (review.pin, review.device_time) == key]
        try:
            return await self._ingest.accept(Batch(self._terminal.id, [punch], reviews=reviews))
        except StoreUnavailable:
            raise
        except StoreError as error:
            raw = repr(punch).encode()
            bad = Quarantined(self._terminal.id, -1, raw, f"refused by the store: {error}", punch.received_at)
            return await self._ingest.accept(Batch(self._terminal.id, (), quarantine=[bad]))

    def _shown(self, record: AttLogRecord) -> datetime:
        """City time, aware, that the terminal's clock showed."""
        return record.device_time.replace(tzinfo=self._zone)

    @property
    def _name(self) -> str:
        return f"{self._terminal.name} ({self._terminal.serial})"


def _rows_of(batch: Batch, asked: Question) -> Iterator[object]:
    """What of it the question was about: recorded since its start, and before it was asked."""
    for punch in batch.punches:
        if punch.at < asked.sent_at and (asked.start is None or punch.device_time >= asked.start):
            yield punch.pin, punch.device_time
    for bad in batch.quarantine:
        yield bad.raw


def _marked(
    marks: Sequence[PunchReview], doubted: Sequence[Punch], received_at: datetime
) -> list[PunchReview]:
    """The marks, and one for each doubted punch that has none."""
    marked = {(mark.pin, mark.device_time) for mark in marks}
    more = {(one.pin, one.device_time): one for one in doubted if (one.pin, one.device_time) not in marked}
    return [
        *marks,
        *(
            PunchReview(
                one.terminal_id,
                one.pin,
                one.device_time,
                ReviewReason.CLOCK_JUMPED,
                "The terminal's clock was wrong, or changed, when it was recorded.",
                received_at,
            )
            for one in more.values()
        ),
    ]
