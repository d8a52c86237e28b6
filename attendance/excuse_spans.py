"""Which part of a work date a person's excuses take."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta, tzinfo

from attendance.duty import Duty, DutyDay
from attendance.facts import ExcuseSpan
from attendance.local_time import bounds, moment
from attendance.people import Excuse, ExcuseCode

_DAY = timedelta(days=1)


def spans_of(
    excuses: Iterable[Excuse], duty: Duty, zone: tzinfo, order: Sequence[ExcuseCode]
) -> tuple[ExcuseSpan, ...]:
    """The excuses of one person that touch the duty's work date, the strongest by `order` first.

    An excuse for a whole date takes the shifts that began on it, and none that began the day before. One
    with hours is about hours, also in work that still goes on when the next date has begun.
    """
    found = []
    for excuse in excuses:
        span = _on_date(excuse, duty.day, zone)
        if isinstance(duty, DutyDay):
            ends = duty.spells[-1].end
            span = (
                _past_midnight(excuse, duty.day, ends, zone)
                if span is None
                else _cut(excuse, span, ends, zone)
            )
        if span is not None:
            found.append((order.index(excuse.code), not span.whole, excuse.id, span))
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


def _cut(excuse: Excuse, span: ExcuseSpan, ends: datetime, zone: tzinfo) -> ExcuseSpan:
    """End it where the excuse ends while work goes on, on the date after that on which the work began."""
    if span.end is not None or excuse.last_time is None:
        return span
    last = moment(excuse.last_day, excuse.last_time, zone)
    return replace(span, end=last) if last < ends else span


def _past_midnight(excuse: Excuse, day: date, ends: datetime, zone: tzinfo) -> ExcuseSpan | None:
    """The hours of the next date's excuse, where work that began on `day` still goes on in them."""
    midnight = bounds(day, zone)[1]
    span = _on_date(excuse, day + _DAY, zone)
    if span is None or span.whole:
        return None
    start = span.start or midnight
    if start >= ends or (span.end is not None and span.end <= midnight):
        return None
    return replace(span, start=start)
