"""Who works which shifts on a date: by the roster's entry, or else by a rotation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from attendance.ids import PersonId
from attendance.shifts import Rotation, RotationPeriod, Shift, ShiftEntry


@dataclass(frozen=True, slots=True)
class Planned:
    """What a roster says of one person's date."""

    codes: tuple[str, ...] | None
    """Shift codes; none: free; None: what is entered names a rotation that nobody knows."""
    on_call: bool = False


class ShiftRoster:
    """Lookups over everybody's shifts."""

    def __init__(
        self,
        shifts: Iterable[Shift],
        rotations: Iterable[Rotation],
        periods: Iterable[RotationPeriod],
        entries: Iterable[ShiftEntry],
    ) -> None:
        self._versions: dict[str, list[Shift]] = defaultdict(list)
        for shift in sorted(shifts, key=lambda shift: shift.valid_from, reverse=True):
            self._versions[shift.code].append(shift)
        self._rotations = {rotation.code: rotation for rotation in rotations}
        self._periods: dict[PersonId, list[RotationPeriod]] = defaultdict(list)
        for period in sorted(periods, key=lambda period: period.valid_from, reverse=True):
            self._periods[period.person_id].append(period)
        self._entries: dict[PersonId, dict[date, ShiftEntry]] = {}
        self._add(entries)

    def people(self) -> frozenset[PersonId]:
        """For whom anything is entered, on any date."""
        return frozenset((*self._entries, *self._periods))

    def take(self, person_ids: Iterable[PersonId], entries: Iterable[ShiftEntry]) -> None:
        """Put `entries` in the place of all entries of these people."""
        for person_id in person_ids:
            self._entries.pop(person_id, None)
        self._add(entries)

    def planned(self, person_id: PersonId, day: date) -> Planned | None:
        """What is planned for the person on `day`; None when nothing was entered."""
        entry = self._entries.get(person_id, {}).get(day)
        if entry is not None:
            return Planned(entry.codes, entry.on_call)
        for period in self._periods.get(person_id, ()):
            if period.valid_from <= day and (period.valid_to is None or day <= period.valid_to):
                rotation = self._rotations.get(period.rotation)
                if rotation is None or not rotation.cycle:
                    return Planned(None)
                return Planned(rotation.cycle[(day - period.anchor).days % len(rotation.cycle)])
        return None

    def shift(self, code: str, day: date) -> Shift | None:
        """The shift of this code as it is on `day`; None when none has begun to hold."""
        for version in self._versions.get(code, ()):
            if version.valid_from <= day:
                return version
        return None

    def _add(self, entries: Iterable[ShiftEntry]) -> None:
        for entry in entries:
            self._entries.setdefault(entry.person_id, {})[entry.day] = entry
