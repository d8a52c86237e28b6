"""A USB stick as simulated terminals write it: the same log in every dialect that was seen.

Written from the protocol notes and not from the importer's parsers, so that the two check each other.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple

from devices.driver import AttLogRecord
from devices.zk.layouts import LAYOUTS
from devices.zk.records import decode_log
from simulators.layouts import time_of
from simulators.terminal import TerminalSim

USER_FILE: Final = "user.dat"
_HEADER: Final = 4
"""Bytes in front of a prepared list of users; the file has none."""
_GARBAGE: Final = (b"\xff" * 24, b"\0" * 31, b"\x80\x02%s\t\t\x1b", b"1001\t2026-13-45 29:61:00\t1\t0\t1\t0")


class Punched(NamedTuple):
    """One record of the log, as the terminal would print it."""

    pin: str
    name: str
    day: tuple[int, int, int]
    """Year, month, day: perhaps a day that never was."""
    clock: tuple[int, int, int]
    verify: int
    state: int


class Tail(Enum):
    """How the stick was pulled out."""

    WHOLE = "whole"
    TORN = "torn"
    """In the middle of the last line."""
    GARBAGE = "garbage"
    """Lines of garbage follow the last one."""


@dataclass(frozen=True, slots=True)
class StickDialect:
    """One way of writing a log."""

    summary: str
    """For technicians, in English."""
    name: Callable[[TerminalSim, int], str]
    """The file's name, from the terminal and its device id."""
    text: Callable[[TerminalSim, int, Sequence[Punched]], str]
    with_users: bool = False
    """It writes a user.dat as well."""


def write_stick(
    terminal: TerminalSim,
    folder: Path,
    dialect: str = "attlog",
    *,
    device_id: int = 1,
    tail: Tail = Tail.WHOLE,
    seed: int = 0,
) -> list[Path]:
    """Write the terminal's whole log into `folder`, which is made; the files' names. `dialect` is a key of
    `STICK_DIALECTS`, `seed` chooses the garbage.
    """
    made = STICK_DIALECTS[dialect]
    punches = recorded(terminal)
    data = made.text(terminal, device_id, punches).encode()
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / made.name(terminal, device_id)
    log.write_bytes(_ended(data, tail, seed))
    if not made.with_users:
        return [log]
    users = terminal.prepare_users()
    names = folder / USER_FILE
    names.write_bytes(users.read(_HEADER, len(users)))
    return [log, names]


def recorded(terminal: TerminalSim) -> list[Punched]:
    """The log, oldest first, whatever size its records have."""
    kind, numbers = terminal.model.record, {number: user.pin for number, user in terminal.enrolled}
    layout, names = LAYOUTS[kind], {user.pin: user.name for user in terminal.users}
    records = terminal.log.records()
    # Without its time no record is refused for one that never was: a terminal prints that too.
    timeless = b"".join(raw[: layout.time] + bytes(4) + raw[layout.time + 4 :] for raw in records)
    found = []
    for raw, item in zip(records, decode_log(timeless, layout, users=numbers), strict=True):
        day, clock = _unpacked(time_of(raw, kind))
        if isinstance(item, AttLogRecord):
            found.append(Punched(item.pin, names.get(item.pin, ""), day, clock, item.verify, item.state))
        else:
            found.append(Punched("", "", day, clock, 0, 0))
    return found


def _unpacked(packed: int) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    packed, second = divmod(packed, 60)
    packed, minute = divmod(packed, 60)
    packed, hour = divmod(packed, 24)
    packed, day = divmod(packed, 31)
    year, month = divmod(packed, 12)
    return (2000 + year, month + 1, day + 1), (hour, minute, second)


def _ended(data: bytes, tail: Tail, seed: int) -> bytes:
    chance = random.Random(seed)
    match tail:
        case Tail.WHOLE:
            return data
        case Tail.TORN:
            last = data.rstrip().rpartition(b"\n")[2]
            return data.rstrip()[: -chance.randint(1, max(1, len(last) - 1))]
        case Tail.GARBAGE:
            lines = [*chance.sample(_GARBAGE, 3), chance.randbytes(40)]
            return data + b"\r\n".join(line.replace(b"\n", b"?") for line in lines)


def _day(punch: Punched, form: str) -> str:
    year, month, day = punch.day
    return form.format(year=year, month=month, day=day)


def _clock(punch: Punched) -> str:
    return "{:02}:{:02}:{:02}".format(*punch.clock)


def _half_day(punch: Punched) -> str:
    hour, minute, second = punch.clock
    return f"{(hour + 11) % 12 + 1:02}:{minute:02}:{second:02} {'AM' if hour < 12 else 'PM'}"


def _attlog(width: int, end: str, *, framed: bool = False) -> Callable[..., str]:
    """PIN, time, device id, state, verify, work code; black-and-white models frame them."""

    def text(terminal: TerminalSim, device_id: int, punches: Sequence[Punched]) -> str:
        lines = [
            f"{punch.pin:>{width}}\t{_day(punch, '{year:04}-{month:02}-{day:02}')} {_clock(punch)}"
            f"\t{device_id}\t{punch.state}\t{punch.verify}\t0{end}"
            for punch in punches
        ]
        body = "".join(lines)
        return f"SN={terminal.serial}{end}{body}CHECKSUM={sum(body.encode())}{end}" if framed else body

    return text


def _board(
    header: str, row: Callable[[int, int, Punched], str], comments: Sequence[str] = (), times: int = 1
) -> Callable[..., str]:
    """A header and a row a punch; some boards write each punch twice."""

    def text(terminal: TerminalSim, device_id: int, punches: Sequence[Punched]) -> str:
        heads = [f"# {comment}".format(serial=terminal.serial) for comment in comments]
        each = [punch for punch in punches for _ in range(times)]
        rows = [row(number, device_id, punch) for number, punch in enumerate(each, 1)]
        return "".join(f"{line}\r\n" for line in (*heads, header, *rows))

    return text


def _plain(form: str, clock: Callable[[Punched], str] = _clock, gap: str = " ") -> Callable[..., str]:
    def row(number: int, device_id: int, punch: Punched) -> str:
        when = f"{_day(punch, form)}{gap}{clock(punch)}"
        return f"{number}\t{device_id}\t{punch.pin}\t{punch.name}\t0\t{punch.verify}\t{when}"

    return row


def _shifted(number: int, device_id: int, punch: Punched) -> str:
    """Two columns more than the header has."""
    when = f"{_day(punch, '{year:04}-{month:02}-{day:02}')}  {_clock(punch)}"
    return f"{number}\t{device_id}\t{punch.pin}\t\t\t{punch.name}\t{punch.verify}\t{punch.state}\t{when}"


def _padded(number: int, device_id: int, punch: Punched) -> str:
    key = {0: "S", 1: "E"}.get(punch.state, "")
    when = f"{_day(punch, '{year:04}/{month:02}/{day:02}')} {_clock(punch)}"
    return f"{number:06}\t{device_id:04}\t{punch.pin:0>9}\t{punch.name}\t{punch.verify}\t{key}\t{when}"


def _with_id(terminal: TerminalSim, device_id: int) -> str:
    return f"{device_id}_attlog.dat"


def _with_serial(terminal: TerminalSim, device_id: int) -> str:
    return f"{terminal.serial}_attlog.dat"


def _always(name: str) -> Callable[[TerminalSim, int], str]:
    return lambda _terminal, _device_id: name


_BOARD_HEADER: Final = "No\tTMNo\tEnNo\tName\tGMNo\tMode\tDateTime"
_YEAR_FIRST: Final = "{year:04}/{month:02}/{day:02}"

STICK_DIALECTS: Final[Mapping[str, StickDialect]] = MappingProxyType(
    {
        "attlog": StickDialect(
            "1_attlog.dat and user.dat, as most ZK terminals", _with_id, _attlog(9, "\r\n"), with_users=True
        ),
        "attlog-short": StickDialect("PIN five wide, LF", _with_id, _attlog(5, "\n"), with_users=True),
        "attlog-serial": StickDialect("the serial number in the name", _with_serial, _attlog(9, "\r\n")),
        "attlog-framed": StickDialect(
            "SN and CHECKSUM lines, as black-and-white models", _with_id, _attlog(9, "\r\n", framed=True)
        ),
        "glg": StickDialect(
            "new punches of a non-ZK board, year first",
            _always("GLG_001.TXT"),
            _board(_BOARD_HEADER, _plain(_YEAR_FIRST)),
        ),
        "glg-twice": StickDialect(
            "each punch twice",
            _always("GLG_001.TXT"),
            _board(_BOARD_HEADER, _plain(_YEAR_FIRST), times=2),
        ),
        "glg-month-first": StickDialect(
            "MM/DD/YYYY",
            _always("GLG_001.TXT"),
            _board(_BOARD_HEADER, _plain("{month:02}/{day:02}/{year:04}")),
        ),
        "glg-half-day": StickDialect(
            "DD-MM-YYYY with AM and PM: ask which it is",
            _always("GLG_001.TXT"),
            _board(_BOARD_HEADER, _plain("{day:02}-{month:02}-{year:04}", _half_day)),
        ),
        "agl": StickDialect(
            "all punches; rows longer than their header",
            _always("AGL_001.TXT"),
            _board("No\tTMNo\tEnNo\tName\tMode\tINOUT\tDateTime", _shifted),
        ),
        "agl-comments": StickDialect(
            "four comment lines, zero-padded numbers, S and E",
            _always("AGL_0001.TXT"),
            _board(
                "No\tTMNo\tEnNo\tName\tMode\tIN/OUT\tDateTime",
                _padded,
                ("DeviceModel = SIM", "DeviceSN = {serial}", "DataType = AttendLog", "Version = 1"),
            ),
        ),
    }
)
"""By name."""
