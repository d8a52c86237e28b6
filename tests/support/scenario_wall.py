"""A wall on a simulated city as it stands at a moment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from simulators.scenario import Scenario
from store import Store, open_store
from tests.support.days import ZONE
from tests.support.scenario_store import plant_scenario
from tests.support.wall_process import WallProcess


@contextmanager
def scenario_wall(
    scenario: Scenario, url: str, folder: Path, now: datetime, *, unpaired: str = "names"
) -> Iterator[tuple[Store, WallProcess]]:
    """Its store at `url` and its wall, whose clock stands at `now` (city time, naive)."""
    store = open_store(url)
    try:
        plant_scenario(store, scenario, folder, now)
        wall = WallProcess(folder, url, unpaired=unpaired)
        try:
            wall.set_clock(now.replace(tzinfo=ZONE))
            wall.start()
            yield store, wall
        finally:
            wall.stop()
    finally:
        store.close()
