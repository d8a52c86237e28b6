"""A keeper that is killed at any moment loses nothing and tells nothing twice."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from attendance.ids import PersonId
from attendance.people import Excuse, ExcuseCode
from config.clock import write_clock
from realtime.day_source import DaySource
from realtime.recompute import recompute
from store import Store
from tests.support.boards import BOOK, health
from tests.support.days import FRESHNESS, MONDAY, ZONE, at
from tests.support.keeper_process import KeeperProcess
from tests.support.mornings import append, punch
from tests.support.rosters import plant, small_roster
from tests.support.stored_results import wait_until_current

SEED = 20261123
PEOPLE = 60
KILLS = 4
DAYS = [MONDAY + timedelta(days=number) for number in range(5)]
NOW = at("09:00", DAYS[-1])


@pytest.fixture
def city(store: Store) -> Store:
    """Sixty people; Monday to Wednesday are stored, with nobody's punch known yet."""
    plant(store, small_roster(people_count=PEOPLE))
    store.terminals.save_health([health(number, NOW) for number in (1, 2)])
    source = DaySource(store, BOOK, ZONE)
    recompute(source, store, DAYS[0], DAYS[2], clock=lambda: NOW, freshness=FRESHNESS)
    return store


def late_facts(store: Store, random: Random) -> list[Callable[[], object]]:
    """Punches and leaves of any of the days, in an order of their own."""
    deeds: list[Callable[[], object]] = []
    for person in range(1, PEOPLE + 1):
        for day in DAYS:
            moment = at("06:30", day) + timedelta(minutes=random.randrange(140))
            one = punch(str(1000 + person), moment, random.choice((1, 2)))
            deeds.append(lambda one=one: append(store, one))  # type: ignore[misc]
        if person % 4 == 0:
            day = random.choice(DAYS)
            leave = Excuse(PersonId(person), ExcuseCode.CT, day, day, f"SC {person}")
            deeds.append(lambda leave=leave: store.facts.add_excuse(leave))  # type: ignore[misc]
    random.shuffle(deeds)
    return deeds


@pytest.mark.slow
def test_nothing_is_lost_and_nothing_told_twice_although_it_was_killed_again_and_again(
    city: Store, database_url: str, tmp_path: Path
) -> None:
    random = Random(SEED)
    clock_file = tmp_path / "keeper_clock.json"
    write_clock(clock_file, NOW, 0)
    keeper = KeeperProcess(tmp_path, database_url, clock_file)
    deeds = late_facts(city, random)

    def enter() -> None:
        for deed in deeds:
            deed()
            time.sleep(0.02)

    entering = threading.Thread(target=enter)
    entering.start()
    for _ in range(KILLS):
        keeper.start()
        time.sleep(random.uniform(0.0, 1.2))
        keeper.kill()
    entering.join()
    keeper.start()
    try:
        wait_until_current(city, DAYS[0], DAYS[-1], NOW, within=60)
    finally:
        assert keeper.stop() == 0
    for person in range(1, PEOPLE + 1):
        for day in DAYS:
            history = city.results.changes_of(PersonId(person), day, day)
            assert [line.before for line in history] == [None, *(line.after for line in history[:-1])]
            assert all(line.before != line.after for line in history)
            (stored,) = city.results.of_person(PersonId(person), day, day)
            assert stored == history[-1].after
