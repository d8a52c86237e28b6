"""A punch: one press of one finger at one terminal. Immutable once stored."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from attendance.ids import Pin, TerminalId


class Capture(StrEnum):
    """The way a punch reached us. The same punch may arrive in several ways; it stays one row."""

    PULL = "pull"
    LIVE = "live"
    PUSH = "push"
    SERIAL = "serial"
    USB = "usb"
    MOBILE = "mobile"


class Punch(NamedTuple):
    """A normalised punch. Unique by (terminal_id, pin, device_time).

    A NamedTuple, not a dataclass: a hundred thousand are made in one log read.
    """

    terminal_id: TerminalId
    pin: Pin
    device_time: datetime
    """Naive: exactly what the terminal recorded."""
    at: datetime
    """Aware, UTC: city time zone and measured clock offset applied."""
    received_at: datetime
    """Aware, UTC: city time when the collector held it."""
    verify: int
    """How the terminal recognised the person; codes differ by model, kept raw."""
    state: int
    """The in/out key, 255 for none; kept raw and never trusted."""
    work_code: str
    capture: Capture
