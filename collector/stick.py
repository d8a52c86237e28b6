"""Files that a USB stick brought: looked at first, then stored by the same way as every other punch.

Looking changes nothing and says what an import would do. Storing may be repeated and may be interrupted: a
punch is one row however often it comes, and the files are noted as imported only when all of them are stored.

A stick proves nothing about punches made after its last line, and nothing about lines that somebody took out:
it never moves a terminal's horizon, so that nobody is called absent on its word.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from attendance.ids import Pin
from attendance.punch import Punch
from attendance.terminal import Terminal
from collector.doubt import impossible
from collector.normalize import Normalised, Normalizer
from collector.stick_doubts import Doubt, Incoming, doubts_about
from devices.usb import DateOrder, FileKind, StickFile, parse
from store import Store
from store.file_imports import FileImport, Key
from store.punches import Ingest, Quarantined

PIECE = 5_000
"""Punches that one transaction takes."""
EXAMPLES = 5
"""Unreadable lines that a preview spells out."""

Progress = Callable[[int, int], None]
"""Told how many of how many punches are stored."""


@dataclass(frozen=True, slots=True)
class FilePreview:
    """What importing one file would do. Counts of punches, unless said otherwise."""

    name: str
    digest: str
    kind: FileKind
    new: int
    held: int
    """In the store already, by whatever way they came."""
    repeated: int
    """Repeat another line of this file, or of a file before it."""
    unreadable: int
    """Lines that will be kept in quarantine."""
    examples: tuple[str, ...]
    """Why, for the first of them."""
    first: datetime | None
    """Naive, as the terminal recorded it; None when there is no punch."""
    last: datetime | None
    date_order: DateOrder | None
    """How dates were read where day and month could be exchanged."""
    users: int
    """Of a user.dat: nothing of it is stored, it only tells who is a stranger."""
    unreadable_users: int
    strangers: tuple[Pin, ...]
    """PINs in the file that belong to nobody on the day of the import."""
    doubts: tuple[Doubt, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What importing some files of one terminal would do."""

    terminal: Terminal
    files: tuple[FilePreview, ...]
    batches: tuple[Normalised, ...]
    """What would be stored, file by file."""

    @property
    def new(self) -> int:
        """Punches that the store does not have yet."""
        return sum(file.new for file in self.files)

    @property
    def worth(self) -> bool:
        """Whether importing would store anything."""
        return self.new > 0 or any(file.unreadable for file in self.files)

    @property
    def refused(self) -> tuple[Doubt, ...]:
        """Doubts that an operator must overrule by name: the files seem to be another terminal's."""
        return tuple(doubt for file in self.files for doubt in file.doubts if doubt.kind.refuses)


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did."""

    inserted: int
    already: int
    quarantined: int


def preview(
    store: Store,
    terminal: Terminal,
    files: Sequence[tuple[str, bytes]],
    *,
    zone: ZoneInfo,
    now: datetime,
    date_order: DateOrder | None = None,
) -> Preview:
    """Look at `files` (name without folders, content), said to be of `terminal`, at city time `now` (aware).

    Raises `StickError` for a file that cannot be used or whose dates only a person can tell, and
    `StoreUnavailable`.
    """
    read = [(name, data, parse(data, name, date_order)) for name, data in files]
    normalizer = Normalizer(terminal.id, zone, terminal.driver)
    known_pins = _known_pins(store, terminal, now.astimezone(zone))
    seen: set[Key] = set()
    quarantined = {record.raw for record in store.punches.quarantined(terminal.id)}
    previews, batches = [], []
    for name, data, file in read:
        batch = normalizer.carried(file.items, now)
        keys = [(punch.pin, punch.device_time) for punch in batch.punches]
        times = [device_time for _, device_time in keys]
        distinct = set(keys) - seen
        held = store.file_imports.held(terminal.id, min(times), max(times)) if times else set()
        incoming = Incoming(name, file, terminal, batch.punches, distinct - held, held, now)
        digest = hashlib.sha256(data).hexdigest()
        previews.append(
            FilePreview(
                name=name,
                digest=digest,
                kind=file.kind,
                new=len(distinct - held),
                held=len(distinct & held),
                repeated=len(keys) - len(distinct),
                unreadable=len({bad.raw for bad in batch.quarantine} - quarantined),
                examples=tuple(bad.reason for bad in batch.quarantine[:EXAMPLES]),
                first=min(times, default=None),
                last=max(times, default=None),
                date_order=file.date_order,
                users=len(file.users),
                unreadable_users=file.unreadable_users,
                strangers=_strangers(file, batch.punches, known_pins),
                doubts=doubts_about(store, incoming),
            )
        )
        batches.append(batch)
        seen |= distinct
        quarantined |= {bad.raw for bad in batch.quarantine}
    return Preview(terminal, tuple(previews), tuple(batches))


def commit(
    store: Store,
    looked: Preview,
    *,
    actor: str,
    at: datetime,
    progress: Progress = lambda _done, _total: None,
) -> Imported:
    """Store what was looked at, at city time `at` (aware). Raises `StoreUnavailable`; repeat it then."""
    terminal = looked.terminal
    total = sum(len(batch.punches) for batch in looked.batches)
    done = inserted = already = quarantined = 0
    notes = []
    for file, batch in zip(looked.files, looked.batches, strict=True):
        bad: Sequence[Quarantined] = batch.quarantine
        added = 0
        for start in range(0, max(1, len(batch.punches)), PIECE):
            piece = batch.punches[start : start + PIECE]
            reviews = impossible(piece, at)
            [receipt] = store.punches.append([Ingest(terminal.id, piece, quarantine=bad, reviews=reviews)])
            added += receipt.inserted
            already += receipt.already + receipt.duplicates
            done, bad = done + len(piece), ()
            progress(done, total)
        inserted += added
        quarantined += len(batch.quarantine)
        notes.append(
            FileImport(
                at, actor, terminal.id, file.name, file.digest, _summary(file, len(batch.punches), added)
            )
        )
    store.file_imports.record(notes, f"terminal:{terminal.serial}")
    return Imported(inserted, already, quarantined)


def _summary(file: FilePreview, given: int, added: int) -> str:
    overruled = [doubt.kind.value for doubt in file.doubts if doubt.kind.refuses]
    order = f", dates {file.date_order.value}" if file.date_order else ""
    despite = f", imported despite: {', '.join(overruled)}" if overruled else ""
    return f"{given} punches, {added} new, {file.unreadable} lines to quarantine{order}{despite}"


def _known_pins(store: Store, terminal: Terminal, today: datetime) -> frozenset[Pin]:
    roster = store.roster.load(today.date())
    return frozenset(
        enrollment.pin for enrollment in roster.enrollments if enrollment.terminal_id in {None, terminal.id}
    )


def _strangers(file: StickFile, punches: Sequence[Punch], known: frozenset[Pin]) -> tuple[Pin, ...]:
    pins = {punch.pin for punch in punches} | {Pin(user.pin) for user in file.users}
    return tuple(sorted(pins - known))
