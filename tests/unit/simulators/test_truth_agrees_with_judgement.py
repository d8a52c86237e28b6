"""Two readings of one rule: the ground truth's, and the product's own from roster files to results.

The network is left out: horizons are those of terminals read without delay.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest

from simulators.scenario import build
from tests.support.judged_day import judged_day

MONDAY = date(2026, 11, 23)
CLOCKS = (
    "05:00",
    "06:45",
    "07:20:30",
    "07:30:59",
    "07:31",
    "07:49:59",
    "07:50",
    "08:00",
    "12:00",
    "22:00",
    "23:30",
)


@pytest.mark.parametrize("day", [MONDAY, date(2026, 11, 27), date(2026, 11, 28)])
def test_the_truth_and_the_judgement_say_the_same_of_everybody_all_day(day: date, tmp_path: Path) -> None:
    judged = judged_day(build(21, day, people=900, terminals=40), tmp_path)
    for clock in CLOCKS:
        assert judged.differences(datetime.combine(day, time.fromisoformat(clock))) == [], clock


def test_usable_terminals_are_those_of_the_roster(tmp_path: Path) -> None:
    scenario = build(21, MONDAY)
    judged = judged_day(scenario, tmp_path)
    index = judged.assembler.index(MONDAY)
    serial_of = {terminal: serial for serial, terminal in judged.terminals.items()}
    for person in index.roster.people:
        expected = set(scenario.usable_terminals[person.nip])
        assert {serial_of[terminal] for terminal in index.terminals_of(person.id)} == expected


def test_every_minute_of_the_rush_agrees(tmp_path: Path) -> None:
    judged = judged_day(build(3, MONDAY, people=300, terminals=12), tmp_path)
    moment = datetime.combine(MONDAY, time(7, 15))
    while moment.time() < time(8):
        assert judged.differences(moment) == [], moment
        moment += timedelta(minutes=1)
