from __future__ import annotations

from datetime import date, timedelta

from attendance.calendar import CalendarEntry, CalendarKind
from attendance.ids import UnitId
from realtime.city_calendar import COMPUTED, whole_years, with_computed

YEAR = date(2017, 1, 1), date(2017, 12, 31)
NEW_YEAR = date(2017, 1, 1)
ANNIVERSARY = date(2017, 6, 20)
HOLIDAY, JOINT_LEAVE, WORKDAY, RAMADAN = (
    CalendarKind.HOLIDAY,
    CalendarKind.JOINT_LEAVE,
    CalendarKind.WORKDAY,
    CalendarKind.RAMADAN,
)


def entry(
    kind: CalendarKind, first: date, last: date | None = None, unit: int | None = None
) -> CalendarEntry:
    return CalendarEntry(first, last or first, kind, "entered", None if unit is None else UnitId(unit), "SKB")


def computed(
    kind: CalendarKind, *entries: CalendarEntry, span: tuple[date, date] = YEAR
) -> list[CalendarEntry]:
    both = with_computed(entries, *span)
    assert both[: len(entries)] == entries
    return [it for it in both[len(entries) :] if it.kind is kind]


def test_a_year_without_any_decree_has_the_computed_holidays() -> None:
    found = computed(HOLIDAY)
    assert {date(2017, 1, 28), date(2017, 6, 25)} <= {it.first_day for it in found}
    assert {(it.unit_id, it.reference, it.last_day == it.first_day) for it in found} == {
        (None, COMPUTED, True)
    }
    assert date(2017, 6, 27) in {it.first_day for it in computed(JOINT_LEAVE)}


def test_half_of_the_national_holidays_entered_mean_that_the_whole_year_is_decreed() -> None:
    days = [it.first_day for it in computed(HOLIDAY)]
    half = [entry(HOLIDAY, day) for day in days[: (len(days) + 1) // 2 + 1]]
    assert computed(HOLIDAY, *half) == []
    assert computed(JOINT_LEAVE, *half) == []


def test_a_decree_of_which_only_some_days_were_entered_takes_no_other_holiday_away() -> None:
    days = [it.first_day for it in computed(HOLIDAY)]
    some = [entry(HOLIDAY, day) for day in days[:3]]
    assert [it.first_day for it in computed(HOLIDAY, *some)] == days[3:]


def test_a_holiday_of_the_city_alone_leaves_the_national_ones() -> None:
    assert len(computed(HOLIDAY, entry(HOLIDAY, ANNIVERSARY))) == len(computed(HOLIDAY))


def test_an_election_day_alone_leaves_the_other_holidays() -> None:
    election = date(2017, 2, 15)
    found = {it.first_day for it in computed(HOLIDAY, entry(HOLIDAY, election))}
    assert found == {it.first_day for it in computed(HOLIDAY)} - {election}


def test_what_one_unit_celebrates_and_a_fasting_month_say_nothing_about_the_year() -> None:
    others = (entry(HOLIDAY, NEW_YEAR, unit=3), entry(RAMADAN, NEW_YEAR))
    assert computed(HOLIDAY, *others) == computed(HOLIDAY)


def test_what_was_entered_for_a_date_wins_over_what_was_computed_for_it() -> None:
    joint = date(2017, 12, 26)
    for kind in (WORKDAY, JOINT_LEAVE):
        entered = entry(kind, joint)
        assert joint not in {it.first_day for it in computed(JOINT_LEAVE, entered)}
        assert len(computed(JOINT_LEAVE, entered)) == len(computed(JOINT_LEAVE)) - 1
        assert computed(HOLIDAY, entered) == computed(HOLIDAY)


def test_a_decree_holds_for_its_own_year_only() -> None:
    span = date(2016, 12, 1), date(2017, 2, 1)
    whole = computed(HOLIDAY, span=(date(2016, 1, 1), date(2016, 12, 31)))
    found = computed(HOLIDAY, *(entry(HOLIDAY, it.first_day) for it in whole), span=span)
    assert [it.first_day for it in found] == [date(2017, 1, 1), date(2017, 1, 28)]


def test_only_days_of_the_span_are_computed_and_a_ramadan_that_touches_it_wholly() -> None:
    span = date(2017, 6, 1), date(2017, 6, 1)
    assert [it.first_day for it in computed(HOLIDAY, span=span)] == [date(2017, 6, 1)]
    (month,) = computed(RAMADAN, span=span)
    assert (month.first_day, month.last_day) == (date(2017, 5, 27), date(2017, 6, 24))
    assert computed(RAMADAN, span=(date(2017, 7, 1), date(2017, 7, 2))) == []


def test_a_decreed_ramadan_replaces_the_computed_one_near_it() -> None:
    (month,) = computed(RAMADAN)
    shifted = timedelta(days=1)
    near = entry(RAMADAN, month.first_day + shifted, month.last_day + shifted)
    assert computed(RAMADAN, near) == []
    far = entry(RAMADAN, date(2017, 7, 5), date(2017, 8, 1))
    of_a_unit = entry(RAMADAN, month.first_day, month.last_day, unit=3)
    assert computed(RAMADAN, far, of_a_unit) == [month]


def test_a_ramadan_over_new_year_comes_once_and_is_replaced_from_either_side() -> None:
    span = date(2030, 12, 1), date(2031, 1, 31)
    (month,) = computed(RAMADAN, span=span)
    assert (month.first_day.year, month.last_day.year) == (2030, 2031)
    decreed = entry(RAMADAN, date(2030, 12, 27), date(2031, 1, 24))
    assert computed(RAMADAN, decreed, span=span) == []
    first, last = whole_years(date(2031, 1, 20), date(2031, 1, 20))
    assert first <= decreed.first_day
    assert last >= date(2031, 12, 31)


def test_what_is_computed_does_not_hang_on_which_days_are_asked_for() -> None:
    start, end = YEAR
    whole = with_computed((), start, end)
    daily: dict[CalendarEntry, None] = {}
    for offset in range((end - start).days + 1):
        day = start + timedelta(days=offset)
        daily |= dict.fromkeys(with_computed((), day, day))
    assert set(daily) == set(whole)
