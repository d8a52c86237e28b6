"""Stored results as a CSV file that can be checked: every row with its explanation, the whole with a hash."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain
from pathlib import Path

from attendance.day_result import Used
from attendance.explain import explain
from attendance.ids import PersonId, TerminalId
from attendance.roster import RosterIndex
from presensi.past_results import Known, names_of
from presensi.private_csv import write_csv
from realtime.day_source import DaySource
from store import Store
from store.results import Stamp

COLUMNS = (
    "date",
    "person",
    "nip",
    "name",
    "unit",
    "unit_name",
    "status",
    "late_class",
    "minutes_late",
    "early_class",
    "minutes_early",
    "arrival",
    "leaving",
    "excuse",
    "explanation_id",
    "explanation_en",
    "rule",
    "pack",
    "final",
    "input_hash",
)
DAYS_AT_ONCE = 31
SUFFIX = ".sha256"

_DAY = timedelta(days=1)
Row = Sequence[object]


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written."""

    rows: int
    sha256: str
    """Of the whole file, in hexadecimal."""


class ResultsFile:
    """The results of `first` through `last`; made once, written once. Raises `StoreUnavailable`."""

    def __init__(
        self,
        store: Store,
        source: DaySource,
        first: date,
        last: date,
        *,
        progress: Callable[[date], None] = lambda day: None,
    ) -> None:
        self._store = store
        self._source = source
        self._first = first
        self._last = last
        self._progress = progress
        self._people = names_of(store)
        self._terminals = {terminal.id: terminal.name for terminal in store.terminals.list(active_only=False)}
        self._count = 0

    def write(self, path: Path, heading: str) -> Exported:
        """Write `heading` as a comment, the columns and the rows to `path`, and beside it the hash as
        `sha256sum` wants it. The same results give the same bytes. Raises `Failure` when that cannot be.
        """
        write_csv(path, [f"# {heading}"], chain([COLUMNS], self._rows()))
        with path.open("rb") as file:
            told = hashlib.file_digest(file, "sha256").hexdigest()
        path.with_name(path.name + SUFFIX).write_text(f"{told}  {path.name}\n", "utf-8")
        return Exported(self._count, told)

    def _rows(self) -> Iterator[Row]:
        day = self._first
        while day <= self._last:
            until = min(self._last, day + (DAYS_AT_ONCE - 1) * _DAY)
            assembler = self._source.load(day, until)
            while day <= until:
                stamps = self._store.results.stamps(day, day)
                index = assembler.index(day)
                for key in sorted(stamps):
                    self._count += 1
                    yield self._row(index, stamps[key])
                self._progress(day)
                day += _DAY

    def _row(self, index: RosterIndex, stamp: Stamp) -> Row:
        result = stamp.result
        rules = self._source.book.by_id(result.pack)
        said = explain(result, rules, self._source.zone, self._terminal)
        known = self._people.get(result.person_id, Known("", None))
        return (
            result.day,
            result.person_id,
            known.nip or "",
            known.name,
            *_unit(index, result.person_id),
            result.status.value,
            result.late_grade or "",
            "" if result.late is None else result.late,
            result.early_grade or "",
            "" if result.early is None else result.early,
            self._clock(result.arrival),
            self._clock(result.leaving),
            result.excuse or "",
            said.id,
            said.en,
            result.rule.value,
            result.pack,
            "final" if result.final else "provisional",
            stamp.input_hash,
        )

    def _terminal(self, terminal_id: TerminalId) -> str:
        return self._terminals.get(terminal_id, f"{terminal_id}")

    def _clock(self, used: Used | None) -> str:
        return "" if used is None else f"{used.at.astimezone(self._source.zone):%Y-%m-%d %H:%M:%S}"


def _unit(index: RosterIndex, person_id: PersonId) -> tuple[str, str]:
    """Code and name of where the person served on that day."""
    unit_id = index.unit_of(person_id)
    unit = None if unit_id is None else index.units.get(unit_id)
    return ("", "") if unit is None else (unit.code, unit.name)
