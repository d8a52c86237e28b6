"""Which layout a log's records have. The terminal does not say, and its record count may lie."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from typing import Final

from devices.errors import Unsupported
from devices.zk.layouts import LAYOUT_8A, LAYOUT_8B, LAYOUT_40, LAYOUTS, LogLayout, PinKind
from devices.zk.text import read_pin
from devices.zk.times import SECONDS_OF_DAY, DayTable

_RUN: Final = 8
_RUNS: Final = 8
_ENOUGH: Final = 0.6
"""A layout is believed when this share of the sampled records makes sense in it."""
_UNCLEAR: Final = frozenset({LAYOUT_8A, LAYOUT_8B})
"""Of one size, and nothing in a record says which."""
_PADDED: Final = 3
"""So many zeros in a row are no chance."""
_USUAL: Final = (2005, 2049)
"""Years in which records are expected."""
_DEAD_TOO: Final = (2000, 2049)
"""The same with those of a dead battery, which are believed only where no layout gives better ones. What is
past 2049 is never believed: bytes misread as a time are as often there as not.
"""
_LONGEST_NUMBER: Final = 999_999_999
"""PINs have at most nine digits where they are numbers."""
_LARGEST_WORK_CODE: Final = 1 << 24
"""Work codes are small; a packed time in that place is not."""

_U32 = struct.Struct("<I")


def recognise(
    body: bytes,
    count: int | None,
    *,
    length: int | None = None,
    candidates: Iterable[LogLayout] = LAYOUTS.values(),
    known: LogLayout | None = None,
    usual: bool = False,
) -> LogLayout:
    """Which of `candidates` the records in `body` have.

    `body` is the log, or its beginning if it has `length` bytes in all. `count` is how many records the
    terminal says there are, `known` the layout it had before: neither is believed against the records.
    `usual`: believe no records but those of usual years. Raises `Unsupported` when nothing fits, and rather
    than guess between two layouts of one size.
    """
    length = len(body) if length is None else length
    fitting = [layout for layout in candidates if length % layout.size == 0]
    unclear = {*fitting} >= _UNCLEAR and known not in _UNCLEAR
    if unclear and _looks_padded(body):
        fitting.remove(LAYOUT_8A)
        unclear = False
    if not length and fitting:
        return known if known in fitting else LAYOUT_40 if LAYOUT_40 in fitting else fitting[0]
    for years in (_USUAL,) if usual else (_USUAL, _DEAD_TOO):
        told = fitting
        if unclear and years is _DEAD_TOO:
            # Each reads the other's records as of a dead battery: more than a few show that they are padded.
            few = length < _PADDED * LAYOUT_8A.size
            told = [it for it in fitting if it not in _UNCLEAR or (it is LAYOUT_8A and not few)]
        sense = {layout.name: _sense(body, layout, years) for layout in told}
        believed = [layout for layout in told if sense[layout.name] >= _ENOUGH]
        if not believed:
            continue
        best = max(sense[layout.name] for layout in believed)
        equally = [layout for layout in believed if sense[layout.name] == best]
        # Of two that fit equally well the shorter: more records that make sense are the better evidence.
        return known if known in equally else min(equally, key=_size)
    counted = [layout for layout in fitting if count is not None and length == count * layout.size]
    if known is not None and known in counted:
        return known
    if len(counted) == 1:
        return counted[0]
    sizes = sorted({layout.size for layout in candidates})
    says = f", said to be {count} records" if count is not None else ""
    raise Unsupported(f"a log of {length} bytes{says}; record sizes known: {', '.join(map(str, sizes))}")


def makes_sense(body: bytes, layout: LogLayout) -> bool:
    """Whether most records of `body` read like records of `layout`, made in the years in which records are
    expected; an empty body does not contradict it.
    """
    whole = body[: len(body) // layout.size * layout.size]
    return not whole or _sense(whole, layout, _USUAL) >= _ENOUGH


def _sense(body: bytes, layout: LogLayout, years: tuple[int, int]) -> float:
    """The share of a sample of records that are somebody's, at a time within `years`; less where times go
    backwards: a log is written in the order of time.
    """
    records = len(body) // layout.size
    if not records:
        return 0.0
    sensible = backwards = 0
    latest = 0
    days = DayTable()
    sample = _sample(records)
    for position in sample:
        at = position * layout.size
        time = _U32.unpack_from(body, at + layout.time)[0]
        day = days[time // SECONDS_OF_DAY]
        if not time or not years[0] <= day.year <= years[1]:
            continue
        if not _somebody(body, at, layout):
            continue
        sensible += 1
        backwards += time < latest
        latest = time
    return (sensible - backwards) / len(sample)


def _looks_padded(body: bytes) -> bool:
    """Whether each record of 8 bytes has a zero fourth byte, as 8b leaves it; 8a has seconds there."""
    padding = body[3 :: LAYOUT_8B.size]
    return len(padding) >= _PADDED and not any(padding)


def _sample(records: int) -> Sequence[int]:
    """Which records to look at: runs of neighbours, since of a size read by half every second one may fit."""
    if records <= _RUN * _RUNS:
        return range(records)
    starts = (run * (records - _RUN) // (_RUNS - 1) for run in range(_RUNS))
    return [start + position for start in starts for position in range(_RUN)]


def _size(layout: LogLayout) -> int:
    return layout.size


def _somebody(body: bytes, at: int, layout: LogLayout) -> bool:
    if layout.pin_kind is PinKind.TEXT:
        return read_pin(body[at + layout.pin : at + layout.pin + layout.pin_width]) is not None
    if layout.work_code is not None and (
        _U32.unpack_from(body, at + layout.work_code)[0] >= _LARGEST_WORK_CODE
    ):
        return False
    return (
        layout.pin_kind is PinKind.USER or 0 < _U32.unpack_from(body, at + layout.pin)[0] <= _LONGEST_NUMBER
    )
