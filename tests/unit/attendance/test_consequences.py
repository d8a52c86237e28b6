"""Days and minutes of a year against the ladder: a threshold, never a sanction, and never a doubtful day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import chain

import pytest

from attendance.consequence_words import told
from attendance.consequences import Run, YearOutcome, year_outcomes
from attendance.day_result import DayResult, DayStatus, Rule
from attendance.people import ExcuseCode
from realtime.rulebook import load_rulebook
from tests.support.day_results import (
    ANI,
    BUDI,
    absent,
    absent_on_workdays,
    days_from,
    late,
    off,
    present,
    result,
    waiting,
)

BOOK = load_rulebook("standard")
MONDAY = date(2026, 3, 2)
END = date(2026, 12, 31)


def outcome(results: Iterable[DayResult], through: date = END) -> YearOutcome:
    return year_outcomes(results, BOOK, through.year, through)[ANI]


def code(it: YearOutcome) -> str | None:
    return it.step.code if it.step else None


def test_days_without_excuse_add_up_over_the_year_to_a_step() -> None:
    scattered = [date(2026, 1, 5), date(2026, 3, 2), date(2026, 6, 8), date(2026, 11, 2)]
    it = outcome(map(absent, scattered))
    assert (it.days, it.absent, code(it)) == (4, tuple(scattered), "tertulis")
    assert it.next_step is not None
    assert it.next_step.first == 7


def test_two_days_reach_nothing() -> None:
    it = outcome([absent(MONDAY), absent(MONDAY + timedelta(days=1))])
    assert (it.days, it.step, it.by_run) == (2, None, False)


def test_a_new_year_begins_at_nothing() -> None:
    december = [absent(day) for day in (date(2025, 12, 29), date(2025, 12, 30), date(2025, 12, 31))]
    it = outcome([*december, absent(date(2026, 1, 2))])
    assert (it.days, it.step) == (1, None)


def test_days_after_the_day_asked_for_do_not_count() -> None:
    it = outcome([absent(day) for day in days_from(MONDAY, 4)], through=MONDAY + timedelta(days=2))
    assert (it.days, code(it)) == (3, "lisan")


def test_only_a_final_absence_counts_and_the_others_are_told() -> None:
    it = outcome([absent(MONDAY), absent(MONDAY + timedelta(days=1), final=False)])
    assert (it.days, it.pending) == (1, (MONDAY + timedelta(days=1),))


@pytest.mark.parametrize(
    "harmless",
    [
        waiting(MONDAY),
        present(MONDAY),
        off(MONDAY),
        result(MONDAY, DayStatus.EXCUSED, Rule.EXCUSED, excuse=ExcuseCode.CS),
        late(MONDAY, 500, "TL4"),
    ],
    ids=lambda it: it.status.value,
)
def test_nothing_but_absence_counts_under_pp_94(harmless: DayResult) -> None:
    assert outcome([harmless]).days == 0


def test_under_pp_53_minutes_late_and_early_add_up_to_days_of_450_minutes() -> None:
    day = date(2017, 3, 6)
    early = result(day, DayStatus.LEFT_EARLY, Rule.LEFT_EARLY, late=0, early=149, early_grade="PSW4")
    rest = [late(day + timedelta(days=1), 300, "TL4"), late(day + timedelta(days=2), 0, None)]
    short = outcome([early, *rest], date(2017, 12, 31))
    assert (short.minutes_counted, short.minute_days) == (449, 0)
    enough = outcome([early, *rest, late(day + timedelta(days=3), 1)], date(2017, 12, 31))
    assert (enough.minutes_counted, enough.minute_days, enough.days) == (450, 1, 1)
    assert (enough.minutes_late, enough.minutes_early) == (301, 149)


def test_minutes_that_are_not_held_against_anybody_do_not_add_up() -> None:
    day = date(2017, 3, 6)
    flexible = result(day, DayStatus.PRESENT, Rule.FLEXI_REPAID, late=20, late_grade=None, repaid=20)
    doubted = late(day + timedelta(days=1), 450)
    not_final = result(
        day + timedelta(days=2), DayStatus.LATE, Rule.LATE, late=450, late_grade="TL4", final=False
    )
    it = outcome([flexible, doubted, not_final], date(2017, 12, 31))
    assert (it.minutes_late, it.minute_days) == (450, 1)


def test_under_pp_94_minutes_are_told_but_add_up_to_nothing() -> None:
    it = outcome([late(day, 200, "TL4") for day in days_from(MONDAY, 5)])
    assert (it.minutes_late, it.minutes_counted, it.days) == (1000, 0, 0)


def test_in_2021_days_before_31_august_count_in_their_year_by_the_new_steps() -> None:
    results = [absent(day) for day in days_from(date(2021, 3, 1), 3)]
    before = outcome(results, date(2021, 8, 30))
    assert (before.days, before.step) == (3, None)
    after = outcome([*results, absent(date(2021, 9, 1))], date(2021, 12, 31))
    assert (after.days, code(after)) == (4, "tertulis")


def test_in_2021_minutes_of_the_old_ladder_are_days_until_the_new_one_holds() -> None:
    results = [late(date(2021, 3, 1), 450, "TL4"), late(date(2021, 9, 1), 450, "TL4")]
    assert outcome(results, date(2021, 8, 30)).minute_days == 1
    assert outcome(results, date(2021, 12, 31)).minute_days == 0


def test_ten_workdays_in_a_row_reach_the_last_step_by_themselves() -> None:
    nine = outcome(absent_on_workdays(MONDAY, 9))
    assert (code(nine), nine.by_run, nine.run) == ("tidak-puas", False, Run(MONDAY, date(2026, 3, 12), 9))
    ten = outcome(absent_on_workdays(MONDAY, 10))
    assert (code(ten), ten.by_run, ten.run) == ("berhenti", True, Run(MONDAY, date(2026, 3, 13), 10))


@pytest.mark.parametrize(
    "breaking",
    [
        present,
        waiting,
        lambda day: absent(day, final=False),
        lambda day: result(day, DayStatus.EXCUSED, Rule.EXCUSED),
        lambda day: off(day, rule=Rule.NOT_SERVING),
    ],
    ids=["present", "waiting", "not final", "excused", "not serving"],
)
def test_a_run_is_broken_by_anything_but_a_day_off(breaking: object) -> None:
    assert callable(breaking)
    first = list(absent_on_workdays(MONDAY, 5))
    between = breaking(MONDAY + timedelta(days=5))
    second = absent_on_workdays(MONDAY + timedelta(days=6), 6)
    it = outcome(chain(first, [between], second))
    assert it.run is not None
    assert (it.run.days, it.by_run) == (6, False)


def test_a_day_that_nobody_judged_breaks_a_run() -> None:
    results = [it for it in absent_on_workdays(MONDAY, 10) if it.day != date(2026, 3, 7)]
    run = outcome(results).run
    assert run is not None
    assert run.days == 5


def test_a_run_goes_on_over_new_year_and_belongs_to_the_year_in_which_it_ends() -> None:
    results = list(absent_on_workdays(date(2025, 12, 22), 12))
    it = outcome(results, date(2026, 1, 31))
    assert (it.run, it.by_run) == (Run(date(2025, 12, 22), date(2026, 1, 6), 12), True)
    assert it.days == 4
    earlier = outcome(results[:10], date(2025, 12, 31))
    assert earlier.run is not None
    assert (earlier.run.days, earlier.by_run) == (8, False)


def test_a_run_of_one_year_is_not_told_of_the_next() -> None:
    results = [*absent_on_workdays(date(2025, 12, 8), 10), present(date(2025, 12, 20)), present(MONDAY)]
    assert outcome(results).run is None


def test_pp_53_knows_no_runs() -> None:
    it = outcome(absent_on_workdays(date(2017, 3, 6), 10), date(2017, 12, 31))
    assert (it.run, code(it)) == (None, "tertulis")


def test_each_person_is_counted_apart() -> None:
    both = year_outcomes([absent(MONDAY), present(MONDAY, BUDI)], BOOK, 2026, END)
    assert {person: it.days for person, it in both.items()} == {ANI: 1, BUDI: 0}


def test_the_day_asked_for_is_of_the_year() -> None:
    with pytest.raises(ValueError, match="not of 2025"):
        year_outcomes([], BOOK, 2025, END)


def test_a_threshold_is_told_with_its_days_its_regulation_and_the_word_examination() -> None:
    it = outcome([absent(date(2026, 2, 3)), absent(date(2026, 2, 4)), absent(date(2026, 3, 2))])
    said = told(it, BOOK.on(END))
    assert said.id == (
        "Sampai 31 Desember 2026: 3 hari kerja tanpa keterangan (3, 4 Februari; 2 Maret 2026); "
        "memenuhi ambang untuk pemeriksaan: teguran lisan (PP 94/2021, 3 hari); aturan Standar 2023 butir 9"
    )
    assert said.en == (
        "Up to 31 December 2026: 3 workdays without explanation (3, 4 February; 2 March 2026); "
        "reaches the threshold for an examination: oral warning (PP 94/2021, 3 days); "
        "rule Standard 2023 item 9"
    )


def test_minutes_that_make_days_a_run_and_open_days_are_told() -> None:
    day = date(2017, 3, 6)
    minutes = outcome(
        [late(day, 900, "TL4"), absent(day + timedelta(days=1), final=False)], date(2017, 12, 31)
    )
    said = told(minutes, BOOK.on(date(2017, 12, 31)))
    assert "900 menit terlambat dan pulang cepat = 2 hari (450 menit = 1 hari); jumlah 2 hari" in said.id
    assert "di bawah ambang pertama PP 53/2010 (5 hari)" in said.id
    assert "belum final, belum dihitung: 7 Maret 2017" in said.id
    run = told(outcome(absent_on_workdays(MONDAY, 10)), BOOK.on(END))
    assert "10 hari kerja terus-menerus, 2 Maret 2026 sampai 13 Maret 2026" in run.id
    assert "threshold for an examination: dismissed (PP 94/2021, 10 days in a row)" in run.en
