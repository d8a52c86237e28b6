"""Marks on punches whose time is doubted: written with the punch, kept once, settled by somebody."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from attendance.ids import TerminalId
from attendance.punch import Punch
from store import CursorMoved, Store
from store.reviews import PunchReview, ReviewReason
from tests.integration.store.readings import live, log_read, punch

NOW = datetime(2026, 11, 23, 0, 31, tzinfo=UTC)
LATER = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


def review(of: Punch, reason: ReviewReason = ReviewReason.CLOCK_JUMPED) -> PunchReview:
    return PunchReview(of.terminal_id, of.pin, of.device_time, reason, "it jumped by 180 s", NOW)


def test_a_mark_is_written_with_its_punch_and_shows_under_which_moment_it_counts(city: Store) -> None:
    doubted, sure = punch(1001), punch(1002)
    city.punches.append([replace(log_read(None, [doubted, sure]), reviews=[review(doubted)])])
    (found,) = city.reviews.open()
    assert found.review == review(doubted)
    assert found.at == doubted.at
    assert (city.punches.count(), city.reviews.count_open()) == (2, 1)


def test_nothing_is_marked_when_the_batch_is_refused(city: Store) -> None:
    first = log_read(None, [punch(1001)])
    city.punches.append([first])
    stale = replace(log_read(None, [punch(1005), punch(1006)]), reviews=[review(punch(1005))])
    with pytest.raises(CursorMoved):
        city.punches.append([stale])
    assert city.reviews.open() == []


def test_the_same_mark_twice_is_one_and_another_reason_is_another(city: Store) -> None:
    doubted = punch(1001)
    city.punches.append([replace(live(doubted), reviews=[review(doubted)])])
    both = [review(doubted), review(doubted, ReviewReason.CLOCK_DEAD)]
    city.punches.append([replace(log_read(None, [doubted]), reviews=both)])
    assert [found.review.reason for found in city.reviews.open()] == [
        ReviewReason.CLOCK_JUMPED,
        ReviewReason.CLOCK_DEAD,
    ]


def test_a_settled_mark_is_closed_audited_and_never_opens_again(city: Store) -> None:
    doubted = punch(1001)
    batch = replace(live(doubted), reviews=[review(doubted)])
    city.punches.append([batch])
    (found,) = city.reviews.open()
    assert city.reviews.settle([found.id], actor="ani", at=LATER, remark="seen on the CCTV") == 1
    assert city.reviews.settle([found.id], actor="budi", at=LATER) == 0
    city.punches.append([batch])
    assert city.reviews.open() == []
    (entry,) = city.audit.latest()
    assert (entry.actor, entry.action, entry.at) == ("ani", "review.settled", LATER)
    assert "CCTV" in entry.detail


def test_marks_are_listed_of_one_terminal_alone(city: Store) -> None:
    here, there = punch(1001), punch(1001, terminal=2)
    city.punches.append([replace(live(one), reviews=[review(one)]) for one in (here, there)])
    (found,) = city.reviews.open(TerminalId(2))
    assert found.review.terminal_id == TerminalId(2)
    assert len(city.reviews.open()) == 2
