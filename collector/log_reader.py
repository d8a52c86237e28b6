"""Brings one terminal's log into the store, from where the cursor stands to the log's end."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from attendance.people import Outage, OutageCause
from attendance.punch import Punch
from attendance.terminal import LogCursor, Terminal
from collector.bulk_gate import BulkGate, Tend
from collector.count_ledger import CountLedger, Look
from collector.doubt import Doubts, impossible, tolerated, turns_back, undatable_since
from collector.ingest import Ingest
from collector.normalize import SLACK, Normalizer
from config.clock import Clock
from devices.driver import LogCounts, LogPosition, LogRead, Session
from devices.errors import LogDiscontinuity, LogIncomplete, UnexpectedReply
from store import CursorMoved
from store.punches import Ingest as Batch

log = logging.getLogger(__name__)

COMMIT_RECORDS = 5_000
"""Records of one commit: a killed collector goes on from the last, and live events pass in between."""
ATTEMPTS = 3
"""How often a read is begun anew because the cursor turned out to have moved."""
PUNCH_PAUSE = timedelta(seconds=1)
"""A terminal takes hardly more than one finger in this city time, so a log needs it for each record."""
MISDATED = timedelta(minutes=10)
"""A new record this much older than the last read, or younger than now, was dated by a wrong clock."""
PIECE_PAUSE = 0.6
"""Real seconds between two pieces of a slow line's log, spent listening: people go on punching meanwhile."""
UNKNOWN_LOSS = timedelta(days=1)
"""How far back a lost log is held to reach where nobody knows through when it had been read."""

WHAT_HAPPENED = {
    OutageCause.LOG_LOST: "its log was cleared before it was read",
    OutageCause.CLOCK_WRONG: "its clock was wrong, and punches came with impossible times",
}


@dataclass(frozen=True, slots=True)
class Caught:
    """What a read brought."""

    through: datetime
    """City time (aware) at which the read began: every earlier punch of this terminal is in the store."""
    inserted: int
    seconds: float
    """Real seconds the terminal was busy with it."""


@dataclass(slots=True)
class _Read:
    """One log read, or one piece of it."""

    through: datetime
    seconds: float
    inserted: int = 0
    made: list[datetime] = field(default_factory=list)
    """Moments (aware) of the records in it, as far as they could be read."""
    whole: bool = True
    """False: the terminal held more records when this piece was read."""


def is_full(counts: LogCounts) -> bool:
    """Whether a terminal's log holds as many records as it can."""
    records, capacity = counts.records, counts.records_capacity
    return records is not None and capacity is not None and records >= capacity


class LogReader:
    """Knows how far one terminal's log is in the store. `cursor` is what the store last confirmed."""

    def __init__(
        self,
        *,
        terminal: Terminal,
        cursor: LogCursor | None,
        reload_cursor: Callable[[], LogCursor | None],
        declare: Callable[[Outage], None],
        ingest: Ingest,
        gate: BulkGate,
        normalizer: Normalizer,
        doubts: Doubts,
        clock: Clock,
        caught_up: bool = False,
        ledger: CountLedger | None = None,
    ) -> None:
        """`caught_up`: the cursor stood at the log's end when the terminal was last read. `ledger`: what its
        counts are known to be worth; a new one knows nothing.
        """
        self.cursor = cursor
        self._caught_up = caught_up
        self._last_made: datetime | None = None
        self._terminal = terminal
        self._reload_cursor = reload_cursor
        self._declare = declare
        self._ingest = ingest
        self._gate = gate
        self._normalizer = normalizer
        self._doubts = doubts
        self._clock = clock
        self._counts = ledger or CountLedger()

    def covers(self, counts: LogCounts, elapsed: timedelta | None) -> bool:
        """Whether these counts prove that nothing is left to read.

        `elapsed`: city time since they last did; None: unknown, or the city clock was set back. An unknown
        count proves nothing, nor one that was not yet seen to follow the log, nor a full log's: it may turn
        over without growing. An unchanged one proves it only as long as a log cleared meanwhile cannot have
        grown back to it.
        """
        if self.cursor is None or counts.records is None or elapsed is None:
            return False
        if is_full(counts) or not self._counts.proves(counts.records, self.cursor.records_read):
            return False
        return timedelta() <= elapsed < counts.records * PUNCH_PAUSE

    async def catch_up(
        self,
        session: Session,
        counts: LogCounts,
        not_before: datetime | None,
        tend: Tend,
        *,
        anew: bool = False,
    ) -> Caught:
        """Read what the cursor does not cover and commit it; the log whole where it is another log.

        `not_before`: the moment (aware) through which this log was already read, if it was. `anew` reads the
        log whole, as a new generation, wherever the cursor stands. Raises `DeviceError` when the terminal
        fails or keeps records back, `StoreError` when the store refuses.
        """
        if not_before is not None and not_before > self._clock.now():
            not_before = None  # The city clock was set back.
        attempts = ATTEMPTS
        asked = self._clock.now()
        inserted, seconds, made = 0, 0.0, list[datetime]()
        while True:
            try:
                read = await self._read(session, counts, not_before, tend, anew)
            except CursorMoved:
                attempts -= 1
                if not attempts:
                    raise
                self.cursor = await tend(self._ingest.call(self._reload_cursor))
                continue
            inserted, seconds = inserted + read.inserted, seconds + read.seconds
            made += read.made
            if read.whole:
                self._weigh(counts, asked, made)
                self._caught_up = True
                return Caught(read.through, inserted, seconds)
            anew = False
            await tend(asyncio.sleep(PIECE_PAUSE))

    def _weigh(self, counts: LogCounts, asked: datetime, made: list[datetime]) -> None:
        """Raises `LogIncomplete` when less was read than there was before the read: what is missing may be
        anybody's punch, so the read vouches for nobody, though what it brought is kept.
        """
        held = 0 if self.cursor is None else self.cursor.records_read
        if counts.records is None:
            return
        if self._counts.note(Look(asked, counts.records, held), made):
            log.warning(
                "%s (%s): it counts %d records more than its log holds, and always the same: believed.",
                self._terminal.name,
                self._terminal.serial,
                self._counts.surplus,
            )
        if self._counts.missing(counts.records, held):
            raise LogIncomplete(f"{held} of {counts.records}", terminal=self._terminal.serial)

    async def _read(
        self, session: Session, counts: LogCounts, not_before: datetime | None, tend: Tend, anew: bool
    ) -> _Read:
        cursor, replaced = self.cursor, False
        if cursor is not None and not anew:
            left = None if counts.records is None else counts.records - cursor.records_read
            async with self._gate.place(0 if left is None else left, tend):
                through, begun = self._clock.now(), time.monotonic()
                try:
                    read = await session.read_log(LogPosition(cursor.records_read, cursor.overlap))
                except LogDiscontinuity as found:
                    replaced = True
                    log.log(
                        logging.DEBUG if is_full(counts) else logging.WARNING,
                        "%s (%s): its log is another one than before (%s): reading it whole, generation %d.",
                        self._terminal.name,
                        self._terminal.serial,
                        found.detail or found.code,
                        cursor.generation + 1,
                    )
                else:
                    if read.first_index != cursor.records_read:
                        raise UnexpectedReply(
                            f"log read from record {read.first_index}, asked from {cursor.records_read}",
                            terminal=self._terminal.serial,
                        )
                    seconds = time.monotonic() - begun
                    fresh_from = 0 if self._caught_up else len(read.items)
                    return await self._commit(
                        read,
                        cursor.generation,
                        not_before,
                        tend,
                        _Read(through, seconds),
                        fresh_from=fresh_from,
                    )
        async with self._gate.place(counts.records, tend):
            through, begun = self._clock.now(), time.monotonic()
            read = await session.read_log(None)
            seconds = time.monotonic() - begun
            generation = 1 if cursor is None else cursor.generation + 1
            fresh_from = len(read.items)
            if cursor is not None and replaced:
                known = _known_records(read, cursor)
                if known is None:
                    since = not_before or through - UNKNOWN_LOSS
                    await self._declare_outage(OutageCause.LOG_LOST, since, through, tend)
                elif self._caught_up:
                    fresh_from = known
            self._caught_up = False
            return await self._commit(
                read, generation, not_before, tend, _Read(through, seconds), fresh_from=fresh_from
            )

    async def _declare_outage(self, cause: OutageCause, since: datetime, until: datetime, tend: Tend) -> None:
        """Punches made after `since` are lost or misdated, and nobody is to answer for that.

        Before the commit of what was read: killed in between, the next read finds it again.
        """
        log.warning(
            "%s (%s): between %s and %s %s; nobody is called absent or late for want of those punches.",
            self._terminal.name,
            self._terminal.serial,
            since.isoformat(timespec="seconds"),
            until.isoformat(timespec="seconds"),
            WHAT_HAPPENED[cause],
        )
        outage = Outage(self._terminal.id, cause, since, until, "collector")
        await tend(self._ingest.call(lambda: self._declare(outage)))

    async def _commit(
        self,
        read: LogRead,
        generation: int,
        not_before: datetime | None,
        tend: Tend,
        done: _Read,
        *,
        fresh_from: int,
    ) -> _Read:
        """Commit part by part, each with the cursor that belongs to it.

        `not_before`: the moment (aware) through which this log was read before, if it was; records from
        `fresh_from` on are known not to be older. Raises `UnexpectedReply` for a piece without a record:
        reading on would never end.
        """
        count = len(read.items)
        done.whole = read.first_index + count >= read.total
        if not count and not done.whole:
            raise UnexpectedReply(f"no record of {read.total}", terminal=self._terminal.serial)
        begun = self.cursor is not None and self.cursor.generation == generation
        if begun and not count:
            return done
        for start, stop in _parts(count, fresh_from):
            known_to = not_before if start >= fresh_from else None
            now = self._clock.now()
            normalised = self._normalizer.log(read, start, stop, now, known_to)
            rate = self._clock.rate
            punches = self._doubts.dated(normalised.punches, now)
            first = generation == 1 and not self._caught_up
            doubted_since = self._doubted_since(punches, known_to, now, rate, first=first)
            if begun and known_to is None and rate and impossible(punches, now, rate):
                # Not caught up when the collector was killed: these records are new, or have waited long.
                doubted_since = doubted_since or not_before
            if doubted_since is not None:
                await self._declare_outage(OutageCause.CLOCK_WRONG, doubted_since, now, tend)
            position = read.position_after(stop)
            batch = Batch(
                terminal_id=self._terminal.id,
                punches=punches,
                cursor=LogCursor(
                    self._terminal.id, generation, position.records_read, position.overlap, 0, 0, 0
                ),
                quarantine=normalised.quarantine,
                expected=self.cursor,
                reviews=self._doubts.marks(punches, now, fresh=known_to is not None, rate=rate),
            )
            receipt = await tend(self._ingest.accept(batch))
            self.cursor = receipt.cursor
            done.inserted += receipt.inserted
            done.made += [punch.at for punch in punches]
            if punches:
                self._last_made = punches[-1].at
        return done

    def _doubted_since(
        self,
        punches: Sequence[Punch],
        not_before: datetime | None,
        now: datetime,
        rate: float,
        *,
        first: bool,
    ) -> datetime | None:
        """Since when (aware) a wrong clock misdated some of these punches, or may have; None: it did not.
        `first`: nobody has read this log before.
        """
        if not_before is not None and rate:
            earliest, latest = not_before - tolerated(MISDATED, rate), now + MISDATED
            if any(not earliest <= punch.at <= latest for punch in punches):
                return not_before
            if turns_back(punches, self._last_made, tolerated(SLACK, rate)):
                return not_before
        if not_before is not None and self._doubts.misdated(punches, not_before, now):
            return not_before
        if self._doubts.ambiguous(punches, now):
            return not_before or self._doubts.since
        if not_before is None and first:
            return undatable_since(punches, self._normalizer.offset, self._normalizer.zone, now)
        return None


def _known_records(read: LogRead, cursor: LogCursor) -> int | None:
    """How many records, from the first, a log read whole holds up to the last one known of the log before: it
    wrapped, no more. None: it does not hold that one, and is another log.
    """
    size = read.record_size
    last = cursor.overlap[-size:]
    at = read.raw.find(last) if last else -1
    while at != -1 and at % size:
        at = read.raw.find(last, at + 1)
    return None if at == -1 else at // size + 1


def _parts(count: int, fresh_from: int) -> Iterator[tuple[int, int]]:
    """`count` records in commits, none of which reaches over `fresh_from`; one empty one of no records."""
    start = 0
    while start < count or not start:
        end = fresh_from if start < fresh_from else count
        stop = min(start + COMMIT_RECORDS, end, count)
        yield start, stop
        if stop == count:
            return
        start = stop
