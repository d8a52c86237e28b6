"""Somebody before the wall who knows who has really come, and never looks away."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from attendance.assembly import Assembler
from attendance.day_result import DayStatus
from attendance.people import Outage
from attendance.roster import Roster
from config.clock import Clock
from realtime.day_board import DayBoard, punches_of
from store import Store
from store.punches import StoredPunch
from tests.soak.city import FIRST_PIN, Witness
from tests.support.boards import BOOK, city_facts
from tests.support.days import ZONE

IN_TIME = time(6, 5), time(7, 27)
"""Whoever presses between them is in time, even by a clock that is measured to some city seconds only."""
COUNTED = time(6, 5), time(22, 50)
"""Presses between them count, and must be seen in the end."""
STAYED = time(16, 5), time(22, 50)
"""Whoever presses between them did not leave early."""
OUT_OF_ORDER = 2_000
"""Rows that may become visible later than ones with a higher number: several processes write."""


class Judge:
    """Asks the wall's judgement of some people again and again. For one thread at a time."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        roster: Roster,
        witness: Witness,
        freshness: timedelta,
        sample: int,
        seed: int,
    ) -> None:
        people = random.Random(f"judge {seed}").sample(roster.people, min(sample, len(roster.people)))
        self.accusations: list[str] = []
        self.looks = 0
        self.judgements: Counter[str] = Counter()
        """How often each state was shown of anybody."""
        self.people = len(people)
        self._store = store
        self._clock = clock
        self._roster = replace(roster, people=tuple(people))
        self._witness = witness
        self._freshness = freshness
        self._board: DayBoard | None = None
        self._outages: list[Outage] = []
        self._seen = 0

    def look(self) -> None:
        """Look at everybody once. What vouches is read before the punches it vouches for."""
        now = self._clock.now()
        day = now.astimezone(ZONE).date()
        start = datetime.combine(day, time(), ZONE).astimezone(UTC)
        health = self._store.terminals.health()
        outages = self._store.facts.outages_between(start, start + timedelta(days=1))
        board = self._board
        if board is None or day != board.day or outages != self._outages:
            assembler = Assembler(city_facts(self._roster, day, outages=tuple(outages)), BOOK, ZONE)
            punches = self._store.punches.between(*punches_of(assembler, day))
            self._board = DayBoard(
                assembler, day, health=health, punches=punches, now=now, freshness=self._freshness
            )
            self._outages = outages
        else:
            punches = self._store.punches.between(*board.reads, lo=self._seen - OUT_OF_ORDER)
            board.add_punches(punches, now)
            board.set_health(health, now)
            board.advance(now)
        self._note(punches)
        self.looks += 1
        self._hold_against_the_truth(now.astimezone(ZONE).replace(tzinfo=None))

    def _note(self, punches: list[StoredPunch]) -> None:
        self._seen = max([self._seen, *(punch.id for punch in punches)])

    def _hold_against_the_truth(self, now: datetime) -> None:
        assert self._board is not None
        for person, row in self._board.rows.items():
            self.judgements[row.status.value] += 1
            if row.status not in {DayStatus.ABSENT, DayStatus.LATE, DayStatus.LEFT_EARLY}:
                continue
            pin = str(FIRST_PIN + person - 1)
            pressed = [at for at in self._witness.presses.get(pin, ()) if at.date() == now.date()]
            if row.status is DayStatus.LEFT_EARLY:
                proofs = _between(pressed, STAYED)
            else:
                proofs = _between(pressed, IN_TIME)
            if row.status is DayStatus.ABSENT:
                proofs += [at for at in _between(pressed, COUNTED) if at + self._freshness < now]
            if proofs:
                self.accusations.append(f"{now}: {pin} pressed at {proofs[0]:%H:%M:%S}, and is {row}")


def _between(pressed: list[datetime], span: tuple[time, time]) -> list[datetime]:
    return [at for at in pressed if span[0] <= at.time() < span[1]]
