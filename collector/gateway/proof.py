"""When a push terminal may be believed to have sent everything. Pure: questions out, answers in.

A terminal that calls us cannot be read. That it calls proves nothing, nor does what it sends. So it is asked,
and its horizon moves to the moment of a question only when the answer shows that the store then held all that
the terminal held:

- `VERIFY SUM`: the terminal counts its punches since a day. What it held after the question is as many as we
  held before it, and we hold nothing that it does not: they are the same. A count is believed once it was
  right for two spans with different results; one that stands still would hide every new punch.
- `INFO`, of terminals that do not know VERIFY SUM: its count of all punches, believed once it was right with
  two different results.
- `DATA QUERY`: it sends the span again. Asked when a count does not add up, and where no count is to be had.
  It proves once it is done, every row that it announced has come, and nothing old came for a while. What a
  count still says more (or less) than we hold then, are records that nobody can tell apart: its surplus.

A terminal that answers nothing never vouches for anybody.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

BACKLOG_LINES: Final = 20
"""An upload of so many punches is a backlog being sent; no question is asked meanwhile."""
MISSES: Final = 3
"""So many counts in a row must disagree: punches made just then are on their way."""
SILENCES: Final = 2
"""So many unanswered questions make a terminal that never answered mute, or a way useless."""
BUSY: Final = frozenset({-3, -1003, -1005})
"""Return codes after which the same question may be asked again later."""
NO_DATA: Final = -1
"""Return code of a DATA QUERY that found nothing, and of one that was not understood."""
MUTE_SECONDS: Final = 600.0
"""A mute terminal is asked again after so long: it may have got another firmware."""


class Way(StrEnum):
    """How it is asked."""

    SUM = "VERIFY SUM"
    INFO = "INFO"
    QUERY = "DATA QUERY"


@dataclass(frozen=True, slots=True)
class Question:
    """A question on its way. `ours` was counted before it was sent."""

    id: str
    way: Way
    start: datetime | None
    """It is about punches recorded from then on (naive, the terminal's time); None: about all."""
    sent_at: datetime
    """City time, aware."""
    ours: int
    """Punches of the span in the store."""
    asked: float
    """Monotonic seconds."""


@dataclass(frozen=True, slots=True)
class Proven:
    """Every punch made before `through` (city time, aware) is in the store."""

    through: datetime
    lost: bool = False
    """But the log lost records since the proof before: it was cleared, perhaps before all was sent."""


@dataclass(slots=True)
class _Query:
    """What came while a DATA QUERY was open."""

    announced: int | None = None
    """How many rows it said it sends; 0: it does not say. None: not answered yet."""
    old_lines: int = 0
    last_old: float = 0.0
    """When the answer, or the last row from before the question, came."""


@dataclass(slots=True)
class _Count:
    """What the terminal's count is worth, as found so far."""

    surplus: int = 0
    """What it says beyond what we hold, explained by a DATA QUERY."""
    span: datetime | None = None
    """The span that `surplus` and `agreed` are about."""
    trusted: bool = False
    agreed: bool = False
    """It was right about this span."""
    first: Question | None = None
    """It was right about this, and is tried by another."""
    first_result: int | None = None
    misses: int = 0
    doubt: tuple[Question, int] | None = None
    """It disagreed, and a DATA QUERY is to explain it."""


class Proof:
    """One terminal's. All times are monotonic seconds unless said."""

    def __init__(self, *, every: float, patience: float, settle: float) -> None:
        """Ask `every` so often, give an answer up after `patience`, and hold a backlog or the answer to a
        DATA QUERY for complete when nothing more of it came for `settle`: batches were seen 9 s apart.
        """
        self._every = every
        self._patience = patience
        self._settle = settle
        self._open: Question | None = None
        self._query = _Query()
        self._next = 0.0
        self._busy_until = 0.0
        self._silences = 0
        self._answers = False
        self._muted_until: float | None = None
        self._inserted_since_count = self._inserted_since_doubt = 0
        self._begin_anew()

    def busy(self, now: float) -> bool:
        """Whether a backlog is being sent."""
        return now < self._busy_until

    @property
    def narrow(self) -> bool:
        """Whether the next count must be about a shorter span, in which there are fewer punches."""
        return self._count.first is not None

    def due(self, now: float) -> Way | None:
        """What to ask now, if anything."""
        self._give_up(now)
        if self._muted_until is not None and now >= self._muted_until:
            self._muted_until = None
            self._begin_anew()
        if self._open is not None or self._muted_until is not None or now < self._next or self.busy(now):
            return None
        return Way.QUERY if self._query_wanted else self._way

    def counting(self) -> None:
        """To be called before the punches of the store are counted for a question."""
        self._inserted_since_count = 0

    def ask(self, question: Question) -> None:
        """This was asked."""
        self._open = question
        self._query = _Query()

    def cannot_narrow(self, now: float) -> None:
        """There is no shorter span with fewer punches: the count cannot be tried."""
        self._count.first = None
        self._want_query(now)

    def restarted(self, now: float) -> None:
        """The terminal began anew: what it was asked is forgotten there."""
        self._open = None
        self._next = now

    def uploaded(self, lines: int, old_lines: int, inserted: int, now: float) -> None:
        """Punches came, and are committed: `old_lines` of them made before the open question, `inserted` of
        them new.
        """
        if lines >= BACKLOG_LINES and not (self._open is not None and self._open.way is Way.QUERY):
            self._busy_until = now + self._settle
        self._inserted_since_count += inserted
        self._inserted_since_doubt += inserted
        if old_lines:
            self._query.old_lines += old_lines
            self._query.last_old = now

    def answered(self, identifier: str, code: int | None, count: int | None, now: float) -> Proven | None:
        """The terminal answered a question of ours with `code`; `count` is what it counted, if it did."""
        question = self._open
        if question is None or question.id != identifier:
            return None
        self._answers, self._silences = True, 0
        done = code is not None and code >= 0
        if code in BUSY or (code == NO_DATA and not question.ours):
            self._open, self._next = None, now + self._every
            self._query_wanted = False
        elif code == NO_DATA and question.way is Way.QUERY and self._way is not Way.QUERY:
            return self._nothing_found(question, now)
        elif question.way is Way.QUERY and done:
            self._query.announced = code
            self._query.last_old = now
            return self.settled(now)
        elif done and count is not None:
            self._open = None
            return self._weigh(question, count, now)
        else:
            self._useless(question.way, now)
        return None

    def settled(self, now: float) -> Proven | None:
        """Whether an open DATA QUERY is complete by now."""
        question, query = self._open, self._query
        if question is None or question.way is not Way.QUERY or query.announced is None:
            return None
        all_came = 0 < query.announced <= query.old_lines
        if not all_came and now - query.last_old < self._settle:
            return None
        self._open = None
        self._query_wanted = False
        self._next = now + self._every
        if query.old_lines < (query.announced or self._fewest(question)):
            return None
        return self._prove(question, now, lost=self._explain())

    def _fewest(self, question: Question) -> int:
        """Rows that must have come where none were announced: with fewer, the terminal said that it is done
        before it sent them.
        """
        some = min(1, question.ours)
        if self._count.doubt is None:
            return some
        doubted, count = self._count.doubt
        return count if doubted.way is Way.SUM and doubted.start == question.start else min(some, count)

    def _nothing_found(self, question: Question, now: float) -> Proven | None:
        """A DATA QUERY found nothing of what we hold, or was not understood. A count that was right about the
        span, and has just said that nothing is left of it, tells which: the log was cleared.
        """
        self._open, self._query_wanted, self._next = None, False, now + self._every
        doubt = self._count.doubt
        if doubt is not None and doubt[1] == 0 and self._count.agreed and not self._inserted_since_doubt:
            return self._prove(question, now, lost=self._explain())
        return None

    def _weigh(self, question: Question, count: int, now: float) -> Proven | None:
        first, self._count.first = self._count.first, None
        if first is not None:
            return self._weigh_second(first, question, count, now)
        if question.start != self._count.span:
            # Another span: what its surplus is, and whether it was right before, is open again.
            self._count.span, self._count.agreed = question.start, False
            self._count.surplus = 0
        unexplained_zero = count == 0 and self._count.surplus == 0
        if unexplained_zero or count - self._count.surplus != question.ours:
            self._count.misses += 1
            self._next = now
            if self._count.misses < MISSES:
                return None
            if self._emptied(question, count):
                self._count.surplus = -question.ours
                return self._prove(question, now, lost=True)
            self._doubt_it(question, count, now)
            return None
        if self._count.trusted or self._grew(question.way, count):
            self._count.trusted = self._count.agreed = True
            return self._prove(question, now)
        if question.way is Way.SUM:
            self._count.first, self._count.first_result, self._next = question, count, now
        else:
            self._doubt_it(question, count, now)
        return None

    def _emptied(self, question: Question, count: int) -> bool:
        """Whether a count that was right says that the log of a terminal that knows no DATA QUERY is empty:
        then nothing in it is unsent.
        """
        was_right = question.way is Way.INFO and self._query_useless and self._count.agreed
        return was_right and count == 0 and not self._inserted_since_count

    def _weigh_second(self, first: Question, second: Question, count: int, now: float) -> Proven | None:
        """The count of a shorter span, to try what the count of `first` is worth."""
        if count == second.ours + self._count.surplus and count != self._count.first_result:
            self._count.trusted = self._count.agreed = True
            return self._prove(first, now)
        self._count.misses += 1
        self._next = now
        if self._count.misses >= MISSES:
            self._want_query(now)
        return None

    def _grew(self, way: Way, count: int) -> bool:
        """Whether the count of all punches was right before, with another result."""
        before, self._count.first_result = self._count.first_result, count
        return way is Way.INFO and before is not None and before != count

    def _doubt_it(self, question: Question, count: int, now: float) -> None:
        self._count.doubt = (question, count)
        self._inserted_since_doubt = self._inserted_since_count
        self._want_query(now)

    def _want_query(self, now: float) -> None:
        self._count.misses = 0
        self._query_wanted = not self._query_useless
        self._next = now if self._query_wanted else now + self._every

    def _prove(self, question: Question, now: float, *, lost: bool = False) -> Proven:
        self._next = now + self._every
        self._count.misses = 0
        return Proven(question.sent_at, lost)

    def _explain(self) -> bool:
        """A DATA QUERY is complete: if nothing new came since a count disagreed, its difference is of no
        punches that we lack. True when it is of punches that the terminal lacks now and had before.
        """
        doubt, self._count.doubt = self._count.doubt, None
        if doubt is None or self._inserted_since_doubt:
            return False
        question, count = doubt
        surplus = count - question.ours
        lost = question.way is Way.SUM and self._count.agreed and surplus < self._count.surplus
        self._count.surplus = surplus
        return lost

    def _useless(self, way: Way, now: float) -> None:
        """The terminal does not know this way."""
        self._open, self._next = None, now
        self._query_wanted = False
        if way is Way.SUM:
            self._way, self._count = Way.INFO, _Count()
        elif way is Way.INFO:
            self._way = Way.QUERY
        else:
            self._query_useless, self._next = True, now + self._every
        if self._query_useless and self._way is Way.QUERY:
            self._muted_until = now + MUTE_SECONDS

    def _give_up(self, now: float) -> None:
        question = self._open
        if question is None or now - max(question.asked, self._query.last_old) < self._patience:
            return
        self._open, self._next = None, now
        self._silences += 1
        if self._silences < SILENCES:
            return
        self._silences = 0
        if self._answers:
            self._useless(question.way, now)
        else:
            self._muted_until = now + MUTE_SECONDS

    def _begin_anew(self) -> None:
        self._way = Way.SUM
        self._query_useless = self._query_wanted = False
        self._count = _Count()
