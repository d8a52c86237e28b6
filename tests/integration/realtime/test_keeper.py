"""The keeper: today's results stand in the store within a second or two, past days are put right when a fact
comes late, and a restart loses nothing and tells nothing twice.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from functools import partial

import pytest

from attendance.day_result import DayStatus
from attendance.history import Cause
from attendance.ids import PersonId, TerminalId
from attendance.people import Excuse, ExcuseCode, Outage, OutageCause
from attendance.rules import RuleBook
from config.clock import Clock, SimClock
from realtime.day_source import DaySource
from realtime.keeper import Keeper
from realtime.recompute import recompute
from store import Store, open_store
from tests.support.boards import BOOK, health, with_ceremony
from tests.support.days import FRESHNESS, MONDAY, ZONE, at
from tests.support.mornings import SetClock, append, both_read, punch, settled
from tests.support.postgres import PostgresServer
from tests.support.waiting import PATIENCE

SUNDAY = MONDAY - timedelta(days=1)
TUESDAY, WEDNESDAY, THURSDAY = (MONDAY + timedelta(days=number) for number in (1, 2, 3))


@contextmanager
def keeping(store: Store, clock: Clock, book: RuleBook = BOOK) -> Iterator[Keeper]:
    keeper = Keeper(store, clock, DaySource(store, book, ZONE), FRESHNESS)
    keeper.start()
    try:
        wait_until(keeper.ready)
        yield keeper
    finally:
        keeper.stop()


class LateForOne:
    """The city's clock, but the first time that the thread called `name` asks, it is still `moment`."""

    def __init__(self, name: str, moment: datetime, clock: SimClock) -> None:
        self._name: str | None = name
        self._moment = moment
        self._clock = clock

    @property
    def rate(self) -> float:
        return self._clock.rate

    def now(self) -> datetime:
        if threading.current_thread().name == self._name:
            self._name = None
            return self._moment
        return self._clock.now()

    def real_seconds_until(self, moment: datetime) -> float:
        return self._clock.real_seconds_until(moment)


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def status(store: Store, person: int, day: date = MONDAY) -> DayStatus | None:
    found = store.results.of_person(PersonId(person), day, day)
    return found[0].status if found else None


def told(store: Store, person: int, wanted: DayStatus | None, day: date) -> bool:
    """Whether that is stored; None: whether anything is."""
    found = status(store, person, day)
    return found is not None if wanted is None else found is wanted


def causes(store: Store, person: int, day: date = MONDAY) -> list[Cause]:
    return [line.change.cause for line in store.results.changes_of(PersonId(person), day, day)]


def read_through(store: Store, moment: datetime) -> None:
    store.terminals.save_health([health(number, moment) for number in (1, 2)])


def judged_anew(store: Store, now: datetime, *days: date) -> int:
    """How many stored results differ from what the facts say."""
    source = DaySource(store, BOOK, ZONE)
    return sum(
        recompute(source, store, day, day, clock=lambda: now, freshness=FRESHNESS, dry_run=True).changed
        for day in days
    )


@pytest.fixture
def past(city: Store, clock: SimClock, set_clock: SetClock) -> Store:
    """Thursday morning; Monday to Wednesday are stored and final: Orang 1 came, the others were absent."""
    for day in (MONDAY, TUESDAY, WEDNESDAY):
        append(city, punch("1001", at("07:12", day)), punch("1001", at("16:02", day)))
    now = at("06:30", THURSDAY)
    set_clock(now)
    read_through(city, now)
    recompute(DaySource(city, BOOK, ZONE), city, MONDAY, WEDNESDAY, clock=lambda: now, freshness=FRESHNESS)
    return city


def test_a_punch_becomes_a_stored_result(city: Store, clock: SimClock) -> None:
    with keeping(city, clock):
        assert city.results.between(MONDAY, MONDAY) == []
        append(city, punch("1001", "06:58"))
        wait_until(lambda: status(city, 1) is DayStatus.PRESENT)
        assert causes(city, 1) == [Cause.FIRST]
        assert status(city, 2) is None


def test_time_and_terminals_change_what_is_stored_and_the_history_says_which(
    city: Store, clock: SimClock, set_clock: SetClock
) -> None:
    city.terminals.save_health(both_read("07:00"))
    with keeping(city, clock):
        set_clock("07:32")
        wait_until(lambda: status(city, 2) is DayStatus.WAITING)
        append(city, punch("1002", "07:21", 2))
        city.terminals.save_health(both_read("07:32"))
        wait_until(lambda: (status(city, 2), status(city, 3)) == (DayStatus.PRESENT, DayStatus.ABSENT))
    assert causes(city, 2)[-1] in (Cause.PUNCH, Cause.TERMINAL_READ)
    assert causes(city, 3)[-1] is Cause.TERMINAL_READ


def test_the_first_start_judges_no_day_before_it(city: Store, clock: SimClock) -> None:
    append(city, punch("1001", "06:58"), punch("1001", at("07:00", MONDAY - timedelta(days=1))))
    with keeping(city, clock):
        wait_until(lambda: status(city, 1) is DayStatus.PRESENT)
        time.sleep(0.5)
    assert city.results.first_day() == MONDAY


def test_a_leave_that_is_entered_two_days_later_changes_the_stored_result(
    past: Store, clock: SimClock
) -> None:
    with keeping(past, clock):
        assert status(past, 2) is DayStatus.ABSENT
        past.facts.add_excuse(Excuse(PersonId(2), ExcuseCode.CS, MONDAY, TUESDAY, "SKS 1"))
        wait_until(lambda: status(past, 2) is DayStatus.EXCUSED)
        wait_until(lambda: status(past, 2, TUESDAY) is DayStatus.EXCUSED)
    assert causes(past, 2) == [Cause.FIRST, Cause.EXCUSE]
    assert status(past, 3) is status(past, 2, WEDNESDAY) is DayStatus.ABSENT


def test_punches_of_past_days_that_come_in_late_are_judged(past: Store, clock: SimClock) -> None:
    with keeping(past, clock):
        append(past, punch("1003", at("07:20", TUESDAY), 2))
        wait_until(lambda: status(past, 3, TUESDAY) is DayStatus.PRESENT)
    assert causes(past, 3, TUESDAY) == [Cause.FIRST, Cause.PUNCH]
    assert status(past, 3) is DayStatus.ABSENT


def test_an_outage_that_is_declared_for_a_past_day_takes_the_accusation_back(
    past: Store, clock: SimClock
) -> None:
    with keeping(past, clock):
        outage = Outage(TerminalId(2), OutageCause.POWER, at("06:00", TUESDAY), at("12:00", TUESDAY), "PLN 7")
        past.facts.add_outage(outage)
        wait_until(lambda: status(past, 2, TUESDAY) is DayStatus.WAITING)
    assert causes(past, 2, TUESDAY)[-1] is Cause.OUTAGE
    assert status(past, 2) is DayStatus.ABSENT


def test_a_withdrawn_outage_of_a_terminal_leaves_what_its_log_says_and_the_history_names_it(
    past: Store, clock: SimClock
) -> None:
    with keeping(past, clock):
        outage = Outage(TerminalId(2), OutageCause.POWER, at("06:00", TUESDAY), None, "PLN 7")
        number = past.facts.add_outage(outage)
        wait_until(lambda: status(past, 2, TUESDAY) is status(past, 2, WEDNESDAY) is DayStatus.WAITING)
        past.facts.withdraw_outage(number, "surat untuk mesin lain", by="bkd", at=at("07:00", THURSDAY))
        wait_until(lambda: status(past, 2, TUESDAY) is status(past, 2, WEDNESDAY) is DayStatus.ABSENT)
    for day in (TUESDAY, WEDNESDAY):
        assert causes(past, 2, day) == [Cause.FIRST, Cause.OUTAGE, Cause.OUTAGE]


def test_a_day_that_waited_for_a_dark_terminal_is_settled_when_it_was_read(
    city: Store, clock: SimClock, set_clock: SetClock
) -> None:
    now = at("06:30", THURSDAY)
    set_clock(now)
    city.terminals.save_health([health(1, now), health(2, "07:00", online=False, since="07:05")])
    recompute(DaySource(city, BOOK, ZONE), city, MONDAY, MONDAY, clock=lambda: now, freshness=FRESHNESS)
    with keeping(city, clock):
        assert status(city, 2) is DayStatus.WAITING
        wait_until(lambda: status(city, 2, TUESDAY) is DayStatus.WAITING)
        append(city, punch("1002", "07:12", 2), punch("1002", "16:01", 2))
        read_through(city, now)
        wait_until(lambda: status(city, 2) is DayStatus.PRESENT)
        wait_until(lambda: status(city, 3) is DayStatus.ABSENT)
        wait_until(lambda: city.results.open_days() in ([], [THURSDAY]))
    (settled,) = city.results.of_person(PersonId(2), MONDAY, MONDAY)
    assert settled.final
    assert Cause.TERMINAL_READ in causes(city, 2)


def test_a_ceremony_on_a_day_off_is_settled_when_the_terminal_was_read_that_was_dark(
    city: Store, clock: SimClock, set_clock: SetClock
) -> None:
    now, book = at("06:30", THURSDAY), with_ceremony(SUNDAY)
    set_clock(now)
    append(city, punch("1001", at("06:45", SUNDAY)))
    city.terminals.save_health([health(1, now), health(2, at("06:00", SUNDAY), online=False, since="07:05")])
    recompute(DaySource(city, book, ZONE), city, SUNDAY, SUNDAY, clock=lambda: now, freshness=FRESHNESS)
    with keeping(city, clock, book):
        assert came_to(city, 1, 2) == [True, None]
        append(city, punch("1002", at("06:50", SUNDAY), 2))
        read_through(city, now)
        wait_until(lambda: came_to(city, 1, 2, 3) == [True, True, False])
        wait_until(lambda: SUNDAY not in city.results.open_days())
    assert [status(city, person, SUNDAY) for person in (1, 2, 3)] == [DayStatus.OFF] * 3


def came_to(store: Store, *people: int) -> list[bool | None]:
    """Of each whether the ceremony on Sunday was attended."""
    results = [store.results.of_person(PersonId(person), SUNDAY, SUNDAY) for person in people]
    return [result.gatherings[0].attended for (result,) in results]


def test_a_start_at_midnight_forgets_no_day_between_yesterdays_board_and_the_past(
    city: Store, clock: SimClock, set_clock: SetClock
) -> None:
    now = at("00:00:30", WEDNESDAY)
    set_clock(now)
    city.terminals.save_health([health(1, now), health(2, "07:00", online=False, since="07:05")])
    recompute(DaySource(city, BOOK, ZONE), city, MONDAY, MONDAY, clock=lambda: now, freshness=FRESHNESS)
    assert status(city, 3) is DayStatus.WAITING
    read_through(city, now)
    with keeping(city, LateForOne("past days", at("23:59:59", TUESDAY), clock)):
        wait_until(lambda: status(city, 3) is DayStatus.ABSENT)


def test_midnight_leaves_nothing_of_the_day_before_behind(
    city: Store, clock: SimClock, set_clock: SetClock
) -> None:
    append(city, punch("1001", "06:58"), punch("1001", "16:03"))
    city.terminals.save_health(both_read("21:00"))
    set_clock(at("21:01"))
    with keeping(city, clock):
        wait_until(lambda: status(city, 1) is DayStatus.PRESENT)
        for day in (TUESDAY, WEDNESDAY):
            set_clock(at("00:00:30", day))
            read_through(city, at("00:00:20", day))
            wait_until(partial(told, city, 3, DayStatus.ABSENT, day - timedelta(days=1)))
        wait_until(lambda: city.results.open_days() == [])
    (monday,) = city.results.of_person(PersonId(1), MONDAY, MONDAY)
    assert monday.final
    assert monday.early == 0


def test_what_happened_while_nobody_kept_is_found_at_the_next_start_and_told_once(
    past: Store, clock: SimClock
) -> None:
    with keeping(past, clock):
        pass
    past.facts.add_excuse(Excuse(PersonId(2), ExcuseCode.DL, MONDAY, MONDAY, "ST 4"))
    append(past, punch("1003", at("07:20", TUESDAY), 2))
    for _ in range(3):
        with keeping(past, clock):
            wait_until(lambda: status(past, 2) is DayStatus.EXCUSED)
            wait_until(lambda: status(past, 3, TUESDAY) is DayStatus.PRESENT)
    assert causes(past, 2) == [Cause.FIRST, Cause.EXCUSE]
    assert causes(past, 3, TUESDAY) == [Cause.FIRST, Cause.PUNCH]
    assert judged_anew(past, clock.now(), MONDAY, TUESDAY, WEDNESDAY) == 0


def test_days_during_which_nobody_kept_are_filled_in(
    past: Store, clock: SimClock, set_clock: SetClock
) -> None:
    later = at("09:00", MONDAY + timedelta(days=8))
    set_clock(later)
    read_through(past, later)
    with keeping(past, clock):
        for number in range(8):
            wait_until(partial(told, past, 3, None, MONDAY + timedelta(days=number)))


@pytest.mark.postgres
def test_a_store_that_was_away_is_caught_up_with(
    postgres_url: str, clock: SimClock, postgres_server: PostgresServer
) -> None:
    city = settled(open_store(postgres_url))
    with keeping(city, clock) as keeper:
        append(city, punch("1001", "06:58"))
        wait_until(lambda: status(city, 1) is DayStatus.PRESENT)
        postgres_server.stop("immediate")
        worked = keeper.progress()
        wait_until(lambda: keeper.progress() > worked)
        postgres_server.start()
        append(city, punch("1002", "06:59"))
        wait_until(lambda: status(city, 2) is DayStatus.PRESENT)
    city.close()


def test_two_keepers_at_once_store_the_same_and_tell_it_once(past: Store, clock: SimClock) -> None:
    with keeping(past, clock), keeping(past, clock):
        past.facts.add_excuse(Excuse(PersonId(2), ExcuseCode.CT, MONDAY, TUESDAY, "SC 9"))
        append(past, punch("1003", at("06:20", THURSDAY)))
        wait_until(lambda: status(past, 2, TUESDAY) is DayStatus.EXCUSED)
        wait_until(lambda: status(past, 3, THURSDAY) is DayStatus.PRESENT)
        time.sleep(1.5)
    assert causes(past, 2, TUESDAY) == [Cause.FIRST, Cause.EXCUSE]
    assert causes(past, 3, THURSDAY) == [Cause.FIRST]
