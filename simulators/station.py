"""A simulated terminal in its place: what can be done to it, and what can go wrong, whatever its line."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import ClassVar

from simulators.faults.layer import Transport
from simulators.faults.stack import Faults
from simulators.terminal import FINGER, NO_KEY, Pressed, TerminalSim


class Station(ABC):
    """One terminal on one line. Single-threaded: use it from the event loop that started it."""

    transport: ClassVar[Transport]
    driver: ClassVar[str]
    """The driver that reaches it, as the terminal list has it."""

    silent = False
    """The line is cut without a sign."""

    def __init__(self, terminal: TerminalSim, now: Callable[[], datetime]) -> None:
        """`now` gives city time, naive and local."""
        self.terminal = terminal
        self.now = now
        self._tasks: set[asyncio.Task[None]] = set()
        self._faults = Faults()
        self._faults.attach(self)

    @property
    def faults(self) -> Faults:
        """What goes wrong here. Setting it ends what went wrong before; raises `CannotStrike`."""
        return self._faults

    @faults.setter
    def faults(self, faults: Faults) -> None:
        self._faults.heal()
        self._faults = faults
        faults.attach(self)

    @property
    @abstractmethod
    def host(self) -> str:
        """Where it listens, or whom it calls."""

    @property
    @abstractmethod
    def port(self) -> int:
        """The port to it; 0 where there is none."""

    @property
    @abstractmethod
    def address(self) -> str:
        """Where a driver finds it: a host, with `port` beside it; for a serial line its whole URL."""

    @property
    @abstractmethod
    def whereabouts(self) -> str:
        """The same as a person writes it."""

    @property
    @abstractmethod
    def bytes_sent(self) -> int:
        """By the terminal, since it was started."""

    @property
    @abstractmethod
    def bytes_received(self) -> int:
        """By the terminal, since it was started."""

    @property
    @abstractmethod
    def is_cut(self) -> bool:
        """Whether the line is cut, with a sign or silently."""

    @property
    @abstractmethod
    def connections(self) -> int:
        """Lines that stand now."""

    @abstractmethod
    async def start(self) -> None:
        """Go on line. Raises `OSError` when the port is taken."""

    async def stop(self) -> None:
        """Heal what goes wrong, and leave for good."""
        self._faults.heal()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @abstractmethod
    async def cut(self, *, silent: bool = False) -> None:
        """Cut the line, so that the other side sees it; or, `silent`, so that it does not.

        The terminal itself goes on: fingers are taken, records stay in the log.
        """

    @abstractmethod
    async def restore(self) -> None:
        """Mend a cut line."""

    @abstractmethod
    def hang_up(self) -> None:
        """Break every connection now; new ones are made."""

    def press(self, pin: str, now: datetime, *, verify: int = FINGER, state: int = NO_KEY) -> Pressed:
        """A finger at city time `now`: into the log, and at once to whoever wants to know."""
        return self.terminal.press(pin, now, verify=verify, state=state)

    def clear_log(self) -> None:
        """Empty the log, as a careless hand at the terminal's menu would."""
        self.terminal.log.clear()

    def soon(self, delay: float, act: Callable[[], Awaitable[None]]) -> None:
        """Let something happen after so many real seconds, unless it was stopped before."""

        async def later() -> None:
            await asyncio.sleep(delay)
            await act()

        task = asyncio.get_running_loop().create_task(later())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
