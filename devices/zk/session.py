"""An open session with one ZK terminal, over any line."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
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
    DeadlineExceeded,
    DeviceError,
    DeviceRefused,
    LinkClosed,
    LinkError,
    ProtocolError,
    UnexpectedReply,
)
from devices.zk import commands
from devices.zk.buffer import Buffer
from devices.zk.commands import Command, EventMask, Request
from devices.zk.exchange import Exchange, Reply
from devices.zk.frames import NEED_DATA
from devices.zk.line import Line
from devices.zk.logread import Traits, read_tail, read_whole
from devices.zk.options import DEVICE_NAME, PLATFORM, SERIAL_NUMBER, decode_option, decode_text
from devices.zk.refusals import refusal
from devices.zk.sizes import decode_sizes
from devices.zk.times import unpack_time
from devices.zk.users import decode_users

_EXIT_SECONDS: Final = 1.0
_NOBODY: Final = Identity("", "", "", "")


class ZkSession:
    """A `devices.driver.Session`. `handshake` first.

    A line that failed, went silent past a deadline, or spoke another protocol is hung up at once, and every
    later call raises `LinkClosed`: a late reply can never be taken for the answer to another question.
    """

    def __init__(self, line: Line, target: Target, traits: dict[str, Traits]) -> None:
        self._line = line
        self._target = target
        self._all_traits = traits
        self._exchange = Exchange()
        self._identity = _NOBODY
        self._connected = False
        self._broken = False

    @property
    def identity(self) -> Identity:
        """Who answered at this address."""
        return self._identity

    @property
    def capabilities(self) -> Capabilities:
        """What has been found out about this terminal so far."""
        traits = self._all_traits.get(self._identity.serial)
        tail = False if traits is not None and not traits.random_access else None
        return Capabilities("tcp", None, tail=tail, time_range=None, bulk=None, live=None)

    async def handshake(self) -> None:
        """CONNECT, AUTH when asked for, and ask who is there. Raises `DeviceError`."""
        try:
            async with self._within(self._target.reply_timeout):
                reply = await self._exchanged(commands.connect())
        except DeadlineExceeded as error:
            hint = "it accepts TCP but is mute; some models speak only UDP"
            raise DeadlineExceeded(f"{error.detail}; {hint}") from error.__cause__
        self._exchange.session = reply.session
        self._connected = reply.code in (Command.ACK_OK, Command.ACK_UNAUTH)
        if reply.code == Command.ACK_UNAUTH:
            await self._small(commands.authenticate(self._target.comm_key, reply.session))
        elif (refused := refusal(commands.connect(), reply)) is not None:
            raise refused
        self._identity = Identity(
            serial=decode_option((await self._small(commands.option(SERIAL_NUMBER))).data, SERIAL_NUMBER),
            firmware=decode_text((await self._small(commands.firmware_version())).data),
            platform=await self._optional(PLATFORM),
            device_name=await self._optional(DEVICE_NAME),
        )

    async def read_clock(self) -> datetime:
        """The terminal's clock, naive, whole seconds."""
        return unpack_time((await self._small(commands.get_time())).data)

    async def set_clock(self, moment: datetime) -> None:
        """Set the terminal's clock to the naive local `moment`."""
        await self._small(commands.set_time(moment))

    async def counts(self) -> LogCounts:
        """How full the terminal is."""
        sizes = decode_sizes((await self._small(commands.free_sizes())).data)
        return LogCounts(sizes.records, sizes.records_capacity, sizes.users, sizes.users_capacity)

    async def read_log(self, after: LogPosition | None = None) -> LogRead:
        """The whole log, or what follows `after`, within the target's bulk deadline."""
        async with self._within(self._target.bulk_timeout):
            if after is not None and after.records_read > 0:
                traits = self._all_traits.setdefault(self._identity.serial, Traits())
                return await read_tail(self._agreed, after, traits)
            sizes = decode_sizes((await self._agreed(commands.free_sizes())).data)
            return await read_whole(self._agreed, sizes.records)

    async def read_users(self) -> Sequence[UserRecord]:
        """All users, without passwords, within the target's bulk deadline."""
        async with self._within(self._target.bulk_timeout):
            sizes = decode_sizes((await self._agreed(commands.free_sizes())).data)
            if sizes.users == 0:
                return []
            buffer = await Buffer.prepare(self._agreed, commands.prepare_users())
            body = await buffer.body()
            await buffer.free()
            return decode_users(body, sizes.users)

    async def subscribe(self) -> None:
        """Ask for live attendance events on this session."""
        await self._small(commands.register_events(EventMask.ATTENDANCE))

    async def events(self, timeout: float) -> LiveEvents:
        """Wait up to `timeout` real seconds for events; empty when none came."""
        if not self._exchange.has_events:
            with suppress(TimeoutError):
                async with asyncio.timeout(timeout):
                    while not self._exchange.has_events:
                        await self._pump()
        return LiveEvents(self._exchange.take_events())

    async def close(self) -> None:
        """EXIT if the line still stands, and hang up. Never raises."""
        if self._broken:
            return
        if self._connected:
            with suppress(DeviceError, TimeoutError):
                async with asyncio.timeout(_EXIT_SECONDS):
                    await self._exchanged(commands.leave())
        self._broken = True
        await self._line.close()

    async def _optional(self, name: str) -> str:
        """An option that not every terminal has: empty when it is refused."""
        try:
            return decode_option((await self._small(commands.option(name))).data, name)
        except (DeviceRefused, UnexpectedReply):
            return ""

    async def _small(self, request: Request) -> Reply:
        """One small request, within its deadline."""
        async with self._within(self._target.reply_timeout):
            return await self._agreed(request)

    async def _agreed(self, request: Request) -> Reply:
        reply = await self._exchanged(request)
        if reply.code == Command.ACK_UNAUTH and self._identity is not _NOBODY:
            # The key was accepted before: the terminal has restarted or dropped us, nobody changed the key.
            self._hang_up()
            raise LinkClosed("the terminal no longer knows this session")
        error = refusal(request, reply)
        if error is not None:
            raise error
        return reply

    async def _exchanged(self, request: Request) -> Reply:
        self._check_line()
        self._exchange.request(request)
        self._line.send(self._exchange.take_output())
        while (reply := self._exchange.take_reply()) is NEED_DATA:
            await self._pump()
        return reply

    async def _pump(self) -> None:
        """Take in what the line brings, and acknowledge the live events in it."""
        self._check_line()
        try:
            data = await self._line.receive()
            self._exchange.feed(data)
        except LinkClosed as error:
            self._hang_up()
            raise LinkClosed(f"{error.detail or 'hung up'}, {self._exchange.progress}") from error.__cause__
        except (LinkError, ProtocolError):
            self._hang_up()
            raise
        if output := self._exchange.take_output():
            self._line.send(output)

    @asynccontextmanager
    async def _within(self, seconds: float) -> AsyncIterator[None]:
        """Bound an operation. Past the deadline the line is hung up: no late reply is ever misread."""
        try:
            async with asyncio.timeout(seconds):
                yield
        except TimeoutError as error:
            self._hang_up()
            raise DeadlineExceeded(f"{self._exchange.progress} within {seconds:g} s") from error

    def _check_line(self) -> None:
        if self._broken:
            raise LinkClosed("the session has ended")

    def _hang_up(self) -> None:
        self._broken = True
        self._line.abort()
