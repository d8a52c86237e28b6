"""attlog.dat: one punch a line, the columns separated by TAB.

    "     1001"  "2026-11-23 07:29:31"  "1"        "0"     "1"     "0"
     PIN, left-   the terminal's own     device id  state   verify  work code
     padded       clock

State comes before verify here. Lines end in LF or CRLF; some models leave the work code out, some add
columns. Black-and-white models may begin with `SN=<serial number>` and end with `CHECKSUM=<number>`; how that
sum is made is documented nowhere, so it is passed over.
Source: exports of several models, and the vendor's own sample program for reading them (UDisk).
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from devices.driver import AttLogRecord, BadRecord
from devices.usb.dates import FIRST_YEAR, LAST_YEAR
from devices.usb.fields import LONGEST_PIN, code_of, pin_of
from devices.usb.lines import Line, lines
from devices.usb.stick_file import FileKind, StickFile, bad_line

COLUMNS: Final = 5
"""Fewest columns of a whole line."""
NO_WORK_CODE: Final = "0"
_TIME: Final = re.compile(r"(\d{4})-(\d{2})-(\d{2})[ T](\d{2}):(\d{2}):(\d{2})", re.ASCII)
_SERIAL: Final = re.compile(
    r" {0,8}(?:SN|Serial ?Number)[ \t]{0,8}[=:][ \t]{0,8}([\x21-\x7e]{1,40})\s?", re.I
)
_CHECKSUM: Final = re.compile(r" {0,8}Check ?Sum[ \t]{0,8}[=:][ \t]{0,8}[\x21-\x7e]{1,80}\s?", re.I)


def parse_attlog(data: bytes) -> StickFile:
    """Every line: a punch, or bad with its reason. Never raises."""
    items: list[AttLogRecord | BadRecord] = []
    device_ids: set[str] = set()
    serial = None
    reader = _Reader()
    for line in lines(data):
        fields = line.text.split("\t")
        if len(fields) < COLUMNS:
            if stated := _SERIAL.fullmatch(line.text):
                serial = stated[1]
                continue
            if _CHECKSUM.fullmatch(line.text):
                continue
        read = reader.read(line, fields)
        if isinstance(read, AttLogRecord):
            device_ids.add(fields[2].strip(" "))
        items.append(read)
    return StickFile(FileKind.ATTLOG, items, device_ids=frozenset(device_ids), serial=serial)


def is_attlog(data: bytes) -> bool:
    """Whether one of the first lines is a punch of this form."""
    reader = _Reader()
    return any(
        isinstance(reader.read(line, line.text.split("\t")), AttLogRecord)
        for line, _ in zip(lines(data), range(20), strict=False)
    )


class _Reader:
    """Remembers PINs: a file of 100,000 punches holds some hundred people."""

    def __init__(self) -> None:
        self._pins: dict[str, str | None] = {}

    def read(self, line: Line, fields: list[str]) -> AttLogRecord | BadRecord:
        """One line, cut into its columns."""
        if len(fields) < COLUMNS:
            return bad_line(line, f"{len(fields)} columns, a punch has {COLUMNS + 1}")
        if fields[0] not in self._pins:
            self._pins[fields[0]] = pin_of(fields[0])
        pin = self._pins[fields[0]]
        if pin is None:
            return bad_line(line, "no readable PIN")
        written = _TIME.fullmatch(fields[1].strip(" "))
        if written is None:
            return bad_line(line, "no time in the second column")
        moment = _moment(written)
        if moment is None:
            return bad_line(line, f"impossible time {written[0]}")
        state, verify = code_of(fields[3]), code_of(fields[4])
        if state is None or verify is None:
            return bad_line(line, "no code in the column of state or verify")
        work_code = fields[COLUMNS].strip(" \r") if len(fields) > COLUMNS else ""
        if len(work_code) > LONGEST_PIN or not (work_code.isascii() and work_code.isprintable()):
            return bad_line(line, "no readable work code")
        return AttLogRecord(pin, moment, verify, state, "" if work_code == NO_WORK_CODE else work_code, 0)


def _moment(written: re.Match[str]) -> datetime | None:
    year, month, day, hour, minute, second = map(int, written.groups())
    try:
        return datetime(year, month, day, hour, minute, second) if FIRST_YEAR <= year <= LAST_YEAR else None  # noqa: DTZ001
    except ValueError:
        return None
