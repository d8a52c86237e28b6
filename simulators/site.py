"""Terminals that run together in one process, and what a technician can do to each of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from simulators.carrier import Carrier
from simulators.faults import Delivery, Fault, Transport
from simulators.line import LOOPBACK
from simulators.station import Station
from simulators.stick import STICK_DIALECTS, Tail, write_stick
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
    transport: Transport
    address: str
    """Where a driver finds it: host and port, or the URL of a serial line."""
    host: str
    port: int
    """0 where there is none."""
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
    faults: tuple[str, ...]
    """What is wrong with it, or is about to be."""
    struck: dict[str, int]
    """How often each fault has really happened."""


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
        carrier: Carrier | None = None,
    ) -> None:
        """Ports count up from `base_port`; 0 lets the system choose each. `carrier`: None for TCP."""
        self.now = now
        carrier = carrier or Carrier()
        self._servers = {
            terminal.serial: carrier.serve(
                terminal, now, host=host, port=base_port + number if base_port else 0, delivery=delivery
            )
            for number, terminal in enumerate(terminals)
        }

    @property
    def servers(self) -> Mapping[str, Station]:
        """The running terminals, by serial number."""
        return self._servers

    @property
    def addresses(self) -> dict[str, tuple[str, int]]:
        """Address and port of each terminal, as a driver takes them, by serial number."""
        return {serial: (server.address, server.port) for serial, server in self._servers.items()}

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

    def server(self, serial: str | None) -> Station:
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
        `SimulatorError` for an unknown NIP, for a PIN that has no room in its records, and while the terminal
        is locked by a program.
        """
        server = self.server(serial)
        terminal = server.terminal
        if terminal.disabled:
            raise SimulatorError(f"{terminal.serial} was disabled by a program and takes no fingers")
        user = self._known(terminal, who)
        try:
            pressed = server.press(user.pin if user else who, self.now(), verify=verify, state=state)
        except ValueError as error:
            raise SimulatorError(f"{terminal.serial} cannot keep this PIN: {error}") from error
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
        server.clear_log()
        return self.status_of(server)

    def strike(self, serial: str | None, fault: Fault) -> TerminalStatus:
        """Let something go wrong. Raises `CannotStrike` when it cannot happen there."""
        server = self.server(serial)
        server.faults.strike(fault)
        return self.status_of(server)

    def heal(self, serial: str | None, name: str | None = None) -> TerminalStatus:
        """End the faults of that name, or all. Raises `SimulatorError` when there is none."""
        server = self.server(serial)
        if name is not None and name not in server.faults.active:
            raise SimulatorError(f"nothing of the name {name} is wrong with {self._serial_of(server)}")
        server.faults.heal(name)
        return self.status_of(server)

    def write_stick(
        self, serial: str | None, folder: Path, dialect: str, *, device_id: int = 1, tail: Tail = Tail.WHOLE
    ) -> list[Path]:
        """Put a USB stick in: the terminal's log as files in `folder`. Raises `SimulatorError`."""
        if dialect not in STICK_DIALECTS:
            raise SimulatorError(f"no terminal writes {dialect}; there are {', '.join(STICK_DIALECTS)}")
        terminal = self.server(serial).terminal
        try:
            return write_stick(terminal, folder, dialect, device_id=device_id, tail=tail)
        except OSError as error:
            raise SimulatorError(f"{folder}: {error.strerror or error}") from error

    def fingers(self, serial: str | None) -> list[SimUser]:
        """Everybody whose finger a terminal knows."""
        return self.server(serial).terminal.users

    def status(self) -> list[TerminalStatus]:
        """All terminals, in the order they were given."""
        return [self.status_of(server) for server in self._servers.values()]

    def status_of(self, server: Station) -> TerminalStatus:
        """One terminal as it is now."""
        terminal = server.terminal
        line = Line.SILENT if server.silent else Line.CUT if server.is_cut else Line.UP
        return TerminalStatus(
            serial=self._serial_of(server),
            name=terminal.name,
            transport=server.transport,
            address=server.whereabouts,
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
            faults=server.faults.active,
            struck=dict(server.faults.struck),
        )

    def _serial_of(self, server: Station) -> str:
        """The serial number it is registered with, whatever answers there now."""
        return next(serial for serial, it in self._servers.items() if it is server)

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
