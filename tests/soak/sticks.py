"""Somebody goes round with a USB stick, to the terminals that no line reaches."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

from collector.stick import commit, preview
from config.clock import Clock
from simulators.stick import write_stick
from store import Store
from tests.soak.city import City, Door
from tests.support.days import ZONE

EVERY = timedelta(hours=5)
"""City time between two rounds."""
DIALECT = "attlog"


class Sticks:
    """Carries the logs of all terminals without a line into the store."""

    def __init__(self, city: City, store: Store, clock: Clock, folder: Path) -> None:
        self.carried = 0
        """Files imported."""
        self._doors = [door for door in city.doors if door.station is None]
        self._store = store
        self._clock = clock
        self._folder = folder

    async def go_round(self) -> None:
        """Again and again, until cancelled."""
        due = self._clock.now() + EVERY
        while True:
            await asyncio.sleep(0.2)
            if self._clock.now() >= due:
                due += EVERY
                await self.carry()

    async def carry(self) -> None:
        """Once."""
        for door in self._doors:
            files = write_stick(door.sim, self._folder / door.sim.serial, DIALECT)
            await asyncio.to_thread(self._import, door, files)

    def _import(self, door: Door, files: list[Path]) -> None:
        read = [(path.name, path.read_bytes()) for path in files]
        now = self._clock.now()
        looked = preview(self._store, door.registered, read, zone=ZONE, now=now)
        commit(self._store, looked, actor="technician", at=now)
        self.carried += len(files)
