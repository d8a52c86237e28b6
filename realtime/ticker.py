"""The newest punches as they came: of the city, and of each of its branches. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping

from attendance.ids import PersonId
from realtime.day_board import Arrival
from realtime.scope import Scope

TICKER_ROWS = 30

Keys = Mapping[Scope, set[str]]


class Ticker:
    """The newest `TICKER_ROWS` punches of each scope, numbered together through the life of the server."""

    def __init__(self) -> None:
        self._number = 0
        self._lines: dict[Scope, dict[int, Arrival]] = {}

    def open(self, scopes: Iterable[Scope]) -> None:
        """Keep the lines of these scopes, and of no others."""
        self._lines = {scope: self._lines.get(scope, {}) for scope in scopes}

    def add(self, arrivals: Iterable[Arrival], scopes_of: Callable[[Arrival], Collection[Scope]]) -> Keys:
        """Put punches on, each in the scopes where it is shown; the keys that are new or fell off."""
        touched: dict[Scope, set[str]] = defaultdict(set)
        for arrival in arrivals:
            self._number += 1
            for scope in scopes_of(arrival):
                lines = self._lines[scope]
                lines[self._number] = arrival
                touched[scope].add(_key(self._number))
                if len(lines) > TICKER_ROWS:
                    oldest = next(iter(lines))
                    del lines[oldest]
                    touched[scope].add(_key(oldest))
        return touched

    def clear(self) -> None:
        """A new day begins; the numbers go on."""
        for lines in self._lines.values():
            lines.clear()

    def of_people(self, people: Collection[PersonId]) -> Keys:
        """The lines of these people: what is said of them may be another state by now."""
        return {
            scope: {_key(number) for number, arrival in lines.items() if arrival.person_id in people}
            for scope, lines in self._lines.items()
        }

    def keys(self, scope: Scope) -> list[str]:
        """All lines of a scope, oldest first."""
        return [_key(number) for number in self._lines.get(scope, ())]

    def line(self, scope: Scope, key: str) -> tuple[int, Arrival] | None:
        """A line with its number; None when it fell off."""
        number = int(key[2:])
        arrival = self._lines.get(scope, {}).get(number)
        return None if arrival is None else (number, arrival)


def _key(number: int) -> str:
    return f"k:{number}"
