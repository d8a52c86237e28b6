"""A terminal's users, and whose a user's number is: some terminals record the number and not the PIN."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence, Set
from contextlib import suppress
from typing import Final

from devices.driver import AttLogRecord, BadRecord, UserRecord
from devices.errors import DeviceRefused
from devices.zk.access import Access, Enrolled
from devices.zk.buffer import Buffer, Content
from devices.zk.commands import bare_users, free_sizes, prepare_users
from devices.zk.events import LIVE_INDEX, EventItem, NumberedEvent
from devices.zk.records import NOBODY
from devices.zk.sizes import decode_sizes
from devices.zk.users import decode_users, is_users

log = logging.getLogger(__name__)

FRESH_SECONDS: Final = 600.0
"""For how long the users once read are believed, while the terminal says it has as many."""

USERS: Final = Content(prepare_users(), bare_users(), is_users)


async def read_users(access: Access) -> list[UserRecord]:
    """All users, without passwords. Raises `Unsupported` for records of an unknown size."""
    count = decode_sizes((await access.ask(free_sizes())).data).users
    try:
        buffer = await Buffer.prepare(access, USERS, bare_too=count != 0)
    except DeviceRefused:
        if count == 0:
            return []
        raise
    body, _ = await buffer.body()
    await buffer.free()
    table = decode_users(body, count)
    if table.unreadable:
        log.warning(
            "%d of %d user records name nobody, the first: %s",
            len(table.unreadable),
            len(table.users) + len(table.unreadable),
            table.unreadable[0].reason,
        )
    access.enrolled = Enrolled(
        {user.user_index: user.pin for user in table.users},
        frozenset(user.pin for user in table.users),
        count,
        time.monotonic(),
    )
    return table.users


async def pins_of(access: Access, numbers: Set[int]) -> Mapping[int, str]:
    """User number → PIN for all of `numbers` that the terminal knows."""
    if not numbers:
        return NOBODY
    if await _outdated(access) or not numbers <= access.enrolled.by_number.keys():
        await read_users(access)
    return access.enrolled.by_number


async def name_events(access: Access, events: Sequence[EventItem | NumberedEvent]) -> list[EventItem]:
    """Give each live event that holds a u16 its PIN.

    On some models that u16 is the PIN and on others the user's number; which is documented nowhere. Where the
    list of users leaves two people possible, or nobody, the event is not believed: the log tells whose it is.
    """
    numbers = {event.number for event in events if isinstance(event, NumberedEvent)}
    if numbers:
        with suppress(DeviceRefused):
            if await _outdated(access) or not all(_candidates(access.enrolled, number) for number in numbers):
                await read_users(access)
    return [_named(access.enrolled, event) if isinstance(event, NumberedEvent) else event for event in events]


async def _outdated(access: Access) -> bool:
    """Whether somebody may have been enrolled or deleted since the users were read."""
    if time.monotonic() - access.enrolled.read_at > FRESH_SECONDS:
        return True
    return decode_sizes((await access.ask(free_sizes())).data).users != access.enrolled.count


def _named(enrolled: Enrolled, event: NumberedEvent) -> EventItem:
    candidates = _candidates(enrolled, event.number)
    if len(candidates) == 1:
        return AttLogRecord(candidates.pop(), event.device_time, event.verify, event.state, "", 0)
    who = "two users have it as PIN and as number" if candidates else "no user has it as PIN or number"
    return BadRecord(LIVE_INDEX, event.raw, f"a live event of {event.number}: {who}")


def _candidates(enrolled: Enrolled, number: int) -> set[str]:
    by_number = enrolled.by_number.get(number)
    return {pin for pin in (str(number), by_number) if pin is not None and pin in enrolled.pins}
