"""Who is in which state of employment on a date."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from attendance.ids import PersonId
from attendance.people import Employment


class EmploymentStates:
    """Lookups over everybody's employments."""

    def __init__(self, employments: Iterable[Employment]) -> None:
        self._of: dict[PersonId, list[Employment]] = defaultdict(list)
        for employment in sorted(employments, key=lambda entry: entry.valid_from, reverse=True):
            self._of[employment.person_id].append(employment)
        self.people = frozenset(self._of)
        """Whose state is known on any date."""

    def of(self, person_id: PersonId, day: date) -> Employment | None:
        """The employment that holds on `day`, of several the one that began last; None: simply active."""
        for employment in self._of.get(person_id, ()):
            if employment.valid_from <= day and (employment.valid_to is None or day <= employment.valid_to):
                return employment
        return None
