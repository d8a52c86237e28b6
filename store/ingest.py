"""What a reading of a terminal brings to the store, what the store answers, and how the counts add up."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from attendance.ids import TerminalId
from attendance.punch import Punch
from attendance.terminal import LogCursor
from store.errors import CursorMoved, StoreError
from store.reviews import PunchReview


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A record that could not be read, kept whole."""

    terminal_id: TerminalId
    index: int
    """Position in the terminal's log, from 0; -1 for anything that did not come from a log."""
    raw: bytes
    reason: str
    received_at: datetime
    """Aware, UTC; city time."""


@dataclass(frozen=True, slots=True)
class Ingest:
    """What one reading of one terminal brought.

    A log reading gives a `cursor`: its generation, records_read and overlap say where the reading ended, and
    there is one of `punches` or `quarantine` for every record since `expected` (since the log's beginning in
    a new generation). The cursor's totals are the store's to compute; those given here do not count.
    Anything else (live, push, stick) gives None.
    """

    terminal_id: TerminalId
    punches: Sequence[Punch]
    cursor: LogCursor | None = None
    quarantine: Sequence[Quarantined] = ()
    expected: LogCursor | None = None
    """The cursor that the reading started from; None: the terminal had none yet."""
    reviews: Sequence[PunchReview] = ()
    """Marks on some of `punches`, written with them."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the store did with one `Ingest`: inserted + already + duplicates = its punches."""

    terminal_id: TerminalId
    inserted: int
    already: int
    """Stored before by another way, or from an older generation of the log."""
    duplicates: int
    """Repeat another record of the same log, or of the same batch."""
    quarantined: int
    """Its records in quarantine."""
    cursor: LogCursor | None
    """Where the terminal's cursor now stands; None for a batch that does not move it."""


def was_stored(batch: Ingest, known: LogCursor | None) -> bool:
    """Whether the cursor stands already where this batch would put it: a repeated call.

    Raises `CursorMoved` when it stands neither there nor where the reading started.
    """
    if batch.cursor is None or known == batch.expected:
        return False
    if known is not None and _place(known) == _place(batch.cursor):
        return True
    raise CursorMoved(
        f"Terminal {batch.terminal_id}: its log was read from another place than the store remembers: "
        "read it again."
    )


def advanced(batch: Ingest, known: LogCursor | None, stored: int) -> LogCursor | None:
    """The cursor after the batch, `stored` of whose punches this generation of the log had not shown before.

    Raises `StoreError` when the batch does not hold one item for every record it claims.
    """
    if batch.cursor is None:
        return None
    new = batch.cursor
    same_log = known is not None and known.generation == new.generation
    before = (
        known
        if known is not None and same_log
        else replace(new, records_read=0, stored=0, duplicates=0, quarantined=0)
    )
    bad = len(batch.quarantine)
    items = len(batch.punches) + bad
    if before.records_read + items != new.records_read or (known and new.generation < known.generation):
        raise StoreError(
            f"Terminal {batch.terminal_id}: a batch of {items} records cannot move the cursor from "
            f"{before.records_read} to {new.records_read}."
        )
    return replace(
        new,
        stored=before.stored + stored,
        duplicates=before.duplicates + len(batch.punches) - stored,
        quarantined=before.quarantined + bad,
    )


def fingerprint(record: Quarantined, generation: int | None) -> str:
    """What makes a bad record the same bad record: its place in the log, or else its bytes."""
    if generation is not None and record.index >= 0:
        return f"log:{generation}:{record.index}"
    return f"raw:{hashlib.sha256(record.raw).hexdigest()}"


def turns(batches: Iterable[Ingest]) -> list[list[Ingest]]:
    """The batches in order, in as few turns as let no terminal appear twice in one."""
    in_turns: list[list[Ingest]] = []
    nth: dict[TerminalId, int] = {}
    for batch in batches:
        turn = nth.get(batch.terminal_id, 0)
        nth[batch.terminal_id] = turn + 1
        if turn == len(in_turns):
            in_turns.append([])
        in_turns[turn].append(batch)
    return in_turns


def _place(cursor: LogCursor) -> tuple[int, int, bytes]:
    return cursor.generation, cursor.records_read, cursor.overlap
