"""What was judged: each person's days as last known, and how they became so.

A result can be computed again at any time. Whoever saves results compares them with what is stored within the
same transaction: several may save the same days at once and be killed at any moment, each change is stored
and noted once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import JSON, RowMapping, cast, func, select, type_coerce

from attendance.day_result import DayResult, DayStatus, WaitReason
from attendance.history import Cause, Change, cause_of, change_body, change_from
from attendance.ids import PersonId
from attendance.result_body import from_body, to_body
from attendance.rules import PackId
from store import result_rows
from store.database import Database
from store.day_tables import day_changes, day_results
from store.few import among
from store.result_rows import ChangeRow, Key, Proof, ResultRow

__all__ = ["Came", "Judged", "Key", "PastChange", "ResultTable", "Saved", "Stamp", "compare"]

AT_ONCE = 1_000
"""Results of one transaction. SQLite has one writer: a collector must not wait for a whole recomputation."""

UNJUDGED = (DayStatus.NOT_DUE, DayStatus.NOT_YET)
"""Nothing is known yet: not worth a row of its own."""


class Judged(NamedTuple):
    """A result on its way into the store."""

    result: DayResult
    input_hash: str
    """See `attendance.input_hash`."""

    @property
    def key(self) -> Key:
        """Whose, and of which work date."""
        return self.result.day, self.result.person_id


@dataclass(frozen=True, slots=True)
class Stamp:
    """What is stored of one person's day, not taken apart."""

    status: DayStatus
    final: bool
    pack: PackId
    input_hash: str
    body: str

    @property
    def result(self) -> DayResult:
        """The result itself."""
        return from_body(self.body)


@dataclass(slots=True)
class Saved:
    """What came of saving. Adds up: changed + unchanged + overtaken + unjudged = the results given."""

    turned: Counter[tuple[DayStatus | None, DayStatus]] = field(default_factory=Counter)
    """How many results went from which status (None: not stored before) to which, or stayed in one while
    something else about them changed.
    """
    unchanged: int = 0
    """The same results; where they rest on other facts than before, these facts' hash was renewed."""
    overtaken: int = 0
    """Left alone: somebody else had saved something newer than what the caller had seen."""
    unjudged: int = 0
    """Not written: nothing is known yet, and nothing was stored."""

    @property
    def changed(self) -> int:
        """How many results are new or different."""
        return self.turned.total()

    def add(self, other: Saved) -> None:
        """Count what came of another saving in."""
        self.turned += other.turned
        self.unchanged += other.unchanged
        self.overtaken += other.overtaken
        self.unjudged += other.unjudged


@dataclass(frozen=True, slots=True)
class PastChange:
    """One line of the history of a person's day."""

    person_id: PersonId
    day: date
    at: datetime
    """City time at which it was noted; aware, UTC."""
    before: DayResult | None
    """None: the first result of that day."""
    after: DayResult
    change: Change


class Came(NamedTuple):
    """A person's day, as far as the curve of a morning needs it."""

    person_id: PersonId
    status: DayStatus
    at: datetime | None
    """The coming; aware, UTC. None: none is known."""


class ResultTable:
    """Raises `StoreUnavailable`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(
        self, judged: Sequence[Judged], at: datetime, *, seen: Mapping[Key, Stamp] | None = None
    ) -> Saved:
        """Store what differs from what is stored, and note each change under `at` (aware, city time); in
        transactions of `AT_ONCE` results.

        With `seen`, what the caller had read before it read the facts, a result is left alone that somebody
        else stored meanwhile. Where only the moment moved since which data is awaited, nothing is noted: it
        moves with every reading of a terminal.
        """
        saved = Saved()
        for start in range(0, len(judged), AT_ONCE):
            saved.add(self._save(judged[start : start + AT_ONCE], at, seen))
        return saved

    def stamps(
        self, first: date, last: date, person_ids: Collection[PersonId] | None = None
    ) -> dict[Key, Stamp]:
        """What is stored of the days from `first` through `last`; where given, of these people only."""
        query = select(day_results).where(day_results.c.day >= first, day_results.c.day <= last)
        with self._database.read() as connection:
            return {
                (row["day"], PersonId(row["person_id"])): _stamp(row)
                for row in among(connection, query, day_results.c.person_id, person_ids)
            }

    def between(
        self, first: date, last: date, person_ids: Collection[PersonId] | None = None
    ) -> list[DayResult]:
        """The results of the days from `first` through `last`, by day and person; where given, of these
        people only.
        """
        found = self.stamps(first, last, person_ids)
        return [found[key].result for key in sorted(found)]

    def of_person(self, person_id: PersonId, first: date, last: date) -> list[DayResult]:
        """One person's results of the days from `first` through `last`."""
        return self.between(first, last, [person_id])

    def came_on(self, day: date) -> list[Came]:
        """When everybody came on a day, of whom a result is stored."""
        body = day_results.c.body
        whole = cast(body, JSON) if self._database.dialect == "postgresql" else type_coerce(body, JSON)
        query = select(day_results.c.person_id, day_results.c.status, whole["arrival", "at"].as_string())
        with self._database.read() as connection:
            return [
                Came(PersonId(number), DayStatus(status), None if at is None else datetime.fromisoformat(at))
                for number, status, at in connection.execute(query.where(day_results.c.day == day))
            ]

    def changes_of(self, person_id: PersonId, first: date, last: date) -> list[PastChange]:
        """How one person's results of the days from `first` through `last` became what they are; in the order
        in which they were noted.
        """
        query = (
            select(day_changes)
            .where(
                day_changes.c.person_id == person_id,
                day_changes.c.day >= first,
                day_changes.c.day <= last,
            )
            .order_by(day_changes.c.id)
        )
        with self._database.read() as connection:
            return [_past_change(row) for row in connection.execute(query).mappings()]

    def first_day(self) -> date | None:
        """The first day of which anything is stored."""
        with self._database.read() as connection:
            found: date | None = connection.scalar(select(func.min(day_results.c.day)))
            return found

    def people_on(self, day: date) -> set[PersonId]:
        """Whose result of a day is stored."""
        query = select(day_results.c.person_id).where(day_results.c.day == day)
        with self._database.read() as connection:
            return set(map(PersonId, connection.scalars(query)))

    def open_days(self) -> list[date]:
        """The days of which any result is not final, in order."""
        query = select(day_results.c.day).where(day_results.c.final.is_(False))
        with self._database.read() as connection:
            return list(connection.scalars(query.distinct().order_by(day_results.c.day)))

    def _save(self, judged: Sequence[Judged], at: datetime, seen: Mapping[Key, Stamp] | None) -> Saved:
        with self._database.write() as connection:
            result_rows.one_at_a_time(connection, self._database.dialect)
            known = result_rows.known(connection, self._database.dialect, [one.key for one in judged])
            expected = None if seen is None else {key: _proof(stamp) for key, stamp in seen.items()}
            saved, fresh = _sort_out(judged, known, expected)
            changes = [row for one in fresh if (row := _change_row(one, at)) is not None]
            results = [_result_row(one) for one in fresh]
            result_rows.write(connection, self._database.dialect, results, changes)
        return saved


def compare(judged: Sequence[Judged], stored: Mapping[Key, Stamp]) -> Saved:
    """What saving would come to where `stored` is what the store holds."""
    return _sort_out(judged, {key: _proof(stamp) for key, stamp in stored.items()}, None)[0]


@dataclass(frozen=True, slots=True)
class _Fresh:
    """A result that differs from what is stored."""

    judged: Judged
    body: str
    before: str | None
    """The body that is stored."""
    was: DayResult | None
    same_facts: bool = False
    """Whether what is stored was judged by the same facts."""


def _sort_out(
    judged: Sequence[Judged], known: Mapping[Key, Proof], expected: Mapping[Key, Proof] | None
) -> tuple[Saved, list[_Fresh]]:
    saved = Saved()
    fresh: list[_Fresh] = []
    for one in {one.key: one for one in judged}.values():
        before = known.get(one.key)
        body = to_body(one.result)
        if before == (one.input_hash, body):
            saved.unchanged += 1
        elif before is None and one.result.status in UNJUDGED:
            saved.unjudged += 1
        elif expected is not None and before != expected.get(one.key):
            saved.overtaken += 1
        elif before is None:
            saved.turned[None, one.result.status] += 1
            fresh.append(_Fresh(one, body, None, None))
        else:
            was = from_body(before[1])
            fresh.append(_Fresh(one, body, before[1], was, before[0] == one.input_hash))
            if before[1] == body:
                saved.unchanged += 1
            else:
                saved.turned[was.status, one.result.status] += 1
    return saved, fresh


def _proof(stamp: Stamp) -> Proof:
    return stamp.input_hash, stamp.body


def _said(result: DayResult) -> DayResult:
    """The result without the moments since which data is awaited."""
    if result.reason is None and not result.spells:
        return result
    spells = tuple(spell._replace(reason=_undated(spell.reason)) for spell in result.spells)
    return result._replace(reason=_undated(result.reason), spells=spells)


def _undated(reason: WaitReason | None) -> WaitReason | None:
    return None if reason is None else reason._replace(since=None)


def _result_row(fresh: _Fresh) -> ResultRow:
    result, input_hash = fresh.judged
    status, pack = result.status.value, result.pack
    return result.day, result.person_id, status, result.final, pack, input_hash, fresh.body


def _change_row(fresh: _Fresh, at: datetime) -> ChangeRow | None:
    """The line of history; None where nothing changed that anybody would be told."""
    after = fresh.judged.result
    if fresh.was is not None and _said(fresh.was) == _said(after):
        return None
    change = Change(Cause.PROGRAM) if fresh.same_facts else cause_of(fresh.was, after)
    return after.person_id, after.day, at, fresh.before, fresh.body, change_body(change)


def _stamp(row: RowMapping) -> Stamp:
    return Stamp(DayStatus(row["status"]), row["final"], PackId(row["pack"]), row["input_hash"], row["body"])


def _past_change(row: RowMapping) -> PastChange:
    return PastChange(
        person_id=PersonId(row["person_id"]),
        day=row["day"],
        at=row["at"],
        before=None if row["before"] is None else from_body(row["before"]),
        after=from_body(row["after"]),
        change=change_from(row["cause"]),
    )
