"""The judgement of one person's day at one moment. Pure: facts in, one row out.

The rule that everything here serves: no data is never "absent", and never "late". A person is absent only
when every terminal that person may use vouches for it (`_doubt_of_absence`), late only when each of them
vouches that there was no earlier punch (`_doubt_of_arrival`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from attendance.day_result import DayStatus, WaitCode, WaitReason
from attendance.facts import Horizon
from attendance.ids import PersonId
from attendance.people import ExcuseKind, Outage
from attendance.schedule import DutyDay

__all__ = [
    "BoardRow",
    "DayStatus",
    "Horizon",
    "PersonDay",
    "Reach",
    "WaitCode",
    "WaitReason",
    "hangs_on_terminals",
    "is_final",
    "next_change_at",
    "project",
]

_GRAVEST_FIRST = (WaitCode.OUTAGE, WaitCode.DARK, WaitCode.NEVER_READ, WaitCode.BEHIND)


@dataclass(frozen=True, slots=True)
class Reach:
    """Where a person can punch."""

    has_pin: bool
    """Whether any of the terminals knows the person."""
    horizons: tuple[Horizon, ...]
    """One for every terminal the person may use."""


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One person's day as known at one moment."""

    person_id: PersonId
    status: DayStatus
    minutes: int | None = None
    """Whole minutes late (LATE) or early (LEFT_EARLY), 0 when PRESENT in time; None without a punch, and when
    somebody is PRESENT of whom an earlier punch may still come in.
    """
    grade: str | None = None
    """The class of these minutes, e.g. "TL1"."""
    arrived_at: datetime | None = None
    """The first punch that counts; aware, UTC."""
    left_at: datetime | None = None
    """The last punch, on LEFT_EARLY only."""
    reason: WaitReason | None = None
    """On WAITING; on PRESENT: why the punch that is known cannot be called the arrival."""
    excuse: ExcuseKind | None = None
    """The excuse of the day, also beside a punch."""


@dataclass(frozen=True, slots=True)
class PersonDay:
    """All facts that one person's day is judged by."""

    person_id: PersonId
    duty: DutyDay | None
    """None: nothing is expected on this day."""
    punches: Sequence[datetime]
    """Aware moments at any terminal, in any order; those outside the window do not count."""
    excuse: ExcuseKind | None
    reach: Reach


def project(facts: PersonDay, now: datetime, freshness: timedelta) -> BoardRow:
    """What is known of the person at `now` (aware). Punches after `now` do not count yet.

    `freshness`: city time for which a terminal that was read still vouches.
    """
    person_id, duty, excuse = facts.person_id, facts.duty, facts.excuse
    if duty is None:
        return BoardRow(person_id, DayStatus.OFF, excuse=excuse)
    counted = _counted(duty, facts.punches, now)
    if counted:
        return _attended(facts, duty, min(counted), max(counted), now)
    if excuse is not None:
        return BoardRow(person_id, DayStatus.EXCUSED, excuse=excuse)
    if now < duty.window_open:
        return BoardRow(person_id, DayStatus.NOT_DUE)
    if now < duty.late_from:
        return BoardRow(person_id, DayStatus.NOT_YET)
    doubt = partial(_doubt_of_absence, duty=duty, now=now, freshness=freshness)
    reason = _why_waiting(facts.reach, doubt)
    if reason is not None:
        return BoardRow(person_id, DayStatus.WAITING, reason=reason)
    return BoardRow(person_id, DayStatus.ABSENT)


def next_change_at(facts: PersonDay, now: datetime, freshness: timedelta) -> datetime | None:
    """The first moment after `now` at which `project` may say something else without any new fact.

    None when time alone changes nothing any more.
    """
    if facts.duty is None:
        return None
    turns = _turns(facts, facts.duty, now, freshness)
    return min((moment for moment in turns if moment > now), default=None)


def hangs_on_terminals(duty: DutyDay | None, row: BoardRow, now: datetime) -> bool:
    """Whether news of the terminals alone can change `row`, which is what `project` said at `now`."""
    if duty is None or row.status is DayStatus.EXCUSED:
        return False
    arrived_in_time = row.arrived_at is not None and row.arrived_at < duty.late_from
    return now >= (duty.window_close if arrived_in_time else duty.late_from)


def is_final(duty: DutyDay | None, horizons: Sequence[Horizon], now: datetime) -> bool:
    """Whether the day is cut off: its window is over and every terminal was read past it."""
    if duty is None:
        return True
    return now >= duty.window_close and all(_read_past(horizon, duty.window_close) for horizon in horizons)


def _counted(duty: DutyDay, punches: Sequence[datetime], now: datetime) -> list[datetime]:
    return [at for at in punches if duty.window_open <= at < duty.window_close and at <= now]


def _attended(facts: PersonDay, duty: DutyDay, first: datetime, last: datetime, now: datetime) -> BoardRow:
    person_id, excuse = facts.person_id, facts.excuse
    late = 0 if excuse is not None else duty.minutes_late(first)
    if late:
        doubt = _why_waiting(facts.reach, partial(_doubt_of_arrival, duty=duty))
        if doubt is not None:
            return BoardRow(person_id, DayStatus.PRESENT, None, None, first, reason=doubt)
        return BoardRow(person_id, DayStatus.LATE, late, duty.late.grade(late), first)
    early = duty.minutes_early(last)
    if (
        early
        and excuse is None
        and last - first >= duty.apart
        and _vouched_to_the_end(duty, facts.reach, now)
    ):
        return BoardRow(person_id, DayStatus.LEFT_EARLY, early, duty.early.grade(early), first, last)
    return BoardRow(person_id, DayStatus.PRESENT, 0, None, first, excuse=excuse)


def _vouched_to_the_end(duty: DutyDay, reach: Reach, now: datetime) -> bool:
    return (
        now >= duty.window_close
        and reach.has_pin
        and bool(reach.horizons)
        and all(
            _read_past(horizon, duty.window_close)
            and _outage(horizon, duty.window_open, duty.window_close) is None
            for horizon in reach.horizons
        )
    )


def _why_waiting(reach: Reach, doubt_of: Callable[[Horizon], WaitReason | None]) -> WaitReason | None:
    """The gravest doubt about any of the terminals; None when all of them vouch."""
    if not reach.horizons:
        return WaitReason(WaitCode.NO_TERMINAL)
    if not reach.has_pin:
        return WaitReason(WaitCode.NO_PIN)
    doubts = [doubt for horizon in reach.horizons if (doubt := doubt_of(horizon)) is not None]
    return min(doubts, key=lambda doubt: (_GRAVEST_FIRST.index(doubt.code), doubt.terminal_id), default=None)


def _doubt_of_absence(
    horizon: Horizon, duty: DutyDay, now: datetime, freshness: timedelta
) -> WaitReason | None:
    """Why the terminal cannot vouch that somebody did not punch there until now."""
    outage = _outage(horizon, duty.window_open, min(now, duty.window_close))
    if outage is not None:
        return WaitReason(WaitCode.OUTAGE, horizon.terminal_id, outage.starts_at, outage.cause)
    if _read_past(horizon, duty.window_close):
        return None
    fresh = horizon.read_through is not None and horizon.read_through + freshness > now
    if horizon.online and fresh and _read_past(horizon, duty.late_from):
        return None
    return _unread(horizon)


def _doubt_of_arrival(horizon: Horizon, duty: DutyDay) -> WaitReason | None:
    """Why the terminal cannot vouch that somebody did not punch there in time."""
    outage = _outage(horizon, duty.window_open, duty.late_from)
    if outage is not None and outage.starts_at < duty.late_from:
        return WaitReason(WaitCode.OUTAGE, horizon.terminal_id, outage.starts_at, outage.cause)
    return None if _read_past(horizon, duty.late_from) else _unread(horizon)


def _unread(horizon: Horizon) -> WaitReason:
    read = horizon.read_through
    if not horizon.online and (horizon.offline_since or read):
        return WaitReason(WaitCode.DARK, horizon.terminal_id, horizon.offline_since or read)
    if read is None:
        return WaitReason(WaitCode.NEVER_READ, horizon.terminal_id)
    return WaitReason(WaitCode.BEHIND, horizon.terminal_id, read)


def _read_past(horizon: Horizon, moment: datetime) -> bool:
    return horizon.read_through is not None and horizon.read_through >= moment


def _outage(horizon: Horizon, start: datetime, end: datetime) -> Outage | None:
    """The first declared outage that touched `start` to `end`, both included."""
    touching = (
        outage
        for outage in horizon.outages
        if outage.starts_at <= end and (outage.ends_at is None or outage.ends_at > start)
    )
    return min(touching, key=lambda outage: outage.starts_at, default=None)


def _turns(facts: PersonDay, duty: DutyDay, now: datetime, freshness: timedelta) -> Iterator[datetime]:
    yield duty.window_close
    if _counted(duty, facts.punches, now):
        return
    yield from (at for at in facts.punches if duty.window_open <= at < duty.window_close)
    if facts.excuse is not None:
        return
    yield duty.window_open
    yield duty.late_from
    for horizon in facts.reach.horizons:
        if horizon.read_through is not None:
            yield horizon.read_through + freshness
        yield from (outage.starts_at for outage in horizon.outages)
