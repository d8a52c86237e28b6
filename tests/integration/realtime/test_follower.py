"""What reaches a board when facts change, on a real store, without any wall."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from sqlalchemy import event, insert

from attendance.calendar import SHIFT_HOURS, WorkPattern
from attendance.corrections import Correction, CorrectionId, CorrectionKind
from attendance.day_result import DayResult, DayStatus, WaitCode
from attendance.ids import PersonId, UnitId
from attendance.people import Excuse, ExcuseCode, OutageCause, SiteOutage
from attendance.shifts import Shift, ShiftEntry
from config.clock import SimClock
from realtime.day_board import DayBoard, Dirt
from realtime.day_source import DaySource
from realtime.follower import Follower, only_today
from store import Store
from store.changes import Change
from store.schema import outages
from tests.support.boards import BOOK
from tests.support.days import FRESHNESS, MONDAY, ZONE, at
from tests.support.mornings import SetClock, append, both_read, punch
from tests.support.waiting import PATIENCE

SUNDAY, TUESDAY = MONDAY - timedelta(days=1), MONDAY + timedelta(days=1)
NIGHT = Shift("M", "Malam", time(21), time(7), date(2020, 1, 1))
MORNING = Shift("P", "Pagi", time(7), time(14), date(2020, 1, 1))


@dataclass
class Notes:
    """A sink that remembers what it was told, for whoever waits for it."""

    loads: int = 0
    fails: int = 0
    """So many changes are still answered with a failure."""
    rows: dict[date, dict[PersonId, DayResult]] = field(default_factory=dict)
    told: list[tuple[date, PersonId, DayStatus]] = field(default_factory=list)
    away: list[Change] = field(default_factory=list)
    moved: threading.Condition = field(default_factory=threading.Condition)

    def loaded(self, board: DayBoard, now: datetime) -> None:
        with self.moved:
            self.loads += 1
            self.rows[board.day] = dict(board.rows)
            self.moved.notify_all()

    def changed(self, board: DayBoard, dirt: Dirt, now: datetime) -> None:
        if self.fails:
            self.fails -= 1
            raise ValueError("the sink fails")
        with self.moved:
            for person in dirt.people:
                self.told.append((board.day, person, board.rows[person].status))
                self.rows[board.day][person] = board.rows[person]
            self.moved.notify_all()

    def elsewhere(self, changes: Sequence[Change], now: datetime) -> None:
        with self.moved:
            self.away += changes
            self.moved.notify_all()

    def settle(self, now: datetime) -> None:
        pass

    def patience(self) -> float:
        return float("inf")

    def close(self) -> None:
        pass

    def until(self, holds: Callable[[], bool]) -> None:
        with self.moved:
            assert self.moved.wait_for(holds, PATIENCE), (self.rows, self.told)

    def status(self, person: int, day: date = MONDAY) -> DayStatus | None:
        result = self.rows.get(day, {}).get(PersonId(person))
        return None if result is None else result.status

    def reason(self, person: int) -> WaitCode | None:
        result = self.rows[MONDAY][PersonId(person)]
        return None if result.reason is None else result.reason.code


@contextmanager
def following(
    store: Store, clock: SimClock, days: Callable[[date], Sequence[date]] = only_today
) -> Iterator[Notes]:
    """A follower at work, from its first boards on."""
    notes = Notes()
    follower = Follower(
        store, clock, DaySource(store, BOOK, ZONE), freshness=FRESHNESS, sink=notes, days=days
    )
    follower.start()
    try:
        notes.until(lambda: MONDAY in notes.rows)
        yield notes
    finally:
        follower.stop()


def with_yesterday(today: date) -> Sequence[date]:
    return (today - timedelta(days=1), today)


def correction(person: int, kind: CorrectionKind, clock: str | None = None) -> Correction:
    return Correction(
        id=CorrectionId(0),
        person_id=PersonId(person),
        day=MONDAY,
        kind=kind,
        at=None if clock is None else at(clock),
        punch_id=None,
        code="",
        undoes=None,
        reason="lupa absen",
        reference="surat 1",
        entered_at=at("08:00"),
        entered_by="bkd",
    )


def shift_workers(store: Store, *entries: tuple[int, date, str]) -> None:
    """The office works by shifts, and these are on its roster."""
    store.calendars.set_pattern(
        WorkPattern(UnitId(2), SHIFT_HOURS, True, date(2020, 1, 1), None), by="bkd", at=at("05:00")
    )
    for shift in (NIGHT, MORNING):
        store.shifts.define(shift, by="bkd", at=at("05:00"))
    enter(store, *entries)


def enter(store: Store, *entries: tuple[int, date, str]) -> None:
    rows = [ShiftEntry(PersonId(person), day, (code,), False, "surat") for person, day, code in entries]
    if rows:
        store.shifts.set_entries(rows, by="bkd", at=at("05:00"))


def test_a_late_excuse_touches_the_person_alone_and_reads_no_roster(
    city: Store, clock: SimClock, set_clock: SetClock
) -> None:
    set_clock("08:00")
    city.terminals.save_health(both_read("07:59"))
    statements: list[str] = []

    @event.listens_for(city.database.engine, "before_cursor_execute")
    def _note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    with following(city, clock) as notes:
        assert notes.status(1) is DayStatus.ABSENT
        statements.clear()
        city.facts.add_excuse(Excuse(PersonId(1), ExcuseCode.DL, MONDAY, MONDAY, "surat 1"))
        notes.until(lambda: notes.status(1) is DayStatus.EXCUSED)
        assert notes.told == [(MONDAY, PersonId(1), DayStatus.EXCUSED)]
        assert notes.loads == 1
        assert not [text for text in statements if "FROM placements" in text or "FROM punches" in text]


def test_an_excuse_that_is_withdrawn_no_longer_holds(
    city: Store, clock: SimClock, set_clock: SetClock
) -> None:
    set_clock("08:00")
    city.terminals.save_health(both_read("07:59"))
    excuse = city.facts.add_excuse(Excuse(PersonId(1), ExcuseCode.DL, MONDAY, MONDAY, "surat 1"))
    with following(city, clock) as notes:
        assert notes.status(1) is DayStatus.EXCUSED
        city.facts.withdraw_excuse(excuse, "surat palsu", by="bkd", at=at("08:00"))
        notes.until(lambda: notes.status(1) is DayStatus.ABSENT)


def test_a_correction_reaches_the_board_and_so_does_its_undo(
    city: Store, clock: SimClock, set_clock: SetClock
) -> None:
    set_clock("08:00")
    city.terminals.save_health(both_read("07:59"))
    with following(city, clock) as notes:
        number = city.corrections.add(correction(2, CorrectionKind.ARRIVAL, "07:10"))
        notes.until(lambda: notes.status(2) is DayStatus.PRESENT)
        undo = correction(2, CorrectionKind.UNDO)
        city.corrections.add(
            Correction(**{name: getattr(undo, name) for name in undo.__slots__} | {"undoes": number})
        )
        notes.until(lambda: notes.status(2) is DayStatus.ABSENT)
        assert notes.loads == 1


def test_a_shift_roster_that_is_entered_late_ends_the_waiting_for_it(
    city: Store, clock: SimClock, set_clock: SetClock
) -> None:
    set_clock("08:00")
    city.terminals.save_health(both_read("07:59"))
    shift_workers(city)
    with following(city, clock) as notes:
        assert (notes.status(1), notes.reason(1)) == (DayStatus.WAITING, WaitCode.NO_ROSTER)
        enter(city, (1, MONDAY, "P"), (2, MONDAY, "M"))
        notes.until(lambda: notes.status(1) is DayStatus.ABSENT and notes.status(2) is DayStatus.NOT_DUE)
        assert notes.status(3) is DayStatus.WAITING
        assert notes.loads == 1


def test_a_declared_outage_of_the_whole_site_makes_everybody_there_wait(
    city: Store, clock: SimClock, set_clock: SetClock
) -> None:
    set_clock("08:00")
    city.terminals.save_health(both_read("07:59"))
    with following(city, clock) as notes:
        number = city.facts.add_site_outage(
            SiteOutage(UnitId(2), OutageCause.NO_TERMINAL, at("06:00"), None, "surat 9"),
            by="bkd",
            at=at("08:00"),
        )
        notes.until(lambda: notes.status(1) is DayStatus.WAITING)
        notes.until(lambda: notes.reason(3) is WaitCode.OUTAGE)
        city.facts.withdraw_site_outage(number, "salah unit", by="bkd", at=at("08:00"))
        notes.until(lambda: notes.status(3) is DayStatus.ABSENT)
        assert notes.loads == 1


def test_an_outage_that_the_collector_found_is_read_with_the_horizon_that_it_makes_doubtful(
    city: Store, clock: SimClock, set_clock: SetClock
) -> None:
    """A horizon may be seen before the notice of the outage beneath it; here that never arrives."""
    set_clock("07:40")
    with following(city, clock) as notes:
        assert notes.status(1) is DayStatus.WAITING
        with city.database.write() as connection:
            lost = {"terminal_id": 1, "cause": "log_lost", "starts_at": at("06:30"), "ends_at": at("07:20")}
            connection.execute(insert(outages).values(**lost, reference=""))
        city.terminals.save_health(both_read("07:40"))
        notes.until(lambda: notes.reason(1) is WaitCode.OUTAGE)
        assert all(status is DayStatus.WAITING for _, _, status in notes.told)


def test_a_night_that_ends_today_is_yesterdays_and_no_arrival_of_today(
    city: Store, clock: SimClock, set_clock: SetClock
) -> None:
    set_clock("07:30")
    shift_workers(city, (1, SUNDAY, "M"), (1, MONDAY, "M"), (2, SUNDAY, "P"), (2, MONDAY, "P"))
    append(city, punch("1001", at("20:50", SUNDAY)), punch("1002", at("06:55", SUNDAY)))
    with following(city, clock, with_yesterday) as notes:
        assert notes.status(1, SUNDAY) is DayStatus.PRESENT
        assert notes.status(1) is DayStatus.NOT_DUE
        append(city, punch("1001", "07:05"))
        night = PersonId(1)
        notes.until(lambda: notes.rows[SUNDAY][night].leaving is not None)
        left = notes.rows[SUNDAY][night].leaving
        assert left is not None
        assert left.at == at("07:05")
        assert notes.status(1) is DayStatus.NOT_DUE
        assert notes.rows[MONDAY][night].arrival is None


def test_changes_of_days_that_are_not_kept_are_told_apart(city: Store, clock: SimClock) -> None:
    with following(city, clock, with_yesterday) as notes:
        city.facts.add_excuse(Excuse(PersonId(1), ExcuseCode.DL, TUESDAY, TUESDAY, "surat 1"))
        notes.until(lambda: [change.first_day for change in notes.away] == [TUESDAY])
        append(city, punch("1001", at("07:00", MONDAY - timedelta(days=40))))
        notes.until(lambda: len(notes.away) == 2)
        append(city, punch("1002", "06:59"))
        notes.until(lambda: notes.status(2) is DayStatus.PRESENT)
        assert len(notes.away) == 2


def test_a_sink_that_fails_is_told_everything_again(city: Store, clock: SimClock) -> None:
    with following(city, clock) as notes:
        notes.fails = 1
        append(city, punch("1001", "06:59"))
        notes.until(lambda: notes.loads == 2)
        assert notes.status(1) is DayStatus.PRESENT
