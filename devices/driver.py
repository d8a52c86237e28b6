"""What every way of reading a terminal offers, whatever its protocol and transport."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

OVERLAP_RECORDS = 4
"""How many records before the cursor a tail read repeats, to prove that the log is still the same log."""


class AttLogRecord(NamedTuple):
    """One attendance record as the terminal keeps it.

    A NamedTuple: a hundred thousand are made in one log read.
    """

    pin: str
    device_time: datetime
    """Naive, the terminal's own clock."""
    verify: int
    state: int
    work_code: str
    user_index: int
    """The u16 in front of the record; not always a user number, 0 for a deleted user."""


@dataclass(frozen=True, slots=True)
class BadRecord:
    """A record that could not be read: kept whole, with the reason."""

    index: int
    """Position in the terminal's log, from 0; -1 for a live event."""
    raw: bytes
    reason: str


@dataclass(frozen=True, slots=True)
class Target:
    """Where a terminal is and how to speak to it. Durations in real seconds."""

    address: str
    """Host name or IP address; for a serial line its URL, see `devices.zk.serial_line`."""
    port: int = 4370
    """0 for a serial line."""
    comm_key: int = 0
    connect_timeout: float = 5.0
    reply_timeout: float = 5.0
    """Deadline of one small request, from first byte sent to last byte received."""
    bulk_timeout: float = 120.0
    """Deadline of one `read_log` or `read_users`."""
    silence_timeout: float = 20.0
    """Longest silence in mid-read. A terminal may need some seconds to prepare a long log, not more."""
    expected_serial: str | None = None
    """When given, another serial number raises `WrongTerminal`."""

    @property
    def place(self) -> str:
        """Where it is, as a person reads it."""
        return f"{self.address}:{self.port}" if self.port else self.address


@dataclass(frozen=True, slots=True)
class Identity:
    """Who answered."""

    serial: str
    firmware: str
    platform: str
    device_name: str


@dataclass(frozen=True, slots=True)
class LogCounts:
    """How full the terminal is; None where it does not say (which is not zero)."""

    records: int | None
    records_capacity: int | None
    users: int | None
    users_capacity: int | None


@dataclass(frozen=True, slots=True)
class LogPosition:
    """Where the last read ended: `records_read` records, the last of which are `overlap` byte for byte."""

    records_read: int
    overlap: bytes
    """At most OVERLAP_RECORDS whole records; empty only when records_read is 0."""


@dataclass(frozen=True, slots=True)
class LogRead:
    """Records read from the log, in the log's order."""

    first_index: int
    """Log position of the first record here: 0 for a full read, the cursor's for a tail read."""
    items: Sequence[AttLogRecord | BadRecord]
    """One for every log position from first_index on, none left out."""
    total: int
    """Records the whole log held when it was read. More than first_index + len(items) when the line is slow
    and this is a piece: read on after it.
    """
    raw: bytes
    """The raw bytes of exactly `items`, so that a cursor can be placed after any of them."""
    record_size: int
    prefix: bytes
    """Raw bytes of up to OVERLAP_RECORDS records before first_index (the verified overlap)."""

    def position_after(self, count: int) -> LogPosition:
        """The position after the first `count` of `items`."""
        end = count * self.record_size
        known = self.prefix + self.raw[:end]
        return LogPosition(
            self.first_index + count, known[-OVERLAP_RECORDS * self.record_size :] if known else b""
        )


@dataclass(frozen=True, slots=True)
class LiveEvents:
    """What arrived since the last call: punches, and what could not be read."""

    items: Sequence[AttLogRecord | BadRecord]


@dataclass(frozen=True, slots=True)
class UserRecord:
    """A user as the terminal keeps it, without password or template."""

    user_index: int
    pin: str
    name: str
    privilege: int
    card: int


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What this terminal was found able to do; None where that was not tried yet."""

    transport: str
    """"tcp", "udp" or "serial"."""
    record_size: int | None
    """Bytes of one attendance record."""
    tail: bool | None
    """It reads its prepared log from the middle."""
    time_range: bool | None
    """It reads its log between two moments."""
    bulk: bool | None
    """It prepares a buffer; False: it sends its log on the bare command only."""
    live: bool | None
    """It sends punches as they happen."""

    @property
    def reading(self) -> str:
        """The way in which a log that grew will be read: "tail", "time range", "whole", or "bare"."""
        if self.bulk is False:
            return "bare"
        if self.tail is not False:
            return "tail"
        return "time range" if self.time_range is not False else "whole"


class Session(Protocol):
    """An open session with one terminal. Not for concurrent use, except that `events` may wait while no
    request runs. Every method raises `DeviceError` subclasses only, and is bounded by the target's deadlines.
    """

    @property
    def identity(self) -> Identity:
        """Who answered at this address."""
        ...

    @property
    def capabilities(self) -> Capabilities:
        """What has been found out about this terminal so far, in this session and before."""
        ...

    async def read_clock(self) -> datetime:
        """The terminal's clock, naive, whole seconds. Also serves as keepalive."""
        ...

    async def set_clock(self, moment: datetime) -> None:
        """Set the terminal's clock to the naive local `moment`."""
        ...

    async def counts(self) -> LogCounts:
        """One small request: how many records and users, and how many fit."""
        ...

    async def read_log(self, after: LogPosition | None = None) -> LogRead:
        """The whole log, or only what follows `after`.

        Raises `LogDiscontinuity` when the log does not continue `after`: read it whole then.
        """
        ...

    async def read_users(self) -> Sequence[UserRecord]:
        """All users, without passwords."""
        ...

    async def probe(self) -> Capabilities:
        """Find out what this terminal can do, by small reads that change nothing on it."""
        ...

    async def subscribe(self) -> None:
        """Ask for live attendance events on this session."""
        ...

    async def events(self, timeout: float) -> LiveEvents:
        """Wait up to `timeout` real seconds for events; empty when none came. Events that arrived during
        requests are returned at once. Raises `LinkClosed` when the terminal hung up.
        """
        ...

    async def close(self) -> None:
        """Say EXIT if the line still stands, and hang up. Never raises."""
        ...


class Driver(Protocol):
    """A way of reaching terminals."""

    async def open(self, target: Target) -> Session:
        """Connect, authenticate and identify, within the target's deadlines. Raises `DeviceError`."""
        ...
