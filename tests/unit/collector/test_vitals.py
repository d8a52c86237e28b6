"""Health as the operator sees it, and one log line for each change."""

import logging
from datetime import UTC, datetime, timedelta

import pytest

from attendance.ids import SerialNumber, TerminalId, UnitId
from attendance.terminal import Follow, Terminal
from collector.health import HealthBook
from collector.vitals import Vitals
from config.errors import ConfigError
from devices.driver import Identity, LogCounts
from devices.errors import AuthRejected, Busy, DeadlineExceeded, Unreachable
from store import StoreError

START = datetime(2026, 11, 23, 0, 20, tzinfo=UTC)
TERMINAL = Terminal(
    TerminalId(3),
    SerialNumber("CKQ3"),
    "Dinas Sosial",
    UnitId(1),
    "10.0.0.3",
    4370,
    "zk-tcp",
    Follow.LIVE,
    None,
    True,
)
WHO = Identity("CKQ3", "Ver 6.60", "ZEM760", "X100-C")


class SteppedClock:
    """A city clock that stands until it is moved."""

    rate = 0.0

    def __init__(self) -> None:
        self.moment = START

    def now(self) -> datetime:
        return self.moment

    def real_seconds_until(self, moment: datetime) -> float:
        return float("inf")


def counts(records: int | None, capacity: int | None = 100_000) -> LogCounts:
    return LogCounts(records, capacity, None, None)


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock()


@pytest.fixture
def book() -> HealthBook:
    return HealthBook({})


@pytest.fixture
def vitals(book: HealthBook, clock: SteppedClock) -> Vitals:
    return Vitals(TERMINAL, book, clock)


@pytest.fixture(autouse=True)
def _info(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "collector")


def test_a_failure_is_said_once_and_the_recovery_once_with_how_long_and_how_much(
    vitals: Vitals, clock: SteppedClock, caplog: pytest.LogCaptureFixture
) -> None:
    vitals.contacted(WHO, counts(10))
    vitals.proved(START, 10)
    for _ in range(5):
        vitals.failed(Unreachable("10.0.0.3:4370"))
        vitals.failed(DeadlineExceeded())
    clock.moment += timedelta(minutes=30)
    vitals.contacted(WHO, counts(24))
    vitals.proved(clock.moment, 14)
    down, back = [record.getMessage() for record in caplog.records]
    assert "Dinas Sosial (CKQ3): down." in down
    assert "network cable" in down
    assert "back after 30 min; 14 punches came." in back


def test_a_failing_terminal_is_offline_since_its_first_failure_and_keeps_its_horizon(
    vitals: Vitals, clock: SteppedClock
) -> None:
    vitals.contacted(WHO, counts(10))
    vitals.proved(START, 10)
    vitals.failed(Unreachable())
    clock.moment += timedelta(minutes=5)
    vitals.failed(Unreachable())
    health = vitals.health
    assert (health.online, health.offline_since, health.read_through) == (False, START, START)
    assert (health.error, health.log_records) == ("Unreachable", 10)


def test_contact_alone_moves_no_horizon(vitals: Vitals, clock: SteppedClock) -> None:
    vitals.contacted(WHO, counts(10))
    assert vitals.health.online
    assert vitals.health.read_through is None


def test_what_turns_into_a_persons_task_is_said_again(
    vitals: Vitals, caplog: pytest.LogCaptureFixture
) -> None:
    vitals.failed(Unreachable())
    vitals.failed(AuthRejected())
    vitals.failed(AuthRejected())
    assert len(caplog.records) == 2
    assert "comm key" in caplog.records[1].getMessage()


@pytest.mark.parametrize(
    "error",
    [Unreachable(), Busy(), AuthRejected(), ConfigError("keys.toml"), StoreError(), ValueError("defect")],
)
def test_every_failure_says_what_an_operator_can_do(vitals: Vitals, error: Exception) -> None:
    vitals.failed(error)
    assert vitals.health.action
    assert vitals.health.error


@pytest.mark.parametrize(
    ("records", "capacity", "code"),
    [(89, 100, None), (90, 100, "LogNearlyFull"), (100, 100, "LogFull"), (None, 100, None), (90, None, None)],
)
def test_a_log_is_reported_well_before_it_is_full(
    vitals: Vitals, records: int | None, capacity: int | None, code: str | None
) -> None:
    vitals.contacted(WHO, counts(records, capacity))
    assert vitals.health.error == code
    assert vitals.health.online


def test_a_wrong_clock_is_a_warning_of_a_terminal_that_is_online(
    vitals: Vitals, caplog: pytest.LogCaptureFixture
) -> None:
    vitals.clock_measured(-300.0, off=True)
    vitals.contacted(WHO, counts(10))
    vitals.contacted(WHO, counts(11))
    assert (vitals.health.error, vitals.health.clock_offset) == ("ClockOff", -300.0)
    (said,) = [record.getMessage() for record in caplog.records]
    assert "300 s behind" in said


def test_going_on_or_off_is_urgent_and_a_moved_horizon_is_not(vitals: Vitals, book: HealthBook) -> None:
    vitals.contacted(WHO, counts(10))
    assert book.urgent.is_set()
    assert len(book.take_changes()) == 1
    vitals.proved(START, 0)
    assert not book.urgent.is_set()
    vitals.failed(Unreachable())
    assert book.urgent.is_set()


def test_health_that_could_not_be_saved_is_owed_in_its_newest_state(vitals: Vitals, book: HealthBook) -> None:
    vitals.contacted(WHO, counts(10))
    rows = book.take_changes()
    vitals.proved(START, 0)
    book.not_saved(rows)
    (row,) = book.take_changes()
    assert row.read_through == START
    assert book.take_changes() == []


def test_no_terminal_vouches_for_the_future_after_the_city_clock_was_set_back(
    vitals: Vitals, book: HealthBook
) -> None:
    vitals.contacted(WHO, counts(10))
    vitals.proved(START, 0)
    book.forget_future(START - timedelta(seconds=1))
    assert vitals.health.read_through is None
