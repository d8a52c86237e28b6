from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from collector.offset import bracket

JAKARTA = ZoneInfo("Asia/Jakarta")
CITY = datetime(2026, 11, 23, 0, 31, 0, 400_000, tzinfo=UTC)
TOLD = datetime(2026, 11, 23, 7, 31, 0)
MINUTE = timedelta(minutes=1)


def test_a_right_clock_that_tells_whole_seconds_has_no_offset() -> None:
    assert bracket(TOLD, CITY, CITY + timedelta(milliseconds=5), JAKARTA).seconds == 0.0


@pytest.mark.parametrize("rate", [10, 60, 600])
def test_a_city_clock_that_runs_fast_never_fakes_an_offset(rate: int) -> None:
    asked, answered = CITY, CITY + timedelta(milliseconds=40) * rate
    for share in (0.0, 0.5, 1.0):
        moment = asked + (answered - asked) * share
        told = moment.astimezone(JAKARTA).replace(tzinfo=None, microsecond=0)
        assert bracket(told, asked, answered, JAKARTA).seconds == 0.0


@pytest.mark.parametrize("ahead", [-3600, -61, 61, 420, 86_400])
def test_a_wrong_clock_is_measured_to_the_second(ahead: int) -> None:
    told = TOLD + timedelta(seconds=ahead)
    offset = bracket(told, CITY, CITY + timedelta(milliseconds=5), JAKARTA)
    assert abs(offset.seconds - ahead) <= 1
    assert offset.beyond(MINUTE) == timedelta(seconds=offset.seconds)


def test_an_offset_within_the_tolerance_corrects_nothing() -> None:
    offset = bracket(TOLD + timedelta(seconds=50), CITY, CITY, JAKARTA)
    assert offset.seconds == pytest.approx(50, abs=1)
    assert offset.beyond(MINUTE) == timedelta()


def test_a_city_clock_set_back_during_the_question_is_no_error() -> None:
    assert bracket(TOLD, CITY, CITY - timedelta(minutes=45), JAKARTA).seconds == 0.0
