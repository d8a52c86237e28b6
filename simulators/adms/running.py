"""One push terminal for a technician: to try a gateway, an approval or a network rule against."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import cycle

from devices.driver import AttLogRecord
from simulators.adms.terminal import PushTerminal
from simulators.serving import run_until_signal
from simulators.terminal import FINGER, NO_KEY

_LOOK = 0.25
"""Real seconds between two looks at how it goes."""


_BETWEEN_PUNCHES = timedelta(seconds=90)


@dataclass(frozen=True, slots=True)
class Progress:
    """How a push terminal stands."""

    online: bool
    status: int | None
    """The server's last HTTP status; 0: no answer; None: not asked yet."""
    held: int
    sent: int


def made_before(until: datetime, pins: Sequence[str], count: int, seed: int = 0) -> list[AttLogRecord]:
    """`count` punches of these people, the last just before `until` (naive, the terminal's own clock)."""
    rng = random.Random(seed)
    first = until.replace(microsecond=0) - _BETWEEN_PUNCHES * count
    return [
        AttLogRecord(rng.choice(pins), first + _BETWEEN_PUNCHES * number, FINGER, NO_KEY, "", number)
        for number in range(count)
    ]


def run_push_terminal(
    terminal: PushTerminal, told: Callable[[Progress], None], press_every: float | None = None
) -> int:
    """Run until SIGTERM or SIGINT; returns 0. `told` hears of every change, looked for four times a second.

    With `press_every`, one of its users presses a finger every so many real seconds.
    """

    async def serve(stop: asyncio.Event) -> None:
        await terminal.start()
        pressing = asyncio.create_task(_press(terminal, press_every)) if press_every else None
        try:
            await _watch(terminal, told, stop)
        finally:
            if pressing is not None:
                pressing.cancel()
            await terminal.stop()

    return run_until_signal(serve)


async def _watch(terminal: PushTerminal, told: Callable[[Progress], None], stop: asyncio.Event) -> None:
    last: Progress | None = None
    while not stop.is_set():
        unit = terminal.unit
        now = Progress(unit.online, terminal.last_status, len(unit.log), unit.sent)
        if now != last:
            told(now)
            last = now
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), _LOOK)


async def _press(terminal: PushTerminal, every: float) -> None:
    for user in cycle(terminal.terminal.users):
        await asyncio.sleep(every)
        terminal.press(user.pin, terminal.now())
