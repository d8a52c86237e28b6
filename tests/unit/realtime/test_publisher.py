from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from attendance.ids import TerminalId, UnitId
from attendance.people import Unit, UnitKind
from realtime.board_view import BoardView, Ticker
from realtime.publisher import Publisher
from realtime.rows import Row
from realtime.scope import CITY, Scope, office
from tests.support.boards import LOOK, board, health, press
from tests.support.days import at
from tests.support.rosters import small_roster, terminal

COALESCE = timedelta(milliseconds=60)
OFFICE = office(UnitId(2))


@dataclass
class Recorder:
    """An outlet that writes down what goes out."""

    changes: list[tuple[Scope, set[str]]] = field(default_factory=list)
    replaced: list[Scope] = field(default_factory=list)
    scopes: list[Scope] = field(default_factory=list)

    def change(self, scope: Scope, rows: Mapping[str, Row], removed: frozenset[str]) -> None:
        self.changes.append((scope, set(rows)))

    def replace(self, scope: Scope, rows: Mapping[str, Row]) -> None:
        self.replaced.append(scope)

    def opened(self, scopes: Iterable[Scope]) -> None:
        self.scopes = list(scopes)


def test_the_first_change_goes_out_at_once_and_the_next_ones_together() -> None:
    outlet, ticker, now = Recorder(), Ticker(), at("07:00")
    found = board(now)
    view = BoardView(found, LOOK)
    publisher = Publisher(outlet, COALESCE)

    for number, pin in enumerate(("1001", "1002", "1003")):
        found.add_punches([press(number, pin, "06:50")], now)
        publisher.collect(found, found.take_dirt())
        publisher.flush(view, ticker)
    assert outlet.changes == [
        (CITY, {"total", "day", "u:2"}),
        (OFFICE, {"unit", "p:1"}),
    ]
    assert 0 < publisher.patience() <= COALESCE.total_seconds()

    time.sleep(publisher.patience() + 0.005)
    publisher.flush(view, ticker)
    assert outlet.changes[2:] == [
        (CITY, {"total", "day", "u:2"}),
        (OFFICE, {"unit", "p:2", "p:3"}),
    ]
    assert publisher.patience() == float("inf")


def test_a_new_board_replaces_every_scope_and_forgets_what_waited() -> None:
    outlet, ticker, now = Recorder(), Ticker(), at("07:00")
    found = board(now)
    publisher = Publisher(outlet, COALESCE)
    found.add_punches([press(1, "1001", "06:50")], now)
    publisher.collect(found, found.take_dirt())
    publisher.publish_all(BoardView(found, LOOK), ticker)
    assert outlet.replaced == outlet.scopes == [CITY, OFFICE]
    assert publisher.patience() == float("inf")
    publisher.flush(BoardView(found, LOOK), ticker)
    assert outlet.changes == []


def test_an_office_that_nobody_belongs_to_has_no_tile_though_its_terminal_gives_news() -> None:
    school = Unit(UnitId(9), "9", "SMAN 1", "SMAN 1", UnitKind.SCHOOL, UnitId(1), office=True)
    roster = small_roster()
    wider = replace(
        roster,
        units=(*roster.units, school),
        terminals=(*roster.terminals, terminal(7, unit_id=UnitId(9))),
    )
    outlet, ticker, now = Recorder(), Ticker(), at("07:00")
    found = board(now, roster=wider)
    view = BoardView(found, LOOK)
    publisher = Publisher(outlet, COALESCE)
    publisher.publish_all(view, ticker)
    assert outlet.scopes == [CITY, OFFICE]
    found.set_health({TerminalId(7): health(7, "07:00")}, now)
    publisher.collect(found, found.take_dirt())
    publisher.flush(view, ticker)
    assert outlet.changes == [(CITY, {"total", "day", "t:7"})]
    assert publisher.patience() == float("inf")
