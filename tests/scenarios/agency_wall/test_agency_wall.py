"""An agency with offices below it: its wall shows them, and the city's counts as if nothing hung below it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime

import pytest

from attendance.ids import UnitId
from config.clock import SimClock, write_clock
from simulators.city.places import CITY_CODE, EDUCATION_CODE, HEALTH_CODE
from simulators.scenario import Scenario, build
from store import Store, open_store
from store.walls import WallFacts
from tests.support.databases import FreshDatabase
from tests.support.days import MONDAY, at
from tests.support.paired_walls import paired
from tests.support.scenario_store import plant_scenario
from tests.support.walls import Rows, serving, wall

NOW = datetime(2026, 11, 23, 8, 0)


def flat(scenario: Scenario) -> Scenario:
    """The same with every office directly below the city."""
    city = scenario.city
    units = tuple(replace(it, parent_code=CITY_CODE) if it.office else it for it in city.units)
    return replace(scenario, city=replace(city, units=units))


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return build(2017, MONDAY, people=900, history_days=0)


@pytest.fixture(scope="module")
def clock(tmp_path_factory: pytest.TempPathFactory) -> SimClock:
    file = tmp_path_factory.mktemp("clock") / "clock.json"
    write_clock(file, at("08:00"), 0)
    return SimClock(file)


@pytest.fixture(scope="module")
def cities(
    module_database: FreshDatabase, tmp_path_factory: pytest.TempPathFactory, scenario: Scenario
) -> Iterator[tuple[Store, Store]]:
    """As it is, and flat."""
    with ExitStack() as stack:
        found = []
        for planned in (scenario, flat(scenario)):
            store = open_store(module_database("sqlite"))
            stack.callback(store.close)
            plant_scenario(store, planned, tmp_path_factory.mktemp("files"), NOW)
            found.append(store)
        yield found[0], found[1]


def seen(store: Store, clock: SimClock, *scopes: str, unit: UnitId | None = None) -> list[Rows]:
    """What a wall of that unit that shows names is sent in these scopes."""
    device = paired(store, WallFacts("Lobi", unit, "names"), now=at("08:00"))
    with serving(store, clock) as (_, url), wall(url, credential=device.credential) as monitor:
        return [monitor.join(scope) for scope in scopes]


def unit_ids(store: Store) -> dict[str, UnitId]:
    return {unit.code: unit.id for unit in store.roster.load(MONDAY).units}


def test_offices_below_an_office_change_no_number_on_the_citys_wall(
    cities: tuple[Store, Store], clock: SimClock
) -> None:
    hanging, straight = cities
    units = unit_ids(hanging)
    assert units == unit_ids(straight)
    offices = [f"office:{units[code]}" for code in (HEALTH_CODE, EDUCATION_CODE, "1.21", "1.41", "1.51")]
    scopes = ("city", *offices, "names")
    for scope, now, before in zip(
        scopes, seen(hanging, clock, *scopes), seen(straight, clock, *scopes), strict=True
    ):
        assert now == before, scope


@pytest.mark.parametrize("agency", [HEALTH_CODE, EDUCATION_CODE])
def test_the_wall_of_an_agency_is_sent_its_offices_with_their_numbers_of_the_citys_wall(
    cities: tuple[Store, Store], clock: SimClock, scenario: Scenario, agency: str
) -> None:
    store, _ = cities
    units = unit_ids(store)
    top = units[agency]
    (whole,) = seen(store, clock, "city")
    mine, names = seen(store, clock, f"city:{top}", f"names:{top}", unit=top)
    codes = {it.code for it in scenario.city.units if it.office and agency in (it.code, it.parent_code)}
    held = [key for key in whole if key.startswith("u:") and whole[key]["code"] in codes]
    assert [key for key in mine if key.startswith("u:")] == held
    assert len(held) == len(codes)
    assert [mine[key] for key in held] == [whole[key] for key in held]
    for state in ("required", "present", "late", "absent", "waiting", "people"):
        assert mine["total"][state] == sum(mine[key][state] for key in held), state
    doors = [key for key in mine if key.startswith("t:")]
    assert len(doors) == sum(mine[key]["terminals"] for key in held)
    listed = {row["office"] for row in names.values()}
    assert listed <= {mine[key]["short"] for key in held}
    assert len(listed) > 1
