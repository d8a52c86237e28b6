"""Which punches of a person's day count, which are strays, and what about them somebody should look at."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from attendance.day_result import Flag
from attendance.duty import Spell
from attendance.facts import Mark, PersonDay
from attendance.ids import TerminalId
from attendance.word import SILENCE, Word

TITIP_MINUTES = 10
"""Two sites within so many minutes: nobody walks that fast."""
_TITIP = timedelta(minutes=TITIP_MINUTES)


def valid_marks(facts: PersonDay, word: Word, now: datetime) -> list[Mark]:
    """The punches until `now` that no correction voids, in order of time."""
    if word is SILENCE:
        marks = [mark for mark in facts.marks if mark.at <= now]
    else:
        marks = [mark for mark in facts.marks if mark.at <= now and mark.punch_id not in word.voids]
    if len(marks) > 1:
        marks.sort()
    return marks


def stray_marks(facts: PersonDay, spells: Sequence[Spell], word: Word, now: datetime) -> list[Mark]:
    """The valid punches of the local date in no window of this work date nor of a neighbouring one."""
    return [
        mark
        for mark in valid_marks(facts, word, now)
        if (facts.local is None or facts.local[0] <= mark.at < facts.local[1])
        and not any(spell.opens <= mark.at < spell.closes for spell in spells)
        and not any(opens <= mark.at < closes for opens, closes in facts.claimed)
    ]


def site_flags(marks: Sequence[Mark], home: frozenset[TerminalId]) -> list[Flag]:
    """OTHER_SITE and TWO_SITES for punches that count, in order of time."""
    for mark in marks:
        if mark.terminal_id not in home:
            break
    else:
        return []
    flags = [Flag.OTHER_SITE]
    for before, after in pairwise(marks):
        if (
            before.terminal_id != after.terminal_id
            and not (before.terminal_id in home and after.terminal_id in home)
            and after.at - before.at <= _TITIP
        ):
            flags.append(Flag.TWO_SITES)
            break
    return flags
