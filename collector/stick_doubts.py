"""Is this file really that terminal's? Its name says it badly or not at all, so its content is asked too.

Sticks of two offices both hold a `1_attlog.dat`; imported under the wrong terminal, one office's punches
would become the other's. Four things speak: the serial number in the name or in the file, the device id,
punches that another terminal has, and punches of this terminal that the file should have and has not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import islice
from typing import Final

from attendance.punch import Punch
from attendance.terminal import Terminal
from collector.doubt import impossible
from devices.usb import StickFile
from devices.usb.files import FileName, read_name
from store import Store
from store.file_imports import Key

SAMPLE: Final = 64
"""New punches that are looked for at other terminals."""
FEWEST: Final = 3
"""Punches that another terminal must have before it counts."""
EXPECTED: Final = 20
"""Punches the store must have of the file's days before it is strange that the file has none of them."""
_SERIAL: Final = re.compile(r"[A-Za-z0-9]{8,20}", re.ASCII)
_DIGITS: Final = 4


class DoubtKind(StrEnum):
    """What speaks against a file."""

    OTHER_SERIAL = "other serial number"
    HELD_ELSEWHERE = "punches of another terminal"
    NOTHING_IN_COMMON = "nothing in common"
    OTHER_DEVICE_ID = "other device id"
    IMPOSSIBLE_TIMES = "impossible times"

    @property
    def refuses(self) -> bool:
        """Whether nothing is imported until a person says that it is right all the same."""
        return self in {DoubtKind.OTHER_SERIAL, DoubtKind.HELD_ELSEWHERE}


@dataclass(frozen=True, slots=True)
class Doubt:
    """One thing that speaks against a file."""

    kind: DoubtKind
    said: str
    """What was found: a serial number, device ids, or a count."""
    of: int = 0
    """For counts: of how many."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file on its way in."""

    name: str
    file: StickFile
    terminal: Terminal
    punches: Sequence[Punch]
    new: Set[Key]
    """Keys that the store does not have of this terminal."""
    held: Set[Key]
    """What the store has of this terminal within the file's span of time."""
    now: datetime


def doubts_about(store: Store, incoming: Incoming) -> tuple[Doubt, ...]:
    """Everything that speaks against the file. Raises `StoreUnavailable`."""
    named = read_name(incoming.name)
    found = (
        _other_serial(store, incoming, named),
        _held_elsewhere(store, incoming),
        _nothing_in_common(incoming),
        _other_device_id(store, incoming, named),
        _impossible_times(incoming),
    )
    return tuple(doubt for doubt in found if doubt is not None)


def _other_serial(store: Store, incoming: Incoming, named: FileName) -> Doubt | None:
    ours = incoming.terminal.serial.casefold()
    stated = incoming.file.serial
    if stated is not None and stated.casefold() != ours:
        return Doubt(DoubtKind.OTHER_SERIAL, stated)
    serial = named.serial
    if serial is None or serial.casefold() == ours:
        return None
    registered = {terminal.serial.casefold() for terminal in store.terminals.list(active_only=False)}
    looks_like_one = _SERIAL.fullmatch(serial) and sum(map(str.isdigit, serial)) >= _DIGITS
    if serial.casefold() in registered or looks_like_one:
        return Doubt(DoubtKind.OTHER_SERIAL, serial)
    return None


def _held_elsewhere(store: Store, incoming: Incoming) -> Doubt | None:
    """Nobody's hands are at two terminals in the same second: most of a sample is no chance."""
    step = max(1, len(incoming.new) // SAMPLE)
    sample = set(islice(sorted(incoming.new), 0, SAMPLE * step, step))
    holders = store.file_imports.holders(sample) if len(sample) >= FEWEST else None
    if not holders:
        return None
    [(terminal_id, count)] = holders.most_common(1)
    if count < FEWEST or 2 * count < len(sample):
        return None
    serials = {terminal.id: terminal.serial for terminal in store.terminals.list(active_only=False)}
    return Doubt(DoubtKind.HELD_ELSEWHERE, serials[terminal_id], count)


def _nothing_in_common(incoming: Incoming) -> Doubt | None:
    days = {punch.device_time.date() for punch in incoming.punches}
    expected = {key for key in incoming.held if key[1].date() in days}
    keys = {(punch.pin, punch.device_time) for punch in incoming.punches}
    if len(expected) < EXPECTED or expected & keys:
        return None
    return Doubt(DoubtKind.NOTHING_IN_COMMON, "", len(expected))


def _other_device_id(store: Store, incoming: Incoming, named: FileName) -> Doubt | None:
    """The store does not know a terminal's device id; its earlier files and the lines themselves do."""
    earlier = {
        known
        for past in store.file_imports.of(incoming.terminal.id)
        if (known := read_name(past.source).device_id) is not None
    }
    ids = set(incoming.file.device_ids)
    if named.device_id is not None:
        ids.add(named.device_id)
    odd = len(ids) > 1 or (ids and earlier and not ids & earlier)
    return Doubt(DoubtKind.OTHER_DEVICE_ID, ", ".join(sorted(ids | earlier))) if odd else None


def _impossible_times(incoming: Incoming) -> Doubt | None:
    count = len(impossible(incoming.punches, incoming.now))
    return Doubt(DoubtKind.IMPOSSIBLE_TIMES, str(count), len(incoming.punches)) if count else None
