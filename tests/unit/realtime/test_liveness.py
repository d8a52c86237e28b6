from __future__ import annotations

from datetime import UTC, datetime, timedelta

from realtime.liveness import SILENT_SECONDS, Liveness

NOW = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
LONG = SILENT_SECONDS + 1


def city(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def test_a_collector_that_never_ran_is_silent() -> None:
    liveness = Liveness()
    assert liveness.silent(0)
    liveness.saw(None, now=NOW, rate=1, real=0)
    assert liveness.silent(0)


def test_an_old_sign_found_at_start_is_as_old_as_it_says() -> None:
    liveness = Liveness()
    liveness.saw(city(-LONG), now=NOW, rate=1, real=100)
    assert liveness.silent(100)
    fast = Liveness()
    fast.saw(city(-LONG), now=NOW, rate=60, real=100)
    assert not fast.silent(100)


def test_silence_is_measured_in_real_seconds_and_ends_with_the_next_sign() -> None:
    liveness = Liveness()
    liveness.saw(NOW, now=NOW, rate=60, real=0)
    liveness.saw(NOW, now=city(600), rate=60, real=10)
    assert not liveness.silent(10)
    assert liveness.silent(LONG)
    liveness.saw(city(900), now=city(960), rate=60, real=LONG)
    assert not liveness.silent(LONG)


def test_a_paused_clock_makes_nobody_silent() -> None:
    liveness = Liveness()
    liveness.saw(NOW, now=NOW, rate=0, real=0)
    liveness.saw(NOW, now=NOW, rate=0, real=LONG)
    assert not liveness.silent(LONG + 1)
