"""What was said of the moment of the cut-off, and what is said of it later."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from typing import Any

import pytest

from attendance.calendar import CalendarEntry, CalendarKind
from attendance.city_facts import PeopleFacts
from attendance.day_result import DayStatus
from attendance.ids import PersonId, TerminalId, UnitId
from attendance.people import Excuse, ExcuseCode, OutageCause, SiteOutage
from attendance.shifts import Shift, ShiftEntry
from realtime.cutoff import KEEP_AGAIN_SECONDS
from realtime.scope import Kind, Scope
from store import StoreUnavailable
from store.freezes import Freeze
from tests.support.boards import Freezes, Shown, board, health, press, shown
from tests.support.days import MONDAY, at
from tests.support.rosters import small_roster

RECAP, OFFICE_RECAP = Scope(Kind.RECAP), Scope(Kind.RECAP, UnitId(2))
READ = (health(1, "07:29:50"), health(2, "07:29:50"))
RAMADAN = CalendarEntry(MONDAY, MONDAY, CalendarKind.RAMADAN, "Ramadan", None, "SE 1")
HOLIDAY = CalendarEntry(MONDAY, MONDAY, CalendarKind.HOLIDAY, "Hari jadi", None, "SK 1")
MORNING = Shift("P", "Pagi", time(7), time(14), date(2020, 1, 1))


def said(city: Shown) -> dict[int, str]:
    return {number: row.status.value for number, row in city.cutoff.results.items()}


def frozen(city: Shown) -> dict[int, str]:
    assert city.cutoff.freeze is not None
    return {number: status.value for number, status in city.cutoff.freeze.statuses.items()}


def morning(*presses: Any, now: str = "07:30", freezes: Freezes | None = None, **facts: Any) -> Shown:
    found = board(now, presses=presses, healths=READ, **facts)
    return shown(found, now, freezes)


def test_before_the_cutoff_nothing_is_kept_and_nothing_told() -> None:
    city = morning(press(1, "1001", "07:10"), now="07:29:59")
    assert city.cutoff.freeze is None
    assert city.whole(RECAP) == {}
    assert city.settle(at("07:30")).keys() >= {RECAP, OFFICE_RECAP}
    assert frozen(city) == {1: "present", 2: "not_yet", 3: "not_yet"}


def test_the_recap_tells_the_day_as_it_stood() -> None:
    city = morning(press(1, "1001", "07:10"))
    counts = {"required": 3, "present": 1, "late": 0, "not_yet": 2, "waiting": 0, "absent": 0, "excused": 0}
    freeze = {"at": "07:30", "made": "07:30:00", "start": "07:30", "corrected": 0}
    freeze |= {"then": counts, "now": counts}
    assert city.whole(RECAP) == city.whole(OFFICE_RECAP) == {"freeze": freeze}


def test_a_punch_that_comes_late_corrects_what_was_said_and_leaves_what_was_kept() -> None:
    city = morning(press(1, "1001", "07:10"))
    city.board.add_punches([press(2, "1002", "07:20", 2)], at("07:50"))
    keys = city.settle(at("07:50"))
    assert keys[RECAP] == keys[OFFICE_RECAP] == {"freeze", "r:2", "c:2"}
    rows = city.whole(RECAP)
    assert rows.keys() == {"freeze", "r:2", "c:2"}
    freeze = rows["freeze"]
    assert (freeze["then"]["present"], freeze["now"]["present"], freeze["corrected"]) == (1, 2, 1)
    assert rows["r:2"] == {
        "id": 2,
        "short": "Dinas",
        "then": freeze["then"],
        "now": freeze["now"],
        "corrected": 1,
    }
    person = rows["c:2"]
    assert (person["name"], person["unit"], person["office"]) == ("Orang 2", 2, "Dinas")
    assert (person["before"], person["after"]) == ("not_yet", "present")
    assert "07.20" in person["why"]["id"]
    assert frozen(city)[2] == "not_yet"


def test_who_comes_after_the_cutoff_corrects_nothing() -> None:
    city = morning()
    city.board.add_punches([press(2, "1002", "07:40")], at("07:40"))
    city.board.advance(at("07:40"))
    city.settle(at("07:40"))
    assert city.board.rows[PersonId(2)].status is not DayStatus.NOT_YET
    assert said(city)[2] == "not_yet"
    assert city.whole(RECAP).keys() == {"freeze"}


def test_a_leave_that_is_entered_later_is_a_correction_and_tells_no_kind() -> None:
    city = morning()
    excuse = Excuse(PersonId(3), ExcuseCode.CS, MONDAY, MONDAY, "SK 800/17")
    city.board.assembler.take_people(PeopleFacts(frozenset({PersonId(3)}), (excuse,)))
    city.board.facts_changed({PersonId(3)}, at("10:00"))
    city.settle(at("10:00"))
    row = city.whole(RECAP)["c:3"]
    assert (row["before"], row["after"]) == ("not_yet", "excused")
    assert not [word for word in ("CS", "akit", "800") if word in str(row)]


def test_a_correction_that_is_undone_is_told_no_more() -> None:
    city = morning()
    person = frozenset({PersonId(3)})
    excuse = Excuse(PersonId(3), ExcuseCode.DL, MONDAY, MONDAY, "surat 1")
    city.board.assembler.take_people(PeopleFacts(person, (excuse,)))
    city.board.facts_changed(person, at("10:00"))
    city.settle(at("10:00"))
    assert city.whole(RECAP)["freeze"]["corrected"] == 1
    city.board.assembler.take_people(PeopleFacts(person))
    city.board.facts_changed(person, at("10:05"))
    assert city.settle(at("10:05"))[RECAP] == {"freeze", "r:2", "c:3"}
    assert city.whole(RECAP).keys() == {"freeze"}


def test_a_wall_that_starts_later_makes_it_late_says_so_and_accuses_nobody() -> None:
    city = morning(press(1, "1001", "07:10"), press(2, "1002", "07:45"), now="09:12:07")
    freeze = city.whole(RECAP)["freeze"]
    assert (freeze["at"], freeze["made"], freeze["corrected"]) == ("07:30", "09:12:07", 0)
    assert frozen(city) == {1: "present", 2: "not_yet", 3: "not_yet"}


def test_a_city_without_people_keeps_nothing_so_that_a_roster_may_still_come() -> None:
    freezes = Freezes()
    empty = replace(small_roster(), people=(), placements=(), enrollments=())
    city = shown(board("08:00", roster=empty), "08:00", freezes)
    assert freezes.kept == {}
    assert city.whole(RECAP) == {}


def test_whoever_is_first_decides_for_all() -> None:
    freezes = Freezes()
    first = morning(freezes=freezes)
    second = morning(press(1, "1001", "07:10"), now="08:00", freezes=freezes)
    assert frozen(second) == frozen(first)
    assert second.whole(RECAP)["freeze"]["made"] == "07:30:00"
    assert second.whole(RECAP).keys() == {"freeze", "r:2", "c:1"}


def test_a_terminal_that_goes_dark_later_takes_no_word_of_the_cutoff_back() -> None:
    entry = ShiftEntry(PersonId(1), MONDAY, ("P",), False, "surat 1")
    city = morning(shifts=(MORNING,), shift_entries=(entry,))
    assert frozen(city)[1] == "absent"
    for read, online in (("09:00", True), ("09:00", False)):
        news = {TerminalId(2): health(2, read, online=online, since="09:00")}
        city.board.set_health(news, at("09:30"))
        city.board.advance(at("09:30"))
        city.settle(at("09:30"))
    assert city.board.rows[PersonId(1)].status is DayStatus.WAITING
    assert said(city)[1] == "absent"
    assert city.whole(RECAP).keys() == {"freeze"}


def test_who_may_have_pressed_at_a_terminal_that_was_dark_waits_already_at_the_cutoff() -> None:
    dark = health(2, "07:15", online=False, since="07:15")
    found = board("07:30", presses=[press(1, "1001", "07:10")], healths=[READ[0], dark])
    city = shown(found, "07:30")
    assert found.rows[PersonId(2)].status is DayStatus.NOT_YET
    assert frozen(city) == {1: "present", 2: "waiting", 3: "waiting"}
    found.add_punches([press(2, "1002", "07:20", 2)], at("08:00"))
    found.set_health({TerminalId(2): health(2, "08:00"), TerminalId(1): health(1, "08:00")}, at("08:00"))
    found.advance(at("08:00"))
    city.settle(at("08:00"))
    assert said(city) == {1: "present", 2: "present", 3: "not_yet"}
    rows = city.whole(RECAP)
    assert (rows["c:2"]["before"], rows["c:3"]["after"]) == ("waiting", "not_yet")
    assert rows["freeze"]["corrected"] == 2


def test_why_somebody_waited_at_the_cutoff_is_told() -> None:
    city = morning()
    outage = SiteOutage(UnitId(2), OutageCause.POWER, at("07:00"), None, "surat 1")
    city.board.assembler.take_outages((), (outage,))
    city.board.outages_changed(None, at("07:40"))
    city.settle(at("07:40"))
    row = city.whole(RECAP)["c:2"]
    assert (row["before"], row["after"]) == ("not_yet", "waiting")
    assert "listrik" in row["why"]["id"]


def test_who_waited_for_data_at_the_cutoff_is_told_once_the_terminal_was_read() -> None:
    entry = ShiftEntry(PersonId(1), MONDAY, ("P",), False, "surat 1")
    dark = health(2, "06:30", online=False, since="06:30")
    found = board("07:30", healths=[READ[0], dark], shifts=(MORNING,), shift_entries=(entry,))
    city = shown(found, "07:30")
    assert frozen(city)[1] == "waiting"
    found.add_punches([press(1, "1001", "06:50", 2)], at("08:00"))
    found.set_health({TerminalId(2): health(2, "08:00"), TerminalId(1): health(1, "08:00")}, at("08:00"))
    city.settle(at("08:00"))
    row = city.whole(RECAP)["c:1"]
    assert (row["before"], row["after"]) == ("waiting", "present")


def test_a_few_are_judged_at_a_time_and_all_before_anything_is_kept() -> None:
    found = board("07:29", healths=READ)
    city = shown(found, "07:29")
    now = at("07:30:01")
    assert city.cutoff.work(now, most=2) == {1, 2}
    assert city.cutoff.patience() == 0.0
    assert city.view.recap.touch({PersonId(1)}) == {}
    assert city.cutoff.work(now, most=2) == {3}
    assert frozen(city).keys() == {1, 2, 3}
    assert city.cutoff.patience() == float("inf")


def test_who_left_the_roster_since_is_a_correction_of_the_city() -> None:
    freezes = Freezes()
    morning(freezes=freezes)
    kept = freezes.kept[MONDAY]
    statuses = {**kept.statuses, PersonId(99): DayStatus.NOT_YET}
    freezes.kept[MONDAY] = replace(kept, statuses=statuses)
    rows = morning(now="08:00", freezes=freezes).whole(RECAP)
    assert rows.keys() == {"freeze"}
    assert (rows["freeze"]["then"]["required"], rows["freeze"]["now"]["required"]) == (4, 3)
    assert rows["freeze"]["corrected"] == 1


def test_the_hours_of_the_day_changed_since_what_is_said_now_is_of_the_moment_that_was_kept() -> None:
    freezes = Freezes()
    morning(freezes=freezes)
    kept = freezes.kept[MONDAY]
    freezes.kept[MONDAY] = replace(kept, cutoff_at=at("07:00"))
    city = morning(press(2, "1002", "07:20", 2), now="08:00", freezes=freezes)
    rows = city.whole(RECAP)
    assert said(city)[2] == "not_yet"
    assert rows.keys() == {"freeze"}
    freeze = rows["freeze"]
    assert (freeze["at"], freeze["start"], freeze["corrected"]) == ("07:00", "07:30", 0)


def test_hours_that_are_moved_behind_the_freeze_do_not_hide_what_was_said() -> None:
    freezes = Freezes()
    morning(press(1, "1001", "07:10"), freezes=freezes)
    city = morning(press(1, "1001", "07:10"), now="07:40", freezes=freezes, calendar=(RAMADAN,))
    freeze = city.whole(RECAP)["freeze"]
    assert (freeze["at"], freeze["made"], freeze["start"]) == ("07:30", "07:30:00", "08:00")
    assert (freeze["then"]["present"], freeze["then"]["not_yet"]) == (1, 2)
    assert (freeze["now"], freeze["corrected"]) == (freeze["then"], 0)
    assert not {"late", "absent"} & set(said(city).values())
    city.settle(at("08:00"))
    assert city.whole(RECAP)["freeze"] == freeze


def test_a_day_off_that_is_entered_after_the_freeze_does_not_hide_what_was_said() -> None:
    freezes = Freezes()
    morning(press(1, "1001", "07:10"), freezes=freezes)
    city = morning(press(1, "1001", "07:10"), now="09:00", freezes=freezes, calendar=(HOLIDAY,))
    freeze = city.whole(RECAP)["freeze"]
    assert (freeze["at"], freeze["start"], freeze["then"]["required"]) == ("07:30", None, 3)
    assert (freeze["now"]["required"], freeze["corrected"]) == (0, 3)
    assert set(said(city).values()) == {"off"}


def test_a_day_off_has_no_recap() -> None:
    freezes = Freezes()
    city = morning(now="09:00", freezes=freezes, calendar=(HOLIDAY,))
    assert (city.whole(RECAP), freezes.kept) == ({}, {})


def test_a_clock_that_was_set_back_before_the_cutoff_tells_nothing_of_what_is_to_come() -> None:
    freezes = Freezes()
    morning(freezes=freezes)
    city = morning(now="07:10", freezes=freezes)
    assert city.whole(RECAP) == {}
    city.settle(at("07:30"))
    assert city.whole(RECAP)["freeze"]["made"] == "07:30:00"


def test_a_store_that_does_not_tell_whether_the_day_was_kept_is_asked_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Away(Freezes):
        away = True

        def of(self, day: date) -> Freeze | None:
            if self.away:
                raise StoreUnavailable("away")
            return super().of(day)

    real = 1_000.0
    monkeypatch.setattr("realtime.cutoff.time.monotonic", lambda: real)
    freezes = Away()
    morning_before = Freezes()
    morning(press(1, "1001", "07:10"), freezes=morning_before)
    freezes.kept = morning_before.kept
    city = morning(now="09:00", freezes=freezes, calendar=(HOLIDAY,))
    assert city.whole(RECAP) == {}
    assert city.cutoff.patience() == KEEP_AGAIN_SECONDS
    freezes.away, real = False, real + KEEP_AGAIN_SECONDS
    city.settle(at("09:01"))
    assert city.whole(RECAP)["freeze"]["at"] == "07:30"


def test_a_store_that_is_away_at_the_cutoff_holds_up_nothing_and_is_asked_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Away(Freezes):
        away = True
        asked = 0

        def keep(self, *said: Any) -> Freeze:
            self.asked += 1
            if self.away:
                raise StoreUnavailable("away")
            return super().keep(*said)

    real = 1_000.0
    monkeypatch.setattr("realtime.cutoff.time.monotonic", lambda: real)
    freezes = Away()
    city = morning(press(1, "1001", "07:10"), freezes=freezes)
    city.settle(at("07:30:01"))
    assert freezes.asked == 1
    assert city.whole(RECAP) == {}
    freezes.away, real = False, real + KEEP_AGAIN_SECONDS
    city.settle(at("07:31"))
    assert city.whole(RECAP)["freeze"]["made"] == "07:31:00"
