"""A year's absence without excuse, held against the ladder: who reaches a threshold for an examination.

Nothing here imposes anything. What counts:

- Only final results count. A day that is not final is told apart and counts once it is final.
- Days count within their calendar year, under whichever ladder they fell. The step is that of the ladder in
  force on the day up to which is asked: days before 31 August 2021 count under PP 94/2021 after that day.
- Minutes late and early add up to days only where both ladders say so, the one of their own day and the one
  of the day up to which is asked. In doubt the milder reading holds.
- A run is absence on workdays in a row, over New Year too. Days off neither break it nor count. Anything else
  breaks it: a day for which data is awaited, one that is not final, one that nobody judged, one out of
  service, and one whose ladder knows no runs.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from attendance.day_result import DayResult, DayStatus, Rule
from attendance.ids import PersonId
from attendance.ladder import step_after, step_at
from attendance.rules import LadderStep, RuleBook, Rules

RUN_MARGIN = timedelta(days=62)
"""A run that ends in a year is looked for from this long before its first day."""


@dataclass(frozen=True, slots=True)
class Run:
    """Absence without excuse on workdays in a row."""

    first_day: date
    last_day: date
    days: int
    """Workdays."""


@dataclass(frozen=True, slots=True)
class YearOutcome:
    """One person's year up to `through`."""

    person_id: PersonId
    year: int
    through: date
    absent: tuple[date, ...]
    """Workdays without excuse, in order."""
    minutes_late: int
    minutes_early: int
    minutes_counted: int
    """Of these, those that add up to days."""
    minute_days: int
    """Whole days that they add up to."""
    run: Run | None
    """The longest one that ends in the year."""
    pending: tuple[date, ...]
    """Days that are not final: not counted yet."""
    step: LadderStep | None
    """The threshold that is reached; None: none."""
    by_run: bool
    """Whether the run alone reaches it."""
    next_step: LadderStep | None

    @property
    def days(self) -> int:
        """What is held against the ladder."""
        return len(self.absent) + self.minute_days


@dataclass(slots=True)
class _Tally:
    """What was seen of one person so far."""

    absent: list[date] = field(default_factory=list)
    pending: list[date] = field(default_factory=list)
    late: int = 0
    early: int = 0
    counted: int = 0
    run: Run | None = None
    longest: Run | None = None
    last_seen: date | None = None


def year_outcomes(
    results: Iterable[DayResult], book: RuleBook, year: int, through: date
) -> dict[PersonId, YearOutcome]:
    """Each person's outcome of `year`, from its first day through `through`, by person.

    `results` come in the order of days, from `RUN_MARGIN` before the year on; those after `through` are left
    out. Raises `ValueError` when `through` is not of the year.
    """
    if through.year != year:
        raise ValueError(f"{through} is not of {year}")
    tallies: dict[PersonId, _Tally] = {}
    for result in results:
        if result.day <= through:
            _add(tallies.setdefault(result.person_id, _Tally()), result, book.on(result.day), year)
    rules = book.on(through)
    return {person_id: _outcome(person_id, tallies[person_id], rules, through) for person_id in tallies}


def _add(tally: _Tally, result: DayResult, rules: Rules, year: int) -> None:
    _add_to_run(tally, result, rules, year)
    if result.day.year != year:
        return
    if not result.final:
        tally.pending.append(result.day)
    elif result.unexcused:
        tally.absent.append(result.day)
    else:
        late = (result.late or 0) if result.late_grade else 0
        early = (result.early or 0) if result.early_grade else 0
        tally.late += late
        tally.early += early
        if rules.ladder.minutes_per_day is not None:
            tally.counted += late + early


def _add_to_run(tally: _Tally, result: DayResult, rules: Rules, year: int) -> None:
    gap = tally.last_seen is not None and result.day - tally.last_seen > timedelta(days=1)
    tally.last_seen = result.day
    if gap:
        tally.run = None
    if result.unexcused and rules.ladder.running is not None:
        before = tally.run
        tally.run = Run(
            before.first_day if before else result.day, result.day, before.days + 1 if before else 1
        )
        if result.day.year == year and (tally.longest is None or tally.run.days > tally.longest.days):
            tally.longest = tally.run
    elif result.status is not DayStatus.OFF or result.rule is Rule.NOT_SERVING:
        tally.run = None


def _outcome(person_id: PersonId, tally: _Tally, rules: Rules, through: date) -> YearOutcome:
    ladder = rules.ladder
    counted = 0 if ladder.minutes_per_day is None else tally.counted
    minute_days = 0 if ladder.minutes_per_day is None else counted // ladder.minutes_per_day
    days = len(tally.absent) + minute_days
    step = step_at(ladder, days)
    run = tally.longest
    by_run = (
        ladder.running is not None
        and run is not None
        and run.days >= ladder.running
        and step is not ladder.steps[-1]
    )
    if by_run:
        step = ladder.steps[-1]
    return YearOutcome(
        person_id=person_id,
        year=through.year,
        through=through,
        absent=tuple(tally.absent),
        minutes_late=tally.late,
        minutes_early=tally.early,
        minutes_counted=counted,
        minute_days=minute_days,
        run=run,
        pending=tuple(tally.pending),
        step=step,
        by_run=by_run,
        next_step=None if by_run else step_after(ladder, days),
    )
