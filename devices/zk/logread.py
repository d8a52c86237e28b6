"""How the attendance log is read: whole, or its tail with proof that it is still the same log."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Final

from devices.driver import OVERLAP_RECORDS, LogPosition, LogRead
from devices.errors import DeviceRefused, LogDiscontinuity, Unsupported
from devices.zk.access import Access
from devices.zk.buffer import HEADER, Buffer, Content
from devices.zk.commands import bare_log, prepare_log
from devices.zk.directory import pins_of
from devices.zk.layouts import LAYOUT_40, LAYOUTS, LogLayout, layouts_of
from devices.zk.range_read import read_range
from devices.zk.recognition import makes_sense, recognise
from devices.zk.records import decode_log, user_numbers

_DECODE_ASIDE: Final = 1 << 19
"""Bytes from which decoding leaves the event loop to others: about 13,000 records, 10 ms."""
_LEAST_PIECE: Final = 1 << 10
"""A slow line's piece has at least so many bytes, so that it holds records to tell the layout by."""


def _log_makes_sense(body: bytes) -> bool:
    return any(len(body) % layout.size == 0 and makes_sense(body, layout) for layout in LAYOUTS.values())


LOG: Final = Content(prepare_log(), bare_log(), _log_makes_sense)


async def read_whole(access: Access, count: int | None) -> LogRead:
    """The whole log, or on a slow line its beginning. `count` is how many records the terminal says it has;
    None when it does not say.

    Raises `Unsupported` for records of an unknown size, `DeviceRefused` when the terminal keeps its log back.
    """
    try:
        buffer = await Buffer.prepare(access, LOG, bare_too=count != 0)
    except DeviceRefused:
        if count == 0:
            return LogRead(0, [], 0, b"", LAYOUT_40.size, b"")
        raise
    body, length = await buffer.body(_piece(access))
    await buffer.free()
    layout = recognise(body, count, length=length, known=access.traits.layout)
    if length:
        access.traits.layout = layout
    whole = body[: len(body) // layout.size * layout.size]
    return await _decoded(access, whole, layout, LogPosition(0, b""), length // layout.size)


async def read_tail(access: Access, after: LogPosition) -> LogRead:
    """What follows `after`, or on a slow line the beginning of that, proved by the overlap before it.

    When the terminal does not read from the middle, or gives something else than the overlap from there, the
    log is read from a moment on where it can do that, or whole: only that decides whether the log is another.
    What a terminal can do is remembered. Raises `LogDiscontinuity`.
    """
    kept = min(OVERLAP_RECORDS, after.records_read)
    size, rest = divmod(len(after.overlap), kept)
    layouts = layouts_of(size)
    if rest or not layouts:
        raise LogDiscontinuity(f"an overlap of {len(after.overlap)} bytes fits no known record size")
    ranged = await read_range(access, after, size)
    if ranged is not None:
        total = after.records_read + len(ranged) // size
        return await _decoded(access, ranged, _which(access, after, ranged, layouts), after, total)
    buffer = await Buffer.prepare(access, LOG)
    length = await buffer.body_length()
    total, rest = divmod(length, size)
    same_log = not rest and total >= after.records_read
    start = (after.records_read - kept) * size
    tail = await _tail(buffer, start, length, after.overlap) if same_log else b""
    await buffer.free()
    if rest:
        raise LogDiscontinuity(f"{length} bytes are not whole records of {size} any more")
    if not same_log:
        raise LogDiscontinuity(f"{total} records, {after.records_read} were read before")
    if not tail.startswith(after.overlap):
        raise LogDiscontinuity(f"the {kept} records before number {after.records_read} have changed")
    new = tail[len(after.overlap) :]
    whole = new[: len(new) // size * size]
    return await _decoded(access, whole, _which(access, after, whole, layouts), after, total)


async def _tail(buffer: Buffer, start: int, length: int, overlap: bytes) -> bytes:
    """The body from `start` on, as much of it as the line carries at once."""
    traits, piece = buffer.access.traits, _piece(buffer.access)
    if traits.tail is not False or buffer.inline is not None:
        end = length if piece is None else min(length, start + len(overlap) + piece)
        try:
            tail = await buffer.read(HEADER + start, HEADER + end)
        except (Unsupported, DeviceRefused):
            tail = b""
        if tail.startswith(overlap):
            if buffer.inline is None and start:
                traits.tail = True
            return tail
    tail = (await buffer.body())[0][start:]
    if traits.tail is None and tail.startswith(overlap):
        traits.tail = False
    return tail


def _piece(access: Access) -> int | None:
    return None if access.piece is None else max(access.piece, _LEAST_PIECE)


def _which(access: Access, after: LogPosition, new: bytes, layouts: list[LogLayout]) -> LogLayout:
    """Which of the layouts of one size; only that of 8 bytes is not unique."""
    if len(layouts) == 1 or access.traits.layout in layouts:
        layout = layouts[0] if len(layouts) == 1 else access.traits.layout or layouts[0]
    else:
        try:
            layout = recognise(after.overlap + new, None, candidates=layouts, usual=True)
        except Unsupported as error:
            # The whole log has more records to tell it by.
            raise LogDiscontinuity(f"the layout cannot be told: {error.detail}") from error
    access.traits.layout = layout
    return layout


async def _decoded(access: Access, raw: bytes, layout: LogLayout, after: LogPosition, total: int) -> LogRead:
    users = await pins_of(access, user_numbers(raw, layout))
    decode = partial(decode_log, raw, layout, after.records_read, users)
    items = decode() if len(raw) < _DECODE_ASIDE else await asyncio.to_thread(decode)
    return LogRead(after.records_read, items, total, raw, layout.size, after.overlap)
