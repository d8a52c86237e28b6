"""The city's terminals in a process of their own, and the fingers of its busiest minutes.

    python -m tests.benchmarks.rush FOLDER SECONDS [PACE]

Writes the roster files into FOLDER and the city's clock, standing just before the rush, to FOLDER/clock.json.
Prints "ready". A line on its standard input plays SECONDS of the day as they were planned,
at the pace of life, and is answered with one JSON list: [terminal, Unix time] of every finger, in order.

With PACE everybody who has a terminal comes once, spread evenly over twenty minutes that pass PACE times as
fast; the city's clock keeps the pace of life.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from dataclasses import replace
from datetime import date, datetime, timedelta
from datetime import time as day_time
from pathlib import Path
from zoneinfo import ZoneInfo

from config.clock import SimClock, write_clock
from simulators.day_plan import Press
from simulators.fleet import Fleet
from simulators.roster_files import write_csv
from simulators.scenario import Scenario, build
from tests.benchmarks.helper import READY

SEED = 2017
DAY = date(2026, 11, 23)
ZONE = ZoneInfo("Asia/Jakarta")
CLOCK_FILE = "clock.json"
MORNING = timedelta(hours=12)
WHOLE_RUSH = timedelta(minutes=20)
WHOLE_RUSH_BEGINS = datetime.combine(DAY, day_time(7, 0))


def busiest(scenario: Scenario, length: timedelta) -> datetime:
    """When the `length` of the morning begins in which most fingers are pressed; naive local time."""
    noon = datetime.combine(scenario.day, day_time(12))
    moments = [press.at for press in scenario.presses if noon - MORNING < press.at < noon]
    last = 0
    best = (0, moments[0])
    for first, start in enumerate(moments):
        while last < len(moments) and moments[last] < start + length:
            last += 1
        best = max(best, (last - first, start))
    return best[1]


def everybody(scenario: Scenario, pace: float) -> list[Press]:
    """One finger of everybody who has a terminal, at a random moment of the rush and in order of time."""
    rng = random.Random(SEED)
    pins = {
        enrollment.nip: enrollment.pin for enrollment in scenario.enrollments if enrollment.serial is None
    }
    presses = [
        Press(WHOLE_RUSH_BEGINS + rng.random() * WHOLE_RUSH / pace, serials[0], pins[nip], nip)
        for nip, serials in scenario.usable_terminals.items()
        if serials and nip in pins
    ]
    return sorted(presses, key=lambda press: press.at)


async def _serve(folder: Path, length: timedelta, pace: float | None) -> None:
    scenario = replace(build(SEED, DAY), dark=())
    if pace is None:
        presses: list[Press] = list(scenario.presses)
        start = busiest(scenario, length)
    else:
        before_today = [press for press in scenario.presses if press.at.date() < DAY]
        presses, start = before_today + everybody(scenario, pace), WHOLE_RUSH_BEGINS
    write_clock(folder / CLOCK_FILE, start.replace(tzinfo=ZONE), rate=0.0)
    clock = SimClock(folder / CLOCK_FILE)

    def now() -> datetime:
        return clock.now().astimezone(ZONE).replace(tzinfo=None)

    before = [press for press in presses if press.at < start]
    coming = [press for press in presses if start <= press.at < start + length]
    fleet = Fleet(
        replace(scenario, presses=tuple(before)), now, lambda at: max(0.0, (at - now()).total_seconds())
    )
    await fleet.start()
    write_csv(scenario, folder, fleet.site.addresses)
    print(READY, flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    write_clock(folder / CLOCK_FILE, clock.now(), rate=1.0)
    began = time.monotonic()
    pressed = []
    for press in coming:
        await asyncio.sleep((press.at - start).total_seconds() - (time.monotonic() - began))
        server = fleet.site.server(press.serial)
        at = time.time()
        server.press(press.pin, now())
        pressed.append((server.terminal.name, at))
    print(json.dumps(pressed), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    await fleet.stop()


if __name__ == "__main__":
    asyncio.run(
        _serve(
            Path(sys.argv[1]),
            timedelta(seconds=float(sys.argv[2])),
            float(sys.argv[3]) if len(sys.argv) > 3 else None,
        )
    )
