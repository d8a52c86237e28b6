"""Boards of a small city, for the tests of realtime."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from attendance.assembly import Assembler
from attendance.city_facts import CityFacts, RosterSpan
from attendance.day_result import DayStatus
from attendance.ids import PersonId, Pin, PunchId, TerminalId
from attendance.punch import Capture
from attendance.roster import Roster
from attendance.rules import GatheringRule, RuleBook
from attendance.terminal import TerminalHealth
from config.clock import SystemClock
from realtime.board_view import BoardView, Look
from realtime.cutoff import Cutoff
from realtime.day_board import DayBoard
from realtime.rows import UsualRow
from realtime.rulebook import load_rulebook
from realtime.scope import Scope
from realtime.ticker import Ticker
from store.freezes import Freeze
from store.punches import StoredPunch
from tests.support.days import FRESHNESS, MONDAY, ZONE, at
from tests.support.rosters import small_roster

LOOK = Look("Kota Contoh", ZONE)
BOOK = load_rulebook("standard")
ONE_DAY = timedelta(days=1)


def with_ceremony(day: date) -> RuleBook:
    """`BOOK`, and from 06.00 until before 08.00 of `day` a ceremony, also for those who have it off."""
    ceremony = GatheringRule(
        code="UPACARA",
        name="Upacara",
        weekdays=frozenset(),
        dates=frozenset({day}),
        starts=time(7),
        opens=time(6),
        closes=time(8),
        unit_codes=frozenset(),
        unit_kinds=frozenset(),
        on_days_off=True,
    )
    return RuleBook([replace(pack, gatherings=(ceremony,)) for pack in BOOK.packs])


def press(number: int, pin: str, clock: str | datetime, terminal: int = 1) -> StoredPunch:
    """A stored punch at that city time."""
    moment = at(clock) if isinstance(clock, str) else clock
    local = moment.astimezone(ZONE).replace(tzinfo=None)
    return StoredPunch(
        PunchId(number), TerminalId(terminal), Pin(pin), local, moment, 1, 255, Capture.LIVE, moment
    )


def health(
    terminal: int = 1,
    read: str | datetime | None = None,
    *,
    online: bool = True,
    since: str | None = None,
) -> TerminalHealth:
    """How a terminal does: read through `read`, offline since `since`."""
    return TerminalHealth(
        terminal_id=TerminalId(terminal),
        online=online,
        read_through=at(read) if isinstance(read, str) else read,
        last_contact_at=None,
        offline_since=at(since) if since else None,
        clock_offset=0.25,
        log_records=250,
        log_capacity=1000,
        error=None if online else "Unreachable",
        error_detail=None,
        action=None,
        firmware=None,
    )


def city_facts(roster: Roster | None = None, day: date = MONDAY, **facts: Any) -> CityFacts:
    """One roster from the day before `day` through the day after it, and whatever else `CityFacts` takes."""
    span = RosterSpan(day - ONE_DAY, day + ONE_DAY, replace(roster or small_roster(), day=day - ONE_DAY))
    return CityFacts(day, day, (span,), **facts)


class Freezes:
    """Keeps days as the store does."""

    def __init__(self) -> None:
        self.kept: dict[date, Freeze] = {}

    def keep(
        self, day: date, cutoff_at: datetime, made_at: datetime, statuses: Mapping[PersonId, DayStatus]
    ) -> Freeze:
        """As `FreezeTable.keep`."""
        return self.kept.setdefault(day, Freeze(day, cutoff_at, made_at, dict(statuses)))

    def of(self, day: date) -> Freeze | None:
        """As `FreezeTable.of`."""
        return self.kept.get(day)


@dataclass
class Shown:
    """A board with all that a wall shows of it."""

    board: DayBoard
    view: BoardView
    ticker: Ticker
    cutoff: Cutoff
    usual: dict[Scope, UsualRow]

    def whole(self, scope: Scope) -> dict[str, dict[str, Any]]:
        """Every row of the scope, as it is sent."""
        sent: dict[str, dict[str, Any]] = json.loads(json.dumps(self.view.whole(scope)))
        return sent

    def settle(self, now: datetime) -> dict[Scope, set[str]]:
        """Take in what changed on the board until city time `now`; the rows that may be different."""
        keys: dict[Scope, set[str]] = {}
        dirt = self.board.take_dirt()
        self.cutoff.touch(dirt.people)
        for touched in (
            self.ticker.add(dirt.arrivals, self.view.shown_in),
            self.view.touch(dirt),
            self.view.turn(now),
            self.view.recap.touch(self.cutoff.work(now, most=len(self.board.rows))),
        ):
            for scope, some in touched.items():
                keys.setdefault(scope, set()).update(some)
        return keys


def shown(found: DayBoard, now: str | datetime, freezes: Freezes | None = None) -> Shown:
    """What a wall that starts at city time `now` makes of the board."""
    moment = at(now) if isinstance(now, str) else now
    ticker, usual = Ticker(), dict[Scope, UsualRow]()
    cutoff = Cutoff(found, SystemClock(), FRESHNESS, freezes or Freezes())
    cutoff.work(moment, most=len(found.rows))
    view = BoardView(
        found, LOOK, now=moment, freshness=FRESHNESS, ticker=ticker, usual=usual.get, cutoff=cutoff
    )
    view.recap.touch(())
    ticker.open(view.city_scopes())
    ticker.add(found.arrivals, view.shown_in)
    return Shown(found, view, ticker, cutoff, usual)


def board(
    clock: str | datetime,
    *,
    roster: Roster | None = None,
    presses: Sequence[StoredPunch] = (),
    healths: Sequence[TerminalHealth] = (),
    **facts: Any,
) -> DayBoard:
    """The board of the standard Monday at city time `clock`; `facts` as `CityFacts` takes them."""
    known: Mapping[TerminalId, TerminalHealth] = {row.terminal_id: row for row in healths}
    return DayBoard(
        Assembler(city_facts(roster, **facts), BOOK, ZONE),
        MONDAY,
        health=known,
        punches=presses,
        now=at(clock) if isinstance(clock, str) else clock,
        freshness=FRESHNESS,
    )
