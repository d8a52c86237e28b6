"""A clock that jumped is not handed on to the terminals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from collector.gateway.clock_guard import ClockGuard

NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)


@dataclass
class Machine:
    """A clock that the test turns, and the machine's count of seconds."""

    shown: datetime = NOON
    ticks: float = 100.0
    rate: float = 1.0

    def now(self) -> datetime:
        return self.shown

    def real_seconds_until(self, moment: datetime) -> float:
        raise NotImplementedError

    def monotonic(self) -> float:
        return self.ticks

    def passes(self, seconds: float, *, jump: float = 0.0) -> None:
        self.ticks += seconds
        self.shown += timedelta(seconds=seconds + jump)


def guard(machine: Machine, newest: datetime | None = None) -> ClockGuard:
    return ClockGuard(machine, newest, machine.monotonic)


def test_a_clock_that_runs_is_believed_though_it_is_slewed_for_months() -> None:
    machine = Machine()
    made = guard(machine)
    for _ in range(1000):
        machine.passes(3600, jump=1.0)
        assert made.doubt() is None


@pytest.mark.parametrize("jump", [3600.0, -3600.0, 31.0, -31.0])
def test_a_clock_that_jumped_is_doubted_until_it_is_back(jump: float) -> None:
    machine = Machine()
    made = guard(machine)
    machine.passes(1, jump=jump)
    told = made.doubt()
    assert told is not None
    assert f"{jump:+.0f} s" in told
    machine.passes(7200)
    assert made.doubt() is not None, "time alone makes it no better"
    machine.passes(1, jump=-jump)
    assert made.doubt() is None


def test_a_clock_behind_what_the_store_holds_is_doubted_from_the_start() -> None:
    machine = Machine()
    made = guard(machine, NOON + timedelta(hours=1))
    told = made.doubt()
    assert told is not None
    assert "--trust-clock" in told
    machine.passes(3600)
    assert made.doubt() is None


def test_a_clock_that_was_known_to_be_wrong_may_be_set_right() -> None:
    machine = Machine(NOON - timedelta(days=365))
    made = guard(machine, NOON)
    assert made.doubt() is not None
    machine.passes(1, jump=timedelta(days=365).total_seconds())
    assert made.doubt() is None
    machine.passes(1, jump=3600)
    assert made.doubt() is not None


def test_a_steered_clock_is_not_held_against_anything() -> None:
    machine = Machine(rate=15.0)
    made = guard(machine, NOON + timedelta(days=1))
    machine.passes(1, jump=10_000)
    assert made.doubt() is None
