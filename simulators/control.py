"""Steers running simulators: one line of JSON asks, one line of JSON answers, on loopback only."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from simulators.faults import CannotStrike, Fault
from simulators.line import LOOPBACK
from simulators.site import PressReport, SimulatorError, Site, TerminalStatus
from simulators.stick import Tail
from simulators.terminal import FINGER, NO_KEY, SimUser

CONTROL_FILE = "control.json"
"""Where a running simulator writes the address of its control."""

_LONGEST_LINE = 1 << 24
"""Bytes: a hospital's fingers are listed in one line."""


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    terminal: str | None = None
    """Serial number; may be left out where only one terminal runs."""


class Press(_Request):
    """Press a finger, as a PIN or a NIP."""

    op: Literal["press"] = "press"
    who: str = Field(min_length=1, max_length=24, pattern=r"^[\x21-\x7e]+$")
    verify: int = Field(FINGER, ge=0, le=255)
    state: int = Field(NO_KEY, ge=0, le=255)


class MoveClock(_Request):
    """Let the terminal's clock be this many seconds ahead of city time."""

    op: Literal["clock"] = "clock"
    offset: float = Field(ge=-10 * 366 * 86_400, le=10 * 366 * 86_400)


class Cut(_Request):
    """Cut the line."""

    op: Literal["cut"] = "cut"
    silent: bool = False


class Restore(_Request):
    """Mend the line."""

    op: Literal["restore"] = "restore"


class Clear(_Request):
    """Clear the log."""

    op: Literal["clear"] = "clear"


class Strike(_Request):
    """Let something go wrong; what is None is as the catalogue of faults has it."""

    op: Literal["fault"] = "fault"
    name: str
    hold: float | None = Field(None, gt=0, le=366 * 86_400)
    after: int | None = Field(None, ge=0)
    every: int | None = Field(None, ge=1)
    times: int | None = Field(None, ge=1)

    def fault(self) -> Fault:
        """The same as the terminal's server takes it."""
        chosen = {"after": self.after, "every": self.every, "times": self.times}
        given = {name: value for name, value in chosen.items() if value is not None}
        fault = Fault(self.name, hold=self.hold)
        return replace(fault, when=replace(fault.kind.when, **given)) if given else fault


class Heal(_Request):
    """End one fault, or all."""

    op: Literal["heal"] = "heal"
    name: str | None = None


class Stick(_Request):
    """Write the log to a USB stick, which is a folder on the simulator's machine."""

    op: Literal["stick"] = "stick"
    folder: Path
    dialect: str = "attlog"
    device_id: int = Field(1, ge=1, le=9_999)
    tail: Tail = Tail.WHOLE


class Fingers(_Request):
    """Ask whose fingers the terminal knows."""

    op: Literal["fingers"] = "fingers"


class Status(_Request):
    """Ask how all terminals are, or one."""

    op: Literal["status"] = "status"


Request = Annotated[
    Press | MoveClock | Cut | Restore | Clear | Strike | Heal | Stick | Fingers | Status,
    Field(discriminator="op"),
]


class Reply(BaseModel):
    """The answer; what was not asked for is empty."""

    error: str | None = None
    """Why it could not be done; None when it was."""
    terminals: tuple[TerminalStatus, ...] = ()
    fingers: tuple[SimUser, ...] = ()
    pressed: PressReport | None = None
    files: tuple[Path, ...] = ()


_REQUEST: TypeAdapter[Request] = TypeAdapter(Request)


class BadRequest(Exception):
    """What was asked cannot be read; the message says where."""


def parse_request(line: bytes) -> Request:
    """Read one line of JSON. Raises `BadRequest` and nothing else."""
    try:
        return _REQUEST.validate_json(line)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise BadRequest(f"bad request: {place}: {first['msg']}") from error


class ControlServer:
    """Answers requests about the terminals of one site."""

    def __init__(self, site: Site, port: int = 0) -> None:
        """Port 0 lets the system choose; see `port` after `start`."""
        self.host = LOOPBACK
        self.port = port
        self._site = site
        self._server: asyncio.Server | None = None
        self._clients: set[asyncio.StreamWriter] = set()

    async def start(self) -> None:
        """Listen. Raises `OSError` when the port is taken."""
        self._server = await asyncio.start_server(self._serve, self.host, self.port, limit=_LONGEST_LINE)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Stop listening and hang up."""
        if self._server is not None:
            self._server.close()
            for client in list(self._clients):
                client.close()
            await self._server.wait_closed()
            self._server = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._clients.add(writer)
        try:
            while line := await reader.readline():
                reply = await self._answer(line)
                writer.write(reply.model_dump_json().encode() + b"\n")
                await writer.drain()
        except (OSError, ValueError):
            # The client left, or sent a line longer than any request.
            pass
        finally:
            self._clients.discard(writer)
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def _answer(self, line: bytes) -> Reply:
        try:
            return await self._carry_out(parse_request(line))
        except (BadRequest, SimulatorError, CannotStrike) as error:
            return Reply(error=str(error))

    async def _carry_out(self, request: Request) -> Reply:
        site, serial = self._site, request.terminal
        match request:
            case Press():
                report = site.press(serial, request.who, verify=request.verify, state=request.state)
                return Reply(pressed=report)
            case MoveClock():
                return Reply(terminals=(site.set_clock_offset(serial, request.offset),))
            case Cut():
                return Reply(terminals=(await site.cut(serial, silent=request.silent),))
            case Restore():
                return Reply(terminals=(await site.restore(serial),))
            case Clear():
                return Reply(terminals=(site.clear(serial),))
            case Strike():
                return Reply(terminals=(site.strike(serial, request.fault()),))
            case Heal():
                return Reply(terminals=(site.heal(serial, request.name),))
            case Stick():
                files = site.write_stick(
                    serial, request.folder, request.dialect, device_id=request.device_id, tail=request.tail
                )
                return Reply(files=tuple(files))
            case Fingers():
                return Reply(fingers=tuple(site.fingers(serial)))
            case Status():
                if serial is None:
                    return Reply(terminals=tuple(site.status()))
                return Reply(terminals=(site.status_of(site.server(serial)),))


class ControlClient:
    """Asks a running simulator. Blocking; each call is one short connection.

    Every method raises `SimulatorError` when nobody answers or the request cannot be carried out.
    """

    def __init__(self, host: str, port: int, timeout: float = 5.0) -> None:
        """`timeout` in real seconds, for one call."""
        self.host = host
        self.port = port
        self._timeout = timeout

    @classmethod
    def of(cls, directory: Path) -> ControlClient:
        """The simulator that runs with this directory. Raises `SimulatorError` when there is none."""
        path = directory / CONTROL_FILE
        try:
            address = json.loads(path.read_text("utf-8"))
            return cls(str(address["host"]), int(address["port"]))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise SimulatorError(f"{path}: no simulator has written its address there ({error})") from error

    def press(
        self, who: str, terminal: str | None = None, *, verify: int = FINGER, state: int = NO_KEY
    ) -> PressReport:
        """Press a finger, as a PIN or a NIP."""
        reply = self._ask(Press(terminal=terminal, who=who, verify=verify, state=state))
        if reply.pressed is None:
            raise SimulatorError("the simulator did not say what was pressed")
        return reply.pressed

    def move_clock(self, offset: float, terminal: str | None = None) -> TerminalStatus:
        """Let the terminal's clock be `offset` seconds ahead of city time."""
        return self._one(MoveClock(terminal=terminal, offset=offset))

    def cut(self, terminal: str | None = None, *, silent: bool = False) -> TerminalStatus:
        """Cut the line: refuse connections or, `silent`, answer nothing."""
        return self._one(Cut(terminal=terminal, silent=silent))

    def restore(self, terminal: str | None = None) -> TerminalStatus:
        """Mend the line."""
        return self._one(Restore(terminal=terminal))

    def clear(self, terminal: str | None = None) -> TerminalStatus:
        """Clear the log."""
        return self._one(Clear(terminal=terminal))

    def strike(
        self,
        name: str,
        terminal: str | None = None,
        *,
        hold: float | None = None,
        after: int | None = None,
        every: int | None = None,
        times: int | None = None,
    ) -> TerminalStatus:
        """Let the fault `name` strike, for `hold` real seconds; for the rest see `When`."""
        return self._one(
            Strike(terminal=terminal, name=name, hold=hold, after=after, every=every, times=times)
        )

    def heal(self, terminal: str | None = None, name: str | None = None) -> TerminalStatus:
        """End one fault, or all."""
        return self._one(Heal(terminal=terminal, name=name))

    def write_stick(
        self,
        folder: Path,
        terminal: str | None = None,
        *,
        dialect: str = "attlog",
        device_id: int = 1,
        tail: Tail = Tail.WHOLE,
    ) -> tuple[Path, ...]:
        """Write the log to a USB stick; the files."""
        request = Stick(terminal=terminal, folder=folder, dialect=dialect, device_id=device_id, tail=tail)
        return self._ask(request).files

    def status(self) -> tuple[TerminalStatus, ...]:
        """How every terminal is."""
        return self._ask(Status()).terminals

    def fingers(self, terminal: str | None = None) -> tuple[SimUser, ...]:
        """Whose fingers a terminal knows."""
        return self._ask(Fingers(terminal=terminal)).fingers

    def _one(self, request: MoveClock | Cut | Restore | Clear | Strike | Heal) -> TerminalStatus:
        terminals = self._ask(request).terminals
        if len(terminals) != 1:
            raise SimulatorError("the simulator did not say how the terminal is now")
        return terminals[0]

    def _ask(self, request: Request) -> Reply:
        try:
            with socket.create_connection((self.host, self.port), self._timeout) as line:
                line.sendall(request.model_dump_json().encode() + b"\n")
                with line.makefile("rb") as answers:
                    answer = answers.readline()
        except OSError as error:
            raise SimulatorError(
                f"no simulator answers at {self.host}:{self.port} ({error}); is it running?"
            ) from error
        try:
            reply = Reply.model_validate_json(answer)
        except ValidationError as error:
            raise SimulatorError(f"what answers at {self.host}:{self.port} is no simulator") from error
        if reply.error is not None:
            raise SimulatorError(reply.error)
        return reply
