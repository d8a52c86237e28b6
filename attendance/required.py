"""What is left of a spell of work beside the excuses that touch it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from attendance.duty import MINUTE, Spell
from attendance.facts import ExcuseSpan
from attendance.rules import Figures


class Required(NamedTuple):
    """When a person has to be there. Aware, UTC."""

    start: datetime
    """Moved to the end of excuses that cover the spell's start."""
    end: datetime
    """Moved to the beginning of excuses that cover the spell's end."""
    late_from: datetime
    """The first moment at which an arrival is late."""
    start_moved: bool
    end_moved: bool
    excused: tuple[tuple[datetime, datetime], ...] = ()
    """What excuses take of the spell: [from, to), in order of time, none touching another."""

    def minutes(self, since: datetime, until: datetime) -> int:
        """Whole minutes of [since, until) that no excuse takes; below 0 where `until` is before `since`."""
        length = until - since
        for begins, ends in self.excused:
            if begins < until and ends > since:
                length -= min(ends, until) - max(begins, since)
        return length // MINUTE

    @property
    def nothing(self) -> bool:
        """Whether the excuses cover all of it."""
        return self.start >= self.end


def required(spell: Spell, excuses: Sequence[ExcuseSpan], figures: Figures) -> Required:
    """What is left of `spell`. An excuse in its middle moves neither end, and its minutes count for neither;
    excuses that join count as one.
    """
    start, end = spell.start, spell.end
    excused: tuple[tuple[datetime, datetime], ...] = ()
    if excuses:
        excused = tuple(_taken(start, end, excuses))
        start, end = _first_left(start, end, excuses), _last_left(start, end, excuses)
    late_from = _after(spell.start, (figures.late.tolerance + 1) * MINUTE, excused)
    return Required(start, end, late_from, start != spell.start, end != spell.end, excused)


def touches(excuses: Sequence[ExcuseSpan], opens: datetime, closes: datetime) -> bool:
    """Whether any of the excuses covers a part of [opens, closes)."""
    return any(
        (excuse.start is None or excuse.start < closes) and (excuse.end is None or excuse.end > opens)
        for excuse in excuses
    )


def _first_left(start: datetime, end: datetime, excuses: Sequence[ExcuseSpan]) -> datetime:
    """The first moment from `start` on that no excuse covers; `end` or later when there is none before it."""
    moved = True
    while moved and start < end:
        moved = False
        for excuse in excuses:
            until = excuse.end or end
            if (excuse.start is None or excuse.start <= start) and until > start:
                start, moved = until, True
    return start


def _last_left(start: datetime, end: datetime, excuses: Sequence[ExcuseSpan]) -> datetime:
    """The last moment back from `end` that no excuse covers; `start` or before when there is none."""
    moved = True
    while moved and end > start:
        moved = False
        for excuse in excuses:
            since = excuse.start or start
            if (excuse.end is None or excuse.end >= end) and since < end:
                end, moved = since, True
    return end


def _taken(start: datetime, end: datetime, excuses: Sequence[ExcuseSpan]) -> list[tuple[datetime, datetime]]:
    """What the excuses take from [start, end), as `Required.excused`."""
    joined: list[tuple[datetime, datetime]] = []
    for begins, ends in sorted(
        (max(excuse.start or start, start), min(excuse.end or end, end)) for excuse in excuses
    ):
        if begins >= ends:
            continue
        if joined and begins <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], ends))
        else:
            joined.append((begins, ends))
    return joined


def _after(start: datetime, length: timedelta, excused: Sequence[tuple[datetime, datetime]]) -> datetime:
    """The first moment before which `length` that no excuse takes has passed since `start`."""
    for begins, ends in excused:
        if begins - start >= length:
            break
        length -= begins - start
        start = ends
    return start + length
