"""A real server with a hub on loopback, and monitors that look at it as a browser does."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal

from flask import Flask
from werkzeug.serving import make_server

from config.clock import Clock
from config.sections import BoardSettings, CitySettings, WallSettings
from realtime.hub import Hub, create_hub
from store import Store
from store.wall_secrets import COOKIE
from tests.support.ordered_client import OrderedClient
from tests.support.waiting import PATIENCE

Rows = dict[str, dict[str, Any]]
Unpaired = Literal["nothing", "counts", "names"]

BUILD = "0123456789ab"
"""The build of a page that nobody asks for here."""


@contextmanager
def serving(
    store: Store,
    clock: Clock,
    *,
    show_names: bool = True,
    unpaired: Unpaired | None = None,
    port: int = 0,
    max_walls: int = 200,
    build: Callable[[], str] = lambda: BUILD,
) -> Iterator[tuple[Hub, str]]:
    """A hub over `store`, started, and the URL where it serves. `unpaired`: what a screen may see that is not
    paired; unless given, `show_names` decides between names and counts.
    """
    app = Flask("walls")
    shown: Unpaired = unpaired or ("names" if show_names else "counts")
    wall = WallSettings(unpaired=shown, coalesce=timedelta(milliseconds=100), max_walls=max_walls)
    hub = create_hub(app, store, clock, city=CitySettings(), board=BoardSettings(), wall=wall, build=build)
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    hub.start()
    try:
        yield hub, f"http://127.0.0.1:{server.server_port}"
    finally:
        hub.stop()
        for connection in list(hub.socketio.server.eio.sockets.values()):
            connection.close(wait=False, abort=True)
        server.shutdown()
        server.server_close()


@dataclass
class Seen:
    """What a monitor holds of one scope."""

    epoch: str
    version: int
    rows: Rows


@dataclass
class Wall:
    """A monitor: joins scopes, applies what it gets, and asks again when a delta does not fit."""

    client: Any
    seen: dict[str, Seen] = field(default_factory=dict)
    history: list[tuple[str, Rows]] = field(default_factory=list)
    """Every row that ever came, by scope, in order."""
    deltas: list[dict[str, Any]] = field(default_factory=list)
    snapshots: int = 0
    resyncs: int = 0
    beats: list[dict[str, Any]] = field(default_factory=list)
    errors: list[dict[str, Any]] = field(default_factory=list)
    hellos: list[dict[str, Any]] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    """Which messages came, in order; deltas and errors left out."""
    changed: threading.Condition = field(default_factory=threading.Condition)
    on_rows: Callable[[str, Rows], None] | None = None
    """Called with every row that arrives, as it arrives."""

    def emit(self, event: str, data: object) -> None:
        """Send any message, right or wrong."""
        self.client.emit(event, data)

    def join(self, scope: str) -> Rows:
        """Join, wait for the snapshot, and give its rows."""
        self.emit("join", {"scope": scope})
        self.until(lambda: scope in self.seen)
        return self.seen[scope].rows

    def row(self, scope: str, key: str) -> dict[str, Any]:
        """One row as the monitor holds it now; empty when it has none."""
        return self.seen[scope].rows.get(key, {}) if scope in self.seen else {}

    def until(self, holds: Callable[[], bool], within: float = PATIENCE) -> None:
        """Wait until `holds`; fail when it does not within so many seconds."""
        with self.changed:
            assert self.changed.wait_for(holds, within), f"it never came to be; errors: {self.errors}"

    def statuses(self, scope: str, key: str) -> list[str]:
        """Every state that this row was ever shown in."""
        return [rows[key]["status"] for name, rows in self.history if name == scope and key in rows]

    def _on_snapshot(self, message: dict[str, Any]) -> None:
        with self.changed:
            self.words.append("snapshot")
            self.snapshots += 1
            scope = message["scope"]
            self.seen[scope] = Seen(message["epoch"], message["version"], dict(message["rows"]))
            self._note(scope, message["rows"])

    def _on_delta(self, message: dict[str, Any]) -> None:
        with self.changed:
            self.deltas.append(message)
            mine = self.seen.get(message["scope"])
            if mine is None or (mine.epoch, mine.version + 1) != (message["epoch"], message["version"]):
                self.resyncs += 1
                self.client.emit("resync", {"scope": message["scope"]})
                return
            mine.version = message["version"]
            for key in message.get("removed", ()):
                mine.rows.pop(key, None)
            whole = {key: {**mine.rows.get(key, {}), **patch} for key, patch in message["rows"].items()}
            mine.rows.update(whole)
            self._note(message["scope"], whole)

    def _note(self, scope: str, rows: Rows) -> None:
        self.history.append((scope, rows))
        if self.on_rows is not None:
            self.on_rows(scope, rows)
        self.changed.notify_all()

    def _on_connect(self) -> None:
        """After a reconnection: the server knows nothing of us."""
        for scope in list(self.seen):
            self.emit("join", {"scope": scope})

    def _on_hello(self, message: dict[str, Any]) -> None:
        with self.changed:
            self.words.append("hello")
            self.hellos.append(message)
            self.changed.notify_all()

    def _on_revoked(self, _message: dict[str, Any]) -> None:
        with self.changed:
            self.words.append("revoked")
            self.changed.notify_all()

    def _on_beat(self, message: dict[str, Any]) -> None:
        with self.changed:
            self.words.append("beat")
            self.beats.append(message)
            self.changed.notify_all()

    def _on_error(self, message: dict[str, Any]) -> None:
        with self.changed:
            self.errors.append(message)
            self.changed.notify_all()


@contextmanager
def wall(url: str, *, reconnect: bool = False, credential: str | None = None) -> Iterator[Wall]:
    """A connected monitor; `credential` makes it that paired wall."""
    client = OrderedClient(reconnection=reconnect, reconnection_delay=0.1, reconnection_delay_max=0.2)
    found = Wall(client)
    client.on("connect", found._on_connect)
    client.on("hello", found._on_hello)
    client.on("revoked", found._on_revoked)
    client.on("snapshot", found._on_snapshot)
    client.on("delta", found._on_delta)
    client.on("beat", found._on_beat)
    client.on("error", found._on_error)
    headers = {} if credential is None else {"Cookie": f"{COOKIE}={credential}"}
    client.connect(url, headers, transports=["websocket"], wait_timeout=PATIENCE)
    try:
        yield found
    finally:
        # One that went on reconnecting would draw random numbers while property tests of this process run.
        client.reconnection = False
        # The client waits three seconds for the server's last word; a test need not.
        threading.Thread(target=client.shutdown, daemon=True).start()


def wait_until(holds: Callable[[], bool], within: float = PATIENCE) -> None:
    """Wait until `holds`; fail when it does not within so many seconds."""
    deadline = time.monotonic() + within
    while not holds():
        assert time.monotonic() < deadline, "it never came to be"
        time.sleep(0.02)
