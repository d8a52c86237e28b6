"""Pushed punches on their way into the store."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from attendance.punch import Punch
from attendance.terminal import Terminal
from collector.doubt import impossible
from collector.ingest import Ingest
from collector.normalize import NO_OFFSET, Normalizer
from collector.offset import CORRECTED_FROM
from config.clock import Clock
from devices.driver import AttLogRecord, BadRecord
from store import StoreError, StoreUnavailable
from store.punches import Ingest as Batch
from store.punches import Quarantined, Receipt

log = logging.getLogger(__name__)

Item = AttLogRecord | BadRecord

CLOCK_AHEAD_MOST = timedelta(days=1)
"""A punch dated further ahead is a damaged record, or of a dead clock: it says nothing of the others."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of an upload, all of it committed."""

    inserted: int
    old: int
    """Its punches from before the moment that was asked about."""
    ahead: timedelta
    """How far ahead its newest punch shows the terminal's clock to be, at least."""
    newest: datetime | None
    """City time (aware) that its last punch shows."""


class Uploads:
    """Brings what one terminal pushed into the store. For the event loop's thread."""

    def __init__(self, terminal: Terminal, ingest: Ingest, zone: ZoneInfo, clock: Clock) -> None:
        self._terminal = terminal
        self._ingest = ingest
        self._zone = zone
        self._clock = clock
        self._normalizer = Normalizer(terminal.id, zone)

    async def take(self, items: Sequence[Item], most: int, asked_at: datetime | None) -> Taken:
        """Commit all items, `most` at a time; returns once they are. `asked_at`: city time, aware.

        Raises `StoreUnavailable`, or another `StoreError` when the store does not know the terminal.
        """
        received_at = self._clock.now()
        newest = next((item for item in reversed(items) if isinstance(item, AttLogRecord)), None)
        shown = None if newest is None else self._shown(newest)
        ahead = NO_OFFSET if shown is None else max(NO_OFFSET, shown - received_at)
        inserted = old = 0
        for start in range(0, len(items), most):
            batch = self._normalised(items[start : start + most], ahead, received_at)
            inserted += await self._commit(batch)
            if asked_at is not None:
                old += sum(punch.at < asked_at for punch in batch.punches) + len(batch.quarantine)
        return Taken(inserted, old, ahead, shown)

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
