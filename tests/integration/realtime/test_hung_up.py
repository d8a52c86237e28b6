"""A monitor that hangs up in a bad moment: it cuts off nobody who stands behind it, and leaves nothing."""

from __future__ import annotations

import json
import threading
from typing import Any
from urllib.request import Request, urlopen

import pytest
from engineio.exceptions import SocketIsClosedError
from socketio.exceptions import ConnectionError as SocketIoRefused

from config.clock import SimClock
from realtime.rows import ArrivalRow
from realtime.scope import CITY
from realtime.screens import Screens
from store import open_store
from tests.support.mornings import settled
from tests.support.waiting import PATIENCE
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


def test_who_hangs_up_while_it_is_let_in_takes_no_place_for_good(
    sqlite_url: str, clock: SimClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside, on = threading.Event(), threading.Event()
    add = Screens.add

    def slow(screens: Screens, *who: Any) -> None:
        add(screens, *who)
        inside.set()
        on.wait(PATIENCE)

    monkeypatch.setattr(Screens, "add", slow)
    store = settled(open_store(sqlite_url))
    with serving(store, clock, max_walls=1) as (_, url):
        line = f"{url}/socket.io/?EIO=4&transport=polling"
        with urlopen(line) as welcome:
            line += "&sid=" + json.loads(welcome.read()[1:])["sid"]
        entering = threading.Thread(target=_post, args=[line, b"40"])
        entering.start()
        assert inside.wait(PATIENCE)
        _post(line, b"1")
        on.set()
        entering.join()
        monkeypatch.undo()
        wait_until(lambda: _lets_in(url))
    store.close()


def _post(url: str, packet: bytes) -> None:
    with urlopen(Request(url, packet, {"Content-Type": "text/plain"})) as answer:
        answer.read()


def _lets_in(url: str) -> bool:
    try:
        with wall(url) as monitor:
            monitor.until(lambda: bool(monitor.hellos))
    except SocketIoRefused:
        return False
    return True
