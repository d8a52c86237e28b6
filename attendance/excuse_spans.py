"""Which part of a work date a person's excuses take."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta, tzinfo

from attendance.duty import Duty, NoDuty
from attendance.facts import ExcuseSpan
from attendance.local_time import bounds, moment
from attendance.people import Excuse, ExcuseCode

_DAY = timedelta(days=1)


def spans_of(
    excuses: Iterable[Excuse], duty: Duty, zone: tzinfo, order: Sequence[ExcuseCode]
) -> tuple[ExcuseSpan, ...]:
    """The excuses of one person that touch the duty's work date, the strongest by `order` first.

    An excuse for a whole date takes the shifts that began on it, and none that began the day before. One
    with hours is about hours: it also touches work that still goes on when the next date has begun.
    """
    found = []
    for excuse in excuses:
        span = _on_date(excuse, duty.day, zone)
        if span is None:
            span = _past_midnight(excuse, duty, zone)
        if span is not None:
            found.append((order.index(excuse.code), span.start is not None, excuse.id, span))
    found.sort(key=lambda entry: entry[:3])
    return tuple(span for *_, span in found)


def study_span(reference: str) -> ExcuseSpan:
    """The whole date of somebody who is away to study for as long as the employment says so."""
    return ExcuseSpan(ExcuseCode.TB, None, None, reference)


def _on_date(excuse: Excuse, day: date, zone: tzinfo) -> ExcuseSpan | None:
    if not excuse.first_day <= day <= excuse.last_day:
        return None
    start = end = None
    if excuse.first_time is not None and day == excuse.first_day:
        start = moment(day, excuse.first_time, zone)
    if excuse.last_time is not None and day == excuse.last_day:
        end = moment(day, excuse.last_time, zone)
        if start is not None and end <= start:
            # As with shifts: hours that end before they begin end on the next day.
            end = moment(day + _DAY, excuse.last_time, zone)
    return ExcuseSpan(excuse.code, start, end, excuse.reference)


def _past_midnight(excuse: Excuse, duty: Duty, zone: tzinfo) -> ExcuseSpan | None:
    if isinstance(duty, NoDuty):
        return None
    begins = bounds(duty.day, zone)[1]
    ends = duty.spells[-1].end
    if ends <= begins:
        return None
    span = _on_date(excuse, duty.day + _DAY, zone)
    if span is None or span.whole:
        return None
    start = span.start or begins
    if start >= ends or _ends_before(span.end, begins):
        return None
    return ExcuseSpan(span.code, start, span.end, span.reference)


def _ends_before(end: datetime | None, begins: datetime) -> bool:
    return end is not None and end <= begins
