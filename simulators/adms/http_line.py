"""One HTTP exchange as a push terminal makes it, on a socket of its own or one kept alive."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from simulators.adms.dialects import PushDialect
from simulators.adms.reading import Answer

TIMEOUT = 30.0
"""Real seconds until a terminal gives an answer up."""
_LONGEST_HEAD = 65_536
_PIECE_PAUSE = 0.01
_PIECES = 8


class UploadFault(StrEnum):
    """What happens to one upload."""

    LOST_ANSWER = "lost-answer"
    """The server did everything, and the terminal does not hear of it: it sends the same again."""
    DUPLICATE = "duplicate"
    """The same upload goes out twice, though the first was acknowledged."""
    CUT_BODY = "cut-body"
    """The line breaks in mid-body."""
    SLOW_BODY = "slow-body"
    """The body dribbles in."""
    CORRUPT_LINE = "corrupt-line"
    """A line that is no punch stands among the others."""


class LineError(Exception):
    """There was no answer: nobody listened, the line broke, or it took too long."""


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """`target` below the server's root; `body` None for a GET."""

    target: str
    body: bytes | None = None


class HttpLine:
    """The terminal's side of its connection to one server. One exchange at a time."""

    def __init__(self, url: str, dialect: PushDialect, seed: int = 0, timeout: float = TIMEOUT) -> None:
        """`url` e.g. "http://127.0.0.1:8081"; raises `ValueError` for anything but http."""
        parts = urlsplit(url)
        if parts.scheme != "http" or not parts.hostname:
            raise ValueError(f"{url!r}: a push terminal needs http://host:port")
        self.host, self.port = parts.hostname, parts.port or 80
        self.timeout = timeout
        self.bytes_sent = 0
        self.bytes_received = 0
        self._dialect = dialect
        self._rng = random.Random(seed)
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def exchange(self, request: HttpRequest, fault: UploadFault | None = None) -> Answer:
        """Ask, and hear the answer. Raises `LineError`."""
        try:
            async with asyncio.timeout(self.timeout):
                return await self._exchange(request, fault)
        except (OSError, EOFError, TimeoutError, ValueError, asyncio.LimitOverrunError) as error:
            self.hang_up()
            raise LineError(str(error) or type(error).__name__) from error

    @property
    def is_connected(self) -> bool:
        """Whether a connection stands."""
        return self._streams is not None

    def hang_up(self) -> None:
        """Close the connection that stands, if one does."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None

    async def _exchange(self, request: HttpRequest, fault: UploadFault | None) -> Answer:
        reused = self._streams is not None
        reader, writer = self._streams or await self._connect()
        try:
            await self._send(writer, request, fault)
            answer = await _read_answer(reader)
        except (OSError, EOFError):
            if not reused or fault is not None:
                raise
            # The server closed a connection kept alive, as it may: ask once more on a new one.
            self.hang_up()
            reader, writer = await self._connect()
            await self._send(writer, request, None)
            answer = await _read_answer(reader)
        self.bytes_received += len(answer.body)
        if self._dialect.old_http or answer.headers.get("connection", "").lower() == "close":
            self.hang_up()
        if fault is UploadFault.LOST_ANSWER:
            raise EOFError("the answer was lost")
        return answer

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        self._streams = await asyncio.open_connection(self.host, self.port, limit=_LONGEST_HEAD)
        return self._streams

    async def _send(
        self, writer: asyncio.StreamWriter, request: HttpRequest, fault: UploadFault | None
    ) -> None:
        head, body = self._head(request), request.body or b""
        self.bytes_sent += len(head) + len(body)
        if fault is UploadFault.CUT_BODY and body:
            writer.write(head + body[: self._rng.randrange(len(body))])
            await writer.drain()
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()
            raise EOFError("the line was cut in mid-body")
        if fault is UploadFault.SLOW_BODY and body:
            writer.write(head)
            size = max(1, len(body) // _PIECES)
            for start in range(0, len(body), size):
                await writer.drain()
                await asyncio.sleep(_PIECE_PAUSE)
                writer.write(body[start : start + size])
        else:
            writer.write(head + body)
        await writer.drain()

    def _head(self, request: HttpRequest) -> bytes:
        dialect = self._dialect
        method = "GET" if request.body is None else "POST"
        lines = [f"{method} {request.target} HTTP/{'1.0' if dialect.old_http else '1.1'}"]
        if dialect.sends_host:
            lines.append(f"Host: {self.host}:{self.port}")
        lines.append(f"User-Agent: {dialect.user_agent}")
        lines.append(f"Connection: {'close' if dialect.old_http else 'keep-alive'}")
        lines.append("Accept: */*")
        if request.body is not None:
            if not dialect.old_http:
                lines.append("Content-Type: application/push;charset=UTF-8")
            lines.append(f"Content-Length: {len(request.body)}")
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


async def _read_answer(reader: asyncio.StreamReader) -> Answer:
    """Raises `EOFError`, `OSError`, `ValueError`, or `asyncio.LimitOverrunError`."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    status_line, *header_lines = head.split("\r\n")
    version, _, rest = status_line.partition(" ")
    if not version.startswith("HTTP/1."):
        raise ValueError(f"no HTTP: {version[:20]!r}")
    headers = _headers(header_lines)
    length = headers.get("content-length")
    if length is None:
        body = await reader.read() if headers.get("transfer-encoding") is None else await _chunks(reader)
    else:
        body = await reader.readexactly(int(length))
    return Answer(int(rest[:3]), headers, body)


def _headers(lines: list[str]) -> Mapping[str, str]:
    pairs = (line.partition(":") for line in lines if line)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
        body += (await reader.readexactly(size + 2))[:-2]
    await reader.readuntil(b"\r\n")
    return body
