"""How soon a wall that is revoked is told so."""

from __future__ import annotations

import time

from store import Store
from tests.support.days import at
from tests.support.paired_walls import names_wall, paired
from tests.support.walls import wall

REVOKED_WITHIN = 2.0
"""Seconds."""
ATTEMPTS = 5
"""On a machine that does other things besides, of several walls the quickest tells what the server does."""


def seconds_until_revoked(store: Store, url: str) -> float:
    """Real seconds from the moment at which somebody revokes a wall at `url` until it hears of it."""
    device = paired(store, names_wall(name="Dicabut"))
    with wall(url, credential=device.credential) as monitor:
        monitor.join("city")
        started = time.monotonic()
        store.walls.revoke(device.wall_id, by="test", why="lost", at=at("07:00"))
        monitor.until(lambda: "revoked" in monitor.words)
        return time.monotonic() - started
