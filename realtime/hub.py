"""The Socket.IO hub: tells every screen what it is, sends it a snapshot of what it looks at, then deltas.

What a screen may see is decided in `realtime.screens`; what it gets, and when, in `realtime.broadcast`. Here
is who asks for it: the clients' messages, the follower, the clock.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta

from flask import Flask, request
from flask_socketio import ConnectionRefusedError as Refused
from flask_socketio import SocketIO

from attendance.ids import TerminalId
from config.clock import Clock
from config.rate_limit import RateLimit
from config.sections import BoardSettings, CitySettings, WallSettings
from realtime.board_view import Look
from realtime.broadcast import Broadcast
from realtime.day_source import DaySource
from realtime.follower import Follower
from realtime.rooms import LAGS_AT
from realtime.rows import BeatRow, Row, beat_row, reading_of
from realtime.rulebook import load_rulebook
from realtime.scope import Level, Scope, parse_scope
from realtime.screens import Screen, Screens
from realtime.wall_sink import WallSink
from realtime.wire import Wire
from store import Store, StoreError
from store.wall_secrets import COOKIE

log = logging.getLogger(__name__)

BEAT_SECONDS = 1.0
WATCH_SECONDS = 0.5
"""How often it is asked whether a wall was revoked: such a one goes blank within two seconds."""
MAX_MESSAGE_BYTES = 4096
"""A client has nothing long to say."""
ASKS_AT_ONCE = 600
ASKS_A_SECOND = 1.0
"""How often one wall may ask for a scope: each time may be a snapshot and a line in the audit log. A remote
control that turns ten views a second may do so for a minute; a playlist asks every five seconds at most; a
wall that comes back asks for the two or three scopes that it shows.
"""


class Hub:
    """The screens and the follower that feeds them. Make it with `create_hub`."""

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
        build: Callable[[], str],
    ) -> None:
        self._wire = Wire(self._accepted)
        self.socketio = SocketIO(
            app,
            async_mode="gevent" if wall.workers == "gevent" else "threading",
            async_handlers=False,
            client_manager=self._wire,
            max_http_buffer_size=MAX_MESSAGE_BYTES,
        )
        self._clock = clock
        self._zone = look.zone
        self._freshness = freshness
        self._max_walls = wall.max_walls
        self.broadcast = Broadcast(self._wire, secrets.token_hex(4))
        self._screens = Screens(
            store, clock, self._wire, self.broadcast, unpaired=Level(wall.unpaired), build=build
        )
        self._asks = RateLimit(ASKS_A_SECOND, ASKS_AT_ONCE)
        self._stopping = threading.Event()
        self._scopes_changed = threading.Event()
        self._threads = [
            threading.Thread(target=self._beat, name="beat", daemon=True),
            threading.Thread(target=self._watch, name="walls", daemon=True),
        ]
        sink = WallSink(
            store, clock, source, freshness=freshness, look=look, outlet=self, coalesce=wall.coalesce
        )
        self._follower = Follower(store, clock, source, freshness=freshness, sink=sink)
        self.socketio.on_event("connect", self._on_connect)
        self.socketio.on_event("disconnect", self._on_disconnect)
        self.socketio.on_event("join", self._on_join)
        self.socketio.on_event("leave", self._on_leave)
        self.socketio.on_event("resync", self._on_resync)

    def start(self) -> None:
        """Begin to follow the store and to beat. Call it in the process that serves, after any fork."""
        self._follower.start()
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Stop following, and wait until the threads are done."""
        self._stopping.set()
        self._scopes_changed.set()
        self._follower.stop()
        for thread in self._threads:
            if thread.is_alive():
                thread.join()

    def progress(self) -> float:
        """`time.monotonic` when the follower last did its work: what a watchdog should be fed by."""
        return self._follower.progress()

    def beat(self, terminals: frozenset[TerminalId] | None = None) -> BeatRow:
        """What time it is, how far the data of these terminals (None: all) goes, and whether to trust it."""
        now = self._clock.now()
        horizons = self._follower.horizons
        mine = [one for one in horizons if terminals is None or one.terminal_id in terminals]
        reading = reading_of(mine, now, self._freshness)
        return beat_row(now, self._clock.rate, self._zone, reading, self._follower.stale())

    # --- where the wall's rows go ------------------------------------------------------------------------

    def change(self, scope: Scope, rows: Mapping[str, Row], removed: frozenset[str]) -> None:
        """Put rows into a scope, take others away, and tell who looks at it."""
        self.broadcast.change(scope, rows, removed)

    def replace(self, scope: Scope, rows: Mapping[str, Row]) -> None:
        """Let these be all rows of the scope, and tell who looks at it."""
        self.broadcast.replace(scope, rows)

    def opened(self, scopes: Iterable[Scope]) -> None:
        """These scopes are all there are. Clients that came before the first board get their snapshots."""
        known = frozenset(scopes)
        index = self._follower.index
        assert index is not None
        self.broadcast.keep(known)
        self._screens.opened(index, known)
        self._scopes_changed.set()

    # --- clients ------------------------------------------------------------------------------------------

    def _on_connect(self, _auth: object = None) -> None:
        with self.broadcast.lock:
            if len(self._screens) >= self._max_walls:
                log.warning("refused a monitor: %d are connected, the most allowed", len(self._screens))
                raise Refused("too many monitors are connected")
            screen = Screen(request.remote_addr or "unknown", request.cookies.get(COOKIE))
            self._screens.add(_client(), screen)

    def _accepted(self, client: str) -> None:
        self._screens.receive(client)
        beat = self.beat(self._screens.terminals_of(client))
        self._wire.send(self._wire.encode("beat", beat), [client])

    def _on_disconnect(self, *_reason: object) -> None:
        self._screens.discard(_client())

    def _on_join(self, *message: object) -> None:
        client = _client()
        scope = self._asked(client, message)
        if scope is not None and self._may_ask(client, scope):
            by_itself = isinstance(message[0], dict) and message[0].get("by") == "playlist"
            self._screens.join(client, scope, by_itself=by_itself)

    def _on_leave(self, *message: object) -> None:
        scope = self._asked(_client(), message)
        if scope is not None:
            with self.broadcast.lock:
                self.broadcast.rooms.leave(_client(), scope)

    def _on_resync(self, *message: object) -> None:
        client = _client()
        scope = self._asked(client, message)
        if scope is None or not self._may_ask(client, scope):
            return
        with self.broadcast.lock:
            room = self.broadcast.rooms.room_of(client, scope)
            if room is not None:
                self.broadcast.enter(client, room)
            elif not self.broadcast.rooms.looks_at(client, scope):
                self._screens.refuse(client, scope.name, "bad_scope", "Join this scope first.")

    def _asked(self, client: str, message: tuple[object, ...]) -> Scope | None:
        """The scope that a message names; None after telling the client what is wrong."""
        asked = message[0].get("scope") if message and isinstance(message[0], dict) else None
        scope = parse_scope(asked)
        if scope is None:
            text = (
                'Send {"scope": "city"}; or "names", "recap"; with ":<number>" these of a unit, and "office".'
            )
            self._screens.refuse(client, asked[:40] if isinstance(asked, str) else None, "bad_scope", text)
        return scope

    def _may_ask(self, client: str, scope: Scope) -> bool:
        """Whether the client has not asked too often; otherwise it was told to ask again later."""
        if self._asks.take(self._screens.asker(client), time.monotonic()):
            return True
        text = "You asked too often. Join this scope again in a few seconds."
        self._screens.refuse(client, scope.name, "too_many", text)
        return False

    # --- threads ------------------------------------------------------------------------------------------

    def _beat(self) -> None:
        while not self._stopping.wait(BEAT_SECONDS):
            try:
                with self.broadcast.lock:
                    clients = self.broadcast.rooms.clients()
                listening: dict[frozenset[TerminalId] | None, list[str]] = defaultdict(list)
                for client in clients:
                    if self._wire.waiting(client) < LAGS_AT:
                        listening[self._screens.terminals_of(client)].append(client)
                for terminals, together in listening.items():
                    self._wire.send(self._wire.encode("beat", self.beat(terminals)), together)
            except Exception:
                log.exception("a beat failed")

    def _watch(self) -> None:
        """Look after the walls: who has caught up, was paired, changed or revoked, which are here. Letting
        them in writes to the store, which is to hold up neither the follower nor the beat.
        """
        while not self._stopping.is_set():
            changed = self._scopes_changed.wait(WATCH_SECONDS)
            try:
                self._screens.discard_gone()
                if changed:
                    self._scopes_changed.clear()
                    self._screens.admit_all()
                for client in self.broadcast.caught_up():
                    self._screens.admit(client)
                self._screens.look_again()
                self._screens.note_seen(time.monotonic())
            except StoreError as error:
                log.debug("the store did not tell of the walls: %s", error)
            except Exception:
                log.exception("looking after the walls failed")


def create_hub(
    app: Flask,
    store: Store,
    clock: Clock,
    *,
    city: CitySettings,
    board: BoardSettings,
    wall: WallSettings,
    build: Callable[[], str],
) -> Hub:
    """A hub that serves Socket.IO on `app`; nothing runs before its `start`. `build` names the page that is
    served now.

    Raises `ConfigError` when the rule pack cannot be used.
    """
    return Hub(
        app,
        store,
        clock,
        source=DaySource(store, load_rulebook(board.rules), city.zone),
        freshness=board.freshness,
        look=Look(city.name, city.zone),
        wall=wall,
        build=build,
    )


def _client() -> str:
    return str(request.sid)  # type: ignore[attr-defined]
