from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from attendance.board import DayStatus
from attendance.ids import PersonId, TerminalId
from attendance.people import Excuse, ExcuseCode
from attendance.terminal import TerminalHealth
from realtime.day_board import DayBoard
from store.punches import StoredPunch
from tests.support.boards import board, health, press
from tests.support.days import MONDAY, at
from tests.support.rosters import small_roster

EVERYBODY = {PersonId(1), PersonId(2), PersonId(3)}


def states(found: DayBoard) -> dict[int, str]:
    return {int(person): row.status.value for person, row in found.rows.items()}


def test_time_alone_brings_lateness_and_touches_nobody_before() -> None:
    found = board("07:00", presses=[press(1, "1001", "06:50")], healths=[health(1), health(2)])
    assert found.next_turn == at("07:31")
    found.advance(at("07:30:59"))
    assert not found.take_dirt().people
    found.advance(at("07:31"))
    assert found.take_dirt().people == {PersonId(2), PersonId(3)}
    assert states(found) == {1: "present", 2: "waiting", 3: "waiting"}


def test_people_become_absent_when_both_terminals_vouch_and_wait_again_when_one_grows_stale() -> None:
    found = board("07:32", healths=[health(1, "07:31"), health(2, "07:30")])
    assert set(states(found).values()) == {"waiting"}
    found.set_health({TerminalId(2): health(2, "07:31:30")}, at("07:32"))
    assert set(states(found).values()) == {"absent"}
    assert found.next_turn == at("07:34"), "the first terminal vouches for three minutes"
    found.advance(at("07:34"))
    assert set(states(found).values()) == {"waiting"}


def test_news_of_terminals_judges_nobody_who_has_punched() -> None:
    found = board(
        "08:00", presses=[press(1, "1001", "06:50")], healths=[health(1, "07:59"), health(2, "07:59")]
    )
    found.take_dirt()
    found.set_health({TerminalId(1): health(1, "07:59", online=False, since="08:00")}, at("08:00"))
    dirt = found.take_dirt()
    assert dirt.people == {PersonId(2), PersonId(3)}
    assert dirt.terminals == {TerminalId(1)}


def test_the_same_punch_told_twice_counts_once() -> None:
    found = board("07:00")
    assert len(found.add_punches([press(1, "1001", "06:50"), press(2, "9999", "06:51")], at("07:00"))) == 2
    assert found.add_punches([press(1, "1001", "06:50")], at("07:00")) == []


def test_a_punch_of_a_pin_that_nobody_has_is_told_without_an_owner() -> None:
    (arrival,) = board("07:00").add_punches([press(1, "9999", "06:50")], at("07:00"))
    assert arrival.person_id is None


def test_an_excuse_stands_on_the_board() -> None:
    excuse = Excuse(PersonId(1), ExcuseCode.DL, MONDAY, MONDAY, "surat 1")
    assert board("07:00", excuses=[excuse]).rows[PersonId(1)].status is DayStatus.EXCUSED


# --- the board that is kept current equals the board that is built anew ------------------------------------

clocks = st.sampled_from(
    ["05:59", "06:00", "07:30", "07:31", "07:34", "12:00", "16:00", "22:59", "23:00"]
).flatmap(lambda clock: st.integers(-90, 90).map(lambda seconds: at(clock) + timedelta(seconds=seconds)))
news = st.builds(
    lambda terminal, read, online, since: health(
        terminal, read, online=online, since=None if online else since
    ),
    st.integers(1, 2),
    st.none() | clocks,
    st.booleans(),
    st.sampled_from(["05:00", "07:20"]),
)
facts = st.one_of(news, st.tuples(st.integers(1, 8), st.sampled_from(["1001", "1002", "1003", "7"]), clocks))


@settings(max_examples=200)
@given(st.lists(st.tuples(st.timedeltas(timedelta(0), timedelta(hours=2)), facts), max_size=14))
def test_a_board_kept_current_equals_one_built_anew(
    steps: list[tuple[timedelta, TerminalHealth | tuple[int, str, datetime]]],
) -> None:
    roster = small_roster()
    now = at("05:30")
    live = board(now, roster=roster)
    told: set[PersonId] = set()
    before = dict(live.rows)
    known: dict[TerminalId, TerminalHealth] = {}
    punches: dict[int, StoredPunch] = {}
    for pause, fact in steps:
        now += pause
        live.advance(now)
        if isinstance(fact, TerminalHealth):
            known[fact.terminal_id] = fact
            live.set_health(known, now)
        else:
            number, pin, moment = fact
            punch = punches.setdefault(number, press(number, pin, moment))
            live.add_punches([punch], now)
        anew = board(now, roster=roster, presses=list(punches.values()), healths=list(known.values()))
        assert live.rows == anew.rows
        told = live.take_dirt().people
        assert {person for person in EVERYBODY if before[person] != live.rows[person]} <= told
        before = dict(live.rows)
