"""A ZK fingerprint terminal without its plastic: users, log and clock, and the sessions it holds.

Nothing here reads a clock or a socket: `now` is city time (naive, local), passed in by whoever binds the
terminal to a line (`simulators.tcp`) or plays with it in a test.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from simulators.attendance_log import AttendanceLog, PreparedBuffer
from simulators.layouts import pack_record, pack_user

if TYPE_CHECKING:
    from simulators.session import TerminalSession

FINGER = 1
"""Verify code of a finger."""
NO_KEY = 255
"""Punch state when nobody pressed an in/out key."""
_MOST_USER_NUMBERS = 65_535


class TerminalLocked(Exception):
    """The terminal was disabled by a program and takes no fingers until it is enabled."""


@dataclass(frozen=True, slots=True)
class TerminalModel:
    """What differs from one make to the next. Sizes in bytes."""

    firmware: str = "Ver 6.60 Sep 27 2019"
    platform: str = "ZEM760_TFT"
    device_name: str = "X100-C"
    log_capacity: int = 100_000
    user_capacity: int = 5_000
    inline_up_to: int = 1_024
    """A prepared buffer up to this size is sent at once, in the answer to 1503."""
    single_up_to: int = 0
    """A 1504 answer up to this size is one CMD_DATA; a longer one is PREPARE_DATA, CMD_DATA …, ACK_OK."""
    data_frame: int = 65_528
    """Most bytes of data in one CMD_DATA."""
    event_size: int = 32
    """Length of an attendance event, one of `layouts.EVENT_SIZES`."""
    sessions: int | None = None
    """How many sessions at once; one more is refused. None: any number."""
    secure: bool = False
    """New secure firmware: answers CONNECT with 6001 and speaks nothing else."""
    tail_reads: bool = True
    """False: a 1504 that starts past 0 is refused, unless it continues the one before."""


@dataclass(frozen=True, slots=True)
class SimUser:
    """Somebody whose finger the terminal knows."""

    pin: str
    name: str
    nip: str = ""
    """Known to the simulator only; no terminal has a field for it."""
    privilege: int = 0
    card: int = 0


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
    commands: Counter[int] = field(default_factory=Counter)
    """How often each command came in: a test can prove that nobody disabled or cleared it."""

    def __post_init__(self) -> None:
        self.log = AttendanceLog(self.model.log_capacity)
        self._users: dict[str, tuple[int, SimUser]] = {}
        self._packed_users: bytes | None = None
        self._sessions: list[TerminalSession] = []
        self._sessions_given = zlib.crc32(self.serial.encode())

    @property
    def users(self) -> list[SimUser]:
        """Everybody enrolled here, in order of enrolment."""
        return [user for _, user in self._users.values()]

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
            number = self._users[user.pin][0] if user.pin in self._users else len(self._users) + 1
            if number > min(self.model.user_capacity, _MOST_USER_NUMBERS):
                raise ValueError(f"{self.serial}: no room for user {user.pin}")
            self._users[user.pin] = (number, user)
        self._packed_users = None

    def find(self, who: str) -> SimUser | None:
        """Whoever has this PIN or, failing that, this NIP; None for nobody here."""
        if who in self._users:
            return self._users[who][1]
        return next((user for user in self.users if user.nip and user.nip == who), None)

    def press(self, pin: str, now: datetime, *, verify: int = FINGER, state: int = NO_KEY) -> Pressed:
        """Somebody's finger is recognised: one record in the log, one event for each live session.

        A PIN nobody is enrolled with is recorded too, with user number 0, as deleted users leave it. Raises
        `TerminalLocked` while disabled.
        """
        if self.disabled:
            raise TerminalLocked(f"{self.serial} is disabled")
        moment = self.clock(now)
        self.log.append(self.pack(pin, moment, verify=verify, state=state))
        frames = [(session, session.event(pin, verify, state, moment)) for session in self._sessions]
        return Pressed(moment, tuple((session, frame) for session, frame in frames if frame))

    def pack(self, pin: str, moment: datetime, *, verify: int = FINGER, state: int = NO_KEY) -> bytes:
        """The log record of a punch at `moment` by the terminal's clock; for filling a log beforehand."""
        number = self._users[pin][0] if pin in self._users else 0
        return pack_record(number, pin, verify, moment, state)

    def prepare_users(self) -> PreparedBuffer:
        """All user records, for reading."""
        if self._packed_users is None:
            self._packed_users = b"".join(
                pack_user(number, user.pin, user.name, user.privilege, user.card)
                for number, user in self._users.values()
            )
        return PreparedBuffer(self._packed_users, 0, len(self._packed_users))

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
