"""What is said of a moment that lies back, when a day's work began, once more is known. Pure.

The judgement's own word, but for one thing: before anybody can be late it says "not yet in" of everybody
without a punch, whatever the terminals know. A day that is kept for good must not: whoever may have pressed
at a terminal that could not be read waits for data there, too.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from attendance.day_result import DayResult, DayStatus, Rule
from attendance.doubt import doubt_of_absence
from attendance.duty import DutyDay
from attendance.facts import Horizon, PersonDay
from attendance.judgement import judge


def judge_back(facts: PersonDay, moment: datetime, freshness: timedelta) -> DayResult:
    """What is said now of the person at `moment` (aware), which is past; `freshness` as in `judge`."""
    facts = _as_of(facts, moment)
    result = judge(facts, moment, freshness)
    if result.status is not DayStatus.NOT_YET or result.rule is not Rule.BEFORE_START:
        return result
    assert isinstance(facts.duty, DutyDay)
    spell = next(spell for spell in reversed(facts.duty.spells) if spell.opens <= moment)
    doubt = doubt_of_absence(facts.reach, spell, moment - freshness, moment, freshness)
    if doubt is None:
        return result
    return result._replace(status=DayStatus.WAITING, rule=Rule.WAITS, reason=doubt)


def _as_of(facts: PersonDay, moment: datetime) -> PersonDay:
    """A terminal that was read past the moment vouches for it, whatever became of it since."""
    horizons = facts.reach.horizons
    if not any(_went_dark(horizon, moment) for horizon in horizons):
        return facts
    back = tuple(replace(one, online=True) if _went_dark(one, moment) else one for one in horizons)
    return facts._replace(reach=replace(facts.reach, horizons=back))


def _went_dark(horizon: Horizon, moment: datetime) -> bool:
    return not horizon.online and horizon.read_through is not None and horizon.read_through >= moment
