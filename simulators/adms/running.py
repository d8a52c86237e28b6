"""What a technician is told of a push terminal, and what it holds when it starts."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from devices.driver import AttLogRecord
from simulators.adms.terminal import PushTerminal
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


async def watch(terminal: PushTerminal, told: Callable[[Progress], None]) -> None:
    """Tell of every change, looked for four times a second, until cancelled."""
    last: Progress | None = None
    while True:
        unit = terminal.unit
        now = Progress(unit.online, terminal.last_status, len(unit.log), unit.sent)
        if now != last:
            told(now)
            last = now
        await asyncio.sleep(_LOOK)
