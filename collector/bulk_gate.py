"""At most so many large log reads at once: after an outage 135 terminals must not stampede."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from typing import Protocol, TypeVar

T = TypeVar("T")

LARGE_READ = 2_000
"""Records from which on a read counts as large. Smaller ones (a tail after a punch, a morning missed) pass
the gate without queueing: they cost a few round trips, and they carry what the wall waits for.
"""


class Tend(Protocol):
    """Waits for something while it keeps the line to a terminal alive and takes its live events."""

    async def __call__(self, waiting: Awaitable[T], *, needs_line: bool = False) -> T:
        """What `waiting` gives; raises what it raises. When the line fails meanwhile, goes on waiting, or,
        with `needs_line`, gives up and raises the line's `DeviceError`.
        """
        ...


class BulkGate:
    """Hands out the few places for large reads."""

    def __init__(self, places: int) -> None:
        self._places = asyncio.Semaphore(places)

    @asynccontextmanager
    async def place(self, expected: int | None, tend: Tend) -> AsyncIterator[None]:
        """Hold a place while reading and committing about `expected` records (None: unknown, so large)."""
        if expected is not None and expected < LARGE_READ:
            yield
            return
        asked = asyncio.ensure_future(self._places.acquire())
        try:
            await tend(asked, needs_line=True)
            yield
        finally:
            if not asked.cancel() and not asked.cancelled() and asked.exception() is None:
                self._places.release()
