"""A push terminal is believed to have sent everything only when it could be found out if it had not."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.gateway.proof import BACKLOG_LINES, MISSES, MUTE_SECONDS, NO_DATA, Proof, Proven, Question, Way

MORNING = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
DAY = datetime(2026, 11, 22)
NOON = datetime(2026, 11, 22, 12)
UNSUPPORTED = -1002
EVERY, PATIENCE, SETTLE = 45.0, 120.0, 20.0


@dataclass
class Terminal:
    """A terminal's log and ours, as numbers of punches; half of them are in the shorter span."""

    holds: int = 100
    sent: int = 100
    knows: frozenset[Way] = frozenset(Way)
    repeats: int = 0
    """Records of its log that are one punch to us."""
    answers: bool = True
    counts: int | None = None
    """What it says whatever it holds; None: the truth."""
    now: float = 1000.0
    asked: list[Way] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.proof = Proof(every=EVERY, patience=PATIENCE, settle=SETTLE)

    def city(self) -> datetime:
        return MORNING + timedelta(seconds=self.now)

    def heartbeat(self) -> Proven | None:
        """It calls, is asked what is due, and answers within a second."""
        self.now += 10
        if proven := self.proof.settled(self.now):
            return proven
        way = self.proof.due(self.now)
        if way is None:
            return None
        narrow = way is Way.SUM and self.proof.narrow
        self.proof.counting()
        ours = self.sent // 2 if narrow else self.sent
        start = None if way is Way.INFO else (NOON if narrow else DAY)
        self.asked.append(way)
        self.proof.ask(Question(str(self.now), way, start, self.city(), ours, self.now))
        if not self.answers:
            return None
        if way not in self.knows:
            return self.proof.answered(str(self.now), UNSUPPORTED, None, self.now)
        if way is Way.QUERY:
            return self.send_again()
        count = self.holds + self.repeats if self.counts is None else self.counts
        if narrow and self.counts is None:
            count = self.holds - (self.sent - self.sent // 2) + self.repeats
        return self.proof.answered(str(self.now), 0, count, self.now)

    def send_again(self) -> Proven | None:
        question = self.now
        lines = self.holds + self.repeats
        if not lines:
            return self.proof.answered(str(question), NO_DATA, None, self.now)
        self.proof.uploaded(lines, lines, self.holds - self.sent, self.now)
        self.sent = self.holds
        return self.proof.answered(str(question), lines, None, self.now)

    def heartbeats(self, count: int) -> list[Proven]:
        return [proven for _ in range(count) if (proven := self.heartbeat())]

    def press(self, *, sends: bool = True) -> None:
        self.holds += 1
        if sends:
            self.sent += 1
            self.proof.uploaded(1, 0, 1, self.now)


def test_a_count_is_believed_once_it_was_right_for_two_spans_and_proves_the_first_question() -> None:
    terminal = Terminal()
    assert terminal.heartbeat() is None
    first = terminal.city()
    assert terminal.heartbeat() == Proven(first)
    assert terminal.asked == [Way.SUM, Way.SUM]


def test_the_next_question_comes_after_the_interval() -> None:
    terminal = Terminal()
    terminal.heartbeats(2)
    assert terminal.heartbeats(4) == []
    assert len(terminal.heartbeats(1)) == 1


def test_a_count_that_stands_still_proves_nothing() -> None:
    terminal = Terminal(counts=100, knows=frozenset({Way.SUM}))
    assert terminal.heartbeats(40) == []
    terminal.press()
    assert terminal.heartbeats(40) == []


def test_a_count_of_zero_proves_nothing() -> None:
    terminal = Terminal(holds=0, sent=0, knows=frozenset({Way.SUM, Way.INFO}))
    assert terminal.heartbeats(40) == []


def test_a_punch_that_was_not_sent_keeps_the_horizon_where_it_was_until_it_is() -> None:
    terminal = Terminal(knows=frozenset({Way.SUM}))
    assert terminal.heartbeats(2)
    terminal.press(sends=False)
    assert terminal.heartbeats(30) == []
    terminal.sent += 1
    terminal.proof.uploaded(1, 0, 1, terminal.now)
    assert terminal.heartbeats(10)


def test_a_count_that_does_not_add_up_is_asked_again_before_the_punches_are() -> None:
    terminal = Terminal()
    terminal.heartbeats(2)
    terminal.press(sends=False)
    terminal.heartbeats(5 + MISSES)
    assert terminal.asked == [Way.SUM] * (2 + MISSES) + [Way.QUERY]
    assert terminal.sent == terminal.holds


def test_punches_that_are_sent_again_prove_through_the_question_once_all_have_come() -> None:
    terminal = Terminal(knows=frozenset({Way.QUERY}))
    assert terminal.heartbeats(3) == [Proven(terminal.city())]
    assert terminal.asked == [Way.SUM, Way.INFO, Way.QUERY]


def test_fewer_rows_than_were_announced_prove_nothing() -> None:
    terminal = Terminal()
    proof = terminal.proof
    question = Question("7", Way.QUERY, DAY, MORNING, 100, 0.0)
    proof.ask(question)
    proof.uploaded(99, 99, 0, 1.0)
    assert proof.answered("7", 100, None, 2.0) is None
    assert proof.settled(2.0 + SETTLE) is None
    assert proof.settled(500.0) is None


def test_an_unannounced_number_of_rows_is_complete_when_nothing_old_came_for_a_while() -> None:
    proof = Terminal().proof
    proof.ask(Question("7", Way.QUERY, DAY, MORNING, 100, 0.0))
    assert proof.answered("7", 0, None, 2.0) is None
    proof.uploaded(128, 128, 3, 15.0)
    assert proof.settled(2.0 + SETTLE) is None, "rows still came"
    proof.uploaded(1, 0, 1, 30.0)
    assert proof.settled(15.0 + SETTLE) == Proven(MORNING), "live punches do not delay it"


def test_an_answer_that_announces_nothing_and_brings_nothing_proves_nothing() -> None:
    proof = Terminal().proof
    proof.ask(Question("7", Way.QUERY, DAY, MORNING, 100, 0.0))
    assert proof.answered("7", 0, None, 2.0) is None
    assert proof.settled(500.0) is None


def test_records_that_are_one_punch_to_us_are_explained_once_and_then_counted_in() -> None:
    terminal = Terminal()
    terminal.heartbeats(2)
    terminal.repeats = 1
    assert len(terminal.heartbeats(10)) == 1
    assert terminal.asked.count(Way.QUERY) == 1
    for _ in range(20):
        terminal.press()
        terminal.heartbeats(5)
    assert terminal.asked.count(Way.QUERY) == 1
    terminal.press(sends=False)
    terminal.knows = frozenset({Way.SUM})
    assert terminal.heartbeats(30) == [], "one that was not sent is no repeat"


def test_a_difference_is_not_explained_away_while_punches_come() -> None:
    terminal = Terminal()
    terminal.heartbeats(2)
    terminal.press(sends=False)
    terminal.heartbeats(5 + MISSES)
    terminal.asked.clear()
    terminal.press(sends=False)
    terminal.knows = frozenset({Way.SUM})
    assert terminal.heartbeats(30) == []


def test_a_log_that_was_cleared_is_told_once() -> None:
    terminal = Terminal()
    terminal.heartbeats(2)
    terminal.holds, before = 3, terminal.sent
    while terminal.proof.due(terminal.now) is not Way.QUERY:
        terminal.heartbeat()
    terminal.now += 10
    terminal.asked.append(Way.QUERY)
    terminal.proof.counting()
    terminal.proof.ask(Question("q", Way.QUERY, DAY, terminal.city(), before, terminal.now))
    terminal.proof.uploaded(3, 3, 0, terminal.now)
    assert terminal.proof.answered("q", 3, None, terminal.now) == Proven(terminal.city(), lost=True)


def test_a_log_that_was_emptied_is_told_once_and_vouched_for_again() -> None:
    terminal = Terminal()
    terminal.heartbeats(2)
    terminal.holds = 0
    proven = terminal.heartbeats(40)
    assert [one.lost for one in proven] == [True] + [False] * (len(proven) - 1)
    assert len(proven) > 2


def test_a_query_that_finds_nothing_is_asked_again_once_there_is_something_to_find() -> None:
    terminal = Terminal(holds=0)
    assert not terminal.heartbeats(40)
    terminal.holds = 3
    terminal.sent += 3
    assert terminal.heartbeats(40)


def test_info_is_believed_once_it_was_right_twice_with_different_results() -> None:
    terminal = Terminal(knows=frozenset({Way.INFO}))
    assert terminal.heartbeats(30) == []
    terminal.press()
    assert terminal.heartbeats(10)


def test_a_terminal_that_knows_info_only_vouches_again_once_its_emptied_log_was_seen_empty() -> None:
    terminal = Terminal(knows=frozenset({Way.INFO}))
    terminal.heartbeats(5)
    terminal.press()
    assert terminal.heartbeats(10)
    terminal.holds = 0
    proven = terminal.heartbeats(20)
    assert [one.lost for one in proven].count(True) == 1
    terminal.sent += 1
    terminal.holds += 1
    assert terminal.heartbeats(10)
    terminal.holds += 1
    assert terminal.heartbeats(20) == [], "one that was not sent"


def test_a_terminal_that_answers_nothing_is_asked_again_only_after_long() -> None:
    terminal = Terminal(answers=False)
    assert terminal.heartbeats(40) == []
    asked = len(terminal.asked)
    assert asked <= 4
    terminal.heartbeats(20)
    assert len(terminal.asked) == asked
    terminal.answers = True
    terminal.now += MUTE_SECONDS
    assert terminal.heartbeats(3)


def test_an_answer_to_something_else_proves_nothing() -> None:
    terminal = Terminal(answers=False)
    terminal.heartbeat()
    assert terminal.proof.answered("other", 0, 100, terminal.now) is None


def test_nothing_is_asked_while_a_backlog_is_being_sent() -> None:
    terminal = Terminal()
    terminal.proof.uploaded(BACKLOG_LINES, 0, BACKLOG_LINES, terminal.now)
    assert terminal.proof.due(terminal.now + SETTLE - 1) is None
    assert terminal.proof.due(terminal.now + SETTLE) is Way.SUM


def test_a_busy_terminal_is_asked_the_same_later() -> None:
    proof = Terminal().proof
    proof.ask(Question("1", Way.SUM, DAY, MORNING, 10, 0.0))
    assert proof.answered("1", -1005, None, 1.0) is None
    assert proof.due(2.0) is None
    assert proof.due(1.0 + EVERY) is Way.SUM


@pytest.mark.parametrize("knows", [frozenset(Way), frozenset({Way.SUM}), frozenset({Way.INFO, Way.QUERY})])
@settings(max_examples=150, deadline=None)
@given(steps=st.lists(st.sampled_from(["press", "hide", "send", "repeat", "wait"]), max_size=60))
def test_whatever_happens_no_horizon_passes_a_punch_that_was_not_sent(
    knows: frozenset[Way], steps: list[str]
) -> None:
    terminal = Terminal(knows=knows)
    terminal.heartbeats(2)
    for step in steps:
        if step == "press":
            terminal.press()
        elif step == "hide":
            terminal.press(sends=False)
        elif step == "repeat":
            terminal.repeats += 1
        elif step == "send" and terminal.sent < terminal.holds:
            terminal.proof.uploaded(1, 0, terminal.holds - terminal.sent, terminal.now)
            terminal.sent = terminal.holds
        hidden = terminal.holds - terminal.sent
        proven = terminal.heartbeat()
        assert not (proven and hidden and terminal.holds != terminal.sent), steps
