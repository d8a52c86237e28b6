"""Requests and their replies on one line: sending, sending again, waiting, and giving up in time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Final

from devices.errors import (
    DeadlineExceeded,
    DeviceError,
    LinkClosed,
    LinkError,
    ProtocolError,
    UnexpectedReply,
)
from devices.zk import commands
from devices.zk.commands import Command, Request
from devices.zk.events import DecodedEvent
from devices.zk.exchange import Exchange, Reply
from devices.zk.frames import NEED_DATA
from devices.zk.line import Line, LineKind
from devices.zk.refusals import refusal

_EXIT_SECONDS: Final = 1.0
_READINGS: Final = 4
"""How often an answer that may be wrong is asked for until two readings agree: its pieces do not count, or it
holds records and came over a noisy line.
"""


class Conversation:
    """A line that failed, went silent past a deadline, or spoke another protocol is hung up at once, and
    every later call raises `LinkClosed`: a late reply is never taken for the answer to another question.
    """

    def __init__(self, line: Line) -> None:
        self.accepted = False
        """Set it once the terminal let us in: a refusal for want of a key then means that it forgot us."""
        self._line = line
        self._exchange = Exchange(framed=line.kind.framed, lossy=line.kind.lossy)
        self._silence: float | None = None
        self._connected = False
        self._broken = False

    @property
    def kind(self) -> LineKind:
        """What kind of line this is."""
        return self._line.kind

    @property
    def noise(self) -> bytes:
        """The first bytes that were no packets, nor damaged ones, on a line that is read on after them."""
        return self._exchange.noise

    @property
    def doubled(self) -> bool:
        """The terminal opened a second session for the same CONNECT: leave, and begin anew."""
        return self._exchange.rival is not None

    async def connect(self) -> Reply:
        """CONNECT, and the session it gave is used from here on. Raises `LinkError` or `ProtocolError`."""
        reply = await self._exchanged(commands.connect())
        self._exchange.session = reply.session
        self._connected = reply.code in (Command.ACK_OK, Command.ACK_UNAUTH)
        return reply

    async def ask(self, request: Request) -> Reply:
        """A reply that agreed; where its bytes may be wrong, the same twice. Raises `DeviceError`."""
        reply = await self._agreed(request)
        if self._is_certain(reply):
            return reply
        for _ in range(_READINGS - 1):
            before, reply = reply, await self._agreed(request)
            if self._is_certain(reply) or (reply.code, reply.data) == (before.code, before.data):
                return reply
        raise UnexpectedReply(f"{_READINGS} readings of the same differ")

    def _is_certain(self, reply: Reply) -> bool:
        return reply.proved and not (self.kind.noisy and reply.code == Command.DATA)

    async def events(self, timeout: float) -> Sequence[DecodedEvent]:
        """Wait up to `timeout` real seconds for live events; those that wait already come at once."""
        if not self._exchange.has_events:
            with suppress(TimeoutError):
                async with asyncio.timeout(timeout):
                    while not self._exchange.has_events:
                        await self._pump()
        return self._exchange.take_events()

    async def leave(self) -> None:
        """EXIT if the line still stands, and hang up. Never raises."""
        if self._broken:
            return
        rival, self._exchange.rival = self._exchange.rival, None
        for session in (self._exchange.session, rival):
            if self._connected and session is not None and not self._broken:
                self._exchange.session = session
                with suppress(DeviceError, TimeoutError):
                    async with asyncio.timeout(_EXIT_SECONDS):
                        await self._exchanged(commands.leave())
        self._broken = True
        await self._line.close()

    @asynccontextmanager
    async def within(self, seconds: float, silence: float | None = None) -> AsyncIterator[None]:
        """Bound an operation to `seconds` real seconds, and each silence in it to `silence`. Past either the
        line is hung up: no late reply is ever misread. Raises `DeadlineExceeded`.
        """
        self._silence = silence
        try:
            async with asyncio.timeout(seconds):
                yield
        except TimeoutError as error:
            progress = self._exchange.progress
            self._hang_up()
            raise DeadlineExceeded(f"{progress} within {seconds:g} s") from error
        finally:
            self._silence = None

    async def _agreed(self, request: Request) -> Reply:
        reply = await self._exchanged(request)
        if reply.code == Command.ACK_UNAUTH and self.accepted:
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
        self._send()
        now = asyncio.get_running_loop().time
        patience = self._patience(request)
        resend_at = None if patience is None else now() + patience
        heard = now()
        while (reply := self._exchange.take_reply()) is NEED_DATA:
            silent_at = None if self._silence is None else heard + self._silence
            try:
                async with asyncio.timeout_at(_earlier(resend_at, silent_at)):
                    await self._pump()
                heard = now()
            except TimeoutError:
                if silent_at is not None and now() >= silent_at:
                    progress = self._exchange.progress
                    self._hang_up()
                    raise DeadlineExceeded(
                        f"silent for {self._silence:g} s in mid-read, {progress}"
                    ) from None
                if patience is not None:
                    self._exchange.resend()
                    self._send()
                    patience *= 2
                    resend_at = now() + patience
        return reply

    def _patience(self, request: Request) -> float | None:
        kind = self._line.kind
        # EXIT too is answered at once or was lost: it has a second, and unheard it leaves a session open.
        soon = request.command in (Command.READ_BUFFER, Command.EXIT)
        return kind.resend_read_after if soon else kind.resend_after

    async def _pump(self) -> None:
        """Take in what the line brings, and acknowledge the live events in it."""
        self._check_line()
        try:
            self._exchange.feed(await self._line.receive())
        except LinkClosed as error:
            progress = self._exchange.progress
            self._hang_up()
            raise LinkClosed(f"{error.detail or 'hung up'}, {progress}") from error.__cause__
        except (LinkError, ProtocolError):
            self._hang_up()
            raise
        self._send()
        self._check_rival()

    def _send(self) -> None:
        for message in self._exchange.take_output():
            self._line.send(message)

    def _check_line(self) -> None:
        if self._broken:
            raise LinkClosed("the session has ended")
        self._check_rival()

    def _check_rival(self) -> None:
        if self._exchange.rival is not None:
            raise LinkClosed("the terminal opened two sessions for one CONNECT")

    def _hang_up(self) -> None:
        if self._connected and self._line.kind.lossy and not self._broken:
            # Nothing else tells the terminal that we left, and it may hold one session only.
            self._exchange.request(commands.leave())
            self._send()
        self._broken = True
        self._line.abort()


def _earlier(*moments: float | None) -> float | None:
    return min((moment for moment in moments if moment is not None), default=None)
