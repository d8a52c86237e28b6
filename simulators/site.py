"""Terminals that run together in one process, and what a technician can do to each of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from simulators.faults import Delivery
from simulators.line import LOOPBACK
from simulators.tcp import TerminalServer
from simulators.terminal import FINGER, NO_KEY, SimUser, TerminalSim


class Line(StrEnum):
    """How a terminal's line stands."""

    UP = "up"
    CUT = "cut"
    """Connecting is refused."""
    SILENT = "silent"
    """Connecting works, and nothing is answered."""


class SimulatorError(Exception):
    """A technician's request cannot be carried out; the message says why and what would work."""


@dataclass(frozen=True, slots=True)
class TerminalStatus:
    """What a technician sees of one terminal."""

    serial: str
    name: str
    host: str
    port: int
    line: Line
    clients: int
    """Sessions that are open."""
    live_clients: int
    """Those of them that asked for live events."""
    records: int
    capacity: int
    users: int
    clock: datetime
    """The terminal's own clock, naive."""
    clock_offset: float
    """Seconds it is ahead of city time."""
    disabled: bool
    bytes_sent: int
    bytes_received: int


@dataclass(frozen=True, slots=True)
class PressReport:
    """What one press of a finger made."""

    serial: str
    pin: str
    name: str
    """Empty for somebody the terminal does not know."""
    device_time: datetime
    told: int
    """How many live sessions were told at once."""


class Site:
    """Terminals by serial number, each on its own port of `host`.

    `now` gives city time, naive and local. Use from the event loop that started it.
    """

    def __init__(
        self,
        terminals: Sequence[TerminalSim],
        now: Callable[[], datetime],
        *,
        base_port: int = 0,
        host: str = LOOPBACK,
        delivery: Delivery | None = None,
    ) -> None:
        """Ports count up from `base_port`; 0 lets the system choose each."""
        self.now = now
        self._servers = {
            terminal.serial: TerminalServer(
                terminal, now, host=host, port=base_port + number if base_port else 0, delivery=delivery
            )
            for number, terminal in enumerate(terminals)
        }

    @property
    def servers(self) -> Mapping[str, TerminalServer]:
        """The running terminals, by serial number."""
        return self._servers

    @property
    def addresses(self) -> dict[str, tuple[str, int]]:
        """Host and port of each terminal, by serial number."""
        return {serial: (server.host, server.port) for serial, server in self._servers.items()}

    async def start(self) -> None:
        """Listen on every port. Raises `OSError` when one is taken; then none is left open."""
        try:
            for server in self._servers.values():
                await server.start()
        except OSError:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Hang up everywhere."""
        for server in self._servers.values():
            await server.stop()

    def server(self, serial: str | None) -> TerminalServer:
        """One terminal; without a serial number the only one there is. Raises `SimulatorError`."""
        if serial is None:
            if len(self._servers) == 1:
                return next(iter(self._servers.values()))
            raise SimulatorError(f"{len(self._servers)} terminals run here: say which, by its serial number")
        try:
            return self._servers[serial]
        except KeyError:
            raise SimulatorError(f"no terminal {serial} runs here; `status` lists them") from None

    def press(
        self, serial: str | None, who: str, *, verify: int = FINGER, state: int = NO_KEY
    ) -> PressReport:
        """Let `who` (a PIN, or the NIP of somebody known there) press a finger now.

        A PIN that the terminal does not know is recorded too, as from a deleted user. Raises
        `SimulatorError` for an unknown NIP, and while the terminal is locked by a program.
        """
        server = self.server(serial)
        terminal = server.terminal
        if terminal.disabled:
            raise SimulatorError(f"{terminal.serial} was disabled by a program and takes no fingers")
        user = self._known(terminal, who)
        pressed = server.press(user.pin if user else who, self.now(), verify=verify, state=state)
        return PressReport(
            terminal.serial,
            user.pin if user else who,
            user.name if user else "",
            pressed.device_time,
            len(pressed.events),
        )

    def set_clock_offset(self, serial: str | None, seconds: float) -> TerminalStatus:
        """Let a terminal's clock be `seconds` ahead of city time (behind, when negative)."""
        server = self.server(serial)
        server.terminal.clock_offset = timedelta(seconds=seconds)
        return self.status_of(server)

    async def cut(self, serial: str | None, *, silent: bool = False) -> TerminalStatus:
        """Cut a terminal's line; fingers are still taken."""
        server = self.server(serial)
        await server.cut(silent=silent)
        return self.status_of(server)

    async def restore(self, serial: str | None) -> TerminalStatus:
        """Mend a terminal's line. Raises `SimulatorError` when its port was taken meanwhile."""
        server = self.server(serial)
        try:
            await server.restore()
        except OSError as error:
            raise SimulatorError(
                f"{server.terminal.serial}: port {server.port} is taken ({error})"
            ) from error
        return self.status_of(server)

    def clear(self, serial: str | None) -> TerminalStatus:
        """Clear a terminal's log."""
        server = self.server(serial)
        server.terminal.log.clear()
        return self.status_of(server)

    def fingers(self, serial: str | None) -> list[SimUser]:
        """Everybody whose finger a terminal knows."""
        return self.server(serial).terminal.users

    def status(self) -> list[TerminalStatus]:
        """All terminals, in the order they were given."""
        return [self.status_of(server) for server in self._servers.values()]

    def status_of(self, server: TerminalServer) -> TerminalStatus:
        """One terminal as it is now."""
        terminal = server.terminal
        line = Line.SILENT if server.silent else Line.CUT if server.is_cut else Line.UP
        return TerminalStatus(
            serial=terminal.serial,
            name=terminal.name,
            host=server.host,
            port=server.port,
            line=line,
            clients=len(terminal.sessions),
            live_clients=sum(session.live for session in terminal.sessions),
            records=len(terminal.log),
            capacity=terminal.log.capacity,
            users=len(terminal.users),
            clock=terminal.clock(self.now()),
            clock_offset=terminal.clock_offset.total_seconds(),
            disabled=terminal.disabled,
            bytes_sent=server.bytes_sent,
            bytes_received=server.bytes_received,
        )

    @staticmethod
    def _known(terminal: TerminalSim, who: str) -> SimUser | None:
        user = terminal.find(who)
        if user is None and len(who) > _LONGEST_PIN:
            raise SimulatorError(
                f"nobody at {terminal.serial} has this NIP; `fingers` lists who is known there"
            )
        return user


_LONGEST_PIN = 9
"""Digits; what is longer can only be meant as a NIP."""
