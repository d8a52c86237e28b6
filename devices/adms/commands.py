"""What a terminal can be asked to do. Times are naive: the terminal's own clock.

Never to be sent: Shell, PutFile, GetFile, CLEAR, DATA DELETE of a log. A log is never cleared, and nobody
gets a shell on a terminal through us.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

from devices.adms.attlog import TIME_FORMAT
from devices.adms.text import is_pin

INFO: Final = "INFO"
"""Tell of yourself; the answer counts users, fingers and punches."""
CHECK: Final = "CHECK"
"""Handshake again, and send what is new."""
LOG: Final = "LOG"
"""Send now what is new."""
REBOOT: Final = "REBOOT"

_QUERY_ATTLOG = "DATA QUERY ATTLOG"
_VERIFY_SUM = "VERIFY SUM ATTLOG"
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")

_MEANINGS: Mapping[int, str] = MappingProxyType(
    {
        0: "done",
        -1: "wrong parameter, or no data",
        -2: "the size does not match",
        -3: "could not be read or written",
        -9: "the size of the template does not match",
        -10: "no such user",
        -11: "invalid template",
        -12: "invalid template",
        -22: "unknown command",
        -1001: "full",
        -1002: "not supported",
        -1003: "timed out",
        -1004: "does not match its settings",
        -1005: "busy",
        -1006: "too long",
        -1007: "out of memory",
    }
)


def query_attlog(start: datetime, end: datetime) -> str:
    """Send again all punches from `start` to `end`, both included; they come as ordinary uploads."""
    return f"{_QUERY_ATTLOG} {_span(start, end)}"


def verify_sum(start: datetime, end: datetime) -> str:
    """Say how many punches there are from `start` to `end`, both included."""
    return f"{_VERIFY_SUM} {_span(start, end)}"


def query_users() -> str:
    """Send all users."""
    return "DATA QUERY USERINFO"


def update_user(pin: str, name: str, privilege: int = 0) -> str:
    """Add a user, or change name and privilege of one. Raises `ValueError` for a PIN or name with a TAB or a
    line break: they would be taken for further fields and commands.
    """
    return f"DATA UPDATE USERINFO PIN={_checked_pin(pin)}\tName={_checked(name)}\tPri={privilege}"


def delete_user(pin: str) -> str:
    """Remove a user with all templates. Raises `ValueError` for a PIN that is none."""
    return f"DATA DELETE USERINFO PIN={_checked_pin(pin)}"


def meaning(code: int) -> str:
    """What a result's code says, for an operator."""
    if code > 0:
        return f"done ({code})"
    return _MEANINGS.get(code, f"code {code}")


def _span(start: datetime, end: datetime) -> str:
    if end < start:
        raise ValueError(f"the time ends ({end}) before it starts ({start})")
    return f"StartTime={start.strftime(TIME_FORMAT)}\tEndTime={end.strftime(TIME_FORMAT)}"


def _checked_pin(pin: str) -> str:
    if not is_pin(pin):
        raise ValueError(f"PIN {pin!r}: 1 to 24 printable characters without blanks")
    return pin


def _checked(text: str) -> str:
    if _CONTROL.search(text):
        raise ValueError(f"{text!r} holds a TAB or another control character")
    return text
