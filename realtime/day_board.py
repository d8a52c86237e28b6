"""The board of one work date: every person's result, kept current by facts and by time. No I/O, no clock.

Facts come in through `add_punches`, `set_health`, `facts_changed` and `outages_changed`, time through
`advance`; what may look different afterwards is collected in `dirt`. A new roster makes a new board.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from attendance.assembly import Assembler
from attendance.city_read import city_read as city_read_through
from attendance.day_result import DayResult
from attendance.duty import MINUTE, Duty, NoDuty
from attendance.facts import Horizon, Mark, PersonDay
from attendance.ids import PersonId, PunchId, TerminalId
from attendance.judgement import hangs_on_terminals, judge, next_change_at
from attendance.local_time import bounds
from attendance.people import Outage
from attendance.terminal import TerminalHealth
from realtime.collector_pause import collector_paused
from store.punches import StoredPunch

Span = tuple[datetime, datetime]
"""[from, to), aware, UTC."""
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A punch that the board had not seen before, with its owner if anybody has the PIN."""

    punch: StoredPunch
    person_id: PersonId | None


@dataclass(slots=True)
class Dirt:
    """What may look different since it was last taken away."""

    people: set[PersonId] = field(default_factory=set)
    """Whose result is another one."""
    planned: set[PersonId] = field(default_factory=set)
    """Of whom something else may be expected, also on the dates beside the board's."""
    terminals: set[TerminalId] = field(default_factory=set)
    arrivals: list[Arrival] = field(default_factory=list)
    """Punches of the local date that came in, in the order in which they were stored."""
    time: bool = False
    """A moment passed at which something about the whole day may have changed."""

    def __bool__(self) -> bool:
        return bool(self.people or self.planned or self.terminals or self.arrivals or self.time)


def punches_of(assembler: Assembler, day: date) -> Span:
    """Between which moments a punch may belong to the work date `day`: its local date, and before and after
    it as far as the window of a shift that begins on it can reach.
    """
    rules, zone = assembler.book.on(day), assembler.zone
    return bounds(day, zone)[0] - rules.shift_before, bounds(day + _DAY, zone)[1] + rules.shift_after


class DayBoard:
    """See the module. One thread only, except for `horizons`."""

    @collector_paused()
    def __init__(
        self,
        assembler: Assembler,
        day: date,
        *,
        health: Mapping[TerminalId, TerminalHealth],
        punches: Iterable[StoredPunch],
        now: datetime,
        freshness: timedelta,
        city_read: datetime | None = None,
    ) -> None:
        """`punches`: at least those of `punches_of`. The assembler is shared, and kept current, by whoever
        made it. `city_read`: how far an earlier board of the date had seen the city read.
        """
        self.assembler = assembler
        self.day = day
        self.index = assembler.index(day)
        self.reads = punches_of(assembler, day)
        """Where punches of this work date may lie."""
        self.rows: dict[PersonId, DayResult] = {}
        self.health: dict[TerminalId, TerminalHealth] = {}
        self.seen: set[PunchId] = set()
        self.dirt = Dirt()
        self._freshness = freshness
        self._date = bounds(day, assembler.zone)
        self._horizons: dict[TerminalId, Horizon] = {}
        self._outages = _by_terminal(assembler.facts.outages)
        for terminal_id in self.index.terminals:
            self._take_health(terminal_id, health.get(terminal_id))
        read = city_read_through(self._horizons.values())
        self.city_read = max((one for one in (read, city_read) if one is not None), default=None)
        """How far the city was ever seen read. It never goes back: a terminal that was away and is read again
        does not take back what was said of everybody else meanwhile.
        """
        self._duties: dict[PersonId, Duty] = {}
        self._dependants: dict[TerminalId, set[PersonId]] = defaultdict(set)
        self._marks: dict[PersonId, list[Mark]] = defaultdict(list)
        self._astray: dict[StoredPunch, PersonId | None] = {}
        """Punches whose PIN nobody has on their own date, and to whom they were given all the same."""
        self._open: set[PersonId] = set()
        self._turns: list[tuple[datetime, PersonId]] = []
        self._next_turn: dict[PersonId, datetime] = {}
        self._take_in(punches)
        for person_id in assembler.people(day):
            self._judge_anew(person_id, now)
        self.arrivals = self.dirt.arrivals
        """The punches of the local date that the board began with."""
        self.dirt = Dirt()

    @property
    def horizons(self) -> tuple[Horizon, ...]:
        """How far each active terminal vouches."""
        return tuple(self._horizons.values())

    @property
    def next_turn(self) -> datetime | None:
        """When time alone may change a row next (sometimes nothing changes then)."""
        while self._turns:
            moment, person_id = self._turns[0]
            if self._next_turn.get(person_id) == moment:
                return moment
            heapq.heappop(self._turns)
        return None

    @property
    def final(self) -> bool:
        """Whether everybody's result is; until then everything is provisional."""
        return not self._open

    def person_day(self, person_id: PersonId) -> PersonDay:
        """The facts that the person's result rests on."""
        marks = self._marks.get(person_id, ())
        return self.assembler.person_day(person_id, self.day, marks, self._horizons, self.city_read)

    def add_punches(self, punches: Iterable[StoredPunch], now: datetime) -> None:
        """Take punches in, those seen before once only."""
        owners = self._take_in(punches)
        for person_id in owners & self.rows.keys():
            self._judge(person_id, now)

    def vouched_anew(self, health: Mapping[TerminalId, TerminalHealth]) -> Span | None:
        """In which time punches must be read before `health` may be believed; None: nothing vouches further
        than it did.
        """
        start, end = self.reads
        further = [
            start if old is None or old.read_through is None else max(start, old.read_through)
            for terminal_id in self.index.terminals
            if _vouches_further(old := self.health.get(terminal_id), health.get(terminal_id))
        ]
        since = min(further, default=end)
        return (since, end) if since < end else None

    def set_health(self, health: Mapping[TerminalId, TerminalHealth], now: datetime) -> None:
        """Take news of terminals in. Only people who wait on a terminal's word are judged again."""
        touched: set[PersonId] = set()
        for terminal_id, news in health.items():
            if terminal_id not in self._horizons or self.health.get(terminal_id) == news:
                continue
            self.dirt.terminals.add(terminal_id)
            before = self._horizons[terminal_id]
            self._take_health(terminal_id, news)
            after = self._horizons[terminal_id]
            if after != before:
                touched.update(
                    person_id
                    for person_id in self._dependants[terminal_id]
                    if not (self._told_all(before, person_id) and self._told_all(after, person_id))
                )
        touched |= self._city_moved()
        for person_id in touched:
            if hangs_on_terminals(self._duties[person_id], self.rows[person_id], now):
                self._judge(person_id, now)

    def facts_changed(self, people: Collection[PersonId], now: datetime) -> None:
        """The assembler was told something new about these people."""
        self.dirt.planned.update(person_id for person_id in people if person_id in self.rows)
        for person_id in self._give_anew().union(people):
            if person_id in self.rows:
                self._judge_anew(person_id, now)

    def outages_changed(self, terminals: Collection[TerminalId] | None, now: datetime) -> None:
        """The assembler was told of outages of these terminals; None: of outages of sites too."""
        self._outages = _by_terminal(self.assembler.facts.outages)
        touched: set[PersonId] = set(self.rows) if terminals is None else set()
        for terminal_id in self._horizons if terminals is None else terminals:
            if terminal_id in self._horizons:
                self._take_health(terminal_id, self.health.get(terminal_id))
                touched |= self._dependants[terminal_id]
        for person_id in touched:
            self._judge(person_id, now)

    def advance(self, now: datetime) -> None:
        """Let time pass until `now`."""
        while self._turns and self._turns[0][0] <= now:
            moment, person_id = heapq.heappop(self._turns)
            if self._next_turn.get(person_id) == moment:
                self.dirt.time = True
                self._judge(person_id, now)

    def take_dirt(self) -> Dirt:
        """What may look different since the last call."""
        dirt, self.dirt = self.dirt, Dirt()
        return dirt

    def _take_health(self, terminal_id: TerminalId, news: TerminalHealth | None) -> None:
        if news is not None:
            self.health[terminal_id] = news
        self._horizons[terminal_id] = Horizon(
            terminal_id=terminal_id,
            online=news is not None and news.online,
            read_through=None if news is None else news.read_through,
            offline_since=None if news is None else news.offline_since,
            outages=tuple(self._outages.get(terminal_id, ())),
        )

    def _city_moved(self) -> set[PersonId]:
        """Take in how far the city was read; for whom it passed a moment that matters."""
        before, read = self.city_read, city_read_through(self._horizons.values())
        if read is None or (before is not None and read <= before):
            return set()
        self.city_read = read
        if before is None:
            # Until now the city was not asked at all: its word may also take something back.
            return set(self._duties)
        return {
            person_id
            for person_id, duty in self._duties.items()
            if any(before < moment <= read for moment in self._vouched_moments(person_id, duty))
        }

    def _vouched_moments(self, person_id: PersonId, duty: Duty) -> Iterator[datetime]:
        """The moments through which terminals must have been read before something may be said."""
        for gathering in duty.gatherings:
            yield gathering.closes
        if isinstance(duty, NoDuty):
            return
        late = (duty.figures.late.tolerance + 1) * MINUTE
        for spell in duty.spells:
            yield spell.start + late
            yield spell.closes
        row = self.rows.get(person_id)
        if row is not None and row.starts is not None:
            yield row.starts + late
        for part in () if row is None else row.spells:
            yield part.starts + late

    def _told_all(self, horizon: Horizon, person_id: PersonId) -> bool:
        """Whether the terminal has told all that it can about the person's work date."""
        closes, read = self._duties[person_id].closes, horizon.read_through
        return closes is None or (read is not None and read >= closes)

    def _take_in(self, punches: Iterable[StoredPunch]) -> set[PersonId]:
        """Whose punches they were."""
        owners: set[PersonId] = set()
        (start, end), (today, tomorrow) = self.reads, self._date
        for punch in sorted(punches):
            if punch.id in self.seen or not start <= punch.at < end:
                continue
            self.seen.add(punch.id)
            person_id = self.assembler.owner(punch.terminal_id, punch.pin, punch.at)
            if person_id is None or self._known_on_its_date(punch) is None:
                self._astray[punch] = person_id
            if person_id is not None:
                self._marks[person_id].append(Mark(punch.at, punch.terminal_id, punch.id))
                owners.add(person_id)
            if today <= punch.at < tomorrow:
                self.dirt.arrivals.append(Arrival(punch, person_id))
        return owners

    def _known_on_its_date(self, punch: StoredPunch) -> PersonId | None:
        index = self.assembler.index(punch.at.astimezone(self.assembler.zone).date())
        return index.person_by_pin(punch.terminal_id, punch.pin)

    def _give_anew(self) -> set[PersonId]:
        """Ask again whose the punches are that hang on a shift of the day before; who lost or got one."""
        moved: set[PersonId] = set()
        for punch, before in self._astray.items():
            person_id = self.assembler.owner(punch.terminal_id, punch.pin, punch.at)
            if person_id == before:
                continue
            self._astray[punch] = person_id
            mark = Mark(punch.at, punch.terminal_id, punch.id)
            if before is not None:
                self._marks[before].remove(mark)
                moved.add(before)
            if person_id is not None:
                self._marks[person_id].append(mark)
                moved.add(person_id)
        return moved

    def _judge_anew(self, person_id: PersonId, now: datetime) -> None:
        """Judge somebody of whom more may be new than punches and horizons."""
        facts = self._judge(person_id, now)
        self._duties[person_id] = facts.duty
        for horizon in facts.reach.horizons:
            self._dependants[horizon.terminal_id].add(person_id)

    def _judge(self, person_id: PersonId, now: datetime) -> PersonDay:
        facts = self.person_day(person_id)
        row = judge(facts, now, self._freshness)
        if self.rows.get(person_id) != row:
            self.rows[person_id] = row
            self.dirt.people.add(person_id)
            (self._open.discard if row.final else self._open.add)(person_id)
        turn = next_change_at(facts, now, self._freshness)
        if turn is None:
            self._next_turn.pop(person_id, None)
        elif self._next_turn.get(person_id) != turn:
            self._next_turn[person_id] = turn
            heapq.heappush(self._turns, (turn, person_id))
        return facts


def _by_terminal(outages: Iterable[Outage]) -> Mapping[TerminalId, list[Outage]]:
    found: dict[TerminalId, list[Outage]] = defaultdict(list)
    for outage in outages:
        found[outage.terminal_id].append(outage)
    return found


def _vouches_further(old: TerminalHealth | None, new: TerminalHealth | None) -> bool:
    if new is None or new.read_through is None:
        return False
    return old is None or old.read_through is None or new.read_through > old.read_through
