"""Access events of Security PUSH: `table=rtlog`, and the rows of the table `transaction`.

    time=2026-11-23 07:29:58 TAB pin=1001 TAB cardno=0 TAB eventaddr=1 TAB event=0 TAB inoutstatus=0 TAB
    verifytype=15 TAB index=21 LF

    transaction cardno=0 TAB pin=1001 TAB verified=15 TAB doorid=1 TAB eventtype=0 TAB inoutstate=0 TAB
    time_second=857806198 LF

Event 0 is an entry granted; 1 to 3 are entries granted too (at an open hour, by the first or by several
people: a SenseFace reports a face it knows as 3). PIN 0 is the door's own event, not a person's. Any other
event of a person is kept in quarantine: documents disagree on what it means, and it may have been a punch.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from devices.adms.attlog import NOT_SAID, split_lines
from devices.adms.text import TIME, is_pin, read_number, read_pairs, without_secrets
from devices.driver import AttLogRecord, BadRecord
from devices.errors import UnexpectedReply
from devices.zk.times import decode_time

GRANTED: Final = frozenset({0, 1, 2, 3})
"""Events that say that a person was let in."""

_TIME = re.compile(TIME)
_NOBODY = frozenset({"", "0"})


@dataclass(frozen=True, slots=True)
class EventRows:
    """What the rows said: `ignored` of them were the door's own events."""

    items: tuple[AttLogRecord | BadRecord, ...]
    ignored: int

    @property
    def lines(self) -> int:
        """How many rows there were."""
        return len(self.items) + self.ignored


def parse_rtlog(body: bytes) -> EventRows:
    """Every row that is not blank; never fails. A row that cannot be read becomes a `BadRecord`."""
    items: list[AttLogRecord | BadRecord] = []
    ignored = 0
    for line in split_lines(body):
        raw = line.encode("latin-1")
        item = _read_row(raw)
        if item is None:
            ignored += 1
        else:
            items.append(item)
    return EventRows(tuple(items), ignored)


def encode_rtlog_line(record: AttLogRecord, event: int = 0) -> bytes:
    """The row, LF included, that a Security PUSH unit sends for `record`."""
    return (
        f"time={record.device_time:%Y-%m-%d %H:%M:%S}\tpin={record.pin}\tcardno=0\teventaddr=1\tevent={event}"
        f"\tinoutstatus={record.state}\tverifytype={record.verify}\tindex={record.user_index}\n"
    ).encode()


def _read_row(raw: bytes) -> AttLogRecord | BadRecord | None:
    table, space, rest = raw.partition(b" ")
    pairs = read_pairs(rest if space and table.isalpha() else raw, b"\t")
    event = read_number(pairs.get("event") or pairs.get("eventtype", ""))
    if event is None:
        return BadRecord(-1, without_secrets(raw), "no access event")
    pin = pairs.get("pin", "")
    if pin in _NOBODY:
        return None
    if not is_pin(pin):
        return BadRecord(-1, without_secrets(raw), "no readable PIN")
    moment = _moment(pairs)
    if moment is None:
        return BadRecord(-1, without_secrets(raw), "no readable time")
    if event not in GRANTED:
        return BadRecord(-1, without_secrets(raw), f"access event {event}: not known to be an entry")
    verify = read_number(pairs.get("verifytype") or pairs.get("verified", ""))
    state = read_number(pairs.get("inoutstatus") or pairs.get("inoutstate", ""))
    return AttLogRecord(
        pin, moment, NOT_SAID if verify is None else verify, NOT_SAID if state is None else state, "", 0
    )


def _moment(pairs: dict[str, str]) -> datetime | None:
    text, packed = pairs.get("time", ""), read_number(pairs.get("time_second", ""))
    try:
        if _TIME.fullmatch(text):
            return datetime.fromisoformat(text)
        return None if packed is None or packed < 0 else decode_time(packed)
    except (ValueError, UnexpectedReply):
        return None
