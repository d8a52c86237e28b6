"""What goes over the wire: small JSON rows, made from the board. Pure.

No NIP and no PIN ever; no name where names are not to be shown. Times of day are the city's, moments are
ISO 8601 with the city's offset. Keys: "total", "day", "u:<unit>", "t:<terminal>", "k:<ticker number>" in the
city's scope; "unit", "p:<person>" in an office's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import TypedDict

from attendance.counts import Counts
from attendance.day_result import DayResult, DayStatus, WaitCode, WaitReason
from attendance.duty import Duty, DutyDay
from attendance.explain import explain
from attendance.facts import Horizon
from attendance.ids import PersonId, TerminalId, UnitId
from attendance.roster import RosterIndex
from attendance.rules import RuleBook
from attendance.terminal import TerminalHealth
from realtime.day_board import Arrival


class ExcusedCounts(TypedDict):
    """People excused, by kind."""

    leave: int
    duty_travel: int
    study: int
    training: int
    permit: int


class TotalRow(TypedDict):
    """How many people are in which state. `required`: of whom presence is asked now."""

    required: int
    present: int
    late: int
    not_yet: int
    waiting: int
    absent: int
    left_early: int
    excused: ExcusedCounts
    not_due: int
    off: int
    people: int


class UnitRow(TotalRow):
    """One office."""

    id: int
    code: str
    name: str
    short: str
    kind: str
    dark: int
    """Terminals of the office that are not online."""
    terminals: int


class DayRow(TypedDict):
    """What day the board shows."""

    date: str
    city_name: str
    start: str | None
    """"07:30", when the usual hours begin; None on a day off."""
    provisional: bool
    show_names: bool


class TerminalRow(TypedDict):
    """One terminal."""

    id: int
    name: str
    office: int | None
    online: bool
    read_through: str | None
    offline_since: str | None
    clock_offset: float | None
    """Seconds ahead of city time."""
    log_fill: float | None
    """0..1."""
    error: str | None


class ArrivalRow(TypedDict):
    """One line of the ticker."""

    n: int
    at: str
    """"07:12:33"."""
    person: str | None
    office: str
    terminal: str
    status: str | None
    minutes: int | None
    other_site: bool


class ReasonRow(TypedDict):
    """Why data is awaited."""

    code: str
    terminal: str | None
    since: str | None


class WhyRow(TypedDict):
    """Why the state is what it is, in a sentence of each language. No kind of leave and no letter."""

    id: str
    en: str


PersonRow = TypedDict(
    "PersonRow",
    {
        "id": int,
        "name": str,
        "status": str,
        "minutes": int | None,
        "class": str | None,
        "at": str | None,
        "reason": ReasonRow | None,
        "excuse": str | None,
        "section": str,
        "shift": str | None,
        "early": int | None,
        "early_class": str | None,
        "why": WhyRow,
    },
)
"""One person of an office. `minutes` and `class`: late, or early of who is only that; `early` and
`early_class`: whenever somebody left early, also who was late. `excuse` is also told of somebody who
came in spite of it, or whom it frees for a part of the day.
"""

Row = TotalRow | UnitRow | DayRow | TerminalRow | ArrivalRow | PersonRow


class BeatRow(TypedDict):
    """Once a second: what time it is, how far the data goes, and whether to trust it."""

    city: str
    rate: float
    as_of: str | None
    read: int
    terminals: int
    stale: bool
    reason: str | None
    """Why it is stale: "loading", "store", "follower" or "collector"."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How far the terminals together have been read."""

    as_of: datetime | None
    """Every terminal that counts as read was read through here; None: none does."""
    read: int
    terminals: int


def reading_of(horizons: Sequence[Horizon], now: datetime, freshness: timedelta) -> Reading:
    """A terminal counts as read while it is online and was read within `freshness` of city time."""
    through = [
        horizon.read_through
        for horizon in horizons
        if horizon.online and horizon.read_through is not None and horizon.read_through + freshness > now
    ]
    return Reading(min(through, default=None), len(through), len(horizons))


def beat_row(now: datetime, rate: float, zone: tzinfo, reading: Reading, reason: str | None) -> BeatRow:
    """The beat at city time `now`; `reason` None means that the data can be trusted."""
    return {
        "city": _moment(now, zone),
        "rate": rate,
        "as_of": None if reading.as_of is None else _moment(reading.as_of, zone),
        "read": reading.read,
        "terminals": reading.terminals,
        "stale": reason is not None,
        "reason": reason,
    }


def total_row(counts: Counts) -> TotalRow:
    """The counts of the city."""
    return {
        "required": counts.required,
        "present": counts.present,
        "late": counts.late,
        "not_yet": counts.not_yet,
        "waiting": counts.waiting,
        "absent": counts.absent,
        "left_early": counts.left_early,
        "excused": {
            "leave": counts.leave,
            "duty_travel": counts.duty_travel,
            "study": counts.study,
            "training": counts.training,
            "permit": counts.permit,
        },
        "not_due": counts.not_due,
        "off": counts.off,
        "people": counts.people,
    }


class RowWriter:
    """Makes rows from the board, with the names that the roster gives."""

    def __init__(self, index: RosterIndex, book: RuleBook, zone: tzinfo, *, show_names: bool) -> None:
        self._index = index
        self._book = book
        self._zone = zone
        self._show_names = show_names

    def day(self, usual: Duty, city_name: str, *, final: bool) -> DayRow:
        """The day itself; `usual` is the duty of who works the city's usual hours."""
        start = usual.spells[0].start if isinstance(usual, DutyDay) else None
        return {
            "date": usual.day.isoformat(),
            "city_name": city_name,
            "start": None if start is None else f"{start.astimezone(self._zone):%H:%M}",
            "provisional": not final,
            "show_names": self._show_names,
        }

    def unit(self, unit_id: UnitId, counts: Counts, online: Iterable[bool]) -> UnitRow:
        """An office with its counts; `online` says it of each of its terminals."""
        unit = self._index.units[unit_id]
        lights = list(online)
        return {
            "id": unit.id,
            "code": unit.code,
            "name": unit.name,
            "short": unit.short_name,
            "kind": unit.kind.value,
            "dark": lights.count(False),
            "terminals": len(lights),
            **total_row(counts),
        }

    def terminal(self, terminal_id: TerminalId, health: TerminalHealth | None) -> TerminalRow:
        """A terminal and how it does; `health` None: nobody tried it yet."""
        terminal = self._index.terminals[terminal_id]
        row: TerminalRow = {
            "id": terminal.id,
            "name": terminal.name,
            "office": self._index.office_above(terminal.unit_id),
            "online": False,
            "read_through": None,
            "offline_since": None,
            "clock_offset": None,
            "log_fill": None,
            "error": None,
        }
        if health is not None:
            row["online"] = health.online
            row["read_through"] = self._iso(health.read_through)
            row["offline_since"] = self._iso(health.offline_since)
            row["clock_offset"] = None if health.clock_offset is None else round(health.clock_offset, 1)
            if health.log_records is not None and health.log_capacity:
                row["log_fill"] = round(health.log_records / health.log_capacity, 3)
            row["error"] = health.error
        return row

    def person(self, result: DayResult) -> PersonRow | None:
        """A person of an office; None where no names are to be shown: no row leaves the server then."""
        if not self._show_names:
            return None
        unit_id = self._index.unit_of(result.person_id)
        kind = None if result.excuse_kind is None else result.excuse_kind.value
        minutes, grade = _minutes(result)
        arrival = result.arrival
        why = explain(result, self._book.by_id(result.pack), self._zone, self._terminal_name, detail=False)
        return {
            "id": result.person_id,
            "name": self._index.people[result.person_id].full_name,
            "status": result.status.value,
            "minutes": minutes,
            "class": grade,
            "at": None if arrival is None else self._clock(arrival.at),
            "reason": None if result.reason is None else self._reason(result.reason),
            "excuse": kind,
            "section": "" if unit_id is None else self._index.units[unit_id].short_name,
            "shift": result.shift,
            "early": result.early or None,
            "early_class": result.early_grade,
            "why": {"id": why.id, "en": why.en},
        }

    def arrival(self, number: int, arrival: Arrival, result: DayResult | None) -> ArrivalRow:
        """A line of the ticker; `result` is the owner's, None when nobody has the PIN."""
        terminal = self._index.terminals.get(arrival.punch.terminal_id)
        here = None if terminal is None else self._index.office_above(terminal.unit_id)
        home = here if arrival.person_id is None else self._index.office_of(arrival.person_id)
        return {
            "n": number,
            "at": self._clock(arrival.punch.at),
            "person": self._name(arrival.person_id),
            "office": "" if home is None else self._index.units[home].short_name,
            "terminal": "" if terminal is None else terminal.name,
            "status": None if result is None else result.status.value,
            "minutes": None if result is None else _minutes(result)[0],
            "other_site": home != here
            and arrival.punch.terminal_id not in self._index.terminals_of(arrival.person_id or PersonId(0)),
        }

    def _name(self, person_id: PersonId | None) -> str | None:
        person = self._index.people.get(person_id) if person_id is not None else None
        return person.full_name if person is not None and self._show_names else None

    def _terminal_name(self, terminal_id: TerminalId) -> str:
        terminal = self._index.terminals.get(terminal_id)
        return str(terminal_id) if terminal is None else terminal.name

    def _reason(self, reason: WaitReason) -> ReasonRow:
        terminal = self._index.terminals.get(reason.terminal_id) if reason.terminal_id is not None else None
        code = reason.code.value
        if reason.code is WaitCode.OUTAGE and reason.cause is not None:
            code = f"{code}_{reason.cause.value}"
        return {
            "code": code,
            "terminal": None if terminal is None else terminal.name,
            "since": self._iso(reason.since),
        }

    def _clock(self, moment: datetime) -> str:
        return f"{moment.astimezone(self._zone):%H:%M:%S}"

    def _iso(self, moment: datetime | None) -> str | None:
        return None if moment is None else _moment(moment, self._zone)


def _minutes(result: DayResult) -> tuple[int | None, str | None]:
    """What is told of the minutes on one line, with their class."""
    if result.status is DayStatus.LEFT_EARLY:
        return result.early, result.early_grade
    return result.late, result.late_grade


def _moment(moment: datetime, zone: tzinfo) -> str:
    return moment.astimezone(zone).isoformat(timespec="seconds")
