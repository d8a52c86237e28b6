"""When a judgement may change by time alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from attendance.duty import DutyDay, NoDuty, Spell
from attendance.facts import PersonDay
from attendance.required import Required, required


def next_change_at(facts: PersonDay, now: datetime, freshness: timedelta) -> datetime | None:
    """The first moment after `now` at which `judge` may say something else without any new fact.

    None when time alone changes nothing any more.
    """
    return min((moment for moment in _turns(facts, now, freshness) if moment > now), default=None)


def _turns(facts: PersonDay, now: datetime, freshness: timedelta) -> Iterator[datetime]:
    yield from (mark.at for mark in facts.marks)
    yield from (correction.at for correction in facts.corrections if correction.at is not None)
    duty = facts.duty
    yield from (gathering.closes for gathering in duty.gatherings)
    if isinstance(duty, NoDuty):
        yield from facts.local or ()
        return
    if unseen(facts, duty, now):
        for horizon in facts.reach.horizons:
            if horizon.read_through is not None:
                yield horizon.read_through + freshness
            yield from (outage.starts_at for outage in horizon.outages)
        yield from (outage.starts_at for outage in facts.reach.outages)
    for spell in duty.spells:
        yield spell.opens
        yield spell.closes
        yield required(spell, facts.excuses, duty.figures).late_from


def unseen(facts: PersonDay, duty: DutyDay, now: datetime) -> list[tuple[Spell, Required]]:
    """The spells in which the person may be called absent: no punch, and something left to attend.

    With a correction in hand every spell counts: it may void the only punch there is.
    """
    needs = [(spell, required(spell, facts.excuses, duty.figures)) for spell in duty.spells]
    return [
        (spell, need)
        for spell, need in needs
        if not need.nothing
        and (
            facts.corrections
            or not any(spell.opens <= mark.at < spell.closes and mark.at <= now for mark in facts.marks)
        )
    ]
