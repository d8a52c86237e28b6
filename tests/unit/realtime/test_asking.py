"""What a wall asks for in ordinary use stays far below what it may."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from config.rate_limit import RateLimit
from realtime.hub import ASKS_A_SECOND, ASKS_AT_ONCE

HOUR = 3600.0


def every(seconds: float, until: float) -> Iterator[float]:
    """Moments so far apart, from 0."""
    for number in range(int(until / seconds)):
        yield number * seconds


def asks_of(use: str) -> list[float]:
    """When a wall asks for a scope, as monotonic seconds."""
    match use:
        case "a playlist whose stops are as short as they may be, two scopes each":
            return [at for at in every(5, 24 * HOUR) for _ in range(2)]
        case "a key of the remote control held down: ten views a second, for a minute":
            return list(every(0.1, 60))
        case "somebody who turns a view every second for an hour, on a wall that plays besides":
            return sorted([*every(1, HOUR), *every(10, HOUR)])
        case "a line that breaks every second for four minutes: three scopes each time":
            return [at for at in every(1, 240) for _ in range(3)]
        case "ten screens with the profile of one, after a restart":
            return [0.0] * 30
    raise AssertionError(use)


@pytest.mark.parametrize(
    "use",
    [
        "a playlist whose stops are as short as they may be, two scopes each",
        "a key of the remote control held down: ten views a second, for a minute",
        "somebody who turns a view every second for an hour, on a wall that plays besides",
        "a line that breaks every second for four minutes: three scopes each time",
        "ten screens with the profile of one, after a restart",
    ],
)
def test_ordinary_use_never_meets_the_limit(use: str) -> None:
    limit = RateLimit(ASKS_A_SECOND, ASKS_AT_ONCE)
    assert all(limit.take("wall:1", at) for at in asks_of(use))


def test_a_wall_that_asks_in_a_loop_for_a_day_is_given_some_snapshots_a_minute() -> None:
    limit = RateLimit(ASKS_A_SECOND, ASKS_AT_ONCE)
    hour = sum(limit.take("wall:1", at) for at in every(0.05, HOUR))
    assert hour <= ASKS_AT_ONCE + HOUR * ASKS_A_SECOND
