"""Rows of a shift roster as JSON: every one read, every fault named. A NIP is never repeated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date

from attendance.errors import RosterError
from attendance.ids import Nip, PersonId
from attendance.nip import check_nip
from attendance.shifts import Shift, ShiftEntry
from store.importing.day_cells import read_shifts

MOST_ROWS = 5_000
"""A month of a ward with 160 people."""
MOST_FAULTS = 100
MOST_CHARACTERS = 200
FIRST_YEAR, LAST_YEAR = 2000, 2200
FIELDS = frozenset({"nip", "day", "codes", "on_call", "reference"})


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong; rows count from 1."""

    row: int
    field: str
    reason: str
    remedy: str

    def told(self) -> dict[str, object]:
        """As JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Known:
    """What rows may refer to."""

    people: Mapping[Nip, PersonId]
    shifts: Mapping[str, date]
    """Shift codes, with the first day on which each is worked."""

    @classmethod
    def of(cls, people: Mapping[Nip, PersonId], shifts: Sequence[Shift]) -> Known:
        """The people by NIP, and these shifts."""
        since: dict[str, date] = {}
        for shift in shifts:
            since[shift.code] = min(shift.valid_from, since.get(shift.code, shift.valid_from))
        return cls(people, since)


class RosterRows:
    """Reads rows; `entries` are those without fault."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._told: dict[tuple[PersonId, date], int] = {}
        self.entries: list[ShiftEntry] = []
        self.faults: list[Fault] = []

    def read(self, rows: Sequence[object]) -> None:
        """Read them all; stops after `MOST_FAULTS` faults."""
        for number, row in enumerate(rows, 1):
            if len(self.faults) >= MOST_FAULTS:
                return
            self._row(number, row)

    def _row(self, number: int, row: object) -> None:
        if not isinstance(row, dict):
            self._fault(number, "", "is no object", 'write {"nip": …, "day": …, "codes": […], …}')
            return
        before = len(self.faults)
        for name in sorted(str(name)[:40] for name in row.keys() - FIELDS):
            self._fault(number, name, "is no known field", f"the fields are {', '.join(sorted(FIELDS))}")
        person_id, day = self._person(number, row.get("nip")), self._day(number, row.get("day"))
        on_call, reference = row.get("on_call", False), row.get("reference")
        if not isinstance(on_call, bool):
            self._fault(number, "on_call", "is neither true nor false", "write true or false")
        codes = self._codes(number, row.get("codes"), day)
        if not isinstance(reference, str) or not reference.strip() or not reference.isprintable():
            self._fault(number, "reference", "is no text", "name the roster or letter that says so")
        elif len(reference) > MOST_CHARACTERS:
            self._fault(number, "reference", f"is longer than {MOST_CHARACTERS} characters", "shorten it")
        if len(self.faults) > before or person_id is None or day is None:
            return
        if (first := self._told.setdefault((person_id, day), number)) != number:
            self._fault(number, "day", f"is told in row {first} already", "remove one of the rows")
            return
        self.entries.append(ShiftEntry(person_id, day, codes, bool(on_call), str(reference).strip()))

    def _person(self, number: int, value: object) -> PersonId | None:
        try:
            nip = check_nip(value if isinstance(value, str) else "")
        except RosterError as error:
            self._fault(number, "nip", str(error), "write the NIP as a text of 18 digits")
            return None
        person_id = self._known.people.get(nip)
        if person_id is None:
            self._fault(number, "nip", "is nobody's NIP", "register the person first, or correct the NIP")
        return person_id

    def _day(self, number: int, value: object) -> date | None:
        try:
            if not isinstance(value, str) or len(value) != 10:
                raise ValueError
            day = date.fromisoformat(value)
            if day.isoformat() != value:  # a day as year and week
                raise ValueError
        except ValueError:
            self._fault(number, "day", "is not a day", 'write it as "2017-01-31"')
            return None
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            self._fault(number, "day", "is not in our time", f"write a year from {FIRST_YEAR} to {LAST_YEAR}")
            return None
        return day

    def _codes(self, number: int, value: object, day: date | None) -> tuple[str, ...]:
        remedy = 'write a list of shift codes, as in ["P", "S"], or [] for a free day'
        if not isinstance(value, list) or not all(isinstance(code, str) for code in value):
            self._fault(number, "codes", "is no list of texts", remedy)
            return ()
        found = read_shifts("+".join(value) or "-")
        if isinstance(found, str) or found[1] or len(found[0]) != len(value):
            self._fault(number, "codes", found if isinstance(found, str) else "holds no shift codes", remedy)
            return ()
        for code in found[0]:
            since = self._known.shifts.get(code)
            if since is None:
                told = ", ".join(sorted(self._known.shifts)) or "none"
                self._fault(number, "codes", f"{code} is no known shift", f"the known ones are {told}")
            elif day is not None and day < since:
                self._fault(
                    number, "codes", f"{code} is worked only from {since}", "correct the day or the code"
                )
        return found[0]

    def _fault(self, number: int, field: str, reason: str, remedy: str) -> None:
        self.faults.append(Fault(number, field, reason, remedy))
