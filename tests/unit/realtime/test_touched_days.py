"""A change of the store touches its own days, those beside them, and nobody too few."""

from __future__ import annotations

from datetime import timedelta

from attendance.ids import PersonId, TerminalId
from realtime.touched_days import Touched, Wanted, touched_by
from store.changes import Change, Topic
from tests.support.days import MONDAY, ZONE, at

DAY = timedelta(days=1)
SUNDAY, TUESDAY = MONDAY - DAY, MONDAY + DAY


def change(topic: Topic, **fields: object) -> Change:
    plain: dict[str, object] = {"since": None, "until": None, "punch_lo": None, "punch_hi": None}
    return Change(1, topic, (TerminalId(1),), **(plain | fields))  # type: ignore[arg-type]


def test_a_leave_touches_its_people_and_the_days_beside_it() -> None:
    leave = change(Topic.EXCUSE, person_ids=(PersonId(7),), first_day=MONDAY, last_day=TUESDAY)
    assert touched_by(leave, ZONE) == Touched(SUNDAY, TUESDAY + DAY, frozenset({PersonId(7)}))


def test_punches_touch_the_local_dates_of_their_moments_and_whoever_pressed() -> None:
    punches = change(Topic.PUNCH, since=at("00:30"), until=at("23:50"), punch_lo=5, punch_hi=9, person_ids=())
    assert touched_by(punches, ZONE) == Touched(SUNDAY, TUESDAY, None, (5, 9))


def test_an_outage_without_end_touches_everybody_to_this_day() -> None:
    outage = change(Topic.OUTAGE, since=at("06:00"))
    assert touched_by(outage, ZONE) == Touched(SUNDAY, None)


def test_a_roster_touches_everything_and_news_of_a_terminal_nothing() -> None:
    assert touched_by(change(Topic.ROSTER), ZONE) == Touched()
    assert touched_by(change(Topic.TERMINAL), ZONE) is None


def test_only_days_that_are_kept_are_looked_at() -> None:
    assert list(Touched(SUNDAY, TUESDAY + DAY).days(MONDAY, TUESDAY)) == [MONDAY, TUESDAY]
    assert list(Touched().days(SUNDAY, MONDAY)) == [SUNDAY, MONDAY]
    assert list(Touched(TUESDAY, None).days(SUNDAY, MONDAY)) == []


def test_what_is_wanted_of_a_day_adds_up() -> None:
    wanted = Wanted()
    for touched in (
        Touched(people=frozenset({PersonId(1)})),
        Touched(people=frozenset({PersonId(2)})),
        Touched(punches=(3, 4)),
    ):
        wanted.add(touched)
    assert (wanted.everybody, wanted.people, wanted.punches) == (False, {1, 2}, [(3, 4)])
    wanted.add(Touched())
    assert wanted.everybody
