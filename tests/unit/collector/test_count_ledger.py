"""What a terminal's own count is worth."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from collector.count_ledger import GROWTHS, CountLedger, Look

SEVEN = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return SEVEN + timedelta(minutes=minutes)


def told(ledger: CountLedger, looks: Sequence[tuple[int, int]]) -> list[bool]:
    """Looks a minute apart; whatever is new was made half a minute before each."""
    answers, before = [], 0
    for minute, (said, held) in enumerate(looks):
        answers.append(ledger.note(Look(at(minute), said, held), [at(minute - 0.5)] * max(0, held - before)))
        before = held
    return answers


def test_a_count_proves_nothing_before_it_was_seen_to_grow_with_the_log() -> None:
    ledger = CountLedger()
    told(ledger, [(100, 100), (100, 100), (100, 100)])
    assert not ledger.proves(100, 100)
    told(ledger, [(100, 100), (103, 103)])
    assert ledger.proves(103, 103)
    assert not ledger.proves(104, 103)


def test_a_count_that_stands_still_while_the_log_grows_never_proves_anything() -> None:
    ledger = CountLedger()
    told(ledger, [(500, 500), (500, 501), (500, 502), (500, 507)])
    assert not ledger.proves(500, 507)
    assert not ledger.proves(500, 500)


def test_a_count_of_zero_proves_nothing_because_some_models_always_say_it() -> None:
    ledger = CountLedger()
    told(ledger, [(0, 0), (1, 1), (0, 0)])
    assert not ledger.proves(0, 0)


def test_a_steady_surplus_is_believed_after_growths_whose_records_are_all_new() -> None:
    ledger = CountLedger()
    looks = [(105 + number, 100 + number) for number in range(GROWTHS + 1)]
    assert told(ledger, looks) == [False] * GROWTHS + [True]
    said, held = looks[-1]
    assert ledger.missing(said, held) == 0
    assert ledger.missing(said + 1, held) == 1
    assert ledger.proves(said, held)


def test_a_terminal_that_keeps_its_newest_record_back_is_never_believed() -> None:
    """It counts one more than it gives: each read brings the punch of the minute before."""
    ledger = CountLedger()
    for minute in range(20):
        brought = [at(minute - 1.5)] if minute else []
        assert not ledger.note(Look(at(minute), 101 + minute, 100 + minute), brought)
        assert ledger.missing(101 + minute, 100 + minute) == 1


@pytest.mark.parametrize(
    "looks",
    [
        [(105, 100), (106, 101), (108, 102), (109, 103), (111, 104)],
        [(105, 100), (105, 100), (105, 100), (105, 100), (105, 100)],
    ],
    ids=["changing", "without growth"],
)
def test_a_surplus_that_changes_or_was_never_tried_by_a_growth_is_not_believed(
    looks: list[tuple[int, int]],
) -> None:
    ledger = CountLedger()
    assert not any(told(ledger, looks))
    assert ledger.missing(*looks[-1])


def test_records_without_a_readable_time_are_no_evidence_for_a_surplus() -> None:
    ledger = CountLedger()
    for number in range(GROWTHS + 3):
        assert not ledger.note(Look(at(number), 105 + number, 100 + number), [])


def test_another_log_has_to_earn_its_count_anew() -> None:
    ledger = CountLedger()
    told(ledger, [(100, 100), (101, 101)])
    assert ledger.proves(101, 101)
    told(ledger, [(3, 3)])
    assert not ledger.proves(3, 3)


def test_a_count_that_fell_behind_the_log_has_to_be_earned_anew() -> None:
    """One less than it holds from now on: after the next punch it would say what was held before it."""
    ledger = CountLedger()
    told(ledger, [(100, 100), (101, 101), (101, 102), (101, 102)])
    assert not ledger.proves(102, 102), "the log holds 103"


def test_a_punch_between_the_count_and_the_read_takes_nothing_from_the_count() -> None:
    ledger = CountLedger()
    told(ledger, [(100, 100), (101, 101), (101, 102), (102, 102)])
    assert ledger.proves(102, 102)
