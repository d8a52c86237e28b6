from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, time
from typing import Any

from attendance.calendar import CalendarEntry, CalendarKind, WorkPattern
from attendance.duty import NoDuty, OffReason
from attendance.ids import PersonId, TerminalId, UnitId
from attendance.people import Excuse, ExcuseCode, Outage, OutageCause, SiteOutage, Unit, UnitKind
from attendance.shifts import Shift, ShiftEntry
from attendance.terminal import TerminalHealth
from realtime.day_board import DayBoard
from realtime.row_writer import RowWriter
from realtime.rows import reading_of
from realtime.scope import CITY
from realtime.scope import office as office_scope
from realtime.ticker import TICKER_ROWS
from tests.support.boards import BOOK, board, health, press, shown
from tests.support.days import FRESHNESS, MONDAY, ZONE, at
from tests.support.rosters import small_roster, terminal

OFFICE = office_scope(UnitId(2))
FRESH: tuple[TerminalHealth, ...] = (health(1, "07:59:30"), health(2, "07:59:40"))

Rows = dict[str, dict[str, Any]]


def city(found: DayBoard, now: str = "08:00") -> Rows:
    return shown(found, now).whole(CITY)


def office(found: DayBoard, now: str = "08:00") -> Rows:
    return shown(found, now).whole(OFFICE)


def test_the_city_shows_totals_day_offices_terminals_and_ticker() -> None:
    rows = city(board("08:00", presses=[press(1, "1001", "07:41:10")], healths=FRESH))
    assert set(rows) == {"total", "day", "u:2", "t:1", "t:2", "k:1", "a:0740"}
    assert rows["day"] == {
        "date": "2026-11-23",
        "city_name": "Kota Contoh",
        "place": "",
        "start": "07:30",
        "provisional": True,
        "off": None,
        "off_name": "",
    }
    expected = {"required": 3, "present": 0, "late": 1, "absent": 2, "people": 3}
    total = rows["total"]
    assert {key: total[key] for key in expected} == expected
    unit = {"id": 2, "code": "2", "name": "Dinas Contoh", "short": "Dinas", "kind": "agency"}
    assert rows["u:2"] == total | unit | {"dark": 0, "terminals": 2}
    assert rows["t:1"] == {
        "id": 1,
        "name": "Mesin 1",
        "office": 2,
        "district": "",
        "online": True,
        "read_through": None,
        "offline_since": None,
        "clock_offset": 0,
        "log_fill": 0.25,
        "error": None,
    }
    assert rows["k:1"] == {
        "n": 1,
        "at": "07:41:10",
        "person": "Orang 1",
        "office": "Dinas",
        "terminal": "Mesin 1",
        "status": "late",
        "minutes": 11,
    }
    assert rows["a:0740"] == {"n": 1}


def test_an_office_shows_each_person_with_the_reason_for_waiting() -> None:
    dark = health(2, "07:45", online=False, since="07:45")
    rows = office(board("08:00", presses=[press(1, "1001", "07:41:10")], healths=[FRESH[0], dark]))
    assert set(rows) == {"unit", "day", "t:1", "t:2", "p:1", "p:2", "p:3"}
    assert rows["p:1"] == {
        "id": 1,
        "name": "Orang 1",
        "status": "late",
        "minutes": 11,
        "class": "TL1",
        "at": "07:41:10",
        "reason": None,
        "excuse": None,
        "section": "Dinas",
        "shift": None,
        "early": None,
        "early_class": None,
        "why": {
            "id": "Masuk 07.41, terlambat 11 menit (TL1); jadwal 07.30–16.00, aturan Standar 2023 butir 2. "
            "Sementara.",
            "en": "In at 07:41, 11 minutes late (TL1); due 07:30–16:00, rule Standard 2023 item 2. "
            "Provisional.",
        },
    }
    waiting = rows["p:2"]
    assert waiting["reason"] == {"code": "dark", "terminal": "Mesin 2", "since": "2026-11-23T07:45:00+07:00"}


def test_who_may_have_punched_earlier_on_a_dark_terminal_is_present_and_the_reason_is_told() -> None:
    dark = health(2, "07:20", online=False, since="07:20")
    row = office(board("08:00", presses=[press(1, "1001", "07:41:10")], healths=[FRESH[0], dark]))["p:1"]
    assert (row["status"], row["minutes"], row["class"], row["at"]) == ("present", None, None, "07:41:10")
    assert row["reason"]["code"] == "dark"


def test_nobody_is_told_which_leave_and_by_which_letter() -> None:
    excuse = Excuse(PersonId(1), ExcuseCode.CS, MONDAY, MONDAY, "SK 800/17")
    row = office(board("08:00", healths=FRESH, excuses=(excuse,)))["p:1"]
    assert (row["status"], row["excuse"]) == ("excused", "leave")
    assert "cuti" in row["why"]["id"]
    assert not [word for word in ("CS", "akit", "800") if word in json.dumps(row)]


def test_who_was_late_and_left_early_is_told_with_both() -> None:
    read = (health(1, "23:10"), health(2, "23:10"))
    presses = [press(1, "1001", "07:41"), press(2, "1001", "15:20"), press(3, "1002", "07:00")]
    presses.append(press(4, "1002", "15:20"))
    rows = office(board("23:15", presses=presses, healths=read), "23:15")
    told = ("status", "minutes", "class", "early", "early_class")
    assert [rows["p:1"][key] for key in told] == ["late", 11, "TL1", 40, "PSW2"]
    assert [rows["p:2"][key] for key in told] == ["left_early", 40, "PSW2", 40, "PSW2"]


def test_an_outage_of_the_whole_site_names_no_terminal() -> None:
    outage = SiteOutage(UnitId(2), OutageCause.NO_TERMINAL, at("07:00"), None, "surat 1")
    row = office(board("08:00", healths=FRESH, site_outages=(outage,)))["p:1"]
    assert row["reason"] == {
        "code": "outage_no_terminal",
        "terminal": None,
        "since": "2026-11-23T07:00:00+07:00",
    }


def test_a_shift_is_told_by_its_code() -> None:
    shift = Shift("P", "Pagi", time(7), time(14), date(2020, 1, 1))
    entry = ShiftEntry(PersonId(1), MONDAY, ("P",), False, "surat 1")
    rows = office(board("08:00", healths=FRESH, shifts=(shift,), shift_entries=(entry,)))
    assert (rows["p:1"]["shift"], rows["p:2"]["shift"]) == ("P", None)
    assert "07.00" in rows["p:1"]["why"]["id"]


def test_a_declared_outage_is_told_with_its_cause() -> None:
    outage = Outage(TerminalId(1), OutageCause.POWER, at("07:00"), None, "surat 1")
    row = office(board("08:00", healths=FRESH, outages=(outage,)))["p:1"]
    assert row["reason"]["code"] == "outage_power"


def test_no_nip_and_no_pin_ever_leaves_the_server() -> None:
    found = board(
        "08:00", presses=[press(1, "1001", "07:41:10"), press(2, "55667788", "07:42")], healths=FRESH
    )
    sent = json.dumps([city(found), office(found)])
    for person in found.index.people.values():
        assert person.nip not in sent
    assert "1001" not in sent
    assert "55667788" not in sent


def test_who_came_in_spite_of_an_excuse_is_present_and_the_excuse_is_told() -> None:
    excuse = Excuse(PersonId(1), ExcuseCode.CT, MONDAY, MONDAY, "")
    row = office(board("08:00", presses=[press(1, "1001", "07:50")], healths=FRESH, excuses=(excuse,)))["p:1"]
    assert (row["status"], row["minutes"], row["excuse"]) == ("present", 0, "leave")


def test_a_punch_at_another_office_is_flagged_with_the_owners_office() -> None:
    roster = small_roster()
    school = Unit(UnitId(9), "9", "SMPN 1", "SMPN 1", UnitKind.SCHOOL, UnitId(1), office=True)
    wider = replace(
        roster,
        units=(*roster.units, school),
        terminals=(*roster.terminals, terminal(7, unit_id=UnitId(9), name="Gerbang")),
    )
    row = city(board("08:00", roster=wider, presses=[press(1, "1001", "07:00", 7)]))["k:1"]
    assert (row["office"], row["terminal"], row["other_site"]) == ("Dinas", "Gerbang", True)
    at_home = city(board("08:00", roster=wider, presses=[press(1, "1001", "07:00", 1)]))["k:1"]
    assert "other_site" not in at_home


def test_the_owner_of_an_unknown_pin_is_nobody() -> None:
    row = city(board("08:00", presses=[press(1, "9999", "07:00")]))["k:1"]
    assert row == {"n": 1, "at": "07:00:00", "office": "Dinas", "terminal": "Mesin 1"}


def test_a_terminal_named_like_the_office_is_not_named_twice() -> None:
    roster = small_roster()
    named = replace(roster, terminals=(terminal(1, name="Dinas"), roster.terminals[1]))
    assert "terminal" not in city(board("08:00", roster=named, presses=[press(1, "1001", "07:00")]))["k:1"]


def test_the_ticker_keeps_the_newest_and_tells_what_fell_off() -> None:
    presses = [press(number, "1001", "07:00") for number in range(1, TICKER_ROWS + 1)]
    found = shown(board("08:00", presses=presses), "08:00")
    found.board.add_punches([press(99, "1002", "07:01")], at("08:00"))
    keys = found.settle(at("08:00"))[CITY]
    assert {"k:1", f"k:{TICKER_ROWS + 1}"} <= keys
    assert found.view.row(CITY, "k:1") is None
    lines = [key for key in found.whole(CITY) if key.startswith("k:")]
    assert len(lines) == TICKER_ROWS
    assert lines[-1] == f"k:{TICKER_ROWS + 1}"


def test_the_ticker_corrects_itself_when_the_owners_state_changes() -> None:
    known = [health(1, "07:30"), FRESH[1]]
    found = shown(board("07:31:20", presses=[press(1, "1001", "07:31:10")], healths=known), "07:31:20")
    assert found.whole(CITY)["k:1"]["status"] == "present"
    found.board.set_health({TerminalId(1): FRESH[0]}, at("08:00"))
    assert "k:1" in found.settle(at("08:00"))[CITY]
    row = found.whole(CITY)["k:1"]
    assert (row["status"], row["minutes"]) == ("late", 1)


def test_a_terminal_tells_how_far_it_was_read_only_when_it_is_behind_or_offline() -> None:
    dark = health(2, "07:45", online=False, since="07:45")
    found = shown(board("08:00", healths=[FRESH[0], dark]), "08:00")
    rows = found.whole(CITY)
    assert (rows["t:1"]["read_through"], rows["t:2"]["read_through"]) == (None, "2026-11-23T07:45:00+07:00")
    assert found.view.pass_time(at("08:02:29")) == {}
    assert found.view.pass_time(at("08:02:30")) == {CITY: {"t:1", "u:2"}, OFFICE: {"unit", "t:1"}}
    assert found.whole(CITY)["t:1"]["read_through"] == "2026-11-23T07:59:30+07:00"


def test_a_terminal_tells_its_district() -> None:
    roster = small_roster()
    hung = replace(roster, terminals=(terminal(1, district="Magersari"), roster.terminals[1]))
    rows = city(board("08:00", roster=hung))
    assert (rows["t:1"]["district"], rows["t:2"]["district"]) == ("Magersari", "")


def test_somebody_without_a_placement_counts_in_the_city_but_in_no_office() -> None:
    roster = small_roster()
    rows = city(board("08:00", roster=replace(roster, placements=roster.placements[:2]), healths=FRESH))
    total, unit = rows["total"], rows["u:2"]
    assert (total["people"], total["off"], unit["people"]) == (3, 1, 2)


def test_the_data_goes_as_far_as_the_last_of_the_terminals_that_count_as_read() -> None:
    dark = health(2, "07:59:50", online=False, since="07:59:55")
    found = board("08:00", healths=[FRESH[0], dark])
    reading = reading_of(found.horizons, at("08:00"), FRESHNESS)
    assert (reading.as_of, reading.read, reading.terminals) == (at("07:59:30"), 1, 2)
    assert reading_of(found.horizons, at("09:00"), FRESHNESS).as_of is None


def test_a_day_off_has_no_start_and_keeps_its_date() -> None:
    found = board("08:00")
    writer = RowWriter(found.index, found.assembler.book, ZONE)
    sunday = NoDuty(date(2026, 11, 22), OffReason.WEEKLY, BOOK.on(MONDAY).id)
    row = writer.day(sunday, "Kota", final=True)
    assert (row["date"], row["start"]) == ("2026-11-22", None)
    assert (row["off"], row["off_name"]) == ("weekly", "")


def test_a_holiday_is_named_as_the_calendar_has_it() -> None:
    entry = CalendarEntry(MONDAY, MONDAY, CalendarKind.JOINT_LEAVE, "Cuti Bersama Natal", None, "SKB 1")
    found = board("08:00", calendar=(entry,))
    for rows in (city(found), office(found)):
        assert (rows["day"]["off"], rows["day"]["off_name"]) == ("joint_leave", "Cuti Bersama Natal")
        assert rows["day"]["start"] is None


def test_an_office_with_a_calendar_of_its_own_tells_its_own_day() -> None:
    holiday = CalendarEntry(MONDAY, MONDAY, CalendarKind.HOLIDAY, "Hari Raya Natal", None, "SKB 1")
    pattern = WorkPattern(UnitId(2), "five_day", True, MONDAY, None)
    at_work = board("08:00", calendar=(holiday,), patterns=(pattern,))
    assert city(at_work)["day"]["off_name"] == "Hari Raya Natal"
    assert (office(at_work)["day"]["off"], office(at_work)["day"]["off_name"]) == (None, "")
    own = replace(holiday, unit_id=UnitId(2), name="Libur semester")
    at_rest = board("08:00", calendar=(own,))
    assert city(at_rest)["day"]["off"] is None
    assert (office(at_rest)["day"]["off"], office(at_rest)["day"]["off_name"]) == (
        "holiday",
        "Libur semester",
    )
    assert office(at_rest)["day"]["start"] == "07:30"
