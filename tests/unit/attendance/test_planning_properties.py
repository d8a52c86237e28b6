from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from attendance.calendar import CalendarEntry, CalendarKind, WorkPattern
from attendance.city_facts import CityFacts, PeopleFacts
from attendance.corrections import Correction, CorrectionId, CorrectionKind
from attendance.duty import DutyDay
from attendance.facts import Mark, PersonDay
from attendance.ids import PunchId
from attendance.people import (
    Employment,
    EmploymentState,
    Excuse,
    ExcuseCode,
    OutageCause,
    SiteOutage,
)
from attendance.shifts import Rotation, RotationPeriod, Shift, ShiftEntry
from tests.support.planning import (
    COLLEAGUE,
    DAY,
    HOSPITAL,
    MONDAY,
    OFFICE,
    OFFICE_TERMINAL,
    PERSON,
    PLAIN,
    SINCE,
    UNITS,
    ZONE,
    Life,
    at,
    city,
    read_all,
)

FAR = timedelta(days=400)
READ = read_all(at("23:59"))
CODES = st.lists(st.sampled_from(["A", "B", "C"]), max_size=3).map(tuple)
CLOCKS = st.times(max_value=time(23, 59)).map(lambda clock: clock.replace(second=0, microsecond=0))
NEAR_DAYS = st.integers(-3, 3).map(lambda number: MONDAY + number * DAY)
UNIT_IDS = st.sampled_from([unit.id for unit in UNITS])
ANY_UNIT = st.none() | UNIT_IDS


@st.composite
def stretches(draw: st.DrawFn) -> tuple[date, date]:
    first = draw(NEAR_DAYS)
    return first, first + draw(st.integers(0, 3)) * DAY


@st.composite
def entries(draw: st.DrawFn) -> CalendarEntry:
    first, last = draw(stretches())
    return CalendarEntry(first, last, draw(st.sampled_from(CalendarKind)), "n", draw(ANY_UNIT), "SK")


@st.composite
def patterns(draw: st.DrawFn) -> WorkPattern:
    hours = draw(st.sampled_from(["five_day", "six_day", "shift", "unknown"]))
    first, last = draw(stretches())
    return WorkPattern(draw(UNIT_IDS), hours, draw(st.booleans()), first, last)


@st.composite
def excuses(draw: st.DrawFn) -> Excuse:
    first, last = draw(stretches())
    return Excuse(
        PERSON,
        draw(st.sampled_from(ExcuseCode)),
        first,
        last,
        "surat",
        draw(st.none() | CLOCKS),
        draw(st.none() | CLOCKS),
        draw(ANY_UNIT),
    )


@st.composite
def employments(draw: st.DrawFn) -> Employment:
    first, last = draw(stretches())
    return Employment(PERSON, draw(st.sampled_from(EmploymentState)), first, last, "SK")


@st.composite
def cities(draw: st.DrawFn) -> CityFacts:
    """Facts around Monday: shifts of any hours, cells and a rotation in any order, calendar, excuses."""
    cells = draw(st.dictionaries(NEAR_DAYS, st.tuples(CODES, st.booleans()), max_size=5))
    cycle = draw(st.lists(CODES, max_size=4).map(tuple))
    return replace(
        PLAIN,
        calendar=tuple(draw(st.lists(entries(), max_size=3))),
        patterns=tuple(draw(st.lists(patterns(), max_size=2))),
        shifts=tuple(Shift(code, code, draw(CLOCKS), draw(CLOCKS), SINCE) for code in "AB"),
        rotations=(Rotation("R", "R", cycle),),
        rotation_periods=tuple(
            RotationPeriod(PERSON, "R", draw(NEAR_DAYS), first, last)
            for first, last in draw(st.lists(stretches(), max_size=1))
        ),
        shift_entries=tuple(
            ShiftEntry(PERSON, day, codes, on_call, "jadwal") for day, (codes, on_call) in cells.items()
        ),
        employments=tuple(draw(st.lists(employments(), max_size=1))),
        excuses=tuple(draw(st.lists(excuses(), max_size=2))),
    )


LIVES = st.sampled_from([Life(), Life().at(HOSPITAL)])


def person_day(facts: CityFacts, life: Life, marks: tuple[Mark, ...] = ()) -> PersonDay:
    return city(facts, life).person_day(PERSON, MONDAY, marks, READ)


@given(cities(), LIVES)
def test_spells_are_in_order_and_never_overlap_or_touch(facts: CityFacts, life: Life) -> None:
    duty = city(facts, life).duty_day(PERSON, MONDAY)
    if isinstance(duty, DutyDay):
        assert duty.spells
        assert all(earlier.end < later.start for earlier, later in pairwise(duty.spells))


@given(cities(), LIVES)
def test_every_spells_window_holds_its_work(facts: CityFacts, life: Life) -> None:
    duty = city(facts, life).duty_day(PERSON, MONDAY)
    if isinstance(duty, DutyDay):
        assert all(spell.opens <= spell.start < spell.end <= spell.closes for spell in duty.spells)
        assert duty.opens == min(spell.opens for spell in duty.spells)


@given(cities(), LIVES)
def test_every_spell_begins_on_its_work_date(facts: CityFacts, life: Life) -> None:
    duty = city(facts, life).duty_day(PERSON, MONDAY)
    if isinstance(duty, DutyDay):
        assert {spell.start.astimezone(ZONE).date() for spell in duty.spells} == {MONDAY}


@given(cities(), LIVES)
def test_windows_that_overlap_are_bridged_on_both_sides_and_no_others(facts: CityFacts, life: Life) -> None:
    assembler = city(facts, life, last=MONDAY + DAY)
    duties = [assembler.duty_day(PERSON, MONDAY + number * DAY) for number in (0, 1)]
    if not all(isinstance(duty, DutyDay) for duty in duties):
        return
    spells = [spell for duty in duties if isinstance(duty, DutyDay) for spell in duty.spells]
    for earlier, later in pairwise(spells):
        assert earlier.bridged_after == later.bridged_before == (earlier.closes > later.opens)


@given(cities(), LIVES)
def test_the_same_facts_make_the_same_day_whoever_asked_before(facts: CityFacts, life: Life) -> None:
    asked = city(facts, life)
    for number in (1, -1, 0):
        for person in (COLLEAGUE, PERSON):
            asked.person_day(person, MONDAY + number * DAY, (), READ)
    assert asked.person_day(PERSON, MONDAY, (), READ) == person_day(facts, life)


@given(cities(), LIVES)
def test_the_order_in_which_facts_were_loaded_does_not_matter(facts: CityFacts, life: Life) -> None:
    turned = replace(
        facts,
        calendar=facts.calendar[::-1],
        shifts=facts.shifts[::-1],
        shift_entries=facts.shift_entries[::-1],
    )
    assert city(turned, life).duty_day(PERSON, MONDAY) == city(facts, life).duty_day(PERSON, MONDAY)


@given(cities(), LIVES, cities(), st.sampled_from([-1, 1]))
def test_a_fact_of_a_far_date_changes_nothing(
    facts: CityFacts, life: Life, others: CityFacts, direction: int
) -> None:
    away = direction * FAR
    more = replace(
        facts,
        calendar=facts.calendar
        + tuple(
            replace(entry, first_day=entry.first_day + away, last_day=entry.last_day + away)
            for entry in others.calendar
        ),
        patterns=facts.patterns
        + tuple(
            replace(it, valid_from=it.valid_from + away, valid_to=(it.valid_to or it.valid_from) + away)
            for it in others.patterns
        ),
        shift_entries=facts.shift_entries
        + tuple(replace(cell, day=cell.day + away) for cell in others.shift_entries),
        employments=facts.employments
        + tuple(
            replace(it, valid_from=it.valid_from + away, valid_to=(it.valid_to or it.valid_from) + away)
            for it in others.employments
        ),
        excuses=facts.excuses
        + tuple(
            replace(excuse, first_day=excuse.first_day + away, last_day=excuse.last_day + away)
            for excuse in others.excuses
        ),
        corrections=(
            Correction(
                CorrectionId(1), PERSON, MONDAY + away, CorrectionKind.PRESENT, None, None, "", None, "", "",
                at("10:00"), "bkd",
            ),
        ),
        site_outages=(SiteOutage(OFFICE, OutageCause.POWER, at("07:00") + away, at("09:00") + away, ""),),
    )  # fmt: skip
    assert person_day(more, life) == person_day(facts, life)


@given(cities(), LIVES)
def test_a_fact_about_somebody_else_changes_nothing(facts: CityFacts, life: Life) -> None:
    both = replace(
        facts,
        shift_entries=facts.shift_entries
        + tuple(replace(cell, person_id=COLLEAGUE, codes=("A", "B")) for cell in facts.shift_entries),
        excuses=facts.excuses + tuple(replace(excuse, person_id=COLLEAGUE) for excuse in facts.excuses),
        employments=facts.employments + tuple(replace(it, person_id=COLLEAGUE) for it in facts.employments),
    )
    assert person_day(both, life) == person_day(facts, life)


@given(cities(), LIVES, st.lists(st.datetimes(datetime(2026, 11, 21), datetime(2026, 11, 27)), max_size=6))
def test_no_mark_within_the_span_is_lost_and_none_beyond_it_is_taken(
    facts: CityFacts, life: Life, moments: list[datetime]
) -> None:
    marks = tuple(
        Mark(moment.replace(tzinfo=ZONE), OFFICE_TERMINAL, PunchId(number))
        for number, moment in enumerate(moments)
    )
    assembler = city(facts, life)
    start, end = assembler.span(PERSON, MONDAY)
    found = assembler.person_day(PERSON, MONDAY, marks, READ)
    assert list(found.marks) == [mark for mark in marks if start <= mark.at < end]
    assert start <= at("00:00")
    assert end >= at("00:00", MONDAY + DAY)
    if isinstance(found.duty, DutyDay):
        assert start <= found.duty.opens
        assert found.duty.closes <= end


@given(cities(), cities(), LIVES)
def test_facts_taken_later_say_the_same_as_facts_known_from_the_beginning(
    facts: CityFacts, later: CityFacts, life: Life
) -> None:
    kept = city(facts, life)
    kept.person_day(PERSON, MONDAY, (), READ)
    kept.take_people(PeopleFacts(frozenset({PERSON}), later.excuses, (), later.shift_entries))
    anew = replace(facts, excuses=later.excuses, shift_entries=later.shift_entries)
    assert kept.person_day(PERSON, MONDAY, (), READ) == person_day(anew, life)


@given(cities(), LIVES)
def test_every_excuse_span_ends_after_it_begins(facts: CityFacts, life: Life) -> None:
    for span in person_day(facts, life).excuses:
        assert span.start is None or span.end is None or span.start < span.end
