from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from attendance.ids import TerminalId, UnitId
from attendance.people import Unit, UnitKind
from realtime.publisher import Publisher
from realtime.rows import Row
from realtime.scope import Scope, office
from tests.support.boards import board, health, press, shown
from tests.support.days import at
from tests.support.rosters import small_roster, terminal

COALESCE = timedelta(seconds=1.5)
"""Three presses follow one another faster, also on a busy machine."""


@dataclass
class Recorder:
    """An outlet that writes down what goes out."""

    changes: list[tuple[Scope, set[str]]] = field(default_factory=list)
    replaced: list[Scope] = field(default_factory=list)
    scopes: list[Scope] = field(default_factory=list)

    def change(self, scope: Scope, rows: Mapping[str, Row], removed: frozenset[str]) -> None:
        self.changes.append((scope, {*rows, *(f"-{key}" for key in removed)}))

    def replace(self, scope: Scope, rows: Mapping[str, Row]) -> None:
        self.replaced.append(scope)

    def opened(self, scopes: Iterable[Scope]) -> None:
        self.scopes = list(scopes)


def gone_out(outlet: Recorder) -> dict[str, set[str]]:
    found = {scope.name: keys for scope, keys in outlet.changes}
    outlet.changes.clear()
    return found


def test_the_first_change_goes_out_at_once_and_the_next_ones_together() -> None:
    outlet, now = Recorder(), at("07:00")
    city = shown(board(now), now)
    publisher = Publisher(outlet, COALESCE)
    for number, pin in enumerate(("1001", "1002", "1003")):
        city.board.add_punches([press(number, pin, "06:50")], now)
        publisher.collect(city.settle(now))
        publisher.flush(city.view)
    arrived = {"-p:1"}
    assert gone_out(outlet) == {
        "city": {"total", "u:2", "k:1", "a:0650"},
        "office:2": {"unit", "p:1"},
        "names": arrived,
        "names:2": arrived,
    }
    assert 0 < publisher.patience() <= COALESCE.total_seconds()

    time.sleep(publisher.patience() + 0.005)
    publisher.flush(city.view)
    arrived = {"-p:2", "-p:3"}
    assert gone_out(outlet) == {
        "city": {"total", "u:2", "k:2", "k:3", "a:0650"},
        "office:2": {"unit", "p:2", "p:3"},
        "names": arrived,
        "names:2": arrived,
    }
    assert publisher.patience() == float("inf")


def test_a_new_board_replaces_every_scope_and_forgets_what_waited() -> None:
    outlet, now = Recorder(), at("07:00")
    city = shown(board(now), now)
    publisher = Publisher(outlet, COALESCE)
    city.board.add_punches([press(1, "1001", "06:50")], now)
    publisher.collect(city.settle(now))
    first, rest = city.view.scopes()[:2], city.view.scopes()[2:]
    publisher.publish(city.view, first)
    assert (outlet.replaced, outlet.scopes) == (first, [])
    publisher.publish_rest(city.view, rest)
    assert outlet.replaced == outlet.scopes
    assert [scope.name for scope in outlet.scopes] == [
        "city",
        "office:2",
        "names",
        "names:2",
        "recap",
        "recap:2",
    ]
    assert publisher.patience() == float("inf")
    publisher.flush(city.view)
    assert outlet.changes == []


def test_an_office_that_nobody_belongs_to_has_no_tile_though_its_terminal_gives_news() -> None:
    school = Unit(UnitId(9), "9", "SMAN 1", "SMAN 1", UnitKind.SCHOOL, UnitId(1), office=True)
    roster = small_roster()
    wider = replace(
        roster,
        units=(*roster.units, school),
        terminals=(*roster.terminals, terminal(7, unit_id=UnitId(9))),
    )
    outlet, now = Recorder(), at("07:00")
    city = shown(board(now, roster=wider), now)
    publisher = Publisher(outlet, COALESCE)
    publisher.publish_rest(city.view, city.view.scopes())
    assert office(UnitId(9)) not in outlet.scopes
    city.board.set_health({TerminalId(7): health(7, "07:00")}, now)
    publisher.collect(city.settle(now))
    publisher.flush(city.view)
    assert gone_out(outlet) == {"city": {"t:7"}}
    assert publisher.patience() == float("inf")
