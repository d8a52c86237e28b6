"""Facts entered by hand: shown with what they change, asked about, signed, and told to whoever follows."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from click.testing import Result

import config
from attendance.calendar import SHIFT_HOURS, WorkPattern
from attendance.ids import Nip, PersonId, Pin, TerminalId, UnitId
from attendance.people import EmploymentState
from attendance.punch import Capture, Punch
from attendance.shifts import Shift, ShiftEntry
from attendance.terminal import TerminalHealth
from config.clock import write_clock
from presensi.exits import ExitCode
from store import Store
from store.changes import Change, Topic
from store.punches import Ingest
from tests.support.rosters import plant, small_roster

MONDAY = date(2026, 11, 23)
ZONE = ZoneInfo("Asia/Jakarta")
NIP = "198001012005011003"
LETTER = ("--reference", "ST 1/2026")
Run = Callable[..., Result]


def at(clock: str, day: date = MONDAY) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), ZONE).astimezone(UTC)


def punch(pin: str, clock: str) -> Punch:
    moment = at(clock)
    local = moment.astimezone(ZONE).replace(tzinfo=None)
    return Punch(TerminalId(1), Pin(pin), local, moment, moment, 1, 255, "", Capture.LIVE)


@pytest.fixture
def city(store: Store) -> Store:
    """Monday 10:00: person 1 came in time, person 2 at 07:50, person 3 did not; both terminals vouch."""
    roster = small_roster()
    people = (*roster.people[:2], replace(roster.people[2], nip=Nip(NIP)))
    plant(store, replace(roster, people=people))
    for one in (punch("1001", "07:10"), punch("1002", "07:50")):
        store.punches.append([Ingest(one.terminal_id, [one])])
    store.terminals.save_health(
        [
            TerminalHealth(
                TerminalId(number), True, at("10:00"), at("10:00"), None, 0.0, 2, 100, None, None, None, None
            )
            for number in (1, 2)
        ]
    )
    return store


@pytest.fixture
def run(presensi: Run, database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    clock = tmp_path / "clock.json"
    write_clock(clock, at("10:00"), 0)
    monkeypatch.setenv("PRESENSI_STORE_URL", database_url)
    monkeypatch.setenv("PRESENSI_CLOCK_FILE", str(clock))
    return presensi


def told(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def effects(result: Result) -> list[tuple[int, str, str, str]]:
    return [(it["person"], it["day"], it["now"], it["then"]) for it in told(result)["effects"]]


def news(store: Store, action: Callable[[], object]) -> list[Change]:
    feed = store.changes.feed()
    feed.position()
    action()
    found = feed.next(5.0)
    feed.close()
    return found


def test_a_late_letter_turns_an_absence_into_duty_travel_and_is_signed(run: Run, city: Store) -> None:
    command = ("excuse", "add", "DL", "--person", 3, "--from", MONDAY, *LETTER, "--yes", "--json")
    [change] = news(city, lambda: effects(run(*command)))
    assert (change.topic, change.person_ids, change.first_day) == (Topic.EXCUSE, (PersonId(3),), MONDAY)
    [line] = city.audit.latest()
    assert (line.action, line.subject, line.at) == ("excuse.entered", "person:3", at("10:00"))
    assert "ST 1/2026" in line.detail
    assert line.actor
    [entered] = city.facts.excuses_of(PersonId(3))
    assert entered.entered_by == line.actor
    assert "DL on 2026-11-23" in run("excuse", "list").output


def test_the_preview_says_which_results_change_and_a_dry_run_enters_nothing(run: Run, city: Store) -> None:
    command = ("excuse", "add", "DL", "--person", 3, "--from", MONDAY, *LETTER)
    assert effects(run(*command, "--dry-run", "--json")) == [(3, "2026-11-23", "absent", "excused DL")]
    shown = run(*command, answer="n\n")
    assert shown.exit_code == ExitCode.FAILED
    assert "absent" in shown.output
    assert "Orang 3" in shown.output
    assert "Nothing was entered" in shown.output
    assert city.facts.excuses_of(PersonId(3)) == []
    assert city.audit.latest() == []


def test_the_person_may_be_named_by_a_nip_that_is_asked_for_or_stands_in_a_file(
    run: Run, city: Store, tmp_path: Path
) -> None:
    command = ("excuse", "add", "CS", "--from", MONDAY, *LETTER, "--dry-run")
    asked = run(*command, answer=f"{NIP}\n")
    assert "Orang 3" in asked.stdout
    (tmp_path / "nip.txt").write_text(f"{NIP}\n")
    from_file = run(*command, "--nip-file", tmp_path / "nip.txt")
    assert "Orang 3" in from_file.stdout
    assert NIP not in asked.stdout + from_file.output


def test_an_excuse_of_the_same_code_on_the_same_day_is_refused_with_what_to_do(run: Run, city: Store) -> None:
    command = ("excuse", "add", "DL", "--person", 3, *LETTER, "--yes")
    assert run(*command, "--from", "2026-11-20", "--to", "2026-11-24").exit_code == 0
    again = run(*command, "--from", MONDAY, "--first-time", "10:00")
    assert again.exit_code == ExitCode.FAILED
    assert "presensi excuse withdraw" in again.output
    other = ("excuse", "add", "CT", "--person", 3, *LETTER, "--yes", "--from", MONDAY)
    assert run(*other).exit_code == 0


def test_a_withdrawn_excuse_no_longer_counts_and_says_why_in_the_audit_log(run: Run, city: Store) -> None:
    number = told(run("excuse", "add", "DL", "--person", 3, "--from", MONDAY, *LETTER, "--yes", "--json"))[
        "number"
    ]
    command = ("excuse", "withdraw", number, "--reason", "salah orang", "--yes", "--json")
    assert effects(run(*command)) == [(3, "2026-11-23", "excused DL", "absent")]
    assert city.facts.excuses_of(PersonId(3)) == []
    assert city.audit.latest()[0].action == "excuse.withdrawn"
    again = run(*command)
    assert again.exit_code == ExitCode.FAILED
    assert "presensi excuse list" in again.output


def test_an_outage_of_a_site_turns_absence_and_lateness_there_into_waiting_and_presence(
    run: Run, city: Store
) -> None:
    command = ("outage", "add", "--unit", "2", "--cause", "power", "--from", "2026-11-23 06:30")
    ended = (*command, "--to", "2026-11-23 08:00", *LETTER, "--yes", "--json")
    [change] = news(city, lambda: told(run(*ended)))
    assert (change.topic, change.since) == (Topic.OUTAGE, at("06:30"))
    assert "Dinas Contoh" in run("outage", "list").output
    [site] = city.facts.site_outages_between(at("06:00"), at("09:00"))
    withdrawn = run("outage", "withdraw", site.id, "--reason", "surat dicabut", "--yes", "--json")
    assert effects(withdrawn) == [
        (2, "2026-11-23", "present (outage)", "late TL1 (20 min)"),
        (3, "2026-11-23", "waiting (outage)", "absent"),
    ]
    assert [line.action for line in city.audit.latest()] == ["outage.withdrawn", "outage.declared"]


def test_an_open_outage_is_ended_by_its_number(run: Run, city: Store) -> None:
    command = ("outage", "add", "--unit", "2", "--cause", "no_terminal", "--from", "2026-11-23 06:30")
    number = told(run(*command, *LETTER, "--yes", "--json"))["number"]
    early = run("outage", "end", number, "--at", "2026-11-23 06:00", "--yes")
    assert early.exit_code == ExitCode.FAILED
    assert run("outage", "end", number, "--at", "2026-11-23 09:00", "--yes").exit_code == 0
    [site] = city.facts.site_outages_between(at("06:00"), at("10:00"))
    assert site.ends_at == at("09:00")
    assert run("outage", "end", number, "--yes").exit_code == ExitCode.FAILED


def test_an_outage_of_a_terminal_is_declared_and_ended_with_a_line_in_the_audit_log(
    run: Run, city: Store
) -> None:
    command = ("outage", "add", "--terminal", "SIM0001", "--cause", "broken", "--from", "2026-11-23 06:30")
    assert effects(run(*command, *LETTER, "--yes", "--json")) == [
        (2, "2026-11-23", "late TL1 (20 min)", "present (outage)"),
        (3, "2026-11-23", "absent", "waiting (outage)"),
    ]
    end = ("outage", "end", "--terminal", "SIM0001", "--at", "2026-11-23 06:45", "--yes", "--json")
    assert run(*end).exit_code == 0
    assert [line.action for line in city.audit.latest()] == ["outage.ended", "outage.declared"]
    assert run(*end).exit_code == ExitCode.FAILED


def test_a_corrected_arrival_is_signed_and_an_undo_takes_it_back(run: Run, city: Store) -> None:
    why = ("--reason", "lupa absen", *LETTER)
    command = ("correct", "add", "arrival", "--person", 3, "--day", MONDAY, "--at", "07:20", *why)
    entered = run(*command, "--yes", "--json")
    assert effects(entered) == [(3, "2026-11-23", "absent", "present")]
    number = told(entered)["number"]
    listed = told(run("correct", "list", "--person", 3, "--day", MONDAY, "--json"))
    assert [(it["kind"], it["in_force"]) for it in listed["corrections"]] == [("arrival", True)]
    undone = run("correct", "undo", number, "--person", 3, "--reason", "salah orang", "--yes", "--json")
    assert effects(undone) == [(3, "2026-11-23", "present", "absent")]
    twice = run("correct", "undo", number, "--person", 3, "--reason", "lagi", "--yes")
    assert twice.exit_code == ExitCode.FAILED
    assert "undone before" in twice.output
    actions = [line.action for line in city.audit.latest()]
    assert actions == ["correction.entered", "corrections.viewed", "correction.entered"]


def test_a_punch_of_somebody_else_is_voided_by_its_number_only_for_its_owner(run: Run, city: Store) -> None:
    listed = told(run("correct", "list", "--person", 1, "--day", MONDAY, "--json"))
    [found] = listed["punches"]
    command = (
        "correct",
        "add",
        "void",
        "--day",
        MONDAY,
        "--punch",
        found["number"],
        "--reason",
        "titip absen",
    )
    assert effects(run(*command, *LETTER, "--person", 1, "--yes", "--json")) == [
        (1, "2026-11-23", "present", "absent")
    ]
    other = run(*command, *LETTER, "--person", 3, "--yes")
    assert other.exit_code == ExitCode.FAILED
    assert "presensi correct list" in other.output


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (("arrival", "--reason", "x", *LETTER), "--at"),
        (("void", "--reason", "x", *LETTER), "--punch"),
        (("present", "--at", "07:00", "--reason", "x", *LETTER), "--at"),
        (("present", *LETTER), "--reason"),
        (("present", "--reason", "x"), "--reference"),
        (("arrival", "--at", "07:00", "--next-day", "--reason", "x", *LETTER), "--next-day"),
    ],
)
def test_a_correction_that_lacks_what_it_needs_is_a_wrong_command_line(
    run: Run, city: Store, arguments: tuple[str, ...], hint: str
) -> None:
    kind, *others = arguments
    result = run("correct", "add", kind, "--person", 3, "--day", MONDAY, *others, "--yes")
    assert result.exit_code == ExitCode.USAGE
    assert hint in result.output


def test_a_correction_with_an_empty_reason_is_refused(run: Run, city: Store) -> None:
    result = run(
        "correct", "add", "present", "--person", 3, "--day", MONDAY, "--reason", " ", *LETTER, "--yes"
    )
    assert result.exit_code == ExitCode.FAILED
    assert "needs a reason" in result.output
    assert city.corrections.of_person(PersonId(3)) == []


def test_a_roll_call_is_named_by_a_code_that_the_persons_rules_know(
    run: Run, city: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRESENSI_BOARD_RULES", "flexi")
    command = (
        "correct",
        "add",
        "gathering",
        "--person",
        1,
        "--day",
        MONDAY,
        "--reason",
        "mesin mati",
        *LETTER,
    )
    unknown = run(*command, "--code", "upacara", "--yes")
    assert unknown.exit_code == ExitCode.FAILED
    assert "only APEL" in unknown.output
    assert run(*command, "--code", "apel", "--yes").exit_code == 0
    [entered] = city.corrections.of_person(PersonId(1))
    assert entered.code == "APEL"


def test_a_ceremony_on_a_day_off_can_be_corrected_too(
    run: Run, city: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    sunday = MONDAY - timedelta(days=1)
    pack = (Path(config.__file__).parent / "rules" / "flexi" / "2023-04-13.toml").read_text()
    dated = f"dates = [{sunday}]\non_days_off = true"
    (tmp_path / "own.toml").write_text(pack.replace('weekdays = ["monday"]', dated, 1))
    monkeypatch.setenv("PRESENSI_BOARD_RULES", str(tmp_path))
    command = ("correct", "add", "gathering", "--person", 1, "--day", sunday, "--reason", "daftar hadir")
    assert run(*command, *LETTER, "--code", "apel", "--yes").exit_code == 0
    [entered] = city.corrections.of_person(PersonId(1))
    assert entered.code == "APEL"


@pytest.fixture
def ward(city: Store) -> Store:
    """The office works by shifts; both P (07–14) and S (14–21) are known; persons 2 and 3 have a roster."""
    by = {"by": "t", "at": at("06:00")}
    since = date(2020, 1, 1)
    city.calendars.set_pattern(WorkPattern(UnitId(2), SHIFT_HOURS, True, since, None), **by)  # type: ignore[arg-type]
    for code, starts, ends in (("P", time(7), time(14)), ("S", time(14), time(21))):
        city.shifts.define(Shift(code, code, starts, ends, since), **by)  # type: ignore[arg-type]
    entries = [
        ShiftEntry(PersonId(2), MONDAY, ("S",), False, "r"),
        ShiftEntry(PersonId(3), MONDAY, ("P",), False, "r"),
    ]
    city.shifts.set_entries(entries, **by)  # type: ignore[arg-type]
    return city


def test_a_swap_gives_each_the_others_shift(run: Run, ward: Store) -> None:
    command = ("shift", "swap", "--person", 3, "--with", 2, "--day", MONDAY, *LETTER, "--yes", "--json")
    changed = {(person, then) for person, _, _, then in effects(run(*command))}
    assert (3, "not due") in changed
    found = {entry.person_id: entry.codes for entry in ward.shifts.entries_between(MONDAY, MONDAY)}
    assert found == {2: ("P",), 3: ("S",)}
    alone = run("shift", "swap", "--person", 3, "--with", 1, "--day", MONDAY, *LETTER, "--yes")
    assert alone.exit_code == ExitCode.FAILED
    assert "presensi shift set" in alone.output


def test_a_day_of_the_roster_is_set_and_what_stood_there_is_in_the_audit_log(run: Run, ward: Store) -> None:
    command = ("shift", "set", "P+S", "--person", 3, "--day", MONDAY, *LETTER, "--yes", "--json")
    assert run(*command).exit_code == 0
    assert ward.audit.latest()[0].detail == "2026-11-23: P (r) → P+S (ST 1/2026)"
    assert "P+S" in run("shift", "show", "--unit", "2").output
    assert run("shift", "set", "free", "--person", 3, "--day", MONDAY, *LETTER, "--yes").exit_code == 0
    [entry] = ward.shifts.entries_between(MONDAY, MONDAY, {PersonId(3)})
    assert (entry.codes, entry.on_call) == ((), False)
    unknown = run("shift", "set", "M", "--person", 3, "--day", MONDAY, *LETTER, "--yes")
    assert unknown.exit_code == ExitCode.FAILED
    assert "P, S" in unknown.output
    assert run("shift", "set", "P P", "--person", 3, "--day", MONDAY, *LETTER).exit_code == ExitCode.USAGE


def test_who_is_said_to_have_retired_leaves_the_roster_from_that_day(run: Run, city: Store) -> None:
    command = ("employment", "set", "retired", "--person", 3, "--from", MONDAY, *LETTER)
    entered = run(*command, "--yes", "--json")
    [(person, day, now, _)] = effects(entered)
    assert (person, day, now) == (3, "2026-11-23", "absent")
    [state] = city.employments.of_person(PersonId(3))
    assert (state.state, state.valid_from, state.reference) == (EmploymentState.RETIRED, MONDAY, "ST 1/2026")
    assert city.audit.latest()[0].action == "employment.entered"
    assert "retired" in run("employment", "list", "--person", 3).output


def test_people_are_found_by_a_part_of_their_name_without_their_nip(run: Run, city: Store) -> None:
    assert [it["person"] for it in json.loads(run("person", "find", "orang", "--json").stdout)] == [1, 2, 3]
    shown = run("person", "find", "Orang 3").output
    assert "Dinas Contoh" in shown
    assert NIP not in shown
    assert city.audit.latest()[0].action == "names.viewed"
    assert run("person", "find", "%%").exit_code == ExitCode.FAILED


def test_nobody_known_is_an_error_that_says_how_to_find_somebody(run: Run, city: Store) -> None:
    result = run("excuse", "add", "DL", "--person", 99, "--from", MONDAY, *LETTER, "--yes")
    assert result.exit_code == ExitCode.FAILED
    assert "presensi person find" in result.output


@pytest.mark.parametrize("group", ["excuse", "outage", "correct", "shift", "employment", "person"])
def test_every_command_of_a_group_has_a_help(run: Run, group: str) -> None:
    assert run(group, "--help").exit_code == 0


def test_a_state_for_a_while_lets_the_one_before_hold_again(run: Run, city: Store) -> None:
    """Nobody is expected again because a leave of absence from elsewhere ended."""
    first = ("employment", "set", "seconded", "--person", 3, "--from", "2026-01-01", *LETTER, "--yes")
    while_ = ("employment", "set", "study", "--person", 3, "--from", "2026-10-01", "--to", "2026-10-31")
    assert run(*first).exit_code == 0
    assert run(*while_, *LETTER, "--yes").exit_code == 0
    states = [(one.state.value, one.valid_to) for one in city.employments.of_person(PersonId(3))]
    assert states == [("seconded", None), ("study", date(2026, 10, 31))]
