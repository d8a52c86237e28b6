from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from attendance.corrections import CorrectionKind
from attendance.day_result import DayResult, DayStatus, SpellResult
from attendance.duty import DutyDay, Spell
from attendance.facts import ExcuseSpan, Horizon, Mark, PersonDay
from attendance.input_hash import input_hash
from attendance.judgement import hangs_on_terminals, judge, next_change_at
from attendance.people import Outage, SiteOutage
from attendance.required import required
from attendance.result_body import from_body, to_body
from tests.support.arbitrary_days import (
    LONG_AFTER,
    days_cut_short,
    excuses,
    horizons,
    hours_off,
    marks,
    moments,
    person_days,
)
from tests.support.judging import FRESHNESS, correction

ACCUSED = (DayStatus.ABSENT, DayStatus.LATE, DayStatus.LEFT_EARLY)


def at_once(day: PersonDay, now: datetime) -> DayResult:
    return judge(day, now, FRESHNESS)


@given(person_days(), moments, marks)
def test_adding_a_punch_never_makes_anyone_absent(day: PersonDay, now: datetime, punch: Mark) -> None:
    before = at_once(day, now)
    after = at_once(day._replace(marks=(*day.marks, punch)), now)
    if after.status is DayStatus.ABSENT:
        assert before.status is DayStatus.ABSENT


def parts_of(result: DayResult) -> Sequence[DayResult | SpellResult]:
    """What is judged by itself: each spell, or the day of a single one."""
    return result.spells or (result,)


@settings(max_examples=200)
@given(person_days(), moments, excuses(), st.booleans())
def test_one_excuse_more_never_makes_anything_worse(
    day: PersonDay, now: datetime, excuse: ExcuseSpan, strongest: bool
) -> None:
    _never_worse(day, now, excuse, strongest=strongest)


@settings(max_examples=200)
@given(days_cut_short(), st.data())
def test_one_excuse_more_never_makes_a_day_that_was_cut_short_worse(
    day: PersonDay, data: st.DataObject
) -> None:
    assert isinstance(day.duty, DutyDay)
    _never_worse(day, LONG_AFTER, data.draw(hours_off(day.duty.spells[0])), strongest=False)


def _never_worse(day: PersonDay, now: datetime, excuse: ExcuseSpan, *, strongest: bool) -> None:
    more = (excuse, *day.excuses) if strongest else (*day.excuses, excuse)
    before, after = at_once(day, now), at_once(day._replace(excuses=more), now)
    for was, became in zip(parts_of(before), parts_of(after), strict=True):
        assert (became.late or 0) <= (was.late or 0)
        assert (became.early or 0) <= (was.early or 0)
        assert became.late_grade is None or was.late_grade is not None
        assert became.early_grade is None or was.early_grade is not None
        assert _worse(became.status) <= _worse(was.status)
    assert (after.late or 0) <= (before.late or 0)
    assert (after.early or 0) <= (before.early or 0)
    for was_there, is_there in zip(before.gatherings, after.gatherings, strict=True):
        assert is_there.attended is not False or was_there.attended is False


@settings(max_examples=40)
@given(days_cut_short())
def test_minutes_late_and_early_are_those_that_no_excuse_takes(day: PersonDay) -> None:
    """Counted second by second, in other words than the code's."""
    assert isinstance(day.duty, DutyDay)
    result, (spell,) = at_once(day, LONG_AFTER), day.duty.spells
    if result.late_grade is not None and result.arrival is not None:
        assert result.late == _owed(day, spell.start, result.arrival.at)
    if result.early_grade is not None and result.leaving is not None:
        assert result.early == _owed(day, result.leaving.at, spell.end)


def _owed(day: PersonDay, since: datetime, until: datetime) -> int:
    seconds = (since + timedelta(seconds=number) for number in range(int((until - since).total_seconds())))
    return sum(not any(_takes(excuse, second) for excuse in day.excuses) for second in seconds) // 60


def _takes(excuse: ExcuseSpan, second: datetime) -> bool:
    return excuse.start is not None and excuse.end is not None and excuse.start <= second < excuse.end


def _worse(status: DayStatus) -> int:
    return (DayStatus.LEFT_EARLY, DayStatus.LATE, DayStatus.ABSENT).index(status) if status in ACCUSED else -1


@given(person_days(), moments, moments, st.lists(horizons(), max_size=3))
def test_nobody_becomes_absent_before_the_terminals_were_read_past_the_beginning_of_lateness(
    day: PersonDay, now: datetime, later: datetime, news: list[Horizon]
) -> None:
    read = day._replace(reach=replace(day.reach, horizons=tuple(news)))
    result = at_once(read, max(now, later))
    if result.status is not DayStatus.ABSENT:
        return
    assert isinstance(day.duty, DutyDay)
    limits = [required(spell, day.excuses, day.duty.figures).late_from for spell in day.duty.spells]
    for horizon in news:
        assert horizon.read_through is not None
        assert horizon.read_through >= min(limits)


@given(person_days(), moments, st.randoms(use_true_random=False))
def test_the_order_in_which_facts_came_does_not_matter(day: PersonDay, now: datetime, order: object) -> None:
    turned = day._replace(
        marks=tuple(sorted(day.marks, key=lambda mark: mark.punch_id)),
        claimed=day.claimed[::-1],
        reach=replace(
            day.reach,
            outages=day.reach.outages[::-1],
            horizons=tuple(
                replace(horizon, outages=horizon.outages[::-1]) for horizon in reversed(day.reach.horizons)
            ),
        ),
    )
    assert at_once(turned, now) == at_once(day, now)
    assert input_hash(turned, now) == input_hash(day, now)
    assert at_once(day, now) == at_once(day, now)


@given(person_days(), moments, moments)
def test_nothing_changes_by_time_alone_before_the_announced_moment(
    day: PersonDay, now: datetime, later: datetime
) -> None:
    announced = next_change_at(day, now, FRESHNESS)
    assert announced is None or announced > now
    if later >= now and (announced is None or later < announced):
        assert at_once(day, later) == at_once(day, now)
    if announced is not None:
        assert at_once(day, announced - timedelta(microseconds=1)) == at_once(day, now)


@given(person_days(), moments, st.lists(horizons(), max_size=3))
def test_news_of_terminals_changes_only_results_that_say_they_hang_on_them(
    day: PersonDay, now: datetime, news: list[Horizon]
) -> None:
    before = at_once(day, now)
    after = at_once(day._replace(reach=replace(day.reach, horizons=tuple(news))), now)
    if not hangs_on_terminals(day.duty, before, now):
        assert after == before


@given(person_days(corrected=False), moments)
def test_a_correction_that_says_nothing_changes_nothing(day: PersonDay, now: datetime) -> None:
    """The usual day takes a shorter way through the judge; both ways must say the same."""
    silent = correction(CorrectionKind.GATHERING, code="no such roll-call")
    result = at_once(day._replace(corrections=(silent,)), now)
    assert result._replace(correction=None) == at_once(day, now)


# --- nobody is accused without data ----------------------------------------------------------------------


def parts(day: PersonDay, result: DayResult) -> list[tuple[Spell, DayResult | SpellResult]]:
    """Each spell of the day with what is said of it."""
    assert isinstance(day.duty, DutyDay)
    return list(zip(day.duty.spells, result.spells or (result,), strict=True))


def touches(outage: Outage | SiteOutage, start: datetime, end: datetime) -> bool:
    return outage.starts_at < end and (outage.ends_at is None or outage.ends_at > start)


def assert_vouched(day: PersonDay, spell: Spell, read: datetime, until: datetime) -> None:
    """Every terminal was read through `read` and none was out from the window's opening until `until`."""
    reach = day.reach
    assert reach.has_pin
    assert reach.home
    assert reach.horizons
    assert reach.pin_from is None or reach.pin_from <= spell.opens
    assert not any(touches(outage, spell.opens, until) for outage in reach.outages)
    for horizon in reach.horizons:
        assert horizon.read_through is not None
        assert horizon.read_through >= read
        assert not any(touches(outage, spell.opens, until) for outage in horizon.outages)


@given(person_days(corrected=False), moments)
def test_nobody_is_accused_unless_every_terminal_of_reach_vouches(day: PersonDay, now: datetime) -> None:
    result = at_once(day, now)
    if not isinstance(day.duty, DutyDay):
        assert result.status not in ACCUSED
        return
    for spell, part in parts(day, result):
        limit = required(spell, day.excuses, day.duty.figures).late_from
        if part.status is DayStatus.ABSENT:
            assert now >= limit
            assert_vouched(day, spell, limit, min(now, spell.closes))
            for horizon in day.reach.horizons:
                assert horizon.read_through is not None
                fresh = horizon.online and horizon.read_through > now - FRESHNESS
                assert fresh or horizon.read_through >= spell.closes
        if part.late_grade is not None or part.status is DayStatus.LATE:
            assert_vouched(day, spell, limit, limit)
        if part.early_grade is not None or part.forgot is not None or part.status is DayStatus.LEFT_EARLY:
            assert now >= spell.closes
            assert_vouched(day, spell, spell.closes, spell.closes)
    for gathering in result.gatherings:
        if gathering.attended is False:
            assert day.reach.horizons


@given(person_days(corrected=False), moments)
def test_who_is_excused_for_the_whole_day_is_never_accused(day: PersonDay, now: datetime) -> None:
    if any(excuse.whole for excuse in day.excuses):
        result = at_once(day, now)
        assert result.status in (DayStatus.EXCUSED, DayStatus.PRESENT, DayStatus.OFF)
        assert not result.late
        assert not result.early


# --- bodies and fingerprints -----------------------------------------------------------------------------


@given(person_days(), moments)
def test_a_body_holds_the_whole_result(day: PersonDay, now: datetime) -> None:
    result = at_once(day, now)
    assert from_body(to_body(result)) == result
    assert to_body(from_body(to_body(result))) == to_body(result)


@st.composite
def neighbours(draw: st.DrawFn) -> tuple[PersonDay, datetime, PersonDay, datetime]:
    """Two judgements whose facts hardly differ."""
    day, now = draw(person_days()), draw(moments)
    reach = day.reach
    other, later = day, draw(st.one_of(st.just(now), moments))
    match draw(
        st.sampled_from(["clock", "horizon", "read", "outage", "mark", "excuse", "correction", "pin"])
    ):
        case "horizon" if reach.horizons:
            moved = replace(draw(horizons()), terminal_id=reach.horizons[0].terminal_id)
            other = day._replace(reach=replace(reach, horizons=(moved, *reach.horizons[1:])))
        case "read":
            read = tuple(replace(horizon, read_through=draw(moments)) for horizon in reach.horizons)
            other = day._replace(reach=replace(reach, horizons=read))
        case "outage":
            quiet = tuple(replace(horizon, outages=horizon.outages[:1]) for horizon in reach.horizons)
            other = day._replace(reach=replace(reach, horizons=quiet))
        case "mark":
            other = day._replace(marks=(*day.marks, draw(marks)))
        case "excuse":
            other = day._replace(excuses=day.excuses[:1])
        case "word":
            other = day._replace(corrections=day.corrections[:1])
        case "pin":
            other = day._replace(reach=replace(reach, pin_from=None))
        case _:
            pass
    return day, now, other, later


@given(neighbours())
def test_equal_fingerprints_mean_equal_results(
    pair: tuple[PersonDay, datetime, PersonDay, datetime],
) -> None:
    day, now, other, later = pair
    if input_hash(day, now) == input_hash(other, later):
        assert at_once(day, now) == at_once(other, later)


@given(person_days(), moments, st.timedeltas(timedelta(0), timedelta(days=40)), st.booleans())
def test_a_final_days_fingerprint_stays_when_terminals_are_read_on_and_time_passes(
    day: PersonDay, now: datetime, passed: timedelta, online: bool
) -> None:
    result = at_once(day, now)
    if not result.final or any(mark.at > now for mark in day.marks):
        return
    if any(one.at is not None and one.at > now for one in day.corrections):
        return
    if day.local is not None and now < day.local[1]:
        return
    reach = replace(
        day.reach,
        horizons=tuple(
            replace(
                horizon,
                online=online,
                offline_since=None if online else now,
                read_through=None if horizon.read_through is None else horizon.read_through + passed,
            )
            for horizon in day.reach.horizons
        ),
    )
    later = day._replace(reach=reach)
    if isinstance(day.duty, DutyDay):
        assert input_hash(later, now + passed) == input_hash(day, now)
    assert at_once(later, now + passed) == result
