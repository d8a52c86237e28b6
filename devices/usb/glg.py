"""GLG_001.TXT (new punches) and AGL_001.TXT (all): the text that non-ZK boards write.

    # DeviceModel = ...                                            AGL_0001: four such lines
    No    TMNo    EnNo        Name   GMNo   Mode   IN/OUT   DateTime
    1     1       000001001   …      1      1      S        2026/02/03 07:29:31

The columns differ by board, and header and row may differ in count: the numbers left of the name stand where
the header has them, date and time are found by their form, and mode and in/out are read only where the counts
agree. EnNo is the PIN, zero-padded or not. Several boards list a punch twice.
Source: the headers and rows of some ten boards' exports; see `dates` for the forms of a date.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from devices.driver import AttLogRecord, BadRecord
from devices.usb.dates import DateOrder, Stamp, can_be_both, decide, find_stamp
from devices.usb.errors import AmbiguousDates, OtherDates
from devices.usb.fields import LONGEST_PIN, code_of, pin_of
from devices.usb.lines import Line, lines
from devices.usb.stick_file import NO_KEY, UNKNOWN_VERIFY, FileKind, StickFile, bad_line

_HEADER_WITHIN: Final = 20
"""Lines in which the header is looked for by `is_glg`."""
_MOST_COLUMNS: Final = 64
_NOT_LETTERS: Final = re.compile(r"[^a-z]")
_COMMENT: Final = re.compile(r"# {0,8}([A-Za-z ]{1,40}?) {0,8}[=:] {0,8}([\x21-\x7e]{1,40})\s?")
_SERIAL_NAMES: Final = frozenset({"sn", "serial", "serialnumber", "devicesn", "deviceserialnumber"})
_STATE_WORDS: Final = {"S": 0, "E": 1}
"""Start and end of duty."""


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where the header has what; None where it has it not."""

    count: int
    pin: int = 2
    device: int | None = 1
    verify: int | None = None
    state: int | None = None


_USUAL: Final = _Columns(count=0)
"""Of a file whose header is missing: the first three columns are the same on every board seen."""


@dataclass(frozen=True, slots=True)
class _Row:
    line: Line
    fields: Sequence[str]
    columns: _Columns
    stamp: Stamp


def parse_glg(data: bytes, date_order: DateOrder | None = None) -> StickFile:
    """Every line: a punch, or bad with its reason.

    Raises `AmbiguousDates` when the file does not tell the day from the month and `date_order` is not given,
    and `OtherDates` when it tells the contrary of what is given.
    """
    rows: list[_Row | BadRecord] = []
    columns, serial = _USUAL, None
    for line in lines(data):
        if line.text.startswith("#"):
            serial = _stated_serial(line.text) or serial
            continue
        fields = _cut(line.text)
        if header := _header(fields):
            columns = header
            continue
        stamp = find_stamp(line.text)
        if stamp is None:
            rows.append(bad_line(line, "no date and time"))
        else:
            rows.append(_Row(line, fields, columns, stamp))
    stamps = [row.stamp for row in rows if isinstance(row, _Row)]
    order = _order(stamps, date_order)
    half_days = any(stamp.half_day for stamp in stamps)
    device_ids: set[str] = set()
    items = [row if isinstance(row, BadRecord) else _punch(row, order, half_days, device_ids) for row in rows]
    return StickFile(FileKind.GLG, items, device_ids=frozenset(device_ids), serial=serial, date_order=order)


def is_glg(data: bytes) -> bool:
    """Whether one of the first lines is the header of such a file."""
    first = zip(lines(data), range(_HEADER_WITHIN), strict=False)
    return any(_header(_cut(line.text)) is not None for line, _ in first)


def _order(stamps: Sequence[Stamp], chosen: DateOrder | None) -> DateOrder | None:
    """How to read dates whose year comes last; None where there are none."""
    year_last = [stamp for stamp in stamps if not stamp.year_first]
    if not year_last:
        return None
    told = decide(year_last)
    if told is not None and chosen is not None and told is not chosen:
        raise OtherDates(f"{year_last[0].written} … {year_last[-1].written} are {told.value}")
    both_ways = [stamp for stamp in year_last if can_be_both(stamp)]
    if told is None and chosen is None and both_ways:
        first = both_ways[0]
        raise AmbiguousDates(
            f'"{first.written}" is {first.day(DateOrder.DMY)} or {first.day(DateOrder.MDY)}',
            example=first.written,
            rows=len(both_ways),
        )
    return told or chosen or DateOrder.DMY


def _punch(
    row: _Row, order: DateOrder | None, half_days: bool, device_ids: set[str]
) -> AttLogRecord | BadRecord:
    line, fields, columns = row.line, row.fields, row.columns
    moment = row.stamp.moment(order)
    if moment is None:
        return bad_line(line, f"impossible time {row.stamp.written}")
    if half_days and not row.stamp.half_day:
        return bad_line(line, f"{row.stamp.written} without AM or PM")
    pin = _number(fields, columns.pin)
    if pin is None:
        return bad_line(line, "no readable number in the column EnNo")
    device = _number(fields, columns.device)
    if device is not None:
        device_ids.add(device)
    agree = len(fields) == columns.count
    verify = _code(fields, columns.verify) if agree else None
    state = _code(fields, columns.state) if agree else None
    return AttLogRecord(
        pin, moment, UNKNOWN_VERIFY if verify is None else verify, NO_KEY if state is None else state, "", 0
    )


def _cut(text: str) -> list[str]:
    """The columns: separated by TAB, or by blanks on boards that pad them."""
    if "\t" in text:
        return [field.strip(" ") for field in text.split("\t", _MOST_COLUMNS)]
    return [field for field in text.split(" ", 8 * _MOST_COLUMNS) if field]


def _header(fields: Sequence[str]) -> _Columns | None:
    """The columns that a header names; None when this is no header."""
    names = [_NOT_LETTERS.sub("", field.lower()) for field in fields if len(field) <= LONGEST_PIN]
    if "enno" not in names or not {"datetime", "date"} & set(names) or len(names) < len(fields):
        return None

    def place(*wanted: str) -> int | None:
        return next((names.index(name) for name in wanted if name in names), None)

    return _Columns(
        count=len(fields),
        pin=names.index("enno"),
        device=place("tmno", "mchn", "mchno"),
        verify=place("vm", "mode"),
        state=place("inout", "iomd", "io"),
    )


def _number(fields: Sequence[str], column: int | None) -> str | None:
    """A number or another short word, without the zeros that pad it."""
    if column is None or column >= len(fields):
        return None
    word = pin_of(fields[column])
    return word and (word.lstrip("0") or "0")


def _code(fields: Sequence[str], column: int | None) -> int | None:
    """A code or the letter that stands for it; None where the column holds something else."""
    if column is None:
        return None
    number = code_of(fields[column])
    return _STATE_WORDS.get(fields[column].upper()) if number is None else number


def _stated_serial(text: str) -> str | None:
    comment = _COMMENT.fullmatch(text)
    if comment is None or _NOT_LETTERS.sub("", comment[1].lower()) not in _SERIAL_NAMES:
        return None
    return comment[2]
