"""Makes rows from what the board holds, with the names that the roster gives. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta, tzinfo

from attendance.counts import Counts
from attendance.day_result import DayResult, DayStatus, WaitCode, WaitReason
from attendance.duty import Duty, DutyDay, NoDuty, OffReason
from attendance.explain import explain
from attendance.ids import PersonId, TerminalId, UnitId
from attendance.people import Unit
from attendance.roster import RosterIndex
from attendance.rules import RuleBook
from attendance.terminal import TerminalHealth
from realtime.day_board import Arrival
from realtime.rows import (
    ArrivalRow,
    CorrectedPerson,
    DayRow,
    NameRow,
    PersonRow,
    ReasonRow,
    TerminalRow,
    UnitRow,
    WhyRow,
    moment_iso,
    total_row,
)

_BY_CALENDAR = {OffReason.WEEKLY, OffReason.HOLIDAY, OffReason.JOINT_LEAVE}


class RowWriter:
    """Of one day's roster; see `realtime.rows` for what the rows mean."""

    def __init__(self, index: RosterIndex, book: RuleBook, zone: tzinfo) -> None:
        self._index = index
        self._book = book
        self._zone = zone

    def day(
        self,
        usual: Duty,
        city_name: str,
        *,
        final: bool,
        unit_id: UnitId | None = None,
        own: Duty | None = None,
    ) -> DayRow:
        """The day itself, as the unit `unit_id` is told it (None: the city); `usual` is the duty of who works
        the city's usual hours, `own` that of who works those of the unit.
        """
        off, off_name = _off(own or usual)
        start = usual.spells[0].start if isinstance(usual, DutyDay) else None
        return {
            "date": usual.day.isoformat(),
            "city_name": city_name,
            "place": "" if unit_id is None else self._index.units[unit_id].short_name,
            "start": None if start is None else f"{start.astimezone(self._zone):%H:%M}",
            "provisional": not final,
            "off": off,
            "off_name": off_name,
        }

    def unit(self, unit_id: UnitId, counts: Counts, online: Iterable[bool], night: int = 0) -> UnitRow:
        """An office with its counts; `online` says it of each of its terminals. `night`: how many of its
        people are still on night duty.
        """
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
            **total_row(counts, night),
        }

    def terminal(
        self, terminal_id: TerminalId, health: TerminalHealth | None, *, behind: bool
    ) -> TerminalRow:
        """A terminal and how it does; `health` None: nobody tried it yet. `behind`: it was not read for
        longer than it may vouch.
        """
        terminal = self._index.terminals[terminal_id]
        row: TerminalRow = {
            "id": terminal.id,
            "name": terminal.name,
            "office": self._index.office_above(terminal.unit_id),
            "district": terminal.district,
            "online": False,
            "read_through": None,
            "offline_since": None,
            "clock_offset": None,
            "log_fill": None,
            "error": None,
        }
        if health is not None:
            row["online"] = health.online
            if behind or not health.online:
                row["read_through"] = self._iso(health.read_through)
            row["offline_since"] = self._iso(health.offline_since)
            row["clock_offset"] = None if health.clock_offset is None else round(health.clock_offset)
            if health.log_records is not None and health.log_capacity:
                row["log_fill"] = round(health.log_records / health.log_capacity, 2)
            row["error"] = health.error
        return row

    def person(self, result: DayResult, night: datetime | None = None) -> PersonRow:
        """A person of an office; `night`: until when still on night duty (aware)."""
        unit_id = self._index.unit_of(result.person_id)
        kind = None if result.excuse_kind is None else result.excuse_kind.value
        minutes, grade = _minutes(result)
        row: PersonRow = {
            "id": result.person_id,
            "name": self._index.people[result.person_id].full_name,
            "status": result.status.value,
            "minutes": minutes,
            "class": grade,
            "at": self._arrived(result),
            "reason": None if result.reason is None else self._reason(result.reason),
            "excuse": kind,
            "section": "" if unit_id is None else self._index.units[unit_id].short_name,
            "shift": result.shift,
            "early": result.early or None,
            "early_class": result.early_grade,
            "why": self._why(result),
        }
        if night is not None:
            row["night"] = f"{night.astimezone(self._zone):%H:%M}"
        return row

    def listed(self, result: DayResult) -> NameRow | None:
        """Somebody on the lists of names; None for who is placed nowhere."""
        office = self._office(result.person_id)
        if office is None:
            return None
        minutes, grade = _minutes(result)
        return {
            "id": result.person_id,
            "name": self._index.people[result.person_id].full_name,
            "unit": office.id,
            "office": office.short_name,
            "status": result.status.value,
            "minutes": minutes,
            "class": grade,
            "at": self._arrived(result),
        }

    def corrected(self, before: DayStatus, after: DayResult) -> CorrectedPerson | None:
        """Somebody of whom something else is said by now of the cut-off; None for who is placed nowhere."""
        office = self._office(after.person_id)
        if office is None:
            return None
        return {
            "id": after.person_id,
            "name": self._index.people[after.person_id].full_name,
            "unit": office.id,
            "office": office.short_name,
            "before": before.value,
            "after": after.status.value,
            "why": self._why(after),
        }

    def arrival(self, number: int, arrival: Arrival, result: DayResult | None) -> ArrivalRow:
        """A line of the ticker; `result` is the owner's, None when nobody has the PIN."""
        terminal = self._index.terminals.get(arrival.punch.terminal_id)
        here = None if terminal is None else self._index.office_above(terminal.unit_id)
        home = here if arrival.person_id is None else self._index.office_of(arrival.person_id)
        person = None if arrival.person_id is None else self._index.people.get(arrival.person_id)
        office = "" if home is None else self._index.units[home].short_name
        row: ArrivalRow = {"n": number, "at": self._clock(arrival.punch.at), "office": office}
        if person is not None:
            row["person"] = person.full_name
        if terminal is not None and terminal.name != office:
            row["terminal"] = terminal.name
        if result is not None:
            row["status"] = result.status.value
            minutes = _minutes(result)[0]
            if minutes:
                row["minutes"] = minutes
        if home != here and arrival.punch.terminal_id not in self._index.terminals_of(
            arrival.person_id or PersonId(0)
        ):
            row["other_site"] = True
        return row

    def _office(self, person_id: PersonId) -> Unit | None:
        unit_id = self._index.office_of(person_id) or self._index.unit_of(person_id)
        return None if unit_id is None else self._index.units.get(unit_id)

    def _why(self, result: DayResult) -> WhyRow:
        pack = self._book.by_id(result.pack)
        why = explain(result, pack, self._zone, self._terminal_name, detail=False)
        return {"id": why.id, "en": why.en}

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

    def _arrived(self, result: DayResult) -> str | None:
        return None if result.arrival is None else self._clock(result.arrival.at)

    def _clock(self, moment: datetime) -> str:
        return f"{moment.astimezone(self._zone):%H:%M:%S}"

    def _iso(self, moment: datetime | None) -> str | None:
        return None if moment is None else moment_iso(moment, self._zone)


def is_behind(health: TerminalHealth | None, now: datetime, freshness: timedelta) -> bool:
    """Whether a terminal that is online was not read for longer than it may vouch."""
    if health is None or not health.online:
        return False
    return health.read_through is None or health.read_through + freshness <= now


def _off(duty: Duty) -> tuple[str | None, str]:
    """Why by the calendar nothing is expected, and the holiday's name."""
    if isinstance(duty, NoDuty) and duty.reason in _BY_CALENDAR:
        return duty.reason.value, duty.name
    return None, ""


def _minutes(result: DayResult) -> tuple[int | None, str | None]:
    """What is told of the minutes on one line, with their class."""
    if result.status is DayStatus.LEFT_EARLY:
        return result.early, result.early_grade
    return result.late, result.late_grade
