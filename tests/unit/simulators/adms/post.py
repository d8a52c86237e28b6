"""A listening post: the least server that a push terminal will talk to, built from the codecs alone."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import cast

from devices.adms import answers
from devices.adms.requests import (
    AttLog,
    CommandResults,
    GetRequest,
    Handshake,
    PushConfiguration,
    RealTimeLog,
    Registry,
    Request,
    parse_request,
)
from devices.adms.results import CommandResult
from devices.driver import AttLogRecord, BadRecord

ZONE = timedelta(hours=7)
SECURITY = answers.SecurityOptions("R1", "S1")


@dataclass
class Post:
    """What came, and what to answer in a way of its own."""

    url: str = ""
    heads: list[str] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    unusual: deque[tuple[int, bytes]] = field(default_factory=deque)
    """(status, body) for the next uploads, instead of their acknowledgement."""
    commands: deque[tuple[str, str]] = field(default_factory=deque)
    connections: int = 0
    broken: int = 0
    """Requests whose body never came whole."""
    registered: bool = False
    serving: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def items(self) -> list[AttLogRecord | BadRecord]:
        """Every punch line that came, resent ones again."""
        uploads = (AttLog, RealTimeLog)
        return [item for request in self.requests if isinstance(request, uploads) for item in request.items]

    @property
    def punches(self) -> set[tuple[str, datetime]]:
        """What a store would hold."""
        return {(item.pin, item.device_time) for item in self.items if isinstance(item, AttLogRecord)}

    @property
    def results(self) -> list[CommandResult]:
        """What became of the commands."""
        return [
            one for request in self.requests if isinstance(request, CommandResults) for one in request.results
        ]

    @property
    def stamp(self) -> str:
        """The terminal's last."""
        stamps = [request.stamp for request in self.requests if isinstance(request, AttLog)]
        return next((stamp for stamp in reversed(stamps) if stamp not in {None, "0"}), None) or "0"

    def answer(self, request: Request) -> tuple[int, bytes]:
        """As a server does: take it in, then acknowledge it."""
        if isinstance(request, AttLog | RealTimeLog) and self.unusual:
            return self.unusual.popleft()
        stamp = self.stamp
        self.requests.append(request)
        match request:
            case Handshake(security=True):
                return 200, answers.security_handshake_answer(SECURITY) if self.registered else answers.OK
            case Registry():
                self.registered = True
                return 200, answers.registry_answer("R1")
            case PushConfiguration():
                return 200, answers.push_configuration_answer(SECURITY)
            case Handshake():
                options = answers.HandshakeOptions(request.serial, ZONE, attlog_stamp=stamp)
                return 200, answers.handshake_answer(options)
            case GetRequest():
                given = [self.commands.popleft() for _ in range(len(self.commands))]
                return 200, answers.commands_answer(given)
            case _:
                return 200, answers.acknowledged(request)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        self.connections += 1
        task = cast(asyncio.Task[None], asyncio.current_task())
        self.serving.add(task)
        task.add_done_callback(self.serving.discard)
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                self.heads.append(head)
                await self._one(head, reader, writer)
                if "HTTP/1.0" in head:
                    break
        except (EOFError, OSError):
            pass
        finally:
            writer.close()

    async def _one(self, head: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        method, target, _ = head.split("\r\n")[0].split(" ")
        fields = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if line)
        try:
            body = await reader.readexactly(int(fields.get("Content-Length", "0")))
        except EOFError:
            self.broken += 1
            raise
        path, _, query = target.partition("?")
        status, content = self.answer(parse_request(method, path, query, body))
        date = format_datetime(datetime.now(UTC), usegmt=True)
        writer.write(
            f"HTTP/1.1 {status} X\r\nDate: {date}\r\nContent-Type: text/plain\r\n"
            f"Content-Length: {len(content)}\r\n\r\n".encode()
            + content
        )
        await writer.drain()


@asynccontextmanager
async def listening() -> AsyncIterator[Post]:
    """A post on a loopback port."""
    post = Post()
    server = await asyncio.start_server(post.serve, "127.0.0.1", 0)
    post.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield post
    finally:
        server.close()
        for task in list(post.serving):
            # The terminals have hung up: every connection comes to its end by itself.
            await task
