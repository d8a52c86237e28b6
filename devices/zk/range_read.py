"""Reading the log from a moment on, where a terminal cannot read its buffer from the middle."""

from __future__ import annotations

from typing import Final

from devices.driver import LogPosition
from devices.errors import DeviceRefused, UnexpectedReply
from devices.zk.access import Access
from devices.zk.buffer import Buffer, Content
from devices.zk.commands import free_sizes, prepare_range
from devices.zk.layouts import LogLayout, layouts_of
from devices.zk.records import column
from devices.zk.sizes import decode_sizes

LATEST: Final = 0x7FFFFFFF
"""The latest moment asked for: 2066 as a packed time, and still positive as an i32."""


def range_content(start: int, end: int) -> Content:
    """The records from the packed time `start` through `end`."""
    return Content(prepare_range(start, end), None, bool)


async def read_range(access: Access, after: LogPosition, size: int) -> bytes | None:
    """The raw records, of `size` bytes, that follow `after`; None where that cannot be had or proved.

    Proved is: the answer holds the overlap, and what was read before and what follows it add up to what the
    terminal says it holds. So a record that went back in time, which no range would bring, is not missed.
    """
    traits = access.traits
    if traits.tail is not False or traits.time_range is False or traits.bulk is False:
        return None
    layout = traits.layout if traits.layout in layouts_of(size) else layouts_of(size)[0]
    before = await _records(access)
    if before is None or before < after.records_read:
        return None
    try:
        buffer = await Buffer.prepare(access, range_content(_earliest(after.overlap, layout), LATEST))
        body, length = await buffer.body()
    except (DeviceRefused, UnexpectedReply):
        traits.time_range = traits.time_range or False
        return None
    await buffer.free()
    at = _find(body, after.overlap, size)
    if at is None or length % size:
        return None
    new = body[at + len(after.overlap) :]
    known = await _records(access)
    if known is None or not before <= after.records_read + len(new) // size <= known:
        return None
    # A terminal that sends its whole log for a range saves nothing, but what it sends is right.
    traits.time_range = length // size < before or after.records_read <= len(after.overlap) // size
    return new


def _earliest(overlap: bytes, layout: LogLayout) -> int:
    return min(column(overlap, layout.time, "I", layout.size))


def _find(body: bytes, overlap: bytes, size: int) -> int | None:
    """Where the overlap stands, on a record's boundary; None where it stands nowhere, or at two places: of
    a clock that stands still, records repeat, and nobody can tell which of them were read.
    """
    found = None
    at = body.find(overlap)
    while at >= 0:
        if at % size == 0:
            if found is not None:
                return None
            found = at
        at = body.find(overlap, at + 1)
    return found


async def _records(access: Access) -> int | None:
    return decode_sizes((await access.ask(free_sizes())).data).records
