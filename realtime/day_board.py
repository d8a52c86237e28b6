"""The board of one day: every person's row, kept current by facts and by time. No I/O, no clock.

Facts come in through `add_punches` and `set_health`, time through `advance`; what may look different
afterwards is collected in `dirt`. Other facts (roster, excuses, outages) are rare: a new board is built for
them.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from attendance.board import (
    BoardRow,
    Horizon,
    PersonDay,
    Reach,
    hangs_on_terminals,
    is_final,
    next_change_at,
    project,
)
from attendance.ids import PersonId, PunchId, TerminalId
from attendance.people import Excuse, ExcuseKind, Outage
from attendance.roster import RosterIndex
from attendance.schedule import DutyDay
from attendance.terminal import TerminalHealth
from store.punches import StoredPunch


@dataclass(frozen=True, slots=True)
class Arrival:
    """A punch that the board had not seen before, with its owner if anybody has the PIN."""

    punch: StoredPunch
    person_id: PersonId | None


@dataclass(slots=True)
class Dirt:
    """What may look different since it was last taken away."""

    people: set[PersonId] = field(default_factory=set)
    terminals: set[TerminalId] = field(default_factory=set)
    time: bool = False
    """A moment passed at which something about the whole day may have changed."""


@dataclass(frozen=True, slots=True)
class DayFacts:
    """What a day's board is built from."""

    index: RosterIndex
    duty: DutyDay | None
    excuses: tuple[Excuse, ...]
    outages: tuple[Outage, ...]
    health: Mapping[TerminalId, TerminalHealth]


class DayBoard:
    """See the module. One thread only."""

    def __init__(
        self, facts: DayFacts, punches: Iterable[StoredPunch], now: datetime, freshness: timedelta
    ) -> None:
        self.index = facts.index
        self.duty = facts.duty
        self.rows: dict[PersonId, BoardRow] = {}
        self.health: dict[TerminalId, TerminalHealth] = {}
        self.seen: set[PunchId] = set()
        self.dirt = Dirt()
        self._freshness = freshness
        self._excuses: dict[PersonId, ExcuseKind] = {
            excuse.person_id: excuse.kind for excuse in facts.excuses
        }
        self._outages: dict[TerminalId, list[Outage]] = defaultdict(list)
        for outage in facts.outages:
            self._outages[outage.terminal_id].append(outage)
        self._has_pin = {person: self.index.has_pin(person) for person in self.index.people}
        self._reach = {person: sorted(self.index.terminals_of(person)) for person in self.index.people}
        self._horizons: dict[TerminalId, Horizon] = {}
        for terminal_id in self.index.terminals:
            self._take_health(terminal_id, facts.health.get(terminal_id))
        self._punches: dict[PersonId, list[datetime]] = defaultdict(list)
        self._turns: list[tuple[datetime, PersonId]] = []
        self._next_turn: dict[PersonId, datetime] = {}
        self.arrivals = self._take_in(punches)
        """The punches that the board began with."""
        for person_id in self.index.people:
            self._judge(person_id, now)
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

    def final(self, now: datetime) -> bool:
        """Whether the day is cut off; until then everything is provisional."""
        return is_final(self.duty, self.horizons, now)

    def add_punches(self, punches: Iterable[StoredPunch], now: datetime) -> list[Arrival]:
        """Take punches of this day in; those seen before are left out of the answer."""
        arrivals = self._take_in(punches)
        owners = {arrival.person_id for arrival in arrivals if arrival.person_id is not None}
        for person_id in owners & self.index.people.keys():
            self._judge(person_id, now)
        return arrivals

    def set_health(self, health: Mapping[TerminalId, TerminalHealth], now: datetime) -> None:
        """Take news of terminals in. Only people who wait on a terminal's word are judged again."""
        touched: set[PersonId] = set()
        for terminal_id, news in health.items():
            if terminal_id not in self.index.terminals or self.health.get(terminal_id) == news:
                continue
            self.dirt.terminals.add(terminal_id)
            before = self._horizons[terminal_id]
            self._take_health(terminal_id, news)
            if self._horizons[terminal_id] != before:
                touched.update(self.index.people_depending_on(terminal_id))
        for person_id in touched:
            if hangs_on_terminals(self.duty, self.rows[person_id], now):
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

    def _take_in(self, punches: Iterable[StoredPunch]) -> list[Arrival]:
        arrivals: list[Arrival] = []
        for punch in punches:
            if punch.id in self.seen:
                continue
            self.seen.add(punch.id)
            person_id = self.index.person_by_pin(punch.terminal_id, punch.pin)
            if person_id is not None:
                self._punches[person_id].append(punch.at)
            arrivals.append(Arrival(punch, person_id))
        return arrivals

    def _judge(self, person_id: PersonId, now: datetime) -> None:
        facts = PersonDay(
            person_id=person_id,
            duty=self.duty,
            punches=self._punches.get(person_id, ()),
            excuse=self._excuses.get(person_id),
            reach=Reach(
                self._has_pin[person_id],
                tuple(self._horizons[terminal_id] for terminal_id in self._reach[person_id]),
            ),
        )
        row = project(facts, now, self._freshness)
        if self.rows.get(person_id) != row:
            self.rows[person_id] = row
            self.dirt.people.add(person_id)
        turn = next_change_at(facts, now, self._freshness)
        if turn is None:
            self._next_turn.pop(person_id, None)
        elif self._next_turn.get(person_id) != turn:
            self._next_turn[person_id] = turn
            heapq.heappush(self._turns, (turn, person_id))
