"""An open session with one ZK terminal, over any line."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Final

from devices.driver import (
    Capabilities,
    Identity,
    LiveEvents,
    LogCounts,
    LogPosition,
    LogRead,
    Target,
    UserRecord,
)
from devices.errors import (
    AccessPanel,
    DeadlineExceeded,
    DeviceError,
    DeviceRefused,
    LinkClosed,
    MalformedFrame,
    UnexpectedReply,
    Unreachable,
)
from devices.zk import commands
from devices.zk.access import NOT_READ, Access
from devices.zk.commands import Command, EventMask, Request
from devices.zk.conversation import Conversation
from devices.zk.directory import name_events, read_users
from devices.zk.events import DecodedEvent, EventItem, NumberedEvent
from devices.zk.layouts import LONGEST_RECORD
from devices.zk.line import Line
from devices.zk.logread import read_tail, read_whole
from devices.zk.options import DEVICE_NAME, PLATFORM, SERIAL_NUMBER, decode_option, decode_text
from devices.zk.probing import probe_reading
from devices.zk.refusals import refusal
from devices.zk.sizes import FreeSizes, decode_sizes
from devices.zk.times import unpack_time
from devices.zk.traits import Traits, TraitsBook
from devices.zk.users import LONG_USER

_NOBODY: Final = Identity("", "", "", "")
_C3_PANEL: Final = b"\xaa\x01"
_PIECE_SECONDS: Final = 15
"""How long a slow line may be busy with one piece of the log."""
_TIMES_READ: Final = 2
"""A slow line is a serial one, and what comes over it is read twice."""


class ZkSession:
    """A `devices.driver.Session`. `handshake` first."""

    def __init__(self, line: Line, target: Target, book: TraitsBook) -> None:
        self._target = target
        self._book = book
        self._talk = Conversation(line)
        self._identity = _NOBODY
        rate = line.kind.bytes_per_second
        piece = None if rate is None else int(rate * _PIECE_SECONDS / _TIMES_READ)
        self._access = Access(self._talk.ask, Traits(), line.kind.read_bytes, piece)
        self._unnamed: list[DecodedEvent] = []

    @property
    def identity(self) -> Identity:
        """Who answered at this address."""
        return self._identity

    @property
    def capabilities(self) -> Capabilities:
        """What has been found out about this terminal so far."""
        traits = self._access.traits
        return Capabilities(
            self._talk.kind.transport,
            None if traits.layout is None else traits.layout.size,
            tail=traits.tail,
            time_range=traits.time_range,
            bulk=traits.bulk,
            live=traits.live,
        )

    @property
    def doubled(self) -> bool:
        """The terminal opened a second session for the same CONNECT: close this one and open another."""
        return self._talk.doubled

    async def handshake(self) -> None:
        """CONNECT, AUTH when asked for, and ask who is there. Raises `DeviceError`."""
        try:
            async with self._talk.within(self._target.reply_timeout):
                reply = await self._talk.connect()
        except (DeadlineExceeded, LinkClosed, MalformedFrame) as error:
            raise self._no_answer(error) from (error.__cause__ or error)
        if reply.code == Command.ACK_UNAUTH:
            async with self._talk.within(self._target.reply_timeout):
                await self._talk.ask(commands.authenticate(self._target.comm_key, reply.session))
        elif (refused := refusal(commands.connect(), reply)) is not None:
            raise refused
        self._talk.accepted = True
        self._identity = Identity(
            serial=decode_option(await self._small(commands.option(SERIAL_NUMBER)), SERIAL_NUMBER),
            firmware=decode_text(await self._small(commands.firmware_version())),
            platform=await self._optional(PLATFORM),
            device_name=await self._optional(DEVICE_NAME),
        )
        self._access.traits = self._book.of(self._identity)

    async def read_clock(self) -> datetime:
        """The terminal's clock, naive, whole seconds."""
        return unpack_time(await self._small(commands.get_time()))

    async def set_clock(self, moment: datetime) -> None:
        """Set the terminal's clock to the naive local `moment`."""
        await self._small(commands.set_time(moment))

    async def counts(self) -> LogCounts:
        """How full the terminal is."""
        sizes = await self._sizes()
        if sizes.users != self._access.enrolled.count:
            # Whoever is deleted leaves a number to the next who is enrolled, and the count is as before.
            self._access.enrolled = NOT_READ
        return LogCounts(sizes.records, sizes.records_capacity, sizes.users, sizes.users_capacity)

    async def read_log(self, after: LogPosition | None = None) -> LogRead:
        """The whole log, or what follows `after`, within the target's bulk deadline. A slow line is given as
        much longer as it needs for all that the terminal holds, and brings a piece.
        """
        async with self._talk.within(await self._bulk_seconds(), self._target.silence_timeout):
            if after is not None and after.records_read > 0:
                return await read_tail(self._access, after)
            sizes = decode_sizes((await self._talk.ask(commands.free_sizes())).data)
            return await read_whole(self._access, sizes.records)

    async def read_users(self) -> Sequence[UserRecord]:
        """All users, without passwords, within the target's bulk deadline, longer on a slow line."""
        async with self._talk.within(await self._bulk_seconds(), self._target.silence_timeout):
            return await read_users(self._access)

    async def probe(self) -> Capabilities:
        """Find out by small reads what this terminal can do, writing nothing."""
        async with self._talk.within(self._target.bulk_timeout, self._target.silence_timeout):
            sizes = decode_sizes((await self._talk.ask(commands.free_sizes())).data)
            await probe_reading(self._access, sizes.records)
        with suppress(DeviceRefused):
            await self.subscribe()
            await self._small(commands.register_events(EventMask(0)))
        return self.capabilities

    async def subscribe(self) -> None:
        """Ask for live attendance events on this session."""
        try:
            await self._small(commands.register_events(EventMask.ATTENDANCE))
        except DeviceRefused:
            self._access.traits.live = False
            raise
        self._access.traits.live = True

    async def events(self, timeout: float) -> LiveEvents:
        """Wait up to `timeout` real seconds for events; empty when none came."""
        self._unnamed.extend(await self._talk.events(0 if self._unnamed else timeout))
        named: list[EventItem] = [event for event in self._unnamed if not isinstance(event, NumberedEvent)]
        if len(named) < len(self._unnamed):
            async with self._talk.within(await self._bulk_seconds(), self._target.silence_timeout):
                named = await name_events(self._access, self._unnamed)
        # Only now: whoever cancels the wait finds the events again.
        self._unnamed = []
        return LiveEvents(named)

    async def close(self) -> None:
        """EXIT if the line still stands, and hang up. Never raises."""
        await self._talk.leave()

    async def _optional(self, name: str) -> str:
        """An option that not every terminal has: empty when it is refused."""
        try:
            return decode_option(await self._small(commands.option(name)), name)
        except (DeviceRefused, UnexpectedReply):
            return ""

    async def _sizes(self) -> FreeSizes:
        return decode_sizes(await self._small(commands.free_sizes()))

    async def _bulk_seconds(self) -> float:
        """The deadline of reading much."""
        rate = self._talk.kind.bytes_per_second
        if rate is None:
            return self._target.bulk_timeout
        sizes = await self._sizes()
        most = (sizes.records or 0) * LONGEST_RECORD + (sizes.users or 0) * LONG_USER
        return self._target.bulk_timeout + 2 * _TIMES_READ * most / rate

    async def _small(self, request: Request) -> bytes:
        """The data of a small request's reply, within its deadline."""
        async with self._talk.within(self._target.reply_timeout):
            return (await self._talk.ask(request)).data

    def _no_answer(self, error: DeviceError) -> DeviceError:
        """What it means that CONNECT was not answered as a terminal answers it."""
        target, kind, noise = self._target, self._talk.kind, self._talk.noise
        if isinstance(error, MalformedFrame):
            noise = error.capture
        if noise.startswith(_C3_PANEL):
            return AccessPanel(f"it answers {noise[:8].hex(' ')}")
        if noise and kind.lossy:
            hint = "is the baud rate right?" if kind.framed else "another service listens there"
            return MalformedFrame(f"it answers {noise[:8].hex(' ')}; {hint}", capture=noise)
        if isinstance(error, DeadlineExceeded) and not kind.lossy:
            return DeadlineExceeded(f"{error.detail}; it accepts TCP but is mute; some models speak only UDP")
        if kind.lossy:
            return Unreachable(f"{target.place}, {error.detail}")
        return error
