"""Excuses, outages, the roster of a day, the audit trail: dated, and announced where somebody shows them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from attendance.ids import Nip, PersonId, Pin, TerminalId, UnitId
from attendance.people import (
    Enrollment,
    Excuse,
    ExcuseCode,
    Outage,
    OutageCause,
    Person,
    Placement,
    SiteOutage,
)
from store import Store, StoreError
from store.changes import Topic
from store.schema import outages
from tests.support.rosters import plant, small_roster, terminal

MONDAY = date(2026, 11, 23)
MORNING = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
LEAVE = Excuse(PersonId(1), ExcuseCode.CT, MONDAY, date(2026, 11, 25), "SK-1/2026")
CUT = Outage(TerminalId(1), OutageCause.POWER, MORNING, None, "surat 12")


def test_an_excuse_holds_from_its_first_through_its_last_day(city: Store) -> None:
    city.facts.add_excuse(LEAVE)
    days = [MONDAY + timedelta(days=n) for n in range(-1, 4)]
    assert [city.facts.excuses_on(day) for day in days] == [[], [LEAVE], [LEAVE], [LEAVE], []]


def test_the_same_excuse_twice_is_refused(city: Store) -> None:
    city.facts.add_excuse(LEAVE)
    with pytest.raises(StoreError):
        city.facts.add_excuse(LEAVE)


def test_an_excuse_that_ends_before_it_begins_or_of_nobody_is_refused(city: Store) -> None:
    for wrong in (replace(LEAVE, last_day=date(2026, 11, 1)), replace(LEAVE, person_id=PersonId(99))):
        with pytest.raises(StoreError):
            city.facts.add_excuse(wrong)


def test_an_open_outage_lasts_until_it_is_ended(city: Store) -> None:
    city.facts.add_outage(CUT)
    tomorrow = MORNING + timedelta(days=1)
    assert city.facts.outages_between(tomorrow, tomorrow + timedelta(hours=1)) == [CUT]
    end = MORNING + timedelta(hours=2)
    assert city.facts.end_outage(TerminalId(1), end) == 1
    assert city.facts.end_outage(TerminalId(1), end) == 0
    ended = replace(CUT, ends_at=end)
    assert city.facts.outages_between(end - timedelta(seconds=1), tomorrow) == [ended]
    assert city.facts.outages_between(end, tomorrow) == []
    assert city.facts.outages_between(MORNING - timedelta(hours=1), MORNING) == []


def test_a_withdrawn_outage_of_a_terminal_counts_no_longer_but_stays_with_who_and_why(city: Store) -> None:
    city.facts.add_outage(replace(CUT, starts_at=MORNING - timedelta(days=1), ends_at=MORNING))
    number = city.facts.add_outage(CUT)
    assert city.facts.outage(number) == CUT
    feed = city.changes.feed()
    feed.position()
    assert city.facts.withdraw_outage(number, "salah mesin", by="bkd", at=MORNING) == CUT
    (change,) = feed.next(5)
    feed.close()
    assert (change.topic, change.terminal_ids, change.since) == (Topic.OUTAGE, (1,), MORNING)
    assert city.facts.outage(number) is None
    assert city.facts.outages_between(MORNING, MORNING + timedelta(hours=1)) == []
    assert city.facts.end_outage(TerminalId(1), MORNING + timedelta(hours=2)) == 0
    with city.database.read() as connection:
        kept = connection.execute(select(outages).where(outages.c.id == number)).mappings().one()
    assert (kept["withdrawn_at"], kept["withdrawn_by"]) == (MORNING, "bkd")
    assert (kept["withdrawn_why"], kept["ends_at"]) == ("salah mesin", None)
    [line] = city.audit.latest()
    assert (line.action, line.subject, line.actor) == ("outage.withdrawn", "terminal:1", "bkd")
    assert "salah mesin" in line.detail
    with pytest.raises(StoreError):
        city.facts.withdraw_outage(number, "lagi", by="bkd", at=MORNING)


def test_what_was_withdrawn_may_be_declared_again_but_not_twice_at_once(city: Store) -> None:
    number = city.facts.add_outage(CUT)
    with pytest.raises(StoreError):
        city.facts.add_outage(CUT)
    city.facts.withdraw_outage(number, "salah surat", by="bkd", at=MORNING)
    again = city.facts.add_outage(CUT)
    assert city.facts.outage(again) == CUT


@pytest.mark.parametrize("cause", [OutageCause.LOG_LOST, OutageCause.CLOCK_WRONG])
def test_an_outage_that_the_collector_found_is_not_withdrawn(city: Store, cause: OutageCause) -> None:
    lost = Outage(TerminalId(1), cause, MORNING, MORNING + timedelta(hours=1), "collector")
    city.facts.note_outage(lost)
    [found] = city.facts.outages_between(MORNING, MORNING + timedelta(hours=1))
    with pytest.raises(StoreError, match="found by the collector"):
        city.facts.withdraw_outage(found.id, "mesin baik-baik saja", by="bkd", at=MORNING)
    assert city.facts.outage(found.id) == lost
    assert city.audit.latest() == []


@pytest.mark.parametrize("withdrawn", [False, True])
def test_what_the_collector_finds_counts_beside_what_was_declared_from_the_same_moment_on(
    city: Store, *, withdrawn: bool
) -> None:
    """Else a letter for a shorter time would hide that presses were lost, and call people absent."""
    ended = replace(CUT, ends_at=MORNING + timedelta(hours=1))
    number = city.facts.add_outage(ended)
    if withdrawn:
        city.facts.withdraw_outage(number, "salah mesin", by="bkd", at=MORNING)
    lost = Outage(TerminalId(1), OutageCause.LOG_LOST, MORNING, MORNING + timedelta(hours=5), "collector")
    city.facts.note_outage(lost)
    city.facts.note_outage(lost)
    held = city.facts.outages_between(MORNING, MORNING + timedelta(days=1))
    assert held == ([lost] if withdrawn else [ended, lost])


def test_what_the_collector_finds_again_lasts_as_long_as_the_longer_finding(city: Store) -> None:
    """Killed before it kept what it read, it finds the same later, and more of it."""
    hours = [MORNING + timedelta(hours=n) for n in range(4)]
    first = Outage(TerminalId(1), OutageCause.CLOCK_WRONG, MORNING, hours[1], "collector")
    city.facts.note_outage(first)
    feed = city.changes.feed()
    feed.position()
    city.facts.note_outage(replace(first, ends_at=hours[3]))
    (change,) = feed.next(5)
    feed.close()
    assert (change.since, change.until) == (MORNING, hours[3])
    city.facts.note_outage(replace(first, ends_at=hours[2]))
    assert city.facts.outages_between(MORNING, hours[3]) == [replace(first, ends_at=hours[3])]


def test_every_fact_is_announced(city: Store) -> None:
    feed = city.changes.feed()
    feed.position()
    city.facts.add_excuse(LEAVE)
    city.facts.add_outage(CUT)
    city.facts.end_outage(TerminalId(1), MORNING + timedelta(hours=2))
    changes = [change for _ in range(3) for change in feed.next(1 if _ else 5)]
    feed.close()
    assert [change.topic for change in changes] == [Topic.EXCUSE, Topic.OUTAGE, Topic.OUTAGE]
    assert (changes[2].terminal_ids, changes[2].since) == ((1,), MORNING)
    assert changes[2].until is None, "it lasted to this day until it was ended"


def test_ending_the_outage_of_a_site_touches_every_day_since_it_began(city: Store) -> None:
    cut = SiteOutage(UnitId(2), OutageCause.POWER, MORNING, None, "surat 13")
    number = city.facts.add_site_outage(cut, by="bkd", at=MORNING)
    feed = city.changes.feed()
    feed.position()
    city.facts.end_site_outage(number, MORNING + timedelta(hours=2), by="bkd", at=MORNING)
    (change,) = feed.next(5)
    feed.close()
    assert (change.since, change.until) == (MORNING, None)


def test_the_roster_of_a_day_holds_only_what_was_valid_on_it(store: Store) -> None:
    plain = small_roster()
    retired = Person(PersonId(9), Nip("197001011990011009"), "Orang 9", "Drs.", "M.Si.")
    last = date(2026, 11, 22)
    whole = replace(
        plain,
        people=(*plain.people, retired),
        placements=(*plain.placements, Placement(PersonId(9), UnitId(2), date(2000, 1, 1), last)),
        enrollments=(*plain.enrollments, Enrollment(PersonId(9), Pin("9"), TerminalId(1), MONDAY, None)),
        terminals=(*plain.terminals, terminal(3, active=False)),
    )
    plant(store, whole)
    today = store.roster.load(MONDAY)
    assert today == replace(plain, day=MONDAY, enrollments=whole.enrollments)
    yesterday = store.roster.load(last)
    assert yesterday == replace(plain, day=last, people=whole.people, placements=whole.placements)
    assert store.roster.load(date(2019, 12, 31)).people == (retired,)


def test_the_audit_trail_keeps_every_line(city: Store) -> None:
    city.audit.append("wall", "names.viewed", "office:2", "from 127.0.0.1", at=MORNING)
    city.audit.append("bkd", "roster.imported", "roster")
    newest, oldest = city.audit.latest()
    assert (newest.action, newest.detail) == ("roster.imported", "")
    assert (oldest.at, oldest.actor, oldest.action) == (MORNING, "wall", "names.viewed")
    assert [entry.id for entry in city.audit.latest(limit=1)] == [newest.id]


@pytest.mark.parametrize("change", ["UPDATE audit SET actor = 'nobody'", "DELETE FROM audit"])
def test_the_database_itself_refuses_to_change_the_audit_trail(city: Store, change: str) -> None:
    city.audit.append("wall", "names.viewed", "office:2")

    def tamper() -> None:
        with city.database.write() as connection:
            connection.exec_driver_sql(change)

    with pytest.raises(StoreError, match="the audit trail is append-only"):
        tamper()
    assert [entry.actor for entry in city.audit.latest()] == ["wall"]


@pytest.mark.postgres
def test_the_audit_trail_cannot_be_emptied_at_once(postgres_url: str) -> None:
    from store import open_store

    store = open_store(postgres_url)
    with (
        pytest.raises(StoreError, match="the audit trail is append-only"),
        store.database.write() as connection,
    ):
        connection.exec_driver_sql("TRUNCATE audit")
    store.close()
