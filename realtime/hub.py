"""The Socket.IO hub: sends every monitor a snapshot of what it looks at, then deltas.

Joining and reading the snapshot happen under the lock under which deltas are made and queued, so no delta
falls between. Sending itself happens in each client's own writer thread: the hub only fills queues,
so a slow monitor delays nobody; it is left out of deltas and gets a snapshot when it has caught up.
"""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import timedelta
from typing import TypedDict

from engineio.exceptions import SocketIsClosedError
from flask import Flask, request
from flask_socketio import ConnectionRefusedError as Refused
from flask_socketio import SocketIO

from config.clock import Clock
from config.sections import BoardSettings, CitySettings, WallSettings
from realtime.board_view import Look
from realtime.day_source import DaySource
from realtime.follower import Follower
from realtime.rooms import Rooms
from realtime.rows import BeatRow, Row, beat_row, reading_of
from realtime.rulebook import load_rulebook
from realtime.scope import CITY, Delta, Kind, Level, Scope, VersionedRows, parse_scope
from realtime.wall_sink import WallSink
from store import Store, StoreError

log = logging.getLogger(__name__)

BEAT_SECONDS = 1.0
MAX_MESSAGE_BYTES = 4096
"""A client has nothing long to say."""


class ErrorRow(TypedDict):
    """Why a client's message was refused."""

    scope: str | None
    code: str
    """"bad_scope", "unknown_office" or "log_unavailable"."""
    text: str


class Hub:
    """The clients, what they look at, and the follower that feeds them. Make it with `create_hub`."""

    def __init__(
        self,
        app: Flask,
        store: Store,
        clock: Clock,
        *,
        source: DaySource,
        freshness: timedelta,
        look: Look,
        wall: WallSettings,
    ) -> None:
        self.socketio = SocketIO(
            app,
            async_mode="threading",
            async_handlers=False,
            max_http_buffer_size=MAX_MESSAGE_BYTES,
        )
        self._store = store
        self._clock = clock
        self._wall = wall
        self._look = look
        self._freshness = freshness
        self._epoch = secrets.token_hex(4)
        self._lock = threading.RLock()
        self._rows: dict[Scope, VersionedRows[Row]] = {CITY: VersionedRows(CITY, self._epoch)}
        self._rooms = Rooms()
        self._open = False
        self._stopping = threading.Event()
        self._beats = threading.Thread(target=self._beat, name="beat", daemon=True)
        self._follower = Follower(
            store, clock, source, freshness=freshness, sink=WallSink(look, self, wall.coalesce)
        )
        self.socketio.on_event("connect", self._on_connect)
        self.socketio.on_event("disconnect", self._on_disconnect)
        self.socketio.on_event("join", self._on_join)
        self.socketio.on_event("leave", self._on_leave)
        self.socketio.on_event("resync", self._on_resync)

    def start(self) -> None:
        """Begin to follow the store and to beat. Call it in the process that serves, after any fork."""
        self._follower.start()
        self._beats.start()

    def stop(self) -> None:
        """Stop following, and wait until the threads are done."""
        self._stopping.set()
        self._follower.stop()
        if self._beats.is_alive():
            self._beats.join()

    def progress(self) -> float:
        """`time.monotonic` when the follower last did its work: what a watchdog should be fed by."""
        return self._follower.progress()

    def beat(self) -> BeatRow:
        """What time it is, how far the data goes, and whether to trust it."""
        now = self._clock.now()
        reading = reading_of(self._follower.horizons, now, self._freshness)
        return beat_row(now, self._clock.rate, self._look.zone, reading, self._follower.stale())

    # --- where the wall's rows go ------------------------------------------------------------------------

    def change(self, scope: Scope, rows: Mapping[str, Row], removed: frozenset[str]) -> None:
        """Put rows into a scope, take others away, and tell who looks at it."""
        with self._lock:
            self._send(scope, self._scope(scope).change(rows, removed))

    def replace(self, scope: Scope, rows: Mapping[str, Row]) -> None:
        """Let these be all rows of the scope, and tell who looks at it."""
        with self._lock:
            self._send(scope, self._scope(scope).replace(rows))

    def opened(self, scopes: Iterable[Scope]) -> None:
        """These scopes are all there are. Clients that came before the first board get their snapshots."""
        known = set(scopes)
        with self._lock:
            for scope in self._rows.keys() - known:
                self._send(scope, self._rows.pop(scope).replace({}))
            if self._open:
                return
            self._open = True
            for client in self._rooms.clients():
                for scope in self._rooms.scopes_of(client):
                    self._welcome(client, scope)

    # --- clients ------------------------------------------------------------------------------------------

    def _on_connect(self, _auth: object = None) -> None:
        client = _client()
        with self._lock:
            if len(self._rooms) >= self._wall.max_walls:
                log.warning("refused a monitor: %d are connected, the most allowed", len(self._rooms))
                raise Refused("too many monitors are connected")
            self._rooms.connect(client)

    def _on_disconnect(self, *_reason: object) -> None:
        with self._lock:
            self._rooms.disconnect(_client())

    def _on_join(self, *message: object) -> None:
        client = _client()
        scope = self._asked(client, message)
        if scope is None:
            return
        if (
            scope.kind is Kind.OFFICE
            and Level(self._wall.unpaired) is Level.NAMES
            and not self._log_view(client, scope)
        ):
            return
        with self._lock:
            if self._open and scope not in self._rows:
                self._refuse(client, scope.name, "unknown_office", "There is no such office.")
                return
            self._rooms.join(client, scope)
            if self._open:
                self._welcome(client, scope)

    def _on_leave(self, *message: object) -> None:
        client = _client()
        scope = self._asked(client, message)
        if scope is None:
            return
        with self._lock:
            self._rooms.leave(client, scope)
            self.socketio.server.leave_room(client, scope.name)

    def _on_resync(self, *message: object) -> None:
        client = _client()
        scope = self._asked(client, message)
        if scope is None:
            return
        with self._lock:
            if not self._rooms.looks_at(client, scope):
                self._refuse(client, scope.name, "bad_scope", "Join this scope first.")
            elif self._open and scope in self._rows:
                self._snapshot(client, scope)

    def _asked(self, client: str, message: tuple[object, ...]) -> Scope | None:
        """The scope that a message names; None after telling the client what is wrong."""
        asked = message[0].get("scope") if message and isinstance(message[0], dict) else None
        scope = parse_scope(asked)
        if scope is None:
            text = 'Send {"scope": "city"} or {"scope": "office:<number>"}.'
            self._refuse(client, asked[:40] if isinstance(asked, str) else None, "bad_scope", text)
        return scope

    def _refuse(self, client: str, scope: str | None, code: str, text: str) -> None:
        error: ErrorRow = {"scope": scope, "code": code, "text": text}
        self.socketio.emit("error", error, to=client)

    def _log_view(self, client: str, scope: Scope) -> bool:
        """Write down who looks at names. What cannot be written down is not shown."""
        actor = f"wall:{request.remote_addr or 'unknown'}"
        try:
            self._store.audit.append(actor, "names.viewed", scope.name, at=self._clock.now())
        except StoreError as error:
            log.warning("names were not shown, the view could not be logged: %s", error)
            self._refuse(client, scope.name, "log_unavailable", "Names cannot be shown: the log is away.")
            return False
        return True

    # --- sending, under the lock --------------------------------------------------------------------------

    def _scope(self, scope: Scope) -> VersionedRows[Row]:
        return self._rows.setdefault(scope, VersionedRows(scope, self._epoch))

    def _send(self, scope: Scope, delta: Delta | None) -> None:
        if delta is None or not self._open:
            return
        try:
            self.socketio.emit("delta", delta, to=scope.name)
        except (SocketIsClosedError, RuntimeError) as error:
            # Somebody hung up meanwhile, and whoever comes after it in the room was left out.
            log.info("a delta did not reach everybody (%s): snapshots follow", type(error).__name__)
            for client in self._rooms.clients():
                if self._rooms.looks_at(client, scope) and not self._rooms.lags(client):
                    with suppress(SocketIsClosedError, RuntimeError):
                        self._snapshot(client, scope)

    def _welcome(self, client: str, scope: Scope) -> None:
        if scope not in self._rows:
            self._rooms.leave(client, scope)
            self._refuse(client, scope.name, "unknown_office", "There is no such office.")
        elif not self._rooms.lags(client):
            self.socketio.server.enter_room(client, scope.name)
            self._snapshot(client, scope)

    def _snapshot(self, client: str, scope: Scope) -> None:
        self.socketio.emit("snapshot", self._rows[scope].snapshot(), to=client)
        self.socketio.emit("beat", self.beat(), to=client)

    # --- the beat -----------------------------------------------------------------------------------------

    def _beat(self) -> None:
        while not self._stopping.wait(BEAT_SECONDS):
            try:
                self.socketio.emit("beat", self.beat())
                self._review()
            except Exception:
                log.exception("a beat failed")

    def _review(self) -> None:
        """Leave out who cannot keep up; bring back who has caught up."""
        with self._lock:
            behind, back = self._rooms.review(self._waiting)
            for client, scopes in behind.items():
                log.info("a monitor cannot keep up; it gets a snapshot later")
                for scope in scopes:
                    self.socketio.server.leave_room(client, scope.name)
            for client, scopes in back.items():
                for scope in scopes:
                    self._welcome(client, scope)

    def _waiting(self, client: str) -> int:
        server = self.socketio.server
        socket = server.eio.sockets.get(server.manager.eio_sid_from_sid(client, "/"))
        return 0 if socket is None else socket.queue.qsize()


def create_hub(
    app: Flask, store: Store, clock: Clock, *, city: CitySettings, board: BoardSettings, wall: WallSettings
) -> Hub:
    """A hub that serves Socket.IO on `app`; nothing runs before its `start`.

    Raises `ConfigError` when the rule pack cannot be used.
    """
    return Hub(
        app,
        store,
        clock,
        source=DaySource(store, load_rulebook(board.rules), city.zone),
        freshness=board.freshness,
        look=Look(city.name, city.zone, Level(wall.unpaired) is Level.NAMES),
        wall=wall,
    )


def _client() -> str:
    return str(request.sid)  # type: ignore[attr-defined]
