"""A monitor that hangs up in the very moment of a delta must not cut off those who stand behind it."""

from __future__ import annotations

from engineio.exceptions import SocketIsClosedError

from config.clock import SimClock
from realtime.rows import ArrivalRow
from realtime.scope import CITY
from store import open_store
from tests.support.mornings import settled
from tests.support.walls import serving, wait_until, wall

ROW: ArrivalRow = {
    "n": 1,
    "at": "07:00:00",
    "office": "",
    "terminal": "Mesin 1",
}


def _closed(_packet: object) -> None:
    raise SocketIsClosedError


def test_who_hangs_up_in_the_middle_of_a_delta_keeps_it_from_nobody_else(
    sqlite_url: str, clock: SimClock
) -> None:
    store = settled(open_store(sqlite_url))
    with serving(store, clock) as (hub, url), wall(url) as first, wall(url) as second:
        first.join("city")
        second.join("city")
        gone = hub.socketio.server.manager.eio_sid_from_sid(first.client.get_sid(), "/")
        # What engineio does when a socket closes between finding it and writing to it.
        hub.socketio.server.eio.sockets[gone].send = _closed
        hub.change(CITY, {"k:1": ROW}, frozenset())
        wait_until(lambda: second.row("city", "k:1") == ROW)
    store.close()
