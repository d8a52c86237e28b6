from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time

from attendance.duty import Duty
from attendance.excuse_spans import spans_of
from attendance.facts import ExcuseSpan
from attendance.people import Excuse, ExcuseCode
from tests.support.planning import DAY, MONDAY, PERSON, PLAIN, RULES, ZONE, at, city, entry

TUESDAY = MONDAY + DAY
EARLIER_DAY = MONDAY - DAY


def excuse(
    first: date = MONDAY,
    last: date | None = None,
    *,
    since: str | None = None,
    until: str | None = None,
    code: ExcuseCode = ExcuseCode.IZIN,
) -> Excuse:
    return Excuse(
        PERSON,
        code,
        first,
        last or first,
        "surat",
        time.fromisoformat(since) if since else None,
        time.fromisoformat(until) if until else None,
    )


def duty(codes: str | None = None, day: date = MONDAY) -> Duty:
    """The duty of a date: the regular one, or these shifts."""
    entries = () if codes is None else (entry(codes, day),)
    return city(replace(PLAIN, shift_entries=entries), first=day).duty_day(PERSON, day)


def edges(found: tuple[ExcuseSpan, ...]) -> list[tuple[datetime | None, datetime | None]]:
    return [(span.start, span.end) for span in found]


def spans(*excuses: Excuse, of: Duty | None = None) -> tuple[ExcuseSpan, ...]:
    return spans_of(excuses, of or duty(), ZONE, RULES.excuse_order)


def test_an_excuse_without_hours_takes_every_date_from_its_first_through_its_last() -> None:
    longer = excuse(EARLIER_DAY, TUESDAY)
    for day in (EARLIER_DAY, MONDAY, TUESDAY):
        (span,) = spans(longer, of=duty(day=day))
        assert span.whole
        assert (span.code, span.reference) == (ExcuseCode.IZIN, "surat")
    assert spans(longer, of=duty(day=EARLIER_DAY - DAY)) == ()
    assert spans(longer, of=duty(day=TUESDAY + DAY)) == ()


def test_hours_hold_on_the_first_and_on_the_last_day_only() -> None:
    longer = excuse(EARLIER_DAY, TUESDAY, since="13:00", until="10:00")
    assert edges(spans(longer, of=duty(day=EARLIER_DAY))) == [(at("13:00", EARLIER_DAY), None)]
    assert edges(spans(longer)) == [(None, None)]
    assert edges(spans(longer, of=duty(day=TUESDAY))) == [(None, at("10:00", TUESDAY))]


def test_an_excuse_of_some_hours_has_both_ends() -> None:
    assert edges(spans(excuse(since="09:00", until="11:00"))) == [(at("09:00"), at("11:00"))]


def test_hours_that_end_before_they_begin_end_on_the_next_date_as_shifts_do() -> None:
    assert edges(spans(excuse(since="22:00", until="05:00"), of=duty("M"))) == [
        (at("22:00"), at("05:00", TUESDAY))
    ]


def test_leave_from_the_next_date_on_does_not_take_the_night_that_ends_on_it() -> None:
    assert spans(excuse(TUESDAY), of=duty("M")) == ()


def test_leave_on_the_date_takes_the_whole_night_that_began_on_it() -> None:
    (span,) = spans(excuse(MONDAY), of=duty("M"))
    assert span.whole


def test_hours_of_the_next_date_count_for_a_night_that_still_goes_on() -> None:
    found = spans(excuse(TUESDAY, since="04:00", until="06:00"), of=duty("M"))
    assert edges(found) == [(at("04:00", TUESDAY), at("06:00", TUESDAY))]
    found = spans(excuse(TUESDAY, until="06:00"), of=duty("M"))
    assert edges(found) == [(at("00:00", TUESDAY), at("06:00", TUESDAY))]


def test_hours_of_the_next_date_after_the_night_are_no_matter_of_it() -> None:
    assert spans(excuse(TUESDAY, since="07:00", until="09:00"), of=duty("M")) == ()
    assert spans(excuse(TUESDAY, since="04:00", until="06:00"), of=duty("P")) == ()
    assert spans(excuse(TUESDAY, since="04:00"), of=duty()) == ()


def test_an_excuse_that_ends_while_the_night_goes_on_takes_no_more_of_it() -> None:
    found = spans(excuse(MONDAY, TUESDAY, since="20:00", until="02:00"), of=duty("M"))
    assert edges(found) == [(at("20:00"), at("02:00", TUESDAY))]
    (day_shift,) = spans(excuse(MONDAY, TUESDAY, since="20:00", until="02:00"), of=duty("P"))
    assert day_shift.end is None


def test_an_excuse_that_ends_after_the_night_takes_it_to_its_end() -> None:
    found = spans(excuse(MONDAY, TUESDAY, since="20:00", until="07:00"), of=duty("M"))
    assert edges(found) == [(at("20:00"), None)]


def test_excuses_of_a_day_without_duty_are_kept() -> None:
    assert len(spans(excuse(), of=duty(""))) == 1


def test_the_packs_order_decides_which_excuse_speaks_first_whatever_the_order_of_entry() -> None:
    leave, travel = excuse(code=ExcuseCode.CT), excuse(code=ExcuseCode.DL)
    order = (ExcuseCode.DL, ExcuseCode.CT)
    for entered in ((leave, travel), (travel, leave)):
        found = spans_of(entered, duty(), ZONE, order)
        assert [span.code for span in found] == [ExcuseCode.DL, ExcuseCode.CT]


def test_of_two_excuses_of_one_code_the_whole_date_speaks_before_a_part_of_it() -> None:
    part, whole = excuse(since="09:00", until="11:00"), excuse()
    assert [span.whole for span in spans(part, whole)] == [True, False]
