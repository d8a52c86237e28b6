"""Which punches are marked, and when a time becomes an outage because a moment is open."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from attendance.ids import Pin, TerminalId
from attendance.punch import Capture, Punch
from collector.clock_watch import Condition, Jump
from collector.doubt import Doubts, impossible, tolerated, turns_back, undatable_since
from store.reviews import ReviewReason

JAKARTA = ZoneInfo("Asia/Jakarta")
SEVEN = datetime(2026, 11, 23, 7, 0, tzinfo=JAKARTA).astimezone(UTC)
MINUTE = timedelta(minutes=1)


def punch(shown: datetime, at: datetime | None = None) -> Punch:
    moment = at or shown.replace(tzinfo=JAKARTA).astimezone(UTC)
    return Punch(TerminalId(1), Pin("1001"), shown, moment, SEVEN, 1, 255, "", Capture.PULL)


def shown(minute: int, second: int = 0) -> datetime:
    return datetime(2026, 11, 23, 7, minute, second)


def jump(seconds: float, *, dead: bool = False) -> Jump:
    return Jump(SEVEN, SEVEN + 20 * MINUTE, timedelta(), timedelta(seconds=seconds), dead)


@pytest.fixture
def doubts() -> Doubts:
    return Doubts(JAKARTA)


def reasons(marks: list) -> list[ReviewReason]:  # type: ignore[type-arg]
    return [mark.reason for mark in marks]


def test_a_steady_clocks_punches_bear_no_mark(doubts: Doubts) -> None:
    doubts.judged(Condition.STEADY, timedelta(), SEVEN, right=True)
    assert doubts.marks([punch(shown(5))], SEVEN + 6 * MINUTE, fresh=True) == []
    assert not doubts.ambiguous([punch(shown(5))], SEVEN + 6 * MINUTE)


def test_all_that_was_recorded_around_a_jump_is_marked_until_it_is_stored(doubts: Doubts) -> None:
    doubts.jumped(jump(180))
    now = SEVEN + 20 * MINUTE
    (mark,) = doubts.marks([punch(shown(5))], now, fresh=True)
    assert (mark.reason, mark.noted_at, mark.device_time) == (ReviewReason.CLOCK_JUMPED, now, shown(5))
    assert "180 s ahead" in mark.detail
    doubts.read_through(SEVEN + 10 * MINUTE)
    assert doubts.marks([punch(shown(5))], now, fresh=True)
    doubts.read_through(now)
    assert doubts.marks([punch(shown(5))], now, fresh=True) == []


def test_a_log_read_whole_marks_only_what_seems_to_be_of_that_time(doubts: Doubts) -> None:
    doubts.jumped(jump(180))
    old, new = punch(datetime(2026, 3, 1, 7, 0)), punch(shown(5))
    assert [mark.device_time for mark in doubts.marks([old, new], SEVEN, fresh=False)] == [shown(5)]


@pytest.mark.parametrize(
    ("condition", "right", "reason"),
    [
        (Condition.DEAD, False, ReviewReason.CLOCK_DEAD),
        (Condition.JUMPED, False, ReviewReason.CLOCK_JUMPED),
        (Condition.JUMPED, True, None),
        (Condition.STEADY, False, None),
    ],
)
def test_a_clock_that_is_not_trusted_marks_everything_it_dates(
    doubts: Doubts, condition: Condition, right: bool, reason: ReviewReason | None
) -> None:
    doubts.judged(condition, timedelta(minutes=5), SEVEN, right=right)
    found = reasons(doubts.marks([punch(shown(5))], SEVEN + 6 * MINUTE, fresh=True))
    assert found == ([reason] if reason else [])
    assert not doubts.ambiguous([punch(shown(5))], SEVEN + 6 * MINUTE)


def test_a_punch_has_one_mark_for_one_reason(doubts: Doubts) -> None:
    doubts.jumped(jump(180))
    doubts.judged(Condition.JUMPED, timedelta(seconds=180), SEVEN, right=False)
    assert len(doubts.marks([punch(shown(5))], SEVEN + 6 * MINUTE, fresh=True)) == 1


@pytest.mark.parametrize(
    ("seconds", "minute", "open_question"),
    [
        (180, 10, True),  # 07:10 before the jump, or 07:07 after it
        (180, 19, True),
        (-180, 10, True),
        (7200, 10, False),  # 05:10 was long read: it was before the jump
        (-7200, 10, False),
        (2, 10, False),  # no more than a rounding
    ],
)
def test_a_moment_is_open_when_the_clock_before_and_the_clock_after_may_both_have_shown_it(
    doubts: Doubts, seconds: float, minute: int, open_question: bool
) -> None:
    doubts.jumped(jump(seconds))
    assert doubts.ambiguous([punch(shown(minute))], SEVEN + 20 * MINUTE) is open_question


@pytest.mark.parametrize(
    ("seconds", "recorded", "made"),
    [
        (7200, shown(10), SEVEN + 10 * MINUTE),
        (7200, datetime(2026, 11, 23, 9, 15), SEVEN + 15 * MINUTE),
        (-7200, datetime(2026, 11, 23, 5, 15), SEVEN + 15 * MINUTE),
        (-7200, shown(10), SEVEN + 10 * MINUTE),
    ],
)
def test_where_only_one_moment_is_possible_that_is_the_punches_moment(
    doubts: Doubts, seconds: float, recorded: datetime, made: datetime
) -> None:
    doubts.jumped(jump(seconds))
    for mistaken in (made, made + timedelta(seconds=seconds), made - timedelta(seconds=seconds)):
        (dated,) = doubts.dated([punch(recorded, mistaken)], SEVEN + 20 * MINUTE)
        assert (dated.at, dated.device_time) == (made, recorded)


def test_a_punch_of_another_time_keeps_the_moment_it_was_given(doubts: Doubts) -> None:
    doubts.jumped(jump(7200))
    old = punch(datetime(2026, 3, 1, 7, 0))
    assert list(doubts.dated([old], SEVEN + 20 * MINUTE)) == [old]


def test_what_a_dead_clock_dated_while_nobody_looked_is_open_because_it_may_have_begun_twice(
    doubts: Doubts,
) -> None:
    years = -9822 * 86_400.0
    doubts.jumped(jump(years, dead=True))
    dated = punch(datetime(2000, 1, 1, 0, 5), SEVEN + 5 * MINUTE)
    assert doubts.ambiguous([dated], SEVEN + 20 * MINUTE)
    assert not doubts.ambiguous([punch(shown(5))], SEVEN + 20 * MINUTE)


def test_after_we_set_a_clock_only_what_was_recorded_in_that_instant_is_doubted(doubts: Doubts) -> None:
    doubts.judged(Condition.DEAD, timedelta(days=-9822), SEVEN, right=False)
    doubts.was_set(Jump(SEVEN, SEVEN + timedelta(seconds=1), timedelta(days=-9822), timedelta(), dead=False))
    assert reasons(doubts.marks([punch(shown(0))], SEVEN + MINUTE, fresh=True)) == [ReviewReason.CLOCK_SET]
    doubts.read_through(SEVEN + MINUTE)
    assert doubts.marks([punch(shown(2))], SEVEN + 3 * MINUTE, fresh=True) == []


def test_an_impossible_date_is_marked_whatever_way_it_came() -> None:
    punches = [
        punch(datetime(2000, 1, 1, 0, 5)),
        punch(shown(5)),
        punch(datetime(2031, 5, 5, 7, 0)),
        punch(shown(19)),
    ]
    marks = impossible(punches, SEVEN + 6 * MINUTE)
    assert [(mark.device_time.year, mark.reason) for mark in marks] == [
        (2000, ReviewReason.CLOCK_DEAD),
        (2031, ReviewReason.IMPOSSIBLE),
        (2026, ReviewReason.IMPOSSIBLE),
    ]
    assert len(impossible(punches, SEVEN + 6 * MINUTE, rate=60)) == 2


def test_an_hour_ahead_is_impossible_even_in_a_city_that_runs_fast_and_late() -> None:
    assert impossible([punch(shown(59))], SEVEN - 2 * MINUTE, rate=300)
    assert tolerated(10 * MINUTE, 1) == tolerated(10 * MINUTE, 0) == 10 * MINUTE


def test_a_mark_tells_no_pin() -> None:
    (mark,) = impossible([punch(datetime(2000, 1, 1))], SEVEN)
    assert "1001" not in mark.detail


def test_a_punch_dated_by_the_clock_before_it_was_put_right_is_misdated(doubts: Doubts) -> None:
    now = SEVEN + 20 * MINUTE
    six_hours_ago = punch(datetime(2026, 11, 23, 1, 5))
    assert not doubts.misdated([six_hours_ago], SEVEN, now)
    doubts.jumped(Jump(SEVEN, now, timedelta(hours=-6), timedelta(), dead=False))
    assert doubts.misdated([punch(shown(5)), six_hours_ago], SEVEN, now)
    assert not doubts.misdated([punch(shown(5))], SEVEN, now)
    assert not doubts.misdated([six_hours_ago], SEVEN - 6 * 60 * MINUTE, now)


HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("offset", "since"),
    [
        (6 * HOUR, SEVEN + 10 * MINUTE - 6 * HOUR),
        (-HOUR / 2, SEVEN + 10 * MINUTE),
        (-6 * HOUR, None),
        (9 * MINUTE, None),
        (timedelta(), None),
    ],
    ids=["ahead", "behind", "behind by more than is possible", "drift", "right"],
)
def test_what_was_recorded_before_a_first_contact_that_finds_the_clock_wrong_cannot_be_dated(
    offset: timedelta, since: datetime | None
) -> None:
    assert undatable_since([punch(shown(10))], offset, JAKARTA, SEVEN + 60 * MINUTE) == since


def test_what_only_the_wrong_clock_can_have_dated_is_certain() -> None:
    now = SEVEN + 60 * MINUTE
    assert undatable_since([punch(datetime(2026, 11, 23, 13, 30))], 6 * HOUR, JAKARTA, now) is None


def test_what_a_clock_without_a_battery_dated_may_be_of_today() -> None:
    dead, now = datetime(2000, 1, 1, 0, 20), SEVEN + 60 * MINUTE
    offset = dead.replace(tzinfo=JAKARTA) - now
    assert undatable_since([punch(dead)], offset, JAKARTA, now) == now - timedelta(days=1)


def test_punches_out_of_the_order_of_time_show_that_the_clock_was_moved() -> None:
    in_order = [punch(shown(1)), punch(shown(1)), punch(shown(3))]
    assert not turns_back(in_order, None, MINUTE)
    assert not turns_back(in_order, SEVEN + 2 * MINUTE, MINUTE)
    assert turns_back(in_order, SEVEN + 3 * MINUTE, MINUTE)
    assert turns_back([*in_order, punch(shown(1))], None, MINUTE)
