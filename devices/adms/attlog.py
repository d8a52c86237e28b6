"""Attendance lines, `table=ATTLOG`: one punch a line, columns between TABs, LF or CR LF.

    1001 TAB 2026-11-23 07:29:58 TAB 0 TAB 1 TAB 0 TAB 0 TAB 0 LF
    PIN      by the terminal's       |     |     work  reserved: some units put mask and temperature here,
             own clock               |     verify code one a sequence number, one nothing but a last TAB
                                     status (0 in, 1 out, 255 no key)

Seen: 4, 5, 7 and a trailing TAB with an empty work code (X100-C), 8, 10, and 11 columns with a sequence last
(MB10) where the newest document has a time offset. So columns after the work code are not interpreted.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Final

from devices.adms.text import PIN, TIME, is_pin, read_text, without_secrets
from devices.driver import AttLogRecord, BadRecord

NOT_SAID: Final = 255
"""Stands for a status or verify code that the line does not have."""

LONGEST_WORK_CODE: Final = 32

TIME_FORMAT: Final = "%Y-%m-%d %H:%M:%S"

_CODE = r"(-?\d{1,9})?"
_LINE = re.compile(
    rf" *({PIN}) *\t({TIME})(?:\t{_CODE}(?:\t{_CODE}(?:\t([^\t]*)(?:\t.*)?)?)?)?", re.ASCII | re.DOTALL
)
_TIME_ONLY = re.compile(TIME)

_BLANKS = " \t\r\v\f"

_make_record: Callable[[type[AttLogRecord], tuple[object, ...]], AttLogRecord] = tuple.__new__
# tuple.__new__ skips the NamedTuple's own constructor, which is written in Python.


def parse_attlog(body: bytes) -> list[AttLogRecord | BadRecord]:
    """One item for every line that is not blank, in the body's order; never fails.

    A line that cannot be read becomes a `BadRecord` with the line's bytes. A user's or a finger's that came
    here by mistake is kept without password or template.
    """
    items: list[AttLogRecord | BadRecord] = []
    # Latin-1 maps every byte to one character and back: one regular expression then serves any encoding.
    for line in split_lines(body):
        read = _LINE.fullmatch(line)
        if read is None:
            items.append(BadRecord(-1, without_secrets(line.encode("latin-1")), _why_not(line)))
            continue
        pin, time, status, verify, work_code = read.groups()
        try:
            moment = datetime.fromisoformat(time)
        except ValueError:
            items.append(BadRecord(-1, line.encode("latin-1"), f"impossible date {time}"))
            continue
        if work_code and not (work_code.isascii() and work_code.isprintable()):
            work_code = read_text(work_code.encode("latin-1"))
        fields = (
            pin,
            moment,
            NOT_SAID if verify is None else int(verify),
            NOT_SAID if status is None else int(status),
            (work_code or "")[:LONGEST_WORK_CODE],
            0,
        )
        items.append(_make_record(AttLogRecord, fields))
    return items


def split_lines(body: bytes) -> list[str]:
    """The lines of `body` that are not blank, each byte as one character. NULs at the end are padding."""
    lines = body.rstrip(b"\0").decode("latin-1").replace("\r\n", "\n").split("\n")
    return [line for line in lines if line.strip(_BLANKS)]


def count_lines(body: bytes) -> int:
    """How many lines of `body` are not blank: what the answer must say was received."""
    return len(split_lines(body))


def encode_attlog_line(record: AttLogRecord, columns: int = 7) -> bytes:
    """The line, LF included, that a unit with so many columns sends for `record`.

    Eleven columns end in a sequence number, as an MB10 has it. Raises `ValueError` for fewer than 2 columns.
    """
    if columns < 2:
        raise ValueError("a punch has a PIN and a time")
    fields = [
        record.pin,
        record.device_time.strftime(TIME_FORMAT),
        str(record.state),
        str(record.verify),
        record.work_code,
        *("0" * 6),
    ]
    if columns == 11:
        fields[10] = str(record.user_index)
    return "\t".join(fields[:columns]).encode() + b"\n"


def _why_not(line: str) -> str:
    pin, _, rest = line.partition("\t")
    if not is_pin(pin.strip(" ")):
        return "no readable PIN"
    time = rest.partition("\t")[0]
    if not _TIME_ONLY.fullmatch(time):
        return "no readable time"
    return "the status or verify code is not a number"
