"""Which punches of a terminal a person should look at, as its clock was found. Pure.

A doubted punch is stored like any other and marked. It is never dropped, and where its moment may be wrong
by more than a rounding, the time becomes an outage of its terminal, so that nobody is accused by it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from attendance.punch import Punch
from collector.clock_watch import FAR_BEHIND, OLDEST_CLOCK, Condition, Jump
from collector.normalize import SLACK
from collector.offset import CORRECTED_FROM
from store.reviews import PunchReview, ReviewReason

FUTURE: Final = timedelta(minutes=10)
"""A punch dated later than this after it was received was dated by a wrong clock."""
UNMEASURED: Final = timedelta(minutes=10)
"""A clock found further off than this at the first contact may have jumped just before."""
UNDATED: Final = timedelta(days=1)
"""How far back punches of a clock without a battery may reach."""
LATENESS: Final = timedelta(seconds=5)
"""Real time by which a simulated city that runs fast may be late with its punches."""


@dataclass(frozen=True, slots=True)
class _Standing:
    """A doubt that lasts until the clock is well."""

    reason: ReviewReason
    detail: str
    since: datetime
    """City time, aware."""


@dataclass(frozen=True, slots=True)
class _Span:
    """A doubt about what was recorded around one change of the clock."""

    reason: ReviewReason
    detail: str
    change: Jump


class Doubts:
    """What one terminal's clock was found to be. Its session writes it, whoever stores its punches asks."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._standing: _Standing | None = None
        self._span: _Span | None = None

    @property
    def since(self) -> datetime | None:
        """City time (aware) from which on records not read yet may be misdated; None: no such doubt."""
        return None if self._span is None else self._span.change.since

    def jumped(self, jump: Jump) -> None:
        """The clock jumped: what was recorded in between cannot be dated for sure."""
        reason = ReviewReason.CLOCK_DEAD if jump.dead else ReviewReason.CLOCK_JUMPED
        self._span = _Span(
            reason, f"The clock went from {_shown(jump.before)} to {_shown(jump.after)}.", jump
        )

    def was_set(self, change: Jump) -> None:
        """We have set the clock: what was recorded in that instant cannot be dated for sure."""
        self._standing = None
        detail = f"The clock was set, it had been {_shown(change.before)}."
        self._span = _Span(ReviewReason.CLOCK_SET, detail, change)

    def judged(self, condition: Condition, offset: timedelta, now: datetime, *, right: bool) -> None:
        """How the clock was found at city time `now`. While it is dead, or wrong after a jump, all that it
        dates is doubted.
        """
        if condition is Condition.DEAD:
            reason = ReviewReason.CLOCK_DEAD
        elif condition is Condition.JUMPED and not right:
            reason = ReviewReason.CLOCK_JUMPED
        else:
            self._standing = None
            return
        since = now if self._standing is None else self._standing.since
        self._standing = _Standing(reason, f"The clock was {_shown(offset)}.", since)

    def read_through(self, through: datetime) -> None:
        """Everything recorded before city time `through` is stored now."""
        if self._span is not None and through >= self._span.change.until:
            self._span = None

    def marks(
        self, punches: Sequence[Punch], received_at: datetime, *, fresh: bool, rate: float = 1.0
    ) -> list[PunchReview]:
        """The marks for these punches of the terminal. `fresh`: none of them can be older than the last read
        or measurement; else only those are doubted that seem to be younger.
        """
        marks = impossible(punches, received_at, rate)
        for doubt, since in self._doubts():
            doubted = punches if fresh else [one for one in punches if one.at >= since - SLACK]
            marks += [_mark(punch, doubt.reason, doubt.detail, received_at) for punch in doubted]
        return marks

    def dated(self, punches: Sequence[Punch], now: datetime) -> Sequence[Punch]:
        """The punches, each with the moment that the clock's change allows where it allows only one: what was
        recorded before the change was dated by the clock as it was then.
        """
        if self._span is None:
            return punches
        return [self._dated(punch, self._span.change, now) for punch in punches]

    def ambiguous(self, punches: Sequence[Punch], now: datetime) -> bool:
        """Whether the clock's change leaves open when one of these punches was made."""
        if self._span is None:
            return False
        change = self._span.change
        # A dead clock begins anew at each power cut: how often it did in between, nobody knows.
        latest_dead = change.since - FAR_BEHIND
        for punch in punches:
            if change.dead and punch.device_time.replace(tzinfo=self._zone) < latest_dead:
                return True
            possible = self._possible(punch, change, now)
            if len(possible) == 2 and abs(possible[0] - possible[1]) > CORRECTED_FROM:
                return True
        return False

    def _dated(self, punch: Punch, change: Jump, now: datetime) -> Punch:
        possible = self._possible(punch, change, now)
        if len(possible) != 1 or abs(possible[0] - punch.at) <= CORRECTED_FROM:
            return punch
        return punch._replace(at=possible[0])

    def _possible(self, punch: Punch, change: Jump, now: datetime) -> list[datetime]:
        """When the punch can have been made, by the clock before and by the clock after the change."""
        shown = punch.device_time.replace(tzinfo=self._zone).astimezone(UTC)
        moments = (shown - change.before, shown - change.after)
        return [moment for moment in moments if change.since - SLACK <= moment <= now + SLACK]

    def misdated(self, punches: Sequence[Punch], not_before: datetime, now: datetime) -> bool:
        """Whether one of these punches, none of them made before `not_before` (aware), was given a moment at
        which it cannot have been made: around a change of the clock, another clock dated it than the one it
        was corrected by.
        """
        if self._span is None:
            return False
        first, last = min(not_before, self._span.change.since) - SLACK, now + SLACK
        return any(not first <= punch.at <= last for punch in punches)

    def _doubts(self) -> list[tuple[_Standing | _Span, datetime]]:
        doubts: list[tuple[_Standing | _Span, datetime]] = []
        if self._span is not None:
            doubts.append((self._span, self._span.change.since))
        if self._standing is not None and (
            self._span is None or self._span.reason is not self._standing.reason
        ):
            doubts.append((self._standing, self._standing.since))
        return doubts


def impossible(punches: Sequence[Punch], received_at: datetime, rate: float = 1.0) -> list[PunchReview]:
    """Marks for those punches, whatever way they came, that were dated in the future or by a clock without a
    battery. `rate`: city seconds per real second; a simulated city may be late with its punches.
    """
    latest = received_at + tolerated(FUTURE, rate)
    marks = []
    for punch in punches:
        if punch.device_time < OLDEST_CLOCK:
            detail = "It is dated before there was such a terminal."
            marks.append(_mark(punch, ReviewReason.CLOCK_DEAD, detail, received_at))
        elif punch.at > latest:
            detail = "It is dated later than it was received."
            marks.append(_mark(punch, ReviewReason.IMPOSSIBLE, detail, received_at))
    return marks


def undatable_since(
    punches: Sequence[Punch], offset: timedelta, zone: ZoneInfo, now: datetime
) -> datetime | None:
    """Since when (aware) punches may be misdated that were recorded before anybody had measured the clock,
    which is found `offset` ahead now; None: each can have been made at one moment only, or the clock is off
    by no more than clocks drift to.

    It may have been off all the time, or jumped a minute ago. Punches dated in the year in which clocks
    without a battery begin say nothing at all of when they were made.
    """
    if abs(offset) <= UNMEASURED:
        return None
    open_ones = []
    for punch in punches:
        shown = punch.device_time.replace(tzinfo=zone).astimezone(UTC)
        if punch.device_time < OLDEST_CLOCK:
            open_ones.append(now - UNDATED)
        elif max(shown, shown - offset) <= now + SLACK:
            open_ones.append(min(shown, shown - offset))
    return min(open_ones, default=None)


def turns_back(punches: Sequence[Punch], before: datetime | None, slack: timedelta) -> bool:
    """Whether punches in the order in which they were recorded go back in time by more than `slack`: then the
    clock was wrong for a while and came back, though nobody looked. `before`: the moment (aware) of the punch
    recorded last before them, if it is known.
    """
    for punch in punches:
        if before is not None and punch.at < before - slack:
            return True
        before = punch.at
    return False


def tolerated(least: timedelta, rate: float) -> timedelta:
    """By how much city time a punch's moment may miss what is possible: by `least`, and by as much more as a
    simulated city that runs at `rate` (city seconds per real second) may be late.
    """
    return least + LATENESS * max(0.0, rate - 1)


def _mark(punch: Punch, reason: ReviewReason, detail: str, now: datetime) -> PunchReview:
    return PunchReview(punch.terminal_id, punch.pin, punch.device_time, reason, detail, now)


def _shown(offset: timedelta) -> str:
    seconds = round(offset.total_seconds())
    if not seconds:
        return "right"
    return f"{abs(seconds)} s {'ahead' if seconds > 0 else 'behind'}"
