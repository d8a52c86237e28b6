"""The rows of every scope, and who is told of their changes: each message encoded once for a whole room.

Entering a room and reading its snapshot happen under the lock under which deltas are made and queued, so no
delta falls between. A client whose queue grows is left out of its rooms, and gets snapshots once it has
caught up: a slow monitor delays nobody and costs no memory.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Collection, Mapping

from realtime.levels import LeveledRows, Room
from realtime.rooms import LAGS_AT, Rooms
from realtime.rows import Row
from realtime.scope import CITY, Delta, Scope
from realtime.wire import Message, Wire

log = logging.getLogger(__name__)


class Broadcast:
    """Thread-safe by its `lock`, which whoever asks `rooms` anything holds."""

    def __init__(self, wire: Wire, epoch: str) -> None:
        self.lock = threading.RLock()
        self.rooms = Rooms()
        self._wire = wire
        self._epoch = epoch
        self._rows: dict[Scope, LeveledRows] = {CITY: LeveledRows(CITY, epoch)}
        self._snapshots: dict[Room, Message] = {}
        """As they were encoded last, while they are still right."""

    def __contains__(self, scope: Scope) -> bool:
        return scope in self._rows

    def change(self, scope: Scope, rows: Mapping[str, Row], removed: frozenset[str]) -> None:
        """Put rows into a scope, take others away, and tell who looks at it."""
        with self.lock:
            self._tell(self._of(scope).change(rows, removed))

    def replace(self, scope: Scope, rows: Mapping[str, Row]) -> None:
        """Let these be all rows of the scope, and tell who looks at it."""
        with self.lock:
            self._tell(self._of(scope).replace(rows))

    def keep(self, known: Collection[Scope]) -> None:
        """Empty and forget every other scope."""
        with self.lock:
            for scope in self._rows.keys() - set(known):
                self._tell(self._rows.pop(scope).replace({}))

    def enter(self, client: str, room: Room) -> None:
        """Give the client what stands in the room, and from now on what changes there. One that lags gets it
        when it has caught up.
        """
        with self.lock:
            if self._keeps_up(client):
                self.rooms.enter(client, room)
                self._wire.send(self._snapshot(room), [client])

    def caught_up(self) -> list[str]:
        """Who has caught up and is to enter its rooms again."""
        with self.lock:
            return self.rooms.caught_up(self._wire.waiting)

    def _of(self, scope: Scope) -> LeveledRows:
        return self._rows.setdefault(scope, LeveledRows(scope, self._epoch))

    def _tell(self, deltas: Mapping[Room, Delta]) -> None:
        for room, delta in deltas.items():
            self._snapshots.pop(room, None)
            audience = [client for client in self.rooms.audience(room) if self._keeps_up(client)]
            if audience:
                self._wire.send(self._wire.encode("delta", delta), audience)

    def _snapshot(self, room: Room) -> Message:
        if room not in self._snapshots:
            rows = self._rows[room.scope].snapshot(room.level)
            self._snapshots[room] = self._wire.encode("snapshot", rows)
        return self._snapshots[room]

    def _keeps_up(self, client: str) -> bool:
        if not self.rooms.lags(client) and self._wire.waiting(client) >= LAGS_AT:
            log.info("a monitor cannot keep up; it gets a snapshot later")
            self.rooms.falls_behind(client)
        return not self.rooms.lags(client)
