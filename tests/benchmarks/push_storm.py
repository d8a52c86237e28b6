"""A city's push terminals in a process of their own: one with a long backlog, the others live.

    python -m tests.benchmarks.push_storm URL TERMINALS BACKLOG PRESSES

Prints "ready" once all live terminals are online. A line on its standard input lets the one begin that has
BACKLOG punches to send, and PRESSES fingers a second be pressed at the others, until the backlog is through;
answered with one JSON object: seconds the backlog took, each finger's seconds until its terminal had the
acknowledgement, and every punch that the terminals hold.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from devices.driver import AttLogRecord
from simulators.adms.terminal import PushTerminal
from simulators.terminal import TerminalSim
from tests.benchmarks.helper import READY
from tests.benchmarks.push_posts import FIRST, serial

ZONE = ZoneInfo("Asia/Jakarta")
SEED = 2017
PATIENCE = 120.0


def now() -> datetime:
    """City time, naive and local."""
    return datetime.now(ZONE).replace(tzinfo=None)


async def _serve(url: str, terminals: int, backlog: int, presses: float) -> None:
    units = [
        PushTerminal(TerminalSim(serial(number)), now, url, sync_clock=False) for number in range(terminals)
    ]
    late, *live = units
    late.fill(
        AttLogRecord(str(1000 + index % 400), FIRST + timedelta(seconds=7 * index), 1, 255, "", 0)
        for index in range(backlog)
    )
    for unit in live:
        await unit.start()
        await unit.until(lambda unit=unit: unit.online, PATIENCE)  # type: ignore[misc]
    print(READY, flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    delays: list[float] = []
    began = time.monotonic()
    await late.start()
    draining = asyncio.create_task(late.drained(PATIENCE))
    pressing = asyncio.create_task(_press(live, presses, delays))
    await draining
    seconds = time.monotonic() - began
    pressing.cancel()
    for unit in live:
        await unit.drained(PATIENCE)
    held = [
        (unit.terminal.serial, one.pin, one.device_time.isoformat())
        for unit in units
        for one in unit.unit.log
    ]
    print(json.dumps({"seconds": seconds, "delays": delays, "held": held}), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    for unit in units:
        await unit.stop()


async def _press(live: list[PushTerminal], presses: float, delays: list[float]) -> None:
    """Fingers at random terminals, for ever; each delay is noted once its punch is acknowledged."""
    rng = random.Random(SEED)
    waiting: set[asyncio.Task[None]] = set()
    pressed = 0
    while True:
        await asyncio.sleep(rng.expovariate(presses))
        unit = rng.choice(live)
        pressed += 1
        unit.press(str(1 + pressed % 9000), now())
        task = asyncio.create_task(_acknowledged(unit, len(unit.unit.log), time.monotonic(), delays))
        waiting.add(task)
        task.add_done_callback(waiting.discard)


async def _acknowledged(unit: PushTerminal, number: int, at: float, delays: list[float]) -> None:
    await unit.until(lambda: unit.unit.sent >= number, PATIENCE)
    delays.append(time.monotonic() - at)


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])))
