"""A monitor that does not read must cost the others nothing, and the server no memory."""

from __future__ import annotations

import time
from itertools import count

from config.clock import SimClock
from realtime.hub import Hub
from realtime.levels import Room
from realtime.rooms import LAGS_AT
from realtime.rows import ArrivalRow
from realtime.scope import CITY, Level
from store import open_store
from tests.support.mornings import settled
from tests.support.raw_walls import RawWall
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


def test_a_slow_monitor_delays_nobody_and_gets_a_snapshot_when_it_reads_again(
    sqlite_url: str, clock: SimClock
) -> None:
    store = settled(open_store(sqlite_url))
    with serving(store, clock) as (hub, url), wall(url) as quick:
        quick.join("city")
        slow = RawWall(url)
        slow.emit("join", {"scope": "city"})
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

        quick.until(lambda: quick.row("city", "k:0")["n"] == last)
        version = quick.seen["city"].version
        while slow.next("snapshot")["version"] < version:
            continue
        hub.change(CITY, line(-1), frozenset())
        assert slow.next("delta")["version"] == version + 1
        slow.close()
    store.close()


def _longest_queue(hub: Hub) -> int:
    lengths: list[int] = [each.queue.qsize() for each in hub.socketio.server.eio.sockets.values()]
    return max(lengths)


def _rooms(hub: Hub) -> int:
    """How many monitors get the city's deltas."""
    return len(hub.broadcast.rooms.audience(Room(CITY, Level.NAMES)))
