"""What terminals are answered. Every line ends in LF, the last too: the old client drops one that does not.

Always with status 200, `text/plain`, Content-Length and a Date header: the old client takes nothing else for
an acknowledgement, and every terminal sets its clock from Date and TimeZone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from devices.adms.requests import AttLog, Ignored, OperLog, RealTimeLog, Request
from devices.zk.times import encode_time

SERVER_VERSION: Final = "2.4.1"
"""Named in the handshake, it makes terminals say `&Stamp=` everywhere. Encryption begins at 2.4.0 and has to
be asked for: it never is.
"""
SECURITY_VERSION: Final = "3.0.1"
OK: Final = b"OK\n"
NO_STAMP: Final = "0"

_SHORTEST_IN_MINUTES: Final = 25
"""A TimeZone below this is hours, from it on minutes."""
_WANTED: Final = "TransData AttLog\tOpLog\tEnrollUser\tChgUser"
"""Without fingerprints, faces and photos: they are not ours to keep."""

_VALUE = re.compile(r"[!-~]{1,64}")
_COMMAND_ID = re.compile(r"[A-Za-z0-9]{1,16}")
_LINE_BREAK = re.compile(r"[\r\n\0]")


@dataclass(frozen=True, slots=True)
class HandshakeOptions:
    """How a terminal shall behave. Delays in whole seconds."""

    serial: str
    zone_offset: timedelta
    """How far local time is ahead of UTC."""
    attlog_stamp: str = NO_STAMP
    """The terminal's own last stamp, never one of ours: an invented one triggers resending everything."""
    operlog_stamp: str = NO_STAMP
    delay: int = 10
    """Between two heartbeats."""
    error_delay: int = 30
    """After a failure, until the next try."""


@dataclass(frozen=True, slots=True)
class SecurityOptions:
    """How a Security PUSH unit shall behave. Delays in whole seconds."""

    registry_code: str
    session: str
    delay: int = 10
    error_delay: int = 30


def ok(count: int) -> bytes:
    """`count` lines were received and are safe: all that came, unreadable ones included.

    A bare OK made one model send the same batch 220 times.
    """
    return b"OK: %d\n" % count


def acknowledged(request: Request) -> bytes:
    """What to answer to an upload once it is safe, or to anything that is only noted."""
    match request:
        case RealTimeLog(table=str(table)) | Ignored(table=str(table)):
            return f"{_value(table)}={request.lines}\n".encode()
        case AttLog() | RealTimeLog() | OperLog() | Ignored():
            return ok(request.lines)
        case _:
            return OK


def handshake_answer(options: HandshakeOptions) -> bytes:
    """Answer to a `Handshake`. Raises `ValueError` for a stamp, serial or zone that cannot be sent."""
    return _lines(
        f"GET OPTION FROM: {_value(options.serial)}",
        f"ATTLOGStamp={_value(options.attlog_stamp)}",
        f"OPERLOGStamp={_value(options.operlog_stamp)}",
        f"ATTPHOTOStamp={NO_STAMP}",
        f"ErrorDelay={options.error_delay}",
        f"Delay={options.delay}",
        "TransTimes=00:00;14:05",
        "TransInterval=1",
        f"TransFlag={_WANTED}",
        f"TimeZone={time_zone(options.zone_offset)}",
        "Realtime=1",
        "Encrypt=None",
        f"ServerVer={SERVER_VERSION}",
        f"PushProtVer={SERVER_VERSION}",
        "PushOptionsFlag=1",
    )


def registry_answer(code: str) -> bytes:
    """Answer to a `Registry` that is accepted. Raises `ValueError` for a code that cannot be sent."""
    return _lines(f"RegistryCode={_value(code)}")


def security_handshake_answer(options: SecurityOptions) -> bytes:
    """Answer to the `Handshake` of a registered Security PUSH unit; an unregistered one gets `OK`."""
    return _lines("registry=ok", f"RegistryCode={_value(options.registry_code)}") + push_configuration_answer(
        options
    )


def push_configuration_answer(options: SecurityOptions) -> bytes:
    """Answer to a `PushConfiguration`."""
    return _lines(
        f"ServerVersion={SECURITY_VERSION}",
        "ServerName=Presensi",
        f"PushVersion={SECURITY_VERSION}",
        f"ErrorDelay={options.error_delay}",
        f"RequestDelay={options.delay}",
        "TransTimes=00:00;14:05",
        "TransInterval=1",
        "TransTables=User\tTransaction",
        "Realtime=1",
        f"SessionID={_value(options.session)}",
        "TimeoutSec=10",
    )


def time_answer(now: datetime, zone_offset: timedelta) -> bytes:
    """Answer to a `TimeRequest`: `now` (aware) in UTC, packed as the ZK protocol packs time, and our zone."""
    minutes = _whole_minutes(zone_offset)
    sign = "-" if minutes < 0 else "+"
    zone = f"{sign}{abs(minutes) // 60:02}{abs(minutes) % 60:02}"
    return _lines(f"DateTime={encode_time(now.astimezone(UTC))},ServerTZ={zone}")


def commands_answer(commands: Iterable[tuple[str, str]]) -> bytes:
    """Answer to a `GetRequest`: (id, command) each; `OK` for none, since an empty body counts as offline.

    Raises `ValueError` for an id or a command that would become something else on the terminal.
    """
    lines = []
    for identifier, command in commands:
        if not _COMMAND_ID.fullmatch(identifier):
            raise ValueError(f"command id {identifier!r}: at most 16 letters and digits")
        if not command or _LINE_BREAK.search(command):
            raise ValueError(f"a command is one line: {command!r}")
        lines.append(f"C:{identifier}:{command}")
    return _lines(*lines) if lines else OK


def time_zone(offset: timedelta) -> str:
    """TimeZone's value: whole hours, else minutes (330 for 5.5 hours). Raises `ValueError` for an offset that
    can be said in neither way.
    """
    minutes = _whole_minutes(offset)
    if minutes % 60 == 0:
        return str(minutes // 60)
    if abs(minutes) < _SHORTEST_IN_MINUTES:
        raise ValueError(f"a time zone of {minutes} minutes would be taken for hours")
    return str(minutes)


def _whole_minutes(offset: timedelta) -> int:
    minutes, rest = divmod(offset, timedelta(minutes=1))
    if rest:
        raise ValueError(f"a time zone of {offset}")
    return minutes


def _value(text: str) -> str:
    if not _VALUE.fullmatch(text):
        raise ValueError(f"{text!r} cannot be sent to a terminal")
    return text


def _lines(*lines: str) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()
