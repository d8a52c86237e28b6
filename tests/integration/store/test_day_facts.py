"""What people enter about days: dated, never deleted, announced with whom and which dates it touches."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from attendance.calendar import CalendarEntry, CalendarKind, WorkPattern
from attendance.corrections import Correction, CorrectionId, CorrectionKind, in_force
from attendance.errors import CorrectionRejected
from attendance.ids import PersonId, UnitId
from attendance.people import Employment, EmploymentState, Excuse, ExcuseCode, OutageCause, SiteOutage
from attendance.shifts import Rotation, RotationPeriod, Shift, ShiftEntry
from store import Store, StoreError
from store.address import parse
from store.changes import Change, Topic
from store.database import Database
from store.migrate import downgrade, upgrade

MONDAY = date(2026, 11, 23)
TUESDAY = MONDAY + timedelta(days=1)
NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
BY = "bkd:siti"
ANI, BUDI = PersonId(1), PersonId(2)
TRAVEL = Excuse(ANI, ExcuseCode.DL, MONDAY, TUESDAY, "ST-7", time(13), time(10, 30), UnitId(1), NOW, BY)


def correction(kind: CorrectionKind = CorrectionKind.PRESENT, **changes: object) -> Correction:
    plain = Correction(
        CorrectionId(0), ANI, MONDAY, kind, None, None, "", None, "lupa absen", "surat 5", NOW, BY
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def announced(city: Store, topic: Topic) -> Change:
    """The newest notice of `topic`."""
    with city.database.read() as connection:
        rows = connection.execute(
            text(
                "SELECT id, person_ids, first_day, last_day FROM change_notices "
                "WHERE topic = :topic ORDER BY id DESC"
            ),
            {"topic": topic.value},
        ).all()
    assert rows, f"nothing was announced about {topic}"
    number, people, first, last = rows[0]
    return Change(
        number,
        topic,
        (),
        None,
        None,
        None,
        None,
        tuple(PersonId(int(one)) for one in people.split(",") if one),
        first if first is None or isinstance(first, date) else date.fromisoformat(first),
        last if last is None or isinstance(last, date) else date.fromisoformat(last),
    )


def test_an_excuse_keeps_its_minutes_its_place_and_who_entered_it(city: Store) -> None:
    number = city.facts.add_excuse(TRAVEL)
    (kept,) = city.facts.excuses_between(TUESDAY, TUESDAY)
    assert kept == TRAVEL
    assert kept.id == number
    assert city.facts.excuses_between(TUESDAY + timedelta(days=1), TUESDAY + timedelta(days=9)) == []
    assert city.facts.excuses_between(MONDAY, MONDAY, [BUDI]) == []
    notice = announced(city, Topic.EXCUSE)
    assert (notice.person_ids, notice.first_day, notice.last_day) == ((ANI,), MONDAY, TUESDAY)


def test_a_withdrawn_excuse_counts_no_longer_and_stays_in_the_table(city: Store) -> None:
    number = city.facts.add_excuse(TRAVEL)
    assert city.facts.withdraw_excuse(number, "salah orang", by=BY, at=NOW) == TRAVEL
    assert city.facts.excuses_of(ANI) == []
    with pytest.raises(StoreError):
        city.facts.withdraw_excuse(number, "lagi", by=BY, at=NOW)
    with city.database.read() as connection:
        assert connection.execute(text("SELECT withdrawn_why FROM excuses")).scalar_one() == "salah orang"
    assert [entry.action for entry in city.audit.latest(2)] == ["excuse.withdrawn", "excuse.entered"]
    city.facts.add_excuse(TRAVEL)
    assert city.facts.excuses_of(ANI) == [TRAVEL]


def test_an_outage_of_a_site_is_declared_ended_and_withdrawn(city: Store) -> None:
    outage = SiteOutage(UnitId(1), OutageCause.POWER, NOW, None, "surat 8")
    number = city.facts.add_site_outage(outage, by=BY, at=NOW)
    later = NOW + timedelta(hours=2)
    assert city.facts.site_outages_between(later, later + timedelta(hours=1)) == [outage]
    ended = city.facts.end_site_outage(number, later, by=BY, at=later)
    assert ended.ends_at == later
    assert city.facts.site_outages_between(later, later + timedelta(hours=1)) == []
    with pytest.raises(StoreError):
        city.facts.end_site_outage(number, later, by=BY, at=later)
    city.facts.withdraw_site_outage(number, "bukan kami", by=BY, at=later)
    assert city.facts.site_outages_between(NOW, later) == []


def test_a_correction_can_be_undone_and_the_undo_undone_but_none_is_lost(city: Store) -> None:
    first = city.corrections.add(correction())
    undo = city.corrections.add(correction(CorrectionKind.UNDO, undoes=first))
    assert in_force(city.corrections.between(MONDAY, MONDAY)) == ()
    city.corrections.add(correction(CorrectionKind.UNDO, undoes=undo))
    everything = city.corrections.of_person(ANI, MONDAY)
    assert len(everything) == 3
    assert [one.id for one in in_force(everything)] == [first]
    notice = announced(city, Topic.CORRECTION)
    assert (notice.person_ids, notice.first_day, notice.last_day) == ((ANI,), MONDAY, MONDAY)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (correction(reason=" "), "needs a reason"),
        (correction(reference=""), "needs its evidence"),
        (correction(CorrectionKind.ARRIVAL), "time of coming"),
        (correction(CorrectionKind.VOID), "the punch"),
        (correction(CorrectionKind.UNDO), "that it undoes"),
        (correction(CorrectionKind.UNDO, undoes=CorrectionId(77)), "no correction number 77"),
    ],
)
def test_a_correction_that_lacks_something_is_refused(city: Store, wrong: Correction, said: str) -> None:
    with pytest.raises(CorrectionRejected, match=said):
        city.corrections.add(wrong)
    assert city.corrections.of_person(ANI) == []


def test_another_persons_correction_and_one_undone_before_cannot_be_undone(city: Store) -> None:
    first = city.corrections.add(correction())
    with pytest.raises(CorrectionRejected):
        city.corrections.add(correction(CorrectionKind.UNDO, undoes=first, person_id=BUDI))
    city.corrections.add(correction(CorrectionKind.UNDO, undoes=first))
    with pytest.raises(CorrectionRejected, match="undone before"):
        city.corrections.add(correction(CorrectionKind.UNDO, undoes=first))


@pytest.mark.parametrize("statement", ["UPDATE corrections SET reason = 'x'", "DELETE FROM corrections"])
def test_the_database_itself_refuses_to_change_a_correction(city: Store, statement: str) -> None:
    city.corrections.add(correction())
    with pytest.raises((StoreError, DatabaseError)), city.database.write() as connection:
        connection.execute(text(statement))
    assert len(city.corrections.of_person(ANI)) == 1


def test_a_new_work_pattern_ends_the_one_before(city: Store) -> None:
    city.calendars.set_pattern(WorkPattern(UnitId(1), "five_day", False, MONDAY, None), by=BY, at=NOW)
    city.calendars.set_pattern(WorkPattern(UnitId(1), "six_day", True, TUESDAY, None), by=BY, at=NOW)
    assert city.calendars.patterns() == [
        WorkPattern(UnitId(1), "five_day", False, MONDAY, MONDAY),
        WorkPattern(UnitId(1), "six_day", True, TUESDAY, None),
    ]
    city.calendars.set_pattern(WorkPattern(UnitId(1), "shift", True, TUESDAY, None), by=BY, at=NOW)
    assert [pattern.hours for pattern in city.calendars.patterns()] == ["five_day", "shift"]


def test_the_same_calendar_entry_twice_is_one(city: Store) -> None:
    entry = CalendarEntry(MONDAY, TUESDAY, CalendarKind.HOLIDAY, "Hari X", None, "SKB 1/2026")
    for _ in range(2):
        city.calendars.add_entry(entry, by=BY, at=NOW)
    assert city.calendars.entries_between(TUESDAY, TUESDAY) == [entry]
    assert city.calendars.entries_between(MONDAY - timedelta(days=9), MONDAY - timedelta(days=1)) == []


def test_a_roster_is_entered_changed_swapped_and_cleared(city: Store) -> None:
    entries = [ShiftEntry(ANI, MONDAY, ("P",), False, "x"), ShiftEntry(BUDI, MONDAY, ("M", "S"), True, "x")]
    assert city.shifts.set_entries(entries, by=BY, at=NOW) == 2
    assert city.shifts.set_entries(entries, by=BY, at=NOW) == 0
    city.shifts.swap(ANI, BUDI, MONDAY, "tukar 3", by=BY, at=NOW)
    assert [(entry.codes, entry.on_call) for entry in city.shifts.entries_between(MONDAY, MONDAY)] == [
        (("M", "S"), True),
        (("P",), False),
    ]
    notice = announced(city, Topic.DUTY)
    assert (notice.person_ids, notice.first_day, notice.last_day) == ((ANI, BUDI), MONDAY, MONDAY)
    assert city.shifts.clear_entries([(ANI, MONDAY), (ANI, TUESDAY)], by=BY, at=NOW) == 1
    with pytest.raises(StoreError, match="does not say"):
        city.shifts.swap(ANI, BUDI, MONDAY, "tukar 4", by=BY, at=NOW)


def test_shifts_rotations_and_who_follows_them_are_read_back(city: Store) -> None:
    night = Shift("M", "Malam", time(21), time(7), MONDAY)
    three = Rotation("R3", "Tiga regu", (("P",), ("S", "M"), ()))
    city.shifts.define(night, by=BY, at=NOW)
    city.shifts.add_rotation(three, by=BY, at=NOW)
    city.shifts.follow(RotationPeriod(ANI, "R3", MONDAY, MONDAY, None), by=BY, at=NOW)
    city.shifts.follow(RotationPeriod(ANI, "R3", TUESDAY, TUESDAY, None), by=BY, at=NOW)
    assert city.shifts.shifts() == [night]
    assert city.shifts.rotations() == [three]
    assert [(period.valid_from, period.valid_to) for period in city.shifts.periods()] == [
        (MONDAY, MONDAY),
        (TUESDAY, None),
    ]


def test_who_retired_stands_on_no_roster_from_that_day_on(city: Store) -> None:
    assert ANI in {person.id for person in city.roster.load(TUESDAY).people}
    city.employments.add(Employment(ANI, EmploymentState.RETIRED, TUESDAY, None, "SK 1"), by=BY, at=NOW)
    assert ANI in {person.id for person in city.roster.load(MONDAY).people}
    assert ANI not in {person.id for person in city.roster.load(TUESDAY).people}
    facts = city.day_facts.load(MONDAY, TUESDAY)
    days = [(span.first, span.last) for span in facts.rosters]
    assert days == [(MONDAY - timedelta(days=1), MONDAY), (TUESDAY, TUESDAY + timedelta(days=1))]
    assert [ANI in {person.id for person in span.roster.people} for span in facts.rosters] == [True, False]
    assert [one.state for one in facts.employments] == [EmploymentState.RETIRED]


def test_a_study_leaves_people_on_the_roster(city: Store) -> None:
    city.employments.add(Employment(ANI, EmploymentState.STUDY, MONDAY, None, "SK 2"), by=BY, at=NOW)
    assert ANI in {person.id for person in city.roster.load(MONDAY).people}


def test_facts_of_some_people_are_theirs_alone(city: Store) -> None:
    city.facts.add_excuse(TRAVEL)
    city.corrections.add(correction())
    city.shifts.set_entries([ShiftEntry(BUDI, MONDAY, (), False, "x")], by=BY, at=NOW)
    ani, budi = (city.day_facts.of_people(MONDAY, MONDAY, [who]) for who in (ANI, BUDI))
    assert (len(ani.excuses), len(ani.corrections), len(ani.shift_entries)) == (1, 1, 0)
    assert (len(budi.excuses), len(budi.corrections), len(budi.shift_entries)) == (0, 0, 1)


def test_excuses_from_before_get_their_code_and_go_back_to_their_kind(empty_database_url: str) -> None:
    address = parse(empty_database_url)
    database = Database(address, create=True)
    with database.write() as connection:
        upgrade(connection, address)
        downgrade(connection, "0002")
        connection.execute(text("INSERT INTO people VALUES (1, '199001012015011001', 'Ani', '', '')"))
        connection.execute(
            text(
                "INSERT INTO excuses (person_id, kind, first_day, last_day, reference) "
                "VALUES (1, 'duty_travel', '2026-11-23', '2026-11-24', 'ST-1')"
            )
        )
        upgrade(connection, address)
        row = connection.execute(text("SELECT person_id, code, reference, entered_by FROM excuses")).one()
        assert tuple(row) == (1, "DL", "ST-1", "")
        downgrade(connection, "0002")
        assert connection.execute(text("SELECT kind FROM excuses")).scalar_one() == "duty_travel"
    database.close()
