"""When people usually come in: the curves of the last comparable days, from the results that are stored.

Nothing waits for it: it is read and counted in a thread of its own, seldom, and the walls get it when it is
there. People are counted under the offices where they are today.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from statistics import median, quantiles

from attendance.day_result import DayStatus
from attendance.duty import Duty, DutyDay
from attendance.ids import PersonId
from realtime.arrivals import BINS, NOT_DUE_TODAY, STEP_MINUTES, bin_at, clock_of
from realtime.day_source import DaySource
from realtime.rows import UsualRow
from realtime.scope import Scope
from store import Store, StoreError
from store.results import Came

log = logging.getLogger(__name__)

MOST_DAYS = 8
LOOK_BACK = timedelta(days=45)
BEFORE = timedelta(hours=2)
AFTER = timedelta(hours=3)
"""The curve runs from so long before the usual start to so long after it."""
FEWEST_KNOWN = 0.8
"""Of a day of which less is known (lines were cut, results not kept) the curve would tell of the lines."""
FEWEST_FOR_BAND = 5
"""Of fewer days the band is what was seen at least and at most, of others the 10th to the 90th percentile."""
BREATH_SECONDS = 0.02
FIRST_SECONDS = 0.5
"""So long it lets a board that was just loaded go out first."""
SOON_SECONDS, LATER_SECONDS = 5.0, 3600.0
"""While fewer days are stored than could be, it is counted again: soon at first, then ever more rarely."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Question:
    """For which day the usual is asked."""

    day: date
    usual: Duty
    places: Mapping[PersonId, Sequence[Scope]]
    """In which curves each person of that day counts."""


class Usual:
    """`ask` and the rest from one thread; `close` waits for the thread that counts."""

    def __init__(self, store: Store, source: DaySource) -> None:
        self._store = store
        self._source = source
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._asked: Question | None = None
        self._rows: Mapping[Scope, UsualRow] = {}
        self._made: tuple[Question, Mapping[Scope, UsualRow]] | None = None

    def ask(self, question: Question) -> None:
        """Let the curves of a day be made, unless they are already; at once or soon `take` gives them. Until
        then those of the same day stay, though somebody was moved meanwhile.
        """
        asked = self._asked
        if asked == question:
            return
        self.close()
        self._stopping.clear()
        if asked is None or (asked.day, asked.usual) != (question.day, question.usual):
            self._rows = {}
        self._asked, self._made = question, None
        if isinstance(question.usual, DutyDay):
            self._thread = threading.Thread(target=self._make, args=[question], name="usual", daemon=True)
            self._thread.start()

    def take(self) -> bool:
        """Whether curves came since the last call."""
        made = self._made
        if made is None or made[0] is not self._asked:
            return False
        self._rows, self._made = made[1], None
        return True

    def row(self, scope: Scope) -> UsualRow | None:
        """The curve of a scope; None: nothing comparable is stored, or not counted yet."""
        return self._rows.get(scope)

    def close(self) -> None:
        """Give up what is being counted."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _make(self, question: Question) -> None:
        told, pause = -1, SOON_SECONDS
        self._stopping.wait(FIRST_SECONDS)
        while not self._stopping.is_set():
            try:
                days, rows = self._curves(question)
                if days > told and not self._stopping.is_set():
                    told, self._made = days, (question, rows)
                if days == MOST_DAYS:
                    return
            except StoreError as error:
                log.info("when people usually come could not be read (%s); again later", error)
            except Exception:
                log.exception("when people usually come could not be counted; the walls go without")
                return
            self._stopping.wait(pause)
            pause = min(2 * pause, LATER_SECONDS)

    def _curves(self, question: Question) -> tuple[int, Mapping[Scope, UsualRow]]:
        """How many days they rest on, and the curves."""
        curves: dict[Scope, list[list[int]]] = {}
        days = 0
        window = _window(question, self._source)
        for day in self._comparable(question):
            if self._stopping.wait(BREATH_SECONDS):
                break
            came = self._store.results.came_on(day)
            if not _is_telling(came, len(question.places)):
                continue
            midnight = datetime.combine(day, time(), self._source.zone).astimezone(UTC)
            for scope, curve in _curves_of(came, question, midnight, window).items():
                curves.setdefault(scope, []).append(curve)
            days += 1
            if days == MOST_DAYS:
                break
        return days, {scope: _row(found, window.start) for scope, found in curves.items()}

    def _comparable(self, question: Question) -> Iterable[date]:
        """Working days with the same start, the newest first, as far back as is stored."""
        first = self._store.results.first_day()
        last = question.day - _DAY
        if first is None or first > last:
            return []
        first = max(first, question.day - LOOK_BACK)
        start = _start(question.usual, self._source)
        duties = self._source.usual_duties(first, last)
        return [day for day in sorted(duties, reverse=True) if _start(duties[day], self._source) == start]


def _start(duty: Duty, source: DaySource) -> time | None:
    return duty.spells[0].start.astimezone(source.zone).time() if isinstance(duty, DutyDay) else None


def _window(question: Question, source: DaySource) -> range:
    assert isinstance(question.usual, DutyDay)
    midnight = datetime.combine(question.day, time(), source.zone).astimezone(UTC)
    start = question.usual.spells[0].start
    return range(bin_at(start - BEFORE, midnight), min(bin_at(start + AFTER, midnight), BINS))


def _is_telling(came: Sequence[Came], people: int) -> bool:
    known = sum(one.status is not DayStatus.WAITING for one in came)
    return known >= FEWEST_KNOWN * people


def _curves_of(
    came: Iterable[Came], question: Question, midnight: datetime, window: range
) -> Mapping[Scope, list[int]]:
    """Of each scope, per mille of who was due that day, who had come by the end of each bin of `window`; not
    of one whose own lines were cut.
    """
    due: dict[Scope, int] = {}
    known: dict[Scope, int] = {}
    bins: dict[Scope, list[int]] = {}
    for one in came:
        if one.status in NOT_DUE_TODAY:
            continue
        place = None if one.at is None else bin_at(one.at, midnight)
        for scope in question.places.get(one.person_id, ()):
            due[scope] = due.get(scope, 0) + 1
            known[scope] = known.get(scope, 0) + (one.status is not DayStatus.WAITING)
            if place is not None:
                bins.setdefault(scope, [0] * BINS)[place] += 1
    return {
        scope: _cumulative(found, due[scope], window)
        for scope, found in bins.items()
        if known[scope] >= FEWEST_KNOWN * due[scope]
    }


def _cumulative(bins: Sequence[int], due: int, window: range) -> list[int]:
    curve, total = [], sum(bins[: window.start])
    for place in window:
        total += bins[place]
        curve.append(round(1000 * total / due))
    return curve


def _row(curves: Sequence[Sequence[int]], first: int) -> UsualRow:
    by_bin = [sorted(values) for values in zip(*curves, strict=True)]
    bands = [_band(values) for values in by_bin]
    return {
        "days": len(curves),
        "first": clock_of(first),
        "step": STEP_MINUTES,
        "median": [round(median(values)) for values in by_bin],
        "low": [low for low, _ in bands],
        "high": [high for _, high in bands],
    }


def _band(values: Sequence[int]) -> tuple[int, int]:
    if len(values) < FEWEST_FOR_BAND:
        return values[0], values[-1]
    tenths = quantiles(values, n=10, method="inclusive")
    return round(tenths[0]), round(tenths[-1])
