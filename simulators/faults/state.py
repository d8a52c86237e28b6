"""What happens to the terminal itself, and passes: its session is taken, its key or clock changes."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from simulators.faults.layer import Layer, Piece, When
from simulators.terminal import TerminalSim

if TYPE_CHECKING:
    from simulators.line import TerminalLine
    from simulators.station import Station

BATTERY_DEAD: Final = datetime(2000, 1, 1)  # noqa: DTZ001
"""Where a clock starts again that has lost its battery."""
_JUMP_HOURS: Final = (1, 6)
_MOST_KEY: Final = 999_999


class State(Layer):
    """Strikes the terminal once, at once or after some frames, and lasts until it is healed.

    It heals by itself `hold` real seconds after it struck; None: only when told to.
    """

    ends_itself = True
    server: Station
    terminal: TerminalSim
    """The one that was there when the fault was put on."""

    def __init__(self, when: When, rng: random.Random, hold: float | None = None) -> None:
        super().__init__(when, rng)
        self._hold = hold
        self._lasting = False

    @property
    def over(self) -> bool:
        """Whether it has struck and was undone."""
        return self.spent and not self._lasting

    def arm(self, server: Station) -> None:
        """Strike at once unless it is to wait for frames."""
        self.server, self.terminal = server, server.terminal
        self.prepare()
        if not self.when.after:
            self.turn()
            self._strike()

    def outgoing(self, frames: list[Piece], line: TerminalLine) -> list[Piece]:
        """Count frames until it is time; what is on its way then still arrives."""
        if True in [self.turn() for _ in frames]:
            # After the frames have left: what it does may end this very line.
            self.server.soon(0.0, self._strike_soon)
        return frames

    def heal(self) -> None:
        """Undo it."""
        if self._lasting:
            self._lasting = False
            self.revert()

    def prepare(self) -> None:
        """See whether it can strike here. Raises `CannotStrike`."""

    def apply(self) -> bool:
        """Do it; True when there is something to undo."""
        raise NotImplementedError

    def revert(self) -> None:
        """Undo it."""

    def _strike(self) -> None:
        self._lasting = self.apply() or self._lasting
        if self._lasting and self._hold is not None:
            self.server.soon(self._hold, self._heal_soon)

    async def _strike_soon(self) -> None:
        self._strike()

    async def _heal_soon(self) -> None:
        self.heal()


class SecondSessionRefused(State):
    """Another program holds the terminal's only session: our lines end, and CONNECT is refused."""

    def apply(self) -> bool:
        """Leave no session for anybody."""
        self._sessions = self.terminal.model.sessions
        self.terminal.model = replace(self.terminal.model, sessions=0)
        self.server.hang_up()
        return True

    def revert(self) -> None:
        """The other program has left."""
        self.terminal.model = replace(self.terminal.model, sessions=self._sessions)


class WrongKey(State):
    """Somebody changed the comm key at the terminal's menu; its lines end."""

    def apply(self) -> bool:
        """Ask for another key from now on."""
        self._key = self.terminal.comm_key
        self.terminal.comm_key = self._key + self.rng.randrange(1, _MOST_KEY)
        self.server.hang_up()
        return True

    def revert(self) -> None:
        """Ask for the old one again; who got in with the new one is out."""
        self.terminal.comm_key = self._key
        self.server.hang_up()


class Replaced(State):
    """Another terminal, with another serial number and its own log, answers at the address."""

    def apply(self) -> bool:
        """Put it there. It knows the same people, and somebody has pressed there already."""
        old = self.terminal
        other = TerminalSim(f"{old.serial[:-4]}X{self.rng.randrange(1000):03}", old.name, model=old.model)
        other.enrol(old.users)
        for user in other.users[:1]:
            other.press(user.pin, self.server.now())
        self._replace(other)
        return True

    def revert(self) -> None:
        """Put the registered one back."""
        self._replace(self.terminal)

    def _replace(self, terminal: TerminalSim) -> None:
        self.server.terminal = terminal
        self.server.hang_up()


class _Clock(State):
    def move(self, offset: timedelta) -> None:
        """Let the clock be `offset` ahead, and remember what to put back."""
        self._before, self._after = self.terminal.clock_offset, offset
        self.terminal.clock_offset = offset

    def revert(self) -> None:
        """Set it right, unless somebody has done so meanwhile."""
        if self.terminal.clock_offset == self._after:
            self.terminal.clock_offset = self._before


class ClockJump(_Clock):
    """The terminal's clock jumps by some hours, either way."""

    def apply(self) -> bool:
        """Jump."""
        hours = self.rng.choice((1, -1)) * self.rng.randint(*_JUMP_HOURS)
        self.move(self.terminal.clock_offset + timedelta(hours=hours))
        return True


class DeadBattery(_Clock):
    """The terminal lost its power and its clock's battery is dead: it starts again at 2000-01-01 00:00."""

    def apply(self) -> bool:
        """Restart with a clock that knows nothing."""
        self.move(BATTERY_DEAD - self.server.now())
        self.server.hang_up()
        return True
