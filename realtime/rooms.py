"""Which client looks at what, and which ones cannot keep up. Pure; the hub guards it with its lock."""

from __future__ import annotations

from collections.abc import Callable

from realtime.levels import Room
from realtime.scope import Level, Scope

LAGS_AT = 64
"""Packets waiting for one client from which on it gets no more deltas: a snapshot later is smaller."""
CAUGHT_UP_AT = 2


class Rooms:
    """The scopes of every client, and the rooms it is in: those whose deltas it gets."""

    def __init__(self) -> None:
        self._scopes: dict[str, set[Scope]] = {}
        self._audiences: dict[Room, set[str]] = {}
        self._lagging: set[str] = set()

    def __len__(self) -> int:
        return len(self._scopes)

    def __contains__(self, client: str) -> bool:
        return client in self._scopes

    def connect(self, client: str) -> None:
        """A client came."""
        self._scopes.setdefault(client, set())

    def disconnect(self, client: str) -> None:
        """A client went."""
        self.empty(client)
        self._scopes.pop(client, None)
        self._lagging.discard(client)

    def join(self, client: str, scope: Scope) -> None:
        """The client wants to look at the scope."""
        if client in self._scopes:
            self._scopes[client].add(scope)

    def enter(self, client: str, room: Room) -> None:
        """The client has what stands in the room, and gets its deltas from now on."""
        if client in self._scopes:
            self._audiences.setdefault(room, set()).add(client)

    def leave(self, client: str, scope: Scope) -> None:
        """The client no longer looks at the scope."""
        self._scopes.get(client, set()).discard(scope)
        self._out_of(client, [room for room in self._audiences if room.scope == scope])

    def empty(self, client: str) -> None:
        """The client is in no room any more; what it looks at is remembered."""
        self._out_of(client, list(self._audiences))

    def audience(self, room: Room) -> list[str]:
        """Who gets the room's deltas."""
        return list(self._audiences.get(room, ()))

    def room_of(self, client: str, scope: Scope) -> Room | None:
        """In which room the client sees the scope now; None: in none."""
        rooms = (Room(scope, level) for level in Level)
        return next((room for room in rooms if client in self._audiences.get(room, ())), None)

    def looks_at(self, client: str, scope: Scope) -> bool:
        """Whether the client joined the scope."""
        return scope in self._scopes.get(client, set())

    def lags(self, client: str) -> bool:
        """Whether the client is left out of deltas for now."""
        return client in self._lagging

    def falls_behind(self, client: str) -> None:
        """Leave the client out of deltas until it has caught up."""
        self._lagging.add(client)
        self.empty(client)

    def caught_up(self, waiting: Callable[[str], int]) -> list[str]:
        """Who lags no more; `waiting` tells how many packets wait for a client."""
        back = [client for client in self._lagging if waiting(client) <= CAUGHT_UP_AT]
        self._lagging.difference_update(back)
        return back

    def clients(self) -> list[str]:
        """Everybody who is connected."""
        return list(self._scopes)

    def scopes_of(self, client: str) -> list[Scope]:
        """What the client looks at."""
        return list(self._scopes.get(client, ()))

    def _out_of(self, client: str, rooms: list[Room]) -> None:
        for room in rooms:
            audience = self._audiences.get(room, set())
            audience.discard(client)
            if not audience:
                self._audiences.pop(room, None)
