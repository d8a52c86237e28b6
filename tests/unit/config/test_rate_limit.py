"""How often somebody may call."""

from __future__ import annotations

from config.rate_limit import MOST_KNOWN, RateLimit


def test_a_limit_forgets_who_has_not_called_for_longest() -> None:
    limit = RateLimit(1, 1)
    assert limit.take("first", 0.0)
    assert not limit.take("first", 0.0)
    for number in range(MOST_KNOWN):
        limit.take(str(number), 0.0)
    assert limit.take("first", 0.0)


def test_who_called_as_often_as_may_be_at_once_may_call_again_as_time_passes() -> None:
    limit = RateLimit(2, 3)
    assert [limit.take("one", 0.0) for _ in range(4)] == [True, True, True, False]
    assert limit.take("another", 0.0)
    assert [limit.take("one", 1.0) for _ in range(3)] == [True, True, False]
