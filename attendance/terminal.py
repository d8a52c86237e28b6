"""A terminal as the city knows it, how far it has been read, and how it is doing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from attendance.ids import SerialNumber, TerminalId, UnitId

PUSH_DRIVER = "push"
"""Driver key of a terminal that calls our gateway; the collector does not call it."""
USB_DRIVER = "usb"
"""Driver key of a terminal without a line: its punches come on a USB stick."""
UNCALLED_DRIVERS = frozenset({PUSH_DRIVER, USB_DRIVER})


class Follow(StrEnum):
    """How the collector follows a terminal."""

    LIVE = "live"
    """Hold a session, register for events, and prove them by count checks."""
    POLL = "poll"
    """Connect, read, EXIT; again after the interval."""


@dataclass(frozen=True, slots=True)
class Terminal:
    """One registered terminal."""

    id: TerminalId
    serial: SerialNumber
    name: str
    unit_id: UnitId
    """The unit at whose site it hangs."""
    address: str
    """Host name or IP address; a serial line's URL; empty where nobody calls it. It may change, the serial
    number may not.
    """
    port: int
    driver: str
    """Key in `devices.registry`, e.g. "zk-tcp"."""
    follow: Follow
    interval: float | None
    """Seconds between count checks (live) or visits (poll); None takes the collector's setting."""
    active: bool
    district: str = ""
    """The kecamatan where it hangs; empty: not told."""

    @property
    def place(self) -> str:
        """Where it is, as a person reads it; empty where nobody calls it and no address is known."""
        return f"{self.address}:{self.port}" if self.port else self.address

    @property
    def called(self) -> bool:
        """Whether the collector calls it: not one that pushes, nor one read by stick only."""
        return self.driver not in UNCALLED_DRIVERS


@dataclass(frozen=True, slots=True)
class LogCursor:
    """How far a terminal's log has been read, and how the count adds up:
    stored + duplicates + quarantined = records_read, within one generation.
    """

    terminal_id: TerminalId
    generation: int
    """Grows by one whenever the log was found cleared, wrapped or replaced."""
    records_read: int
    """Records of the log, from its first, that are accounted for."""
    overlap: bytes
    """Raw bytes of the last records read (at most OVERLAP_RECORDS of them); empty for an empty log."""
    stored: int
    duplicates: int
    """Records that repeat another record of the same log, key for key."""
    quarantined: int


@dataclass(frozen=True, slots=True)
class TerminalHealth:
    """What the collector knows of a terminal at this moment. All moments aware, UTC, city time."""

    terminal_id: TerminalId
    online: bool
    """False from the moment a contact failed until one succeeded: a dark terminal vouches for nobody."""
    read_through: datetime | None
    """The horizon: every punch made on this terminal before this moment is in the store. None: never read."""
    last_contact_at: datetime | None
    offline_since: datetime | None
    clock_offset: float | None
    """Seconds the terminal's clock is ahead of city time, as last measured."""
    log_records: int | None
    log_capacity: int | None
    error: str | None
    """Short code of the last failure while it lasts, e.g. "Unreachable"; None when well."""
    error_detail: str | None
    action: str | None
    """What an operator can do about it; None when the collector retries by itself."""
    firmware: str | None
