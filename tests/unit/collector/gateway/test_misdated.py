"""Which pushed punches betray a wrong clock, and which only come late or again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from attendance.ids import Pin, TerminalId
from attendance.punch import Capture, Punch
from collector.gateway.misdated import Dating

JAKARTA = ZoneInfo("Asia/Jakarta")
NOW = datetime(2026, 11, 23, 7, 40, tzinfo=JAKARTA).astimezone(UTC)
NOTHING = timedelta()
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def punch(before: timedelta) -> Punch:
    """Shown that long before now."""
    at = NOW - before
    shown = at.astimezone(JAKARTA).replace(tzinfo=None)
    return Punch(TerminalId(1), Pin("1001"), shown, at, NOW, 1, 255, "", Capture.PUSH)


@pytest.fixture
def dating() -> Dating:
    return Dating(MINUTE)


def test_a_backlog_in_order_betrays_nothing_however_late_it_comes(dating: Dating) -> None:
    late = [punch(timedelta(days=3) - n * HOUR) for n in range(40)]
    assert dating.misdated(late, None, NOW, in_order=True) == []
    assert dating.misdated([punch(MINUTE)], NOW - 2 * MINUTE, NOW, in_order=True) == []
    assert not dating.changed(NOTHING, 3 * HOUR)


def test_a_new_punch_from_before_the_proof_is_misdated(dating: Dating) -> None:
    proved = NOW - 5 * MINUTE
    old = punch(3 * HOUR)
    assert dating.misdated([old, punch(MINUTE)], proved, NOW, in_order=False) == [old]
    assert dating.misdated([punch(6 * MINUTE)], proved, NOW, in_order=False) == []


def test_a_dead_battery_and_the_future_are_misdated_though_nothing_was_ever_proved(dating: Dating) -> None:
    dead, future = punch(timedelta(days=9_000)), punch(-HOUR)
    assert dating.misdated([dead, punch(MINUTE), future], None, NOW, in_order=False) == [dead, future]


@pytest.mark.parametrize("apart", [False, True], ids=["in one upload", "in two"])
def test_a_step_back_makes_both_punches_doubtful(dating: Dating, apart: bool) -> None:
    before, after = punch(MINUTE), punch(HOUR)
    if apart:
        assert dating.misdated([before], None, NOW, in_order=True) == []
        found = dating.misdated([after], None, NOW, in_order=True)
    else:
        found = dating.misdated([before, after], None, NOW, in_order=True)
    assert found == [before, after]


def test_rows_that_were_asked_for_need_not_be_in_order(dating: Dating) -> None:
    dating.misdated([punch(MINUTE)], None, NOW, in_order=True)
    assert dating.misdated([punch(HOUR)], None, NOW, in_order=False) == []


def test_a_damaged_record_from_the_future_makes_no_step_back_of_the_next(dating: Dating) -> None:
    future = punch(-timedelta(days=400))
    assert dating.misdated([future], None, NOW, in_order=True) == [future]
    assert dating.misdated([punch(MINUTE)], None, NOW, in_order=True) == []


def test_a_clock_ahead_is_a_surprise_once(dating: Dating) -> None:
    assert dating.changed(2 * HOUR, -2 * HOUR)
    assert not dating.changed(2 * HOUR + timedelta(seconds=5), -2 * HOUR)
    assert dating.changed(HOUR, -HOUR)


def test_a_late_punch_of_a_clock_that_was_ahead_leaves_open_when_it_was_made(dating: Dating) -> None:
    dating.changed(2 * HOUR, -2 * HOUR)
    assert dating.changed(NOTHING, 10 * MINUTE)
    assert not dating.changed(NOTHING, timedelta(seconds=3)), "one that comes at once shows it right again"
    assert not dating.changed(NOTHING, 10 * MINUTE)
