"""What must hold of every day on the whole path from facts to result, whatever happened on it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import datetime, timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from attendance.assembly import Assembler
from attendance.city_facts import CityFacts, RosterSpan
from attendance.day_result import DayResult, DayStatus, SpellResult
from attendance.duty import MINUTE, DutyDay
from attendance.explain import explain
from attendance.facts import Mark, PersonDay
from attendance.history import cause_of, tell
from attendance.ids import PunchId
from attendance.input_hash import input_hash
from attendance.judgement import judge, next_change_at
from attendance.result_body import from_body, to_body
from attendance.roster import Roster
from tests.support.random_days import TERMINALS, examples, moments
from tests.support.worked_cases import FRESHNESS, Case, make
from tests.support.worked_city import TERMINAL_IDS, TERMINAL_NAMES, ZONE, city_facts, moment
from tests.support.worked_examples import Example, Overlay
from tests.support.worked_rules import rulebook

SECOND = timedelta(seconds=1)
MANY = settings(max_examples=150)

Accusation = tuple[str, object]


def accusations(result: DayResult) -> Iterator[Accusation]:
    """All that a result holds against the person. Of several spells each by itself: the minutes of the day
    are their sum, to which a punch of another spell may add.
    """
    parts: list[tuple[str, DayResult | SpellResult]] = [("day", result)]
    if result.spells:
        parts = [(f"spell {number}", spell) for number, spell in enumerate(result.spells)]
    if result.status is DayStatus.ABSENT:
        yield "the day absent", True
    for name, part in parts:
        if part.status is DayStatus.ABSENT:
            yield f"{name} absent", True
        if part.status is DayStatus.LATE or part.late_grade is not None:
            yield f"{name} late", (part.late, part.late_grade)
        if part.status is DayStatus.LEFT_EARLY or part.early_grade is not None:
            yield f"{name} early", (part.early, part.early_grade)
        if part.forgot is not None:
            yield f"{name} forgot", part.forgot
    for gathering in result.gatherings:
        if gathering.attended is False:
            yield f"missed {gathering.code}", True


def _same(name: str, before: object, after: object, facts: PersonDay, mark: Mark) -> bool:
    """Whether the accusation holds. Who is late for sure may have been less late, as long as the terminal
    is only unread: then it is not final.
    """
    unread = any(
        one.terminal_id == mark.terminal_id and (one.read_through is None or one.read_through <= mark.at)
        for one in facts.reach.horizons
    )
    return before == after or (name.endswith("late") and unread and after is not None)


def hidden(facts: PersonDay, mark: Mark, now: datetime) -> bool:
    """Whether the person may have pressed there and then without anybody knowing: the terminal was not read
    so far, or was out of order, or did not know the finger yet, or there is none.
    """
    reach = facts.reach
    if mark.at > now:
        return False
    if not reach.home or not reach.has_pin:
        return True
    if reach.pin_from is not None and mark.at < reach.pin_from:
        return True
    horizon = next((one for one in reach.horizons if one.terminal_id == mark.terminal_id), None)
    if horizon is None:
        return False
    if mark.terminal_id in reach.home and any(
        outage.starts_at <= mark.at and (outage.ends_at is None or mark.at < outage.ends_at)
        for outage in reach.outages
    ):
        return True
    if any(
        outage.starts_at <= mark.at and (outage.ends_at is None or mark.at < outage.ends_at)
        for outage in horizon.outages
    ):
        return True
    return horizon.read_through is None or mark.at >= horizon.read_through


def just_pressed(facts: PersonDay, mark: Mark, now: datetime) -> bool:
    """Whether it is only on its way: the terminal was read a moment ago and vouches until now."""
    horizon = next((one for one in facts.reach.horizons if one.terminal_id == mark.terminal_id), None)
    return (
        horizon is not None
        and horizon.online
        and horizon.read_through is not None
        and horizon.read_through <= mark.at
        and now < horizon.read_through + FRESHNESS
    )


@MANY
@given(examples(corrected=False))
def test_what_nobody_can_know_is_never_held_against_anybody(example: Example) -> None:
    """Any punch that the terminals may still be hiding leaves every accusation as it was."""
    case = make(example)
    facts = case.person_day()
    held = dict(accusations(judge(facts, case.now, FRESHNESS)))
    for mark in _possible(case, facts) if held else ():
        if hidden(facts, mark, case.now) and not just_pressed(facts, mark, case.now):
            after = judge(facts._replace(marks=(*facts.marks, mark)), case.now, FRESHNESS)
            still = dict(accusations(after))
            for name, what in held.items():
                assert still.get(name) == what, f"{name}: a hidden punch at {mark.at.astimezone(ZONE)}"


@MANY
@given(examples(), moments(), st.sampled_from(TERMINALS))
def test_one_punch_more_never_makes_anybody_absent(example: Example, at: str, terminal: str) -> None:
    case = make(example)
    facts = case.person_day()
    mark = Mark(moment(at, case.day), TERMINAL_IDS[terminal], PunchId(99))
    if judge(facts, case.now, FRESHNESS).status is not DayStatus.ABSENT:
        more = facts._replace(marks=(mark, *facts.marks))
        assert judge(more, case.now, FRESHNESS).status is not DayStatus.ABSENT


@MANY
@given(examples())
def test_absent_and_late_only_where_every_terminal_vouches(example: Example) -> None:
    """The rule in other words than the code's: how far each terminal was read, and that none was broken."""
    case = make(example)
    facts = case.person_day()
    result = judge(facts, case.now, FRESHNESS)
    duty, reach = facts.duty, facts.reach
    if (
        not isinstance(duty, DutyDay)
        or len(duty.spells) > 1
        or result.status
        not in (
            DayStatus.ABSENT,
            DayStatus.LATE,
        )
    ):
        return
    if result.status is DayStatus.LATE and facts.corrections:
        return
    (spell,) = duty.spells
    assert result.starts is not None
    late_from = result.starts + (duty.figures.late.tolerance + 1) * MINUTE
    until = case.now if result.status is DayStatus.ABSENT else late_from - SECOND
    until = min(until, spell.closes - SECOND)
    assert reach.home
    assert reach.has_pin
    assert reach.pin_from is None or reach.pin_from <= spell.opens
    for horizon in reach.horizons:
        assert horizon.read_through is not None
        assert horizon.read_through >= late_from
        if result.status is DayStatus.ABSENT and horizon.read_through < spell.closes:
            assert horizon.online
            assert case.now < horizon.read_through + FRESHNESS
        assert not any(_during(outage, spell.opens, until) for outage in horizon.outages)
    assert not any(_during(outage, spell.opens, until) for outage in reach.outages)


@MANY
@given(examples())
def test_a_final_absence_rests_on_terminals_read_past_the_day(example: Example) -> None:
    case = make(example)
    facts = case.person_day()
    result = judge(facts, case.now, FRESHNESS)
    if result.unexcused:
        assert isinstance(facts.duty, DutyDay)
        assert case.now >= facts.duty.closes
        assert facts.reach.horizons
        for horizon in facts.reach.horizons:
            assert horizon.read_through is not None
            assert horizon.read_through >= facts.duty.closes


@MANY
@given(examples())
def test_judging_again_gives_the_same_bytes(example: Example) -> None:
    first, second = make(example), make(example)
    body = to_body(first.judged())
    assert to_body(second.judged()) == body
    assert to_body(first.judged()) == body, "an assembler that was used before"
    assert input_hash(first.person_day(), first.now) == input_hash(second.person_day(), second.now)


@MANY
@given(examples(), st.randoms(use_true_random=False))
def test_the_order_of_facts_never_matters(example: Example, random: Random) -> None:
    case = make(example)
    turned = _turned(case, example, random)
    assert to_body(turned.judged()) == to_body(case.judged())
    assert input_hash(turned.person_day(), case.now) == input_hash(case.person_day(), case.now)


@MANY
@given(examples(), st.integers(1, 40))
def test_a_pack_that_holds_later_changes_no_earlier_day(example: Example, days: int) -> None:
    later = example.hari + timedelta(days=days + 1)
    changed = Overlay(mulai=later, fleksi=15, toleransi_terlambat=9, toleransi_pulang=9, apel=[])
    plain = example.model_copy(update={"aturan": Overlay()})
    renewed = example.model_copy(update={"aturan": changed})
    assert to_body(make(renewed).judged()) == to_body(make(plain).judged())


@MANY
@given(examples())
def test_time_alone_changes_nothing_before_the_moment_that_was_told(example: Example) -> None:
    case = make(example)
    facts = case.person_day()
    told = next_change_at(facts, case.now, FRESHNESS)
    assert told is None or told > case.now
    before = to_body(judge(facts, case.now, FRESHNESS))
    last = case.now + timedelta(days=4) if told is None else told - timedelta(microseconds=1)
    middle = case.now + (last - case.now) / 2
    for moment_before in (middle, last):
        assert to_body(judge(facts, moment_before, FRESHNESS)) == before


@MANY
@given(examples(), moments(days=2), st.data())
def test_facts_of_one_hash_have_one_result(example: Example, other_now: str, data: st.DataObject) -> None:
    """Whatever the hash leaves out cannot have decided anything, once all is read; and never what counts."""
    case = make(example)
    facts = case.person_day()
    now = moment(other_now, case.day)
    horizons = tuple(
        replace(horizon, online=data.draw(st.booleans()), offline_since=None)
        for horizon in facts.reach.horizons
    )
    other = facts._replace(reach=replace(facts.reach, horizons=horizons))
    if input_hash(other, now) == input_hash(facts, case.now):
        one, two = judge(facts, case.now, FRESHNESS), judge(other, now, FRESHNESS)
        assert to_body(one) == to_body(two)


def _possible(case: Case, facts: PersonDay) -> Iterator[Mark]:
    """Punches that would count: where the parts of the day begin and end, at every terminal."""
    duty = facts.duty
    spells = duty.spells if isinstance(duty, DutyDay) else ()
    windows = [(part.opens, part.closes) for part in duty.gatherings]
    edges = {case.now}
    for spell in spells:
        windows.append((spell.opens, spell.closes))
        edges |= {spell.start, spell.start + (spell.end - spell.start) / 2, spell.end}
    for opens, closes in windows:
        edges |= {opens, opens + (closes - opens) / 2, closes}
    for horizon in facts.reach.horizons:
        edges |= {horizon.read_through or case.now} | {outage.starts_at for outage in horizon.outages}
    for at in sorted({edge - back for edge in edges for back in (timedelta(), SECOND, MINUTE)}):
        if any(opens <= at < closes for opens, closes in windows):
            yield from (Mark(at, terminal_id, PunchId(99)) for terminal_id in TERMINAL_IDS.values())


@MANY
@given(examples(), moments(days=2))
def test_every_day_is_stored_explained_and_its_change_told(example: Example, later: str) -> None:
    """No result but has its sentences, survives storing, and can be told as a change of what was before."""
    case = make(example)
    facts = case.person_day()
    before, after = (judge(facts, now, FRESHNESS) for now in sorted((case.now, moment(later, case.day))))
    rules = case.book.by_id(after.pack)
    said = explain(after, rules, ZONE, TERMINAL_NAMES.__getitem__)
    assert said.id
    assert said.en
    assert from_body(to_body(after)) == after
    change = cause_of(before, after)
    told = tell(change, before, after, ZONE, TERMINAL_NAMES.__getitem__)
    assert told.id
    assert told.en
    if after.late_grade is None and not any(spell.late_grade for spell in after.spells):
        assert "(TL" not in said.id
    if after.early_grade is None and not any(spell.early_grade for spell in after.spells):
        assert "(PSW" not in said.id


def _during(outage: object, start: datetime, end: datetime) -> bool:
    starts_at: datetime = outage.starts_at  # type: ignore[attr-defined]
    ends_at: datetime | None = outage.ends_at  # type: ignore[attr-defined]
    return starts_at <= end and (ends_at is None or ends_at > start)


def _turned(case: Case, example: Example, random: Random) -> Case:
    """The same facts, each tuple of them in another order."""

    def mixed(items: tuple[object, ...]) -> tuple[object, ...]:
        return tuple(random.sample(items, len(items)))

    facts = city_facts(example)
    rosters = tuple(
        RosterSpan(
            span.first,
            span.last,
            Roster(
                span.roster.day,
                *(mixed(getattr(span.roster, part.name)) for part in fields(Roster) if part.name != "day"),  # type: ignore[arg-type]
            ),
        )
        for span in facts.rosters
    )
    kept = ("first", "last", "rosters")
    renewed = {
        part.name: mixed(getattr(facts, part.name)) for part in fields(CityFacts) if part.name not in kept
    }
    turned = replace(facts, rosters=rosters, **renewed)  # type: ignore[arg-type]
    horizons = {
        terminal_id: replace(horizon, outages=mixed(horizon.outages))  # type: ignore[arg-type]
        for terminal_id, horizon in random.sample(sorted(case.horizons.items()), len(case.horizons))
    }
    assembler = Assembler(turned, rulebook(example.aturan), ZONE)
    marks = tuple(random.sample(case.marks, len(case.marks)))
    return Case(assembler, case.book, case.day, marks, horizons, case.now)
