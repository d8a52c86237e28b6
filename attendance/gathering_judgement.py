"""Whether a person was at the roll-calls and ceremonies of a date, as far as anybody can know."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from attendance.day_result import GatheringResult
from attendance.doubt import vouched
from attendance.duty import Gathering
from attendance.facts import Mark, PersonDay
from attendance.required import touches
from attendance.word import Word


def judge_gatherings(
    facts: PersonDay, gatherings: Sequence[Gathering], word: Word, marks: Sequence[Mark], now: datetime
) -> tuple[GatheringResult, ...]:
    """What is known at `now` (aware) of each gathering. `marks`: the valid ones until then.

    Nobody is said to have missed one who is excused for a part of it, who may still be at work from the date
    before, or for whom a terminal does not vouch.
    """
    return tuple(
        GatheringResult(one.code, one.name, _attended(facts, one, word, marks, now)) for one in gatherings
    )


def still_at_work(facts: PersonDay, gathering: Gathering) -> bool:
    """Whether work of a neighbouring work date reaches into the gathering."""
    return any(opens < gathering.closes and closes > gathering.opens for opens, closes in facts.claimed)


def _attended(
    facts: PersonDay, gathering: Gathering, word: Word, marks: Sequence[Mark], now: datetime
) -> bool | None:
    opens, closes = gathering.opens, gathering.closes
    if gathering.code in word.gatherings or word.present is not None:
        return True
    if touches(facts.excuses, opens, closes):
        return None
    said = [correction.at for correction in (*word.arrivals.values(), *word.departures.values())]
    if any(opens <= mark.at < closes for mark in marks) or any(
        at is not None and opens <= at < closes for at in said
    ):
        return True
    if now >= closes and not still_at_work(facts, gathering) and vouched(facts.reach, opens, closes):
        return False
    return None
