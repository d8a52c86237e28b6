"""A monitor that does not read must cost the others nothing, and the server no memory."""

from __future__ import annotations

import json
import socket
import time
from itertools import count
from typing import Any

import websocket

from config.clock import SimClock
from realtime.hub import Hub
from realtime.levels import Room
from realtime.rooms import LAGS_AT
from realtime.rows import ArrivalRow
from realtime.scope import CITY, Level
from store import open_store
from tests.support.mornings import settled
from tests.support.waiting import PATIENCE
from tests.support.walls import serving, wait_until, wall

BIG = 40_000
"""Characters of one delta: a few of them fill every buffer on the way."""


def line(number: int) -> dict[str, ArrivalRow]:
    row: ArrivalRow = {
        "n": number,
        "at": "07:00:00",
        "office": "",
        "terminal": f"{number}" + "x" * BIG,
    }
    return {"k:0": row}


def connected_and_deaf(url: str) -> websocket.WebSocket:
    """Joins the city, and reads nothing more."""
    connection = websocket.create_connection(
        url.replace("http", "ws") + "/socket.io/?EIO=4&transport=websocket",
        sockopt=[(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)],
        timeout=PATIENCE,
    )
    connection.recv()
    connection.send("40")
    connection.recv()
    connection.send('42["join",{"scope":"city"}]')
    return connection


def next_message(connection: websocket.WebSocket) -> tuple[str, dict[str, Any]]:
    while True:
        text = str(connection.recv())
        if text.startswith("42"):
            name, data = json.loads(text[2:])
            return name, data


def test_a_slow_monitor_delays_nobody_and_gets_a_snapshot_when_it_reads_again(
    sqlite_url: str, clock: SimClock
) -> None:
    store = settled(open_store(sqlite_url))
    with serving(store, clock) as (hub, url), wall(url) as quick:
        quick.join("city")
        slow = connected_and_deaf(url)
        wait_until(lambda: _rooms(hub) == 2)

        numbers = count()
        longest = 0.0
        while _rooms(hub) == 2:
            number = next(numbers)
            assert number < 1000, "the slow monitor was never left out"
            started = time.monotonic()
            hub.change(CITY, line(number), frozenset())
            quick.until(lambda n=number: quick.row("city", "k:0").get("n") == n)  # type: ignore[misc]
            longest = max(longest, time.monotonic() - started)
        waiting = _longest_queue(hub)
        assert waiting >= LAGS_AT
        assert longest < 10.0
        last = next(numbers)
        hub.change(CITY, line(last), frozenset())
        assert _longest_queue(hub) <= waiting + 2, "a beat or two: the slow one gets no more deltas"

        name, data = "", {"version": -1}
        quick.until(lambda: quick.row("city", "k:0")["n"] == last)
        version = quick.seen["city"].version
        while name != "snapshot" or data["version"] < version:
            name, data = next_message(slow)
        hub.change(CITY, line(-1), frozenset())
        while name != "delta":
            name, data = next_message(slow)
        assert data["version"] == version + 1
        slow.close()
    store.close()


def _longest_queue(hub: Hub) -> int:
    lengths: list[int] = [each.queue.qsize() for each in hub.socketio.server.eio.sockets.values()]
    return max(lengths)


def _rooms(hub: Hub) -> int:
    """How many monitors get the city's deltas."""
    return len(hub.broadcast.rooms.audience(Room(CITY, Level.NAMES)))
