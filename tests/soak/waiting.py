"""Waiting for city time, and for things to come true."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import datetime

from config.clock import Clock
from tests.support.days import ZONE

RECHECK = 0.05
"""Real seconds after which a wait for city time looks again: the clock may have changed its rate."""
LOOK_AGAIN = 0.5


async def reach(clock: Clock, moment: datetime) -> None:
    """Return when it is `moment` in the city (naive, local)."""
    at = moment.replace(tzinfo=ZONE)
    while (wait := clock.real_seconds_until(at)) > 0:  # noqa: ASYNC110
        await asyncio.sleep(min(wait, RECHECK))


async def until(holds: Callable[[], bool], within: float) -> float:
    """Wait until it holds, asked in another thread, or `within` real seconds are over; how many it took."""
    begun = time.monotonic()
    while time.monotonic() < begun + within and not await asyncio.to_thread(holds):  # noqa: ASYNC110
        await asyncio.sleep(LOOK_AGAIN)
    return time.monotonic() - begun
