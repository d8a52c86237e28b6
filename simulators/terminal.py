"""A ZK fingerprint terminal without its plastic: users, log and clock, and the sessions it holds.

Nothing here reads a clock or a socket: `now` is city time (naive, local), passed in by whoever binds the
terminal to a line (`simulators.tcp`) or plays with it in a test.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from simulators import layouts
from simulators.attendance_log import AttendanceLog, PreparedBuffer
from simulators.enrolled import Enrolled, SimUser
from simulators.layouts import RECORD_SIZES, RecordKind, SizesReply, UserSize

if TYPE_CHECKING:
    from simulators.session import TerminalSession

__all__ = ["FINGER", "NO_KEY", "Pressed", "SimUser", "TerminalLocked", "TerminalModel", "TerminalSim"]

FINGER = 1
"""Verify code of a finger."""
NO_KEY = 255
"""Punch state when nobody pressed an in/out key."""


class TerminalLocked(Exception):
    """The terminal was disabled by a program and takes no fingers until it is enabled."""


@dataclass(frozen=True, slots=True)
class TerminalModel:
    """What differs from one make to the next. Sizes in bytes; `simulators.models` has known makes."""

    firmware: str = "Ver 6.60 Sep 27 2019"
    platform: str = "ZEM760_TFT"
    device_name: str = "X100-C"
    log_capacity: int = 100_000
    user_capacity: int = 5_000
    finger_capacity: int = 10_000
    record: RecordKind = "40"
    """How one attendance record is laid out, see `layouts`."""
    user_size: UserSize = 72
    name_encoding: str = "utf-8"
    """Of users' names, by the market it was made for."""
    counting_index: bool = False
    """The u16 in front of a record counts the records and names no user."""
    sizes_reply: SizesReply = 92
    """Length of its answer to FREE_SIZES; "dword0": four zero bytes, which tell nothing."""
    count_error: int = 0
    """It says that it has so many records more than it has, but never less than none."""
    inline_up_to: int = 1_024
    """A prepared buffer up to this size is sent at once, in the answer to 1503."""
    single_up_to: int = 0
    """A 1504 answer up to this size is one CMD_DATA; a longer one is PREPARE_DATA, CMD_DATA …, ACK_OK."""
    data_frame: int = 65_528
    """Most bytes of data in one CMD_DATA; a datagram holds at most 1,024 of them."""
    event_size: int = 32
    """Length of an attendance event, one of `layouts.EVENT_SIZES`."""
    event_number: bool = False
    """Where an event holds a u16, that is the user's number and not the PIN."""
    sessions: int | None = None
    """How many sessions at once; one more is refused. None: any number."""
    secure: bool = False
    """New secure firmware: answers CONNECT with 6001 and speaks nothing else."""
    tail_reads: bool = True
    """False: a 1504 that starts past 0 is refused, unless it continues the one before."""
    time_range: bool = False
    """It prepares the records between two moments, on 1503 with command 10004."""
    range_slack: int = 0
    """Seconds by which it takes more than that, on either side."""
    range_refusal: int = 2001
    """How it refuses that, where it cannot."""
    bulk: bool = True
    """False: it prepares no buffer and sends log and users on the bare commands 13 and 9 only, in frames
    whose TCP length says less than they hold.
    """
    bare_garbage: bool = False
    """It answers the bare command 13 with nonsense under a right checksum."""
    mute_tcp: bool = False
    """It takes TCP connections and answers nothing on them."""
    udp: bool = True
    """It answers datagrams."""


@dataclass(frozen=True, slots=True)
class Pressed:
    """What one press of a finger made."""

    device_time: datetime
    """Naive, by the terminal's own clock: what the log holds."""
    events: tuple[tuple[TerminalSession, bytes], ...]
    """The live event's frame for each session that asked for events."""


@dataclass(eq=False)
class TerminalSim:
    """One terminal. `clock_offset` is how far its clock is ahead of city time."""

    serial: str
    name: str = ""
    comm_key: int = 0
    clock_offset: timedelta = timedelta()
    model: TerminalModel = field(default_factory=TerminalModel)
    disabled: bool = False
    voices: int = 0
    """How many times it spoke."""
    screen: dict[int, str] = field(default_factory=dict)
    """What a program wrote on its screen, by line."""
    commands: Counter[int] = field(default_factory=Counter)
    """How often each command came in: a test can prove that nobody disabled or cleared it."""

    def __post_init__(self) -> None:
        self.log = AttendanceLog(self.model.log_capacity, RECORD_SIZES[self.model.record])
        self.enrolled = Enrolled(self.serial, self.model.user_capacity)
        self._made = 0
        self._packed_users: bytes | None = None
        self._sessions: list[TerminalSession] = []
        self._sessions_given = zlib.crc32(self.serial.encode())

    @property
    def users(self) -> list[SimUser]:
        """Everybody enrolled here, in order of enrolment."""
        return [user for _, user in self.enrolled]

    @property
    def templates(self) -> Mapping[tuple[str, int], bytes]:
        """Every fingerprint template, by PIN and finger."""
        return self.enrolled.templates

    @property
    def sessions(self) -> tuple[TerminalSession, ...]:
        """The sessions that are open, oldest first."""
        return tuple(self._sessions)

    @property
    def options(self) -> dict[str, str]:
        """What OPTION requests can ask for."""
        digest = zlib.crc32(self.serial.encode())
        return {
            "~SerialNumber": self.serial,
            "~Platform": self.model.platform,
            "~DeviceName": self.model.device_name,
            "~OS": "1",
            "~PIN2Width": "9",
            "~ExtendFmt": "0",
            "~UserExtFmt": "0",
            "~SSR": "1",
            "~ZKFPVersion": "10",
            "FaceFunOn": "0",
            "CompatOldFirmware": "0",
            "WorkCode": "0",
            "MAC": "00:17:61:" + ":".join(f"{digest >> shift & 0xFF:02x}" for shift in (16, 8, 0)),
            "IPAddress": "192.168.1.201",
            "NetMask": "255.255.255.0",
            "GATEIPAddress": "192.168.1.1",
        }

    def clock(self, now: datetime) -> datetime:
        """What the terminal's display shows: whole seconds."""
        return (now + self.clock_offset).replace(microsecond=0)

    def enrol(self, users: Iterable[SimUser]) -> None:
        """Add users, or replace those with the same PIN. Raises `ValueError` when there are too many."""
        for user in users:
            self.enrolled.enrol(user)
        self.users_changed()

    def find(self, who: str) -> SimUser | None:
        """Whoever has this PIN or, failing that, this NIP; None for nobody here."""
        found = self.enrolled.by_pin(who)
        return found or next((user for user in self.users if user.nip and user.nip == who), None)

    def press(self, pin: str, now: datetime, *, verify: int = FINGER, state: int = NO_KEY) -> Pressed:
        """Somebody's finger is recognised: one record in the log, one event for each live session.

        A PIN nobody is enrolled with is recorded too, with user number 0, as deleted users leave it. Raises
        `TerminalLocked` while disabled, and `ValueError` for a PIN that this model has no room for.
        """
        if self.disabled:
            raise TerminalLocked(f"{self.serial} is disabled")
        moment = self.clock(now)
        frames = [(session, session.event(pin, verify, state, moment)) for session in self._sessions]
        self.log.append(self.pack(pin, moment, verify=verify, state=state))
        return Pressed(moment, tuple((session, frame) for session, frame in frames if frame))

    def pack(self, pin: str, moment: datetime, *, verify: int = FINGER, state: int = NO_KEY) -> bytes:
        """The log record of a punch at `moment` by the terminal's clock; for filling a log beforehand.

        Raises `ValueError` for a PIN that this model has no room for.
        """
        number = self.enrolled.number(pin)
        if self.model.counting_index:
            self._made += 1
            number = self._made & 0xFFFF
        return layouts.pack_record(number, pin, verify, moment, state, kind=self.model.record)

    def pack_user(self, number: int, user: SimUser) -> bytes:
        """The record of a user with that number. Raises `ValueError` for a PIN that has no room in it."""
        return layouts.pack_user(
            number,
            user.pin,
            user.name.encode(self.model.name_encoding, "replace"),
            user.privilege,
            user.card,
            password=user.password,
            group=user.group,
            size=self.model.user_size,
        )

    def corrupt_time(self, record: bytes) -> bytes:
        """The same record of this terminal's log, but made on a day that never was."""
        return layouts.corrupt_time(record, self.model.record)

    def users_changed(self) -> None:
        """Somebody was enrolled, changed or removed."""
        self._packed_users = None

    def prepare_users(self) -> PreparedBuffer:
        """All user records, for reading."""
        if self._packed_users is None:
            self._packed_users = b"".join(self.pack_user(number, user) for number, user in self.enrolled)
        return PreparedBuffer(self._packed_users)

    def prepare_templates(self) -> PreparedBuffer:
        """All fingerprint templates, for reading."""
        templates = self.templates.items()
        number = self.enrolled.number
        return PreparedBuffer(
            b"".join(layouts.pack_template(number(pin), finger, raw) for (pin, finger), raw in templates)
        )

    def prepare_range(self, start: int, end: int) -> PreparedBuffer:
        """The records between two packed moments, both included, in the log's order."""
        kind = self.model.record
        first, last = start - self.model.range_slack, end + self.model.range_slack
        return PreparedBuffer(
            b"".join(raw for raw in self.log.records() if first <= layouts.time_of(raw, kind) <= last)
        )

    def sizes(self) -> bytes:
        """The answer to FREE_SIZES, true or not."""
        model = self.model
        return layouts.pack_sizes(
            users=len(self.enrolled),
            fingers=self.enrolled.finger_count,
            records=max(0, len(self.log) + model.count_error),
            user_capacity=model.user_capacity,
            finger_capacity=model.finger_capacity,
            record_capacity=model.log_capacity,
            administrators=sum(user.privilege & 0xE == 0xE for user in self.users),
            passwords=sum(bool(user.password) for user in self.users),
            reply=model.sizes_reply,
        )

    def opened(self, session: TerminalSession) -> bool:
        """Take a session in; False when there are as many as the terminal can hold."""
        if self.model.sessions is not None and len(self._sessions) >= self.model.sessions:
            return False
        self._sessions.append(session)
        return True

    def closed(self, session: TerminalSession) -> None:
        """Forget a session: it said EXIT, or its line broke."""
        if session in self._sessions:
            self._sessions.remove(session)

    def next_session_id(self) -> int:
        """A session number from 1 to 65534."""
        self._sessions_given = (self._sessions_given * 48_271 + 11) % 65_534
        return self._sessions_given + 1
