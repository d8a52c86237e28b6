"""What to send, and when: dirty rows by scope, coalesced.

The first change of a scope goes out at once; what follows within `coalesce` goes out together. One delta a
scope and interval at most, however many people punch.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Protocol

from realtime.rows import Row
from realtime.scope import Scope


class Outlet(Protocol):
    """Where rows go."""

    def change(self, scope: Scope, rows: Mapping[str, Row], removed: frozenset[str]) -> None:
        """Put rows into a scope, take others away."""
        ...

    def replace(self, scope: Scope, rows: Mapping[str, Row]) -> None:
        """Let these be all rows of the scope."""
        ...

    def opened(self, scopes: Iterable[Scope]) -> None:
        """These scopes are all there are, and each has been replaced."""
        ...


class View(Protocol):
    """What there is to send."""

    def scopes(self) -> list[Scope]:
        """All scopes."""
        ...

    def whole(self, scope: Scope) -> Mapping[str, Row]:
        """Every row of a scope."""
        ...

    def row(self, scope: Scope, key: str) -> Row | None:
        """One row of a scope; None when there is none."""
        ...


class Publisher:
    """Remembers which rows may be different until they may be sent. One thread only."""

    def __init__(self, outlet: Outlet, coalesce: timedelta) -> None:
        self._outlet = outlet
        self._coalesce = coalesce.total_seconds()
        self._waiting: dict[Scope, set[str]] = {}
        self._sent: dict[Scope, float] = {}

    def publish(self, view: View, scopes: Iterable[Scope]) -> None:
        """Send the whole of these scopes of a new view, as far as it differs from what was sent."""
        for scope in scopes:
            self._outlet.replace(scope, view.whole(scope))

    def publish_rest(self, view: View, scopes: Iterable[Scope]) -> None:
        """Send the last of a new view: it has all scopes now, and nothing waits any more."""
        self.publish(view, scopes)
        self._outlet.opened(view.scopes())
        self._waiting.clear()

    def collect(self, keys: Mapping[Scope, Iterable[str]]) -> None:
        """Note which rows may be different."""
        for scope, some in keys.items():
            if some:
                self._waiting.setdefault(scope, set()).update(some)

    def flush(self, view: View) -> None:
        """Send what is due."""
        real = time.monotonic()
        for scope in [scope for scope in self._waiting if self._due(scope) <= real]:
            keys = self._waiting.pop(scope)
            found = {key: view.row(scope, key) for key in sorted(keys)}
            rows = {key: row for key, row in found.items() if row is not None}
            self._outlet.change(scope, rows, frozenset(found.keys() - rows.keys()))
            self._sent[scope] = real

    def patience(self) -> float:
        """Real seconds until something is due; infinity when nothing waits."""
        due = min(map(self._due, self._waiting), default=float("inf"))
        return due - time.monotonic()

    def _due(self, scope: Scope) -> float:
        return self._sent.get(scope, float("-inf")) + self._coalesce
