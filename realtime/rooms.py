"""Which client looks at what, and which ones cannot keep up. Pure; the hub guards it with its lock."""

from __future__ import annotations

from collections.abc import Callable

from realtime.scope import Scope

LAGS_AT = 64
"""Packets waiting for one client from which on it gets no more deltas: a snapshot later is smaller."""
CAUGHT_UP_AT = 2


class Rooms:
    """The scopes of every client."""

    def __init__(self) -> None:
        self._scopes: dict[str, set[Scope]] = {}
        self._lagging: set[str] = set()

    def __len__(self) -> int:
        return len(self._scopes)

    def connect(self, client: str) -> None:
        """A client came."""
        self._scopes.setdefault(client, set())

    def disconnect(self, client: str) -> None:
        """A client went."""
        self._scopes.pop(client, None)
        self._lagging.discard(client)

    def join(self, client: str, scope: Scope) -> None:
        """The client looks at the scope."""
        self._scopes.setdefault(client, set()).add(scope)

    def leave(self, client: str, scope: Scope) -> None:
        """The client no longer looks at the scope."""
        self._scopes.get(client, set()).discard(scope)

    def looks_at(self, client: str, scope: Scope) -> bool:
        """Whether the client joined the scope."""
        return scope in self._scopes.get(client, set())

    def lags(self, client: str) -> bool:
        """Whether the client is left out of deltas for now."""
        return client in self._lagging

    def clients(self) -> list[str]:
        """Everybody who is connected."""
        return list(self._scopes)

    def scopes_of(self, client: str) -> list[Scope]:
        """What the client looks at."""
        return list(self._scopes.get(client, ()))

    def review(self, waiting: Callable[[str], int]) -> tuple[dict[str, set[Scope]], dict[str, set[Scope]]]:
        """Who fell behind and who caught up since the last review, each with the scopes it looks at;
        `waiting` tells how many packets wait for a client.
        """
        behind: dict[str, set[Scope]] = {}
        back: dict[str, set[Scope]] = {}
        for client, scopes in self._scopes.items():
            length = waiting(client)
            if client not in self._lagging and length >= LAGS_AT:
                self._lagging.add(client)
                behind[client] = set(scopes)
            elif client in self._lagging and length <= CAUGHT_UP_AT:
                self._lagging.discard(client)
                back[client] = set(scopes)
        return behind, back
