from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attendance.board import (
    BoardRow,
    DayStatus,
    Horizon,
    PersonDay,
    Reach,
    WaitCode,
    WaitReason,
    hangs_on_terminals,
    is_final,
    next_change_at,
    project,
)
from attendance.ids import TerminalId
from attendance.people import ExcuseKind, Outage, OutageCause
from tests.support.days import FRESHNESS, PERSON, at, duty, facts, horizon


def judge(day: PersonDay, clock: str) -> BoardRow:
    return project(day, at(clock), FRESHNESS)


@pytest.mark.parametrize(
    ("clock", "status"),
    [
        ("05:59:59", DayStatus.NOT_DUE),
        ("06:00:00", DayStatus.NOT_YET),
        ("07:30:59", DayStatus.NOT_YET),
        ("07:31:00", DayStatus.WAITING),
    ],
)
def test_nobody_is_judged_before_lateness_begins(clock: str, status: DayStatus) -> None:
    assert judge(facts(horizon("07:30")), clock).status is status


@pytest.mark.parametrize(
    ("punch", "minutes", "grade"),
    [
        ("06:00:00", 0, None),
        ("07:30:59", 0, None),
        ("07:31:00", 1, "TL1"),
        ("08:00:59", 30, "TL1"),
        ("08:01:00", 31, "TL2"),
        ("09:00:59", 90, "TL3"),
        ("09:01:00", 91, "TL4"),
    ],
)
def test_lateness_is_counted_in_whole_minutes_from_the_start(
    punch: str, minutes: int, grade: str | None
) -> None:
    row = judge(facts(horizon("12:00"), punches=[punch]), "12:00")
    assert (row.minutes, row.grade) == (minutes, grade)
    assert row.status is (DayStatus.LATE if minutes else DayStatus.PRESENT)


@pytest.mark.parametrize(
    ("terminals", "code"),
    [
        ((horizon("07:30:59"),), WaitCode.BEHIND),
        ((horizon(None),), WaitCode.NEVER_READ),
        ((horizon("07:59"), horizon("07:20", terminal=2, online=False, since="07:20")), WaitCode.DARK),
        ((), WaitCode.NO_TERMINAL),
    ],
)
def test_nobody_is_late_while_an_earlier_punch_may_still_come_in(
    terminals: tuple[Horizon, ...], code: WaitCode
) -> None:
    row = judge(facts(*terminals, punches=["07:45"]), "08:00")
    assert (row.status, row.minutes, row.grade) == (DayStatus.PRESENT, None, None)
    assert row.arrived_at == at("07:45")
    assert row.reason is not None
    assert row.reason.code is code


def test_a_terminal_that_went_dark_after_the_limit_still_vouches_for_lateness() -> None:
    day = facts(horizon("07:31", online=False, since="07:31"), punches=["07:45"])
    assert judge(day, "08:00").status is DayStatus.LATE


def test_an_outage_before_the_limit_forbids_to_call_anyone_late_and_a_later_one_does_not() -> None:
    early = Outage(TerminalId(1), OutageCause.POWER, at("07:00"), at("07:20"), "")
    later = Outage(TerminalId(1), OutageCause.POWER, at("07:31"), None, "")
    assert (
        judge(facts(horizon("07:59", outages=(early,)), punches=["07:45"]), "08:00").status
        is DayStatus.PRESENT
    )
    assert (
        judge(facts(horizon("07:59", outages=(later,)), punches=["07:45"]), "08:00").status is DayStatus.LATE
    )


def test_a_punch_outside_the_window_does_not_count() -> None:
    day = facts(horizon("12:00"), punches=["05:59:59", "23:00"])
    assert judge(day, "12:00").status is DayStatus.ABSENT


def test_a_punch_the_terminal_dates_in_the_future_counts_when_its_time_comes() -> None:
    day = facts(horizon("08:00"), punches=["08:00"])
    assert judge(day, "07:59").status is DayStatus.ABSENT
    assert next_change_at(day, at("07:59"), FRESHNESS) == at("08:00")
    assert judge(day, "08:00").status is DayStatus.LATE


def test_a_fresh_terminal_read_past_the_limit_makes_its_people_absent() -> None:
    assert judge(facts(horizon("07:31")), "07:31").status is DayStatus.ABSENT
    assert judge(facts(horizon("07:59")), "08:00").status is DayStatus.ABSENT


@pytest.mark.parametrize(
    ("terminal", "reason"),
    [
        (horizon("07:30:59"), WaitReason(WaitCode.BEHIND, TerminalId(1), at("07:30:59"))),
        (horizon("07:57"), WaitReason(WaitCode.BEHIND, TerminalId(1), at("07:57"))),
        (horizon(None), WaitReason(WaitCode.NEVER_READ, TerminalId(1))),
        (
            horizon("07:59", online=False, since="07:59:30"),
            WaitReason(WaitCode.DARK, TerminalId(1), at("07:59:30")),
        ),
        (horizon(None, online=False, since="06:45"), WaitReason(WaitCode.DARK, TerminalId(1), at("06:45"))),
    ],
    ids=["not past the limit", "stale", "never read", "dark", "dark from the start"],
)
def test_no_data_is_never_absent(terminal: Horizon, reason: WaitReason) -> None:
    row = judge(facts(terminal), "08:00")
    assert (row.status, row.reason) == (DayStatus.WAITING, reason)


def test_one_dark_terminal_of_several_is_enough_to_wait_and_the_gravest_reason_is_told() -> None:
    day = facts(horizon("07:59"), horizon("07:20", terminal=2), horizon("07:20", terminal=3, online=False))
    assert judge(day, "08:00").reason == WaitReason(WaitCode.DARK, TerminalId(3), at("07:20"))


def test_a_site_without_terminal_and_a_person_without_pin_wait() -> None:
    assert judge(facts(), "08:00").reason == WaitReason(WaitCode.NO_TERMINAL)
    assert judge(facts(horizon("07:59"), has_pin=False), "08:00").reason == WaitReason(WaitCode.NO_PIN)


def test_a_declared_outage_within_the_window_suspends_accusation() -> None:
    outage = Outage(TerminalId(1), OutageCause.POWER, at("06:30"), at("07:10"), "surat 1")
    day = facts(horizon("07:59", outages=(outage,)))
    expected = WaitReason(WaitCode.OUTAGE, TerminalId(1), at("06:30"), OutageCause.POWER)
    assert judge(day, "08:00").reason == expected


def test_an_outage_over_before_the_window_or_not_begun_excuses_nobody() -> None:
    before = Outage(TerminalId(1), OutageCause.POWER, at("03:00"), at("06:00"), "")
    later = Outage(TerminalId(1), OutageCause.POWER, at("09:00"), None, "")
    day = facts(horizon("07:59", outages=(before, later)))
    assert judge(day, "08:00").status is DayStatus.ABSENT
    assert judge(day, "09:00").status is DayStatus.WAITING


def test_a_terminal_read_past_the_window_vouches_even_when_it_is_off_at_night() -> None:
    assert judge(facts(horizon("23:00", online=False, since="23:05")), "23:30").status is DayStatus.ABSENT


@pytest.mark.parametrize("kind", list(ExcuseKind))
def test_an_excuse_holds_all_day_and_a_punch_beside_it_is_never_late(kind: ExcuseKind) -> None:
    for clock in ("05:00", "07:40", "12:00", "23:30"):
        row = judge(facts(horizon(None), excuse=kind), clock)
        assert (row.status, row.excuse) == (DayStatus.EXCUSED, kind)
    row = judge(facts(horizon("23:30"), punches=["09:00", "12:00"], excuse=kind), "23:30")
    assert (row.status, row.minutes, row.excuse) == (DayStatus.PRESENT, 0, kind)


def test_a_day_off_stays_off_whatever_is_punched() -> None:
    day = PersonDay(PERSON, None, (at("08:00"),), None, Reach(True, ()))
    assert judge(day, "08:00").status is DayStatus.OFF
    assert next_change_at(day, at("08:00"), FRESHNESS) is None


def test_leaving_early_is_judged_only_when_the_window_is_over_and_read() -> None:
    day = facts(horizon("22:59:59"), punches=["07:00", "15:00"])
    assert judge(day, "22:59:59").status is DayStatus.PRESENT
    assert judge(day, "23:10").status is DayStatus.PRESENT
    read = facts(horizon("23:00"), punches=["07:00", "15:00"])
    row = judge(read, "23:10")
    assert (row.status, row.minutes, row.grade) == (DayStatus.LEFT_EARLY, 60, "PSW2")
    assert (row.arrived_at, row.left_at) == (at("07:00"), at("15:00"))


@pytest.mark.parametrize(
    "punches",
    [["07:00", "07:29"], ["07:00", "16:00"], ["07:00", "15:59:30"], ["07:00"]],
    ids=["finger pressed twice", "in time", "not a whole minute", "no leaving punch"],
)
def test_nobody_left_early_without_a_leaving_punch_a_whole_minute_before_the_end(punches: list[str]) -> None:
    assert judge(facts(horizon("23:00"), punches=punches), "23:10").status is DayStatus.PRESENT


def test_who_came_late_and_left_early_stays_late() -> None:
    row = judge(facts(horizon("23:00"), punches=["08:00", "12:00"]), "23:10")
    assert (row.status, row.minutes) == (DayStatus.LATE, 30)


def test_the_day_is_final_when_its_window_is_over_and_every_terminal_was_read_past_it() -> None:
    assert not is_final(duty(), [horizon("23:00")], at("22:59"))
    assert not is_final(duty(), [horizon("23:00"), horizon("22:00", terminal=2)], at("23:30"))
    assert is_final(duty(), [horizon("23:00"), horizon("23:01", terminal=2)], at("23:30"))
    assert is_final(None, [horizon(None)], at("12:00"))


# --- properties ------------------------------------------------------------------------------------------

MIDNIGHT = at("00:00")
moments = st.integers(0, 26 * 3600).map(lambda seconds: MIDNIGHT + timedelta(seconds=seconds))
# Moments around the boundaries are where mistakes live.
edges = st.sampled_from(["06:00", "07:30", "07:31", "07:34", "16:00", "23:00"]).flatmap(
    lambda clock: st.integers(-2, 2).map(lambda seconds: at(clock) + timedelta(seconds=seconds))
)
when = st.one_of(moments, edges)


@st.composite
def outages(draw: st.DrawFn) -> Outage:
    start = draw(when)
    end = draw(st.none() | st.timedeltas(timedelta(0), timedelta(hours=5)).map(lambda length: start + length))
    return Outage(TerminalId(1), draw(st.sampled_from(OutageCause)), start, end, "")


@st.composite
def horizons(draw: st.DrawFn) -> Horizon:
    return Horizon(
        TerminalId(draw(st.integers(1, 4))),
        draw(st.booleans()),
        draw(st.none() | when),
        draw(st.none() | when),
        tuple(draw(st.lists(outages(), max_size=2))),
    )


@st.composite
def person_days(draw: st.DrawFn) -> PersonDay:
    return PersonDay(
        PERSON,
        draw(st.one_of(st.just(duty()), st.none())),
        tuple(draw(st.lists(when, max_size=4))),
        draw(st.none() | st.sampled_from(ExcuseKind)),
        Reach(draw(st.booleans()), tuple(draw(st.lists(horizons(), max_size=3)))),
    )


@given(person_days(), when, when)
def test_adding_a_punch_never_makes_anyone_absent(day: PersonDay, now: datetime, punch: datetime) -> None:
    before = project(day, now, FRESHNESS)
    after = project(replace(day, punches=(*day.punches, punch)), now, FRESHNESS)
    if after.status is DayStatus.ABSENT:
        assert before.status is DayStatus.ABSENT
        work = duty()
        assert not (work.window_open <= punch < work.window_close and punch <= now)


@given(person_days(), when)
def test_nobody_is_absent_unless_every_usable_terminal_vouches(day: PersonDay, now: datetime) -> None:
    row = project(day, now, FRESHNESS)
    if row.status is not DayStatus.ABSENT:
        return
    work = duty()
    assert now >= work.late_from
    assert day.excuse is None
    assert day.reach.has_pin
    assert day.reach.horizons
    for terminal in day.reach.horizons:
        assert terminal.read_through is not None
        assert terminal.read_through >= work.late_from
        closed = terminal.read_through >= work.window_close
        assert closed or (terminal.online and terminal.read_through > now - FRESHNESS)
        assert not any(
            outage.starts_at <= min(now, work.window_close)
            and (outage.ends_at is None or outage.ends_at > work.window_open)
            for outage in terminal.outages
        )


@given(person_days(), when)
def test_nobody_is_late_unless_every_usable_terminal_vouches_that_no_earlier_punch_is_missing(
    day: PersonDay, now: datetime
) -> None:
    row = project(day, now, FRESHNESS)
    if row.status is not DayStatus.LATE:
        return
    work = duty()
    assert day.excuse is None
    assert day.reach.has_pin
    assert day.reach.horizons
    for terminal in day.reach.horizons:
        assert terminal.read_through is not None
        assert terminal.read_through >= work.late_from
        assert not any(
            outage.starts_at < work.late_from
            and (outage.ends_at is None or outage.ends_at > work.window_open)
            for outage in terminal.outages
        )


@given(person_days(), when, when)
def test_nothing_changes_by_time_alone_before_the_announced_moment(
    day: PersonDay, now: datetime, later: datetime
) -> None:
    announced = next_change_at(day, now, FRESHNESS)
    assert announced is None or announced > now
    if later >= now and (announced is None or later < announced):
        assert project(day, later, FRESHNESS) == project(day, now, FRESHNESS)


@given(person_days(), when, st.lists(horizons(), max_size=3))
def test_news_of_terminals_changes_only_rows_that_say_they_hang_on_them(
    day: PersonDay, now: datetime, news: list[Horizon]
) -> None:
    before = project(day, now, FRESHNESS)
    after = project(replace(day, reach=Reach(day.reach.has_pin, tuple(news))), now, FRESHNESS)
    if not hangs_on_terminals(day.duty, before, now):
        assert after == before
