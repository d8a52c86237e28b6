"""The recap of a day: how it stood at the cut-off, and what was corrected since. No I/O, no clock."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime, tzinfo

from attendance.day_result import DayResult, DayStatus
from attendance.ids import PersonId, UnitId
from attendance.roster import RosterIndex
from realtime.branches import Branches
from realtime.cutoff import Cutoff
from realtime.row_writer import RowWriter
from realtime.rows import CorrectedOffice, FreezeRow, FrozenCounts, Row
from realtime.scope import Kind, Scope
from realtime.tally import Tally
from realtime.ticker import Keys

_CAME = (DayStatus.PRESENT, DayStatus.LEFT_EARLY)
_SINGLE = (DayStatus.LATE, DayStatus.NOT_YET, DayStatus.WAITING, DayStatus.ABSENT)


class Recap:
    """The rows of the scopes "recap". There are none before everybody was judged as of the cut-off."""

    def __init__(self, cutoff: Cutoff, index: RosterIndex, branches: Branches, zone: tzinfo) -> None:
        self._cutoff = cutoff
        self._index = index
        self._branches = branches
        self._zone = zone
        self._then: Tally[Scope, DayStatus] = Tally(self._places_of)
        self._now: Tally[Scope, DayStatus] = Tally(self._places_of)
        self._corrected: Tally[Scope, bool] = Tally(self._places_of)
        self._shown: set[PersonId] = set()
        """Who was corrected."""
        self._open = False

    def touch(self, moved: Iterable[PersonId]) -> Keys:
        """Take in of whom something else is said; the keys of rows that may be different, by scope."""
        freeze = self._cutoff.freeze
        if freeze is None:
            return {}
        if not self._open:
            self._open = True
            for person_id, status in freeze.statuses.items():
                self._then.put(person_id, status)
            moved = freeze.statuses.keys() | self._cutoff.results.keys()
        keys: dict[Scope, set[str]] = defaultdict(set)
        for person_id in moved:
            self._take(person_id, freeze.statuses.get(person_id), self._cutoff.results.get(person_id))
            shown = {"freeze", f"c:{person_id}"}
            office = self._index.office_of(person_id)
            if office is not None:
                shown.add(f"r:{office}")
            for scope in self._places_of(person_id):
                if scope.kind is Kind.RECAP:
                    keys[scope] |= shown
        return keys

    def keys(self, scope: Scope) -> list[str]:
        """All rows that the scope may have."""
        if not self._open:
            return []
        people = [one for one in self._shown if scope in self._places_of(one)]
        offices = {self._index.office_of(one) for one in people} - {None}
        return ["freeze", *(f"r:{unit_id}" for unit_id in offices), *(f"c:{one}" for one in people)]

    def row(self, scope: Scope, key: str, writer: RowWriter) -> Row | None:
        """One row as it is now; None when there is none."""
        if not self._open:
            return None
        if key == "freeze":
            return self._freeze(scope)
        sort, number = key[0], int(key[2:])
        if sort == "r":
            return self._office(UnitId(number))
        person_id = PersonId(number)
        freeze, after = self._cutoff.freeze, self._cutoff.results.get(person_id)
        if freeze is None or after is None or person_id not in self._shown:
            return None
        return writer.corrected(freeze.statuses[person_id], after)

    def _take(self, person_id: PersonId, then: DayStatus | None, now: DayResult | None) -> None:
        status = None if now is None else now.status
        self._now.put(person_id, status)
        corrected = then is not None and then != status
        self._corrected.put(person_id, corrected or None)
        (self._shown.add if corrected else self._shown.discard)(person_id)

    def _freeze(self, scope: Scope) -> FreezeRow | None:
        freeze, start = self._cutoff.freeze, self._cutoff.start
        if freeze is None:
            return None
        return {
            "at": f"{self._local(freeze.cutoff_at):%H:%M}",
            "made": f"{self._local(freeze.made_at):%H:%M:%S}",
            "start": None if start is None else f"{self._local(start):%H:%M}",
            "then": frozen_counts(self._then.at(scope)),
            "now": frozen_counts(self._now.at(scope)),
            "corrected": self._corrected.at(scope)[True],
        }

    def _office(self, unit_id: UnitId) -> CorrectedOffice | None:
        scope = Scope(Kind.RECAP, unit_id)
        if unit_id in self._branches.offices:
            scope = Scope(Kind.OFFICE, unit_id)
        corrected = self._corrected.at(scope)[True]
        if not corrected:
            return None
        return {
            "id": unit_id,
            "short": self._index.units[unit_id].short_name,
            "then": frozen_counts(self._then.at(scope)),
            "now": frozen_counts(self._now.at(scope)),
            "corrected": corrected,
        }

    def _places_of(self, person_id: PersonId) -> list[Scope]:
        """Where somebody counts. An office with others below it is counted alone under its own scope."""
        units = {*self._branches.of_person(person_id)}
        places = [Scope(Kind.RECAP)]
        office = self._index.office_of(person_id)
        if office is not None:
            units.add(office)
            if office in self._branches.offices:
                places.append(Scope(Kind.OFFICE, office))
        return [*places, *(Scope(Kind.RECAP, unit_id) for unit_id in units)]

    def _local(self, moment: datetime) -> datetime:
        return moment.astimezone(self._zone)


def frozen_counts(states: Counter[DayStatus]) -> FrozenCounts:
    """People by state; who had left early by then had come."""
    present = sum(states[one] for one in _CAME)
    return {
        "required": present + sum(states[one] for one in _SINGLE),
        "present": present,
        "late": states[DayStatus.LATE],
        "not_yet": states[DayStatus.NOT_YET],
        "waiting": states[DayStatus.WAITING],
        "absent": states[DayStatus.ABSENT],
        "excused": states[DayStatus.EXCUSED],
    }
