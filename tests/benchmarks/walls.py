"""A process of many walls: Socket.IO clients that note when each punch reached them.

    python -m tests.benchmarks.walls URL COUNT

Prints "ready" once every wall holds its snapshot, listens until its standard input closes, then prints one
JSON list: for each wall, [ticker number, terminal, Unix time of arrival] of every punch after the snapshot.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from typing import Any

import socketio

from tests.benchmarks.helper import READY

Arrival = tuple[int, str, float]

SNAPSHOT_SECONDS = 30.0


class Wall:
    """One wall on the whole city, over WebSocket, as a browser would join it."""

    def __init__(self, url: str) -> None:
        self.arrivals: list[Arrival] = []
        self.joined = threading.Event()
        self.resyncs = 0
        self._version: tuple[str, int] | None = None
        self._client = socketio.Client(reconnection=False)
        self._client.on("snapshot", self._snapshot)
        self._client.on("delta", self._delta)
        self._client.connect(url, transports=["websocket"])
        self._client.emit("join", {"scope": "city"})

    def close(self) -> None:
        """Hang up."""
        self._client.disconnect()

    def _snapshot(self, message: dict[str, Any]) -> None:
        self._version = (message["epoch"], message["version"])
        self.joined.set()

    def _delta(self, message: dict[str, Any]) -> None:
        now = time.time()
        if self._version != (message["epoch"], message["version"] - 1):
            self.resyncs += 1
            self._client.emit("resync", {"scope": message["scope"]})
            return
        self._version = (message["epoch"], message["version"])
        for key, row in message["rows"].items():
            if key.startswith("k:"):
                self.arrivals.append((row["n"], row.get("terminal", row["office"]), now))


def main() -> None:
    """Open the walls, listen until told to stop, tell what came."""
    url, count = sys.argv[1], int(sys.argv[2])
    walls = [Wall(url) for _ in range(count)]
    for wall in walls:
        if not wall.joined.wait(SNAPSHOT_SECONDS):
            raise SystemExit(f"a wall got no snapshot within {SNAPSHOT_SECONDS:g} s")
    print(READY, flush=True)
    sys.stdin.read()
    for wall in walls:
        wall.close()
    resyncs = sum(wall.resyncs for wall in walls)
    if resyncs:
        raise SystemExit(f"{resyncs} deltas did not fit: a wall fell behind, and its arrivals say nothing")
    print(json.dumps([wall.arrivals for wall in walls]), flush=True)


if __name__ == "__main__":
    main()
