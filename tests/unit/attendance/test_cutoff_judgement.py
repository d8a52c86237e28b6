"""What is said of a moment that is past: whatever happened on the day, and to the terminals since."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from hypothesis import given, settings

from attendance.cutoff_judgement import judge_back
from attendance.day_result import DayStatus
from attendance.facts import PersonDay
from attendance.judgement import judge
from tests.support.random_days import examples, moments
from tests.support.worked_cases import FRESHNESS, make
from tests.support.worked_city import moment
from tests.support.worked_examples import Example

MANY = settings(max_examples=150)


def lit(facts: PersonDay, since: datetime, *, online: bool) -> PersonDay:
    """The same facts where every terminal that was read past `since` is online, or every such one dark."""
    horizons = tuple(
        replace(one, online=online) if one.read_through is not None and one.read_through >= since else one
        for one in facts.reach.horizons
    )
    return facts._replace(reach=replace(facts.reach, horizons=horizons))


@MANY
@given(examples(), moments())
def test_it_is_the_judgements_own_word_or_that_data_is_awaited(example: Example, clock: str) -> None:
    case = make(example)
    at = min(moment(clock, case.day), case.now)
    facts = lit(case.person_day(), at, online=True)
    result, plain = judge_back(facts, at, FRESHNESS), judge(facts, at, FRESHNESS)
    if result != plain:
        assert (plain.status, result.status) == (DayStatus.NOT_YET, DayStatus.WAITING)
        assert result.reason is not None


@MANY
@given(examples(), moments())
def test_what_becomes_of_a_terminal_afterwards_changes_no_word(example: Example, clock: str) -> None:
    case = make(example)
    at = min(moment(clock, case.day), case.now)
    facts = case.person_day()
    dark, bright = (lit(facts, at, online=online) for online in (False, True))
    assert judge_back(dark, at, FRESHNESS).status == judge_back(bright, at, FRESHNESS).status
