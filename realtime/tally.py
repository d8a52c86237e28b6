"""Counts that follow single people, so that three thousand need not be counted for each punch. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable
from typing import Generic, TypeVar

from attendance.ids import PersonId

Place = TypeVar("Place", bound=Hashable)
State = TypeVar("State", bound=Hashable)


class Tally(Generic[Place, State]):
    """How many people of each place stand in each state. Somebody may count at several places, which do not
    change, and stands in one state, or in none.
    """

    def __init__(self, places_of: Callable[[PersonId], Iterable[Place]]) -> None:
        self._places_of = places_of
        self._states: dict[PersonId, State] = {}
        self._counters: dict[Place, Counter[State]] = defaultdict(Counter)

    def put(self, person_id: PersonId, state: State | None) -> State | None:
        """Somebody stands in this state now; the one before. None: in none."""
        before = self._states.get(person_id)
        if before == state:
            return before
        for place in self._places_of(person_id):
            counter = self._counters[place]
            if before is not None:
                counter[before] -= 1
                if not counter[before]:
                    del counter[before]
            if state is not None:
                counter[state] += 1
        if state is None:
            del self._states[person_id]
        else:
            self._states[person_id] = state
        return before

    def at(self, place: Place) -> Counter[State]:
        """The states at a place that anybody stands in, with how many; not to be changed."""
        return self._counters.get(place) or Counter()
