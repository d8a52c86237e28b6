"""How moments lie in SQLite, and which moments are refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import make_url

from store.moments import DeviceTime, UtcMoment, utc_moment, utc_number

OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
SQLITE = make_url("sqlite://").get_dialect()()
MOMENTS = st.datetimes(datetime(1970, 1, 3), datetime(9999, 12, 29), timezones=OFFSETS)


@given(MOMENTS)
def test_a_moment_survives_its_number_to_the_microsecond(moment: datetime) -> None:
    back = utc_moment(utc_number(moment))
    assert back == moment
    assert back.tzinfo is UTC


@given(MOMENTS, MOMENTS)
def test_numbers_sort_as_their_moments_do(one: datetime, other: datetime) -> None:
    assert (utc_number(one) < utc_number(other)) == (one < other)


@given(st.datetimes(), st.datetimes())
def test_device_times_in_sqlite_sort_as_they_do_in_time(one: datetime, other: datetime) -> None:
    kept = [DeviceTime().process_bind_param(each, SQLITE) for each in (one, other)]
    assert (str(kept[0]) < str(kept[1])) == (one < other)


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_a_moment_without_a_zone_and_a_device_time_with_one_are_refused(
    dialect: str,
) -> None:
    engine = make_url(f"{dialect}://").get_dialect()()
    naive = datetime(2026, 11, 23, 7, 30)
    with pytest.raises(ValueError, match="has no time zone"):
        UtcMoment().process_bind_param(naive, engine)
    with pytest.raises(ValueError, match="a terminal's time has none"):
        DeviceTime().process_bind_param(naive.replace(tzinfo=UTC), engine)
