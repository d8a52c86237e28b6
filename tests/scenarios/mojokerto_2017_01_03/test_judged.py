"""3 January 2017 from its roster files to everybody's result, without a network in between."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, time

import pytest

from attendance.day_result import DayStatus
from simulators.scenarios.mojokerto_2017_01_03 import build
from tests.support.judged_day import JudgedDay, judged_day

CLOCKS = (
    "05:59",
    "06:45",
    "07:00:59",
    "07:01",
    "07:30:59",
    "07:31",
    "08:00",
    "09:09:59",
    "09:10",
    "10:20",
    "12:00",
    "12:59:59",
    "13:00",
    "14:01",
    "17:00",
    "20:00",
    "21:01",
    "23:00",
    "23:30",
)


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> JudgedDay:
    return judged_day(build(2017), tmp_path_factory.mktemp("mojokerto"))


@pytest.mark.parametrize("clock", CLOCKS)
def test_everybody_is_judged_as_the_truth_says(judged: JudgedDay, clock: str) -> None:
    assert judged.differences(datetime.combine(judged.scenario.day, time.fromisoformat(clock))) == []


def test_at_noon_the_people_in_each_state_are_those_of_the_reported_causes(judged: JudgedDay) -> None:
    moment = datetime.combine(judged.scenario.day, time(12))
    results = judged.results(moment)
    assert len(results) == 3266 - 310 - 100
    counted = Counter(result.status for result in results.values())
    assert counted[DayStatus.ABSENT] == 8
    assert counted[DayStatus.LATE] == 36
    assert counted[DayStatus.NOT_DUE] + counted[DayStatus.NOT_YET] == 350
    assert counted[DayStatus.EXCUSED] == 19
