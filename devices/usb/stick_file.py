"""What one file from a stick holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from devices.driver import AttLogRecord, BadRecord, UserRecord
from devices.usb.dates import DateOrder
from devices.usb.lines import Line

LINE: Final = -1
"""Stands for the log position of a line: a file does not tell a record's place in the terminal's log."""
NO_KEY: Final = 255
"""State where the file does not say it in a way that can be trusted to be in its column."""
UNKNOWN_VERIFY: Final = 255
"""Verify code where the file does not say it."""


class FileKind(StrEnum):
    """Which of the files a terminal writes."""

    ATTLOG = "attlog.dat"
    GLG = "GLG/AGL"
    USERS = "user.dat"


@dataclass(frozen=True, slots=True)
class StickFile:
    """One file, read. Every line is an item, or is known to be none (header, comment, checksum, blank)."""

    kind: FileKind
    items: Sequence[AttLogRecord | BadRecord] = ()
    """In the file's order. A GLG file may hold the same punch twice."""
    users: Sequence[UserRecord] = ()
    """Of a user.dat; without passwords."""
    unreadable_users: int = 0
    """Records of a user.dat that name nobody who could punch."""
    device_ids: frozenset[str] = frozenset()
    """The terminal's own short number, as the lines have it; usually one, usually "1"."""
    serial: str | None = None
    """The serial number that the file itself states; most files state none."""
    date_order: DateOrder | None = None
    """How its dates were read where day and month could be exchanged; None: they could not."""


def bad_line(line: Line, reason: str) -> BadRecord:
    """A line that could not be read, kept whole."""
    return BadRecord(LINE, line.raw, f"line {line.number}: {reason}")
