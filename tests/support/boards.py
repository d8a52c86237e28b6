"""Boards of a small city, for the tests of realtime."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from attendance.assembly import Assembler
from attendance.city_facts import CityFacts, RosterSpan
from attendance.ids import Pin, PunchId, TerminalId
from attendance.punch import Capture
from attendance.roster import Roster
from attendance.terminal import TerminalHealth
from realtime.board_view import Look
from realtime.day_board import DayBoard
from realtime.rulebook import load_rulebook
from store.punches import StoredPunch
from tests.support.days import FRESHNESS, MONDAY, ZONE, at
from tests.support.rosters import small_roster

LOOK = Look("Kota Contoh", ZONE, show_names=True)
BOOK = load_rulebook("standard")
ONE_DAY = timedelta(days=1)


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
