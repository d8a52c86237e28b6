"""Punches: the one write path, and reading them back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from attendance.ids import Pin, PunchId, SerialNumber, TerminalId
from attendance.punch import Capture
from attendance.terminal import LogCursor
from store import bulk, cursors
from store.changes import ChangeLog, Notice, Topic
from store.database import Database
from store.ingest import Ingest, Quarantined, Receipt, advanced, fingerprint, turns, was_stored
from store.reviews import write_reviews
from store.schema import punches, quarantine, terminals
from store.upsert import insert_missing

__all__ = ["Ingest", "PunchTable", "Quarantined", "Receipt", "StoredPunch"]

KEYS_AT_ONCE = 10_000


class StoredPunch(NamedTuple):
    """A punch as it is read back. Moments are aware and UTC, `device_time` is naive."""

    id: PunchId
    terminal_id: TerminalId
    pin: Pin
    device_time: datetime
    at: datetime
    verify: int
    state: int
    capture: Capture
    received_at: datetime


STORED_COLUMNS = [punches.c[name] for name in StoredPunch._fields]


class PunchTable:
    """Raises `StoreUnavailable`; `append` also `CursorMoved`, and `StoreError` for what does not add up."""

    def __init__(self, database: Database, changes: ChangeLog) -> None:
        self._database = database
        self._changes = changes

    def append(self, batches: Sequence[Ingest]) -> list[Receipt]:
        """Store all batches, their quarantine, marks, cursors and one notice in one transaction, or nothing.

        Batches are taken in order, and receipts are in that order. Repeating a call is harmless: punches are
        unique by (terminal, PIN, device time), and a cursor that already stands where it is asked to be
        means that the batch was stored before, the answer lost.
        """
        if not batches:
            return []
        receipts: dict[int, Receipt] = {}
        outcomes: list[tuple[TerminalId, bulk.Outcome]] = []
        with self._database.write() as connection:
            known = cursors.lock(connection, (batch.terminal_id for batch in batches))
            for turn in turns(batches):
                written = self._write(connection, turn, known)
                for batch in turn:
                    outcome = written.get(batch.terminal_id)
                    receipts[id(batch)] = _receipt(batch, outcome, known)
                    if outcome is not None:
                        outcomes.append((batch.terminal_id, outcome))
                    cursor = receipts[id(batch)].cursor
                    if cursor is not None:
                        known[batch.terminal_id] = cursor
            moved = sorted(
                {receipt.terminal_id for receipt in receipts.values() if receipt.cursor is not None}
            )
            cursors.save(connection, self._database.dialect, [known[number] for number in moved])
            self._changes.post(connection, _notice(outcomes))
        return [receipts[id(batch)] for batch in batches]

    def between(
        self,
        start: datetime,
        end: datetime,
        terminal_id: TerminalId | None = None,
        lo: int | None = None,
        hi: int | None = None,
    ) -> list[StoredPunch]:
        """Punches with `at` in [start, end), aware, in the order of `at`; where given, only those of one
        terminal, only those with an id from `lo` to `hi` (inclusive).
        """
        query = select(*STORED_COLUMNS).where(punches.c.at >= start, punches.c.at < end)
        if terminal_id is not None:
            query = query.where(punches.c.terminal_id == terminal_id)
        if lo is not None:
            query = query.where(punches.c.id >= lo)
        if hi is not None:
            query = query.where(punches.c.id <= hi)
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(punches.c.at, punches.c.id)).all()
        return [
            StoredPunch(number, terminal, pin, device_time, at, verify, state, CAPTURES[capture], received_at)
            for number, terminal, pin, device_time, at, verify, state, capture, received_at in rows
        ]

    def count(self, terminal_id: TerminalId | None = None, since: datetime | None = None) -> int:
        """How many punches there are; where given, only those of one terminal, only those that it recorded at
        or after `since` (naive, its own time).
        """
        query = select(func.count()).select_from(punches)
        if terminal_id is not None:
            query = query.where(punches.c.terminal_id == terminal_id)
        if since is not None:
            query = query.where(punches.c.device_time >= since)
        with self._database.read() as connection:
            return int(connection.execute(query).scalar_one())

    def last_recorded(self, terminal_id: TerminalId, first: datetime, last: datetime) -> datetime | None:
        """The latest time that a punch of that terminal bears from `first` through `last`, all naive; None
        when there is none.
        """
        query = select(func.max(punches.c.device_time)).where(
            punches.c.terminal_id == terminal_id,
            punches.c.device_time >= first,
            punches.c.device_time <= last,
        )
        with self._database.read() as connection:
            found: datetime | None = connection.scalar(query)
            return found

    def newest_times(self, terminal_id: TerminalId, most: int) -> list[datetime]:
        """When the terminal recorded its newest punches (naive, its own time), newest first."""
        query = select(punches.c.device_time).where(punches.c.terminal_id == terminal_id)
        with self._database.read() as connection:
            return list(connection.scalars(query.order_by(punches.c.device_time.desc()).limit(most)))

    def last_receipt(self) -> datetime | None:
        """When the punch that was stored last had been received, aware, UTC; None: there is none."""
        query = select(punches.c.received_at).order_by(punches.c.id.desc()).limit(1)
        with self._database.read() as connection:
            found: datetime | None = connection.scalar(query)
            return found

    def keys(self) -> Iterator[tuple[SerialNumber, Pin, datetime]]:
        """Serial number, PIN and naive device time of every punch, in no particular order. The transaction
        lasts until the iterator ends.
        """
        query = select(terminals.c.serial, punches.c.pin, punches.c.device_time).join_from(
            punches, terminals, punches.c.terminal_id == terminals.c.id
        )
        with self._database.read() as connection:
            for row in connection.execution_options(yield_per=KEYS_AT_ONCE).execute(query):
                yield SerialNumber(row[0]), Pin(row[1]), row[2]

    def quarantined(self, terminal_id: TerminalId | None = None) -> list[Quarantined]:
        """What could not be read, oldest first."""
        query = select(quarantine).order_by(quarantine.c.id)
        if terminal_id is not None:
            query = query.where(quarantine.c.terminal_id == terminal_id)
        with self._database.read() as connection:
            return [
                Quarantined(
                    TerminalId(row.terminal_id), row.log_index, bytes(row.raw), row.reason, row.received_at
                )
                for row in connection.execute(query)
            ]

    def _write(
        self, connection: Connection, turn: Sequence[Ingest], known: Mapping[TerminalId, LogCursor]
    ) -> dict[TerminalId, bulk.Outcome]:
        """Punches and quarantine of one turn; a batch that was stored before is left out of the answer."""
        fresh = [batch for batch in turn if not was_stored(batch, known.get(batch.terminal_id))]
        bad = [
            {
                "terminal_id": batch.terminal_id,
                "fingerprint": fingerprint(record, _generation(batch)),
                "generation": _generation(batch),
                "log_index": record.index,
                "raw": record.raw,
                "reason": record.reason,
                "received_at": record.received_at,
            }
            for batch in fresh
            for record in batch.quarantine
        ]
        if bad:
            connection.execute(insert_missing(self._database.dialect, quarantine), bad)
        doubted = [review for batch in fresh for review in batch.reviews]
        write_reviews(connection, self._database.dialect, doubted)
        groups = [bulk.Group(batch.terminal_id, batch.punches, _generation(batch)) for batch in fresh]
        written = bulk.write(connection, self._database.dialect, groups)
        return {batch.terminal_id: written.get(batch.terminal_id, bulk.Outcome()) for batch in fresh}


CAPTURES = {capture.value: capture for capture in Capture}


def _generation(batch: Ingest) -> int | None:
    return None if batch.cursor is None else batch.cursor.generation


def _receipt(batch: Ingest, outcome: bulk.Outcome | None, known: Mapping[TerminalId, LogCursor]) -> Receipt:
    before = known.get(batch.terminal_id)
    given, bad = len(batch.punches), len(batch.quarantine)
    if outcome is None:
        return Receipt(batch.terminal_id, 0, given, 0, bad, before)
    if batch.cursor is None:
        distinct = len({(punch.pin, punch.device_time) for punch in batch.punches})
        already = distinct - outcome.inserted
        return Receipt(batch.terminal_id, outcome.inserted, already, given - distinct, bad, None)
    stored = outcome.inserted + outcome.proved
    cursor = advanced(batch, before, stored)
    return Receipt(batch.terminal_id, outcome.inserted, outcome.proved, given - stored, bad, cursor)


def _notice(outcomes: Iterable[tuple[TerminalId, bulk.Outcome]]) -> list[Notice]:
    """One notice over all inserted rows; none when nothing is new."""
    new = [(terminal_id, outcome) for terminal_id, outcome in outcomes if outcome.inserted]
    if not new:
        return []
    return [
        Notice(
            topic=Topic.PUNCH,
            terminal_ids=tuple(dict.fromkeys(terminal_id for terminal_id, _ in new)),
            since=min(outcome.since for _, outcome in new if outcome.since is not None),
            until=max(outcome.until for _, outcome in new if outcome.until is not None),
            punch_lo=min(outcome.lo for _, outcome in new if outcome.lo is not None),
            punch_hi=max(outcome.hi for _, outcome in new if outcome.hi is not None),
        )
    ]
