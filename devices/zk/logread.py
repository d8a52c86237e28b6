"""How the attendance log is read: whole, or its tail with proof that it is still the same log."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Final

from devices.driver import OVERLAP_RECORDS, LogPosition, LogRead
from devices.errors import DeviceRefused, LogDiscontinuity, Unsupported
from devices.zk.buffer import HEADER, Ask, Buffer
from devices.zk.commands import prepare_log
from devices.zk.records import LAYOUT_40, LAYOUTS, LogLayout, decode_log, recognise_layout

_DECODE_ASIDE: Final = 1 << 19
"""Bytes from which decoding leaves the event loop to others: about 13,000 records, 10 ms."""


@dataclass(slots=True)
class Traits:
    """What was found out about one terminal, remembered between sessions."""

    random_access: bool = True
    """False: it cannot be trusted to read its buffer from the middle."""


async def read_whole(ask: Ask, count: int | None) -> LogRead:
    """The whole log. `count` is how many records the terminal says it has; None when it does not say.

    Raises `Unsupported` for records of an unknown size, `DeviceRefused` when the terminal keeps its log back.
    """
    try:
        buffer = await Buffer.prepare(ask, prepare_log())
    except DeviceRefused:
        if count == 0:
            return LogRead(0, [], 0, b"", LAYOUT_40.size, b"")
        raise
    body = await buffer.body()
    await buffer.free()
    layout = recognise_layout(body, count)
    return await _decoded(body, layout, 0, b"")


async def read_tail(ask: Ask, after: LogPosition, traits: Traits) -> LogRead:
    """What follows `after`, proved by the overlap before it. Raises `LogDiscontinuity`.

    When the terminal does not read from the middle, or gives something else than the overlap from there, the
    whole log is read in its place: only that decides whether the log is another. A terminal found to misread
    the middle is remembered in `traits`.
    """
    kept = min(OVERLAP_RECORDS, after.records_read)
    layout = LAYOUTS.get(len(after.overlap) // kept)
    if layout is None or len(after.overlap) % kept:
        raise LogDiscontinuity(f"an overlap of {len(after.overlap)} bytes fits no known record size")
    buffer = await Buffer.prepare(ask, prepare_log())
    length = await buffer.body_length()
    total, rest = divmod(length, layout.size)
    same_log = not rest and total >= after.records_read
    start = (after.records_read - kept) * layout.size
    tail = await _tail(buffer, start, length, after.overlap, traits) if same_log else b""
    await buffer.free()
    if rest:
        raise LogDiscontinuity(f"{length} bytes are not whole records of {layout.size} any more")
    if not same_log:
        raise LogDiscontinuity(f"{total} records, {after.records_read} were read before")
    if not tail.startswith(after.overlap):
        raise LogDiscontinuity(f"the {kept} records before number {after.records_read} have changed")
    return await _decoded(tail[len(after.overlap) :], layout, after.records_read, after.overlap)


async def _tail(buffer: Buffer, start: int, length: int, overlap: bytes, traits: Traits) -> bytes:
    if traits.random_access:
        try:
            tail = await buffer.read(HEADER + start, HEADER + length)
        except (Unsupported, DeviceRefused):
            tail = b""
        if tail.startswith(overlap):
            return tail
    tail = (await buffer.body())[start:]
    if tail.startswith(overlap):
        traits.random_access = False
    return tail


async def _decoded(raw: bytes, layout: LogLayout, first_index: int, prefix: bytes) -> LogRead:
    if len(raw) < _DECODE_ASIDE:
        items = decode_log(raw, layout, first_index)
    else:
        items = await asyncio.to_thread(decode_log, raw, layout, first_index)
    return LogRead(first_index, items, first_index + len(items), raw, layout.size, prefix)
