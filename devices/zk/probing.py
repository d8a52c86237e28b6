"""Finding out how a terminal's log can be read, with a few small reads and nothing written."""

from __future__ import annotations

from typing import Final

from devices.errors import DeviceRefused, UnexpectedReply, Unsupported
from devices.zk.access import Access
from devices.zk.buffer import HEADER, Buffer
from devices.zk.layouts import LogLayout
from devices.zk.logread import LOG
from devices.zk.range_read import range_content
from devices.zk.recognition import recognise
from devices.zk.records import column

_SAMPLE_BYTES: Final = 4096


async def probe_reading(access: Access, count: int | None) -> None:
    """Fill the traits of a terminal that says it holds `count` records, as far as its log can tell: an empty
    log, or one that fits into the answer itself, tells little. Raises `DeviceError` when the terminal keeps
    its log back.
    """
    try:
        buffer = await Buffer.prepare(access, LOG, bare_too=count != 0)
    except DeviceRefused:
        if count == 0:
            return
        raise
    # On a slow line one request's worth must do: an operator waits for the answer.
    sample, length = await buffer.body(_SAMPLE_BYTES if access.piece is None else access.chunk)
    if not length:
        await buffer.free()
        return
    layout = access.traits.layout = recognise(sample, count, length=length, known=access.traits.layout)
    if buffer.inline is None and access.traits.tail is None:
        access.traits.tail = await _reads_the_middle(buffer, sample, layout)
    await buffer.free()
    if access.traits.bulk and access.traits.time_range is None:
        access.traits.time_range = await _reads_a_range(access, sample, layout, length)


async def _reads_the_middle(buffer: Buffer, sample: bytes, layout: LogLayout) -> bool | None:
    """Whether a record other than the first comes from its own place; None where all are alike."""
    size = layout.size
    first = sample[:size]
    for at in range(size, len(sample) - size + 1, size):
        record = sample[at : at + size]
        if record != first:
            try:
                return await buffer.read(HEADER + at, HEADER + at + size) == record
            except (DeviceRefused, Unsupported):
                return False
    return None


async def _reads_a_range(access: Access, sample: bytes, layout: LogLayout, length: int) -> bool | None:
    """Whether the terminal gives the records of the first one's moment without the whole log of `length`;
    None where all are of one moment.
    """
    first = sample[: layout.size]
    moments = column(sample[: len(sample) // layout.size * layout.size], layout.time, "I", layout.size)
    if len(set(moments)) < 2:
        return None
    try:
        buffer = await Buffer.prepare(access, range_content(moments[0], moments[0]))
        records, given = await buffer.body(_SAMPLE_BYTES)
    except (DeviceRefused, UnexpectedReply):
        return False
    await buffer.free()
    return first in records and given < length
