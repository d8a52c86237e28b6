"""The day as it stood at the cut-off, through real stores and real connections."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from datetime import timedelta

from attendance.calendar import CalendarEntry, CalendarKind
from attendance.day_result import DayStatus
from attendance.ids import PersonId
from config.clock import SimClock
from realtime.board_view import Look
from realtime.day_board import DayBoard
from realtime.day_source import DaySource
from realtime.keeper import Keeper
from realtime.rows import Row
from realtime.scope import Scope
from realtime.wall_sink import WallSink
from store import Store
from tests.support.boards import BOOK
from tests.support.days import FRESHNESS, MONDAY, ZONE, at
from tests.support.mornings import SetClock, append, both_read, punch
from tests.support.walls import Wall, serving, wait_until, wall

PRESENT_THEN = {
    PersonId(1): DayStatus.PRESENT,
    PersonId(2): DayStatus.NOT_YET,
    PersonId(3): DayStatus.NOT_YET,
}


def kept(store: Store) -> bool:
    return store.freezes.of(MONDAY) is not None


def frozen(store: Store) -> dict[PersonId, DayStatus]:
    found = store.freezes.of(MONDAY)
    assert found is not None
    return dict(found.statuses)


def corrected(monitor: Wall, scope: str = "recap") -> int | None:
    number: int | None = monitor.row(scope, "freeze").get("corrected")
    return number


def morning(store: Store, set_clock: SetClock, clock: str) -> None:
    """Orang 1 came, everything is read."""
    append(store, punch("1001", "07:10"))
    store.terminals.save_health(both_read("07:29:55"))
    set_clock(clock)


def test_what_comes_after_the_cutoff_is_told_as_a_correction_and_a_restart_forgets_nothing(
    city: Store, clock: SimClock, set_clock: SetClock
) -> None:
    morning(city, set_clock, "07:29:58")
    with serving(city, clock) as (_, url), wall(url) as monitor:
        assert monitor.join("recap") == {}
        set_clock("07:30:00")
        monitor.until(lambda: corrected(monitor) == 0)
        assert monitor.row("recap", "freeze")["made"] == "07:30:00"
        assert frozen(city) == PRESENT_THEN
        set_clock("07:50")
        append(city, punch("1002", "07:20", 2))
        monitor.until(lambda: corrected(monitor) == 1)
        rows = monitor.seen["recap"].rows
        assert rows.keys() == {"freeze", "r:2", "c:2"}
        before = rows["freeze"]
    with serving(city, clock) as (_, url), wall(url) as monitor:
        assert monitor.join("recap")["freeze"] == before
        assert monitor.join("recap:2").keys() == {"freeze", "r:2", "c:2"}


def test_two_walls_over_one_store_tell_the_same_also_when_one_starts_late(
    city: Store, clock: SimClock, set_clock: SetClock
) -> None:
    morning(city, set_clock, "07:29:58")
    with ExitStack() as stack:
        urls = [stack.enter_context(serving(city, clock))[1] for _ in range(2)]
        one, two = (stack.enter_context(wall(url)) for url in urls)
        one.join("recap")
        two.join("recap")
        set_clock("07:30:01")
        one.until(lambda: corrected(one) == 0)
        two.until(lambda: corrected(two) == 0)
        append(city, punch("1002", "07:20", 2))
        one.until(lambda: corrected(one) == 1)
        two.until(lambda: corrected(two) == 1)
        assert one.seen["recap"].rows == two.seen["recap"].rows
        set_clock("09:00")
        with serving(city, clock) as (_, third), wall(third) as late:
            assert late.join("recap") == one.seen["recap"].rows


def test_the_keeper_keeps_the_day_where_no_wall_runs(
    city: Store, clock: SimClock, set_clock: SetClock
) -> None:
    morning(city, set_clock, "07:29:58")
    keeper = Keeper(city, clock, DaySource(city, BOOK, ZONE), FRESHNESS)
    keeper.start()
    try:
        wait_until(keeper.ready)
        assert not kept(city)
        set_clock("07:30:02")
        wait_until(lambda: kept(city))
    finally:
        keeper.stop()
    found = city.freezes.of(MONDAY)
    assert found is not None
    assert (found.cutoff_at, found.made_at) == (at("07:30"), at("07:30:02"))
    assert dict(found.statuses) == PRESENT_THEN


def test_a_wall_that_starts_after_the_cutoff_says_when_it_was_made(
    city: Store, clock: SimClock, set_clock: SetClock
) -> None:
    morning(city, set_clock, "09:15:30")
    with serving(city, clock) as (_, url), wall(url) as monitor:
        freeze = monitor.join("recap")["freeze"]
        assert (freeze["at"], freeze["made"], freeze["corrected"]) == ("07:30", "09:15:30", 0)


def test_a_day_off_has_no_recap(city: Store, clock: SimClock, set_clock: SetClock) -> None:
    set_clock(at("10:00", MONDAY.replace(day=22)))
    with serving(city, clock) as (_, url), wall(url) as monitor:
        assert monitor.join("recap") == {}
        assert not kept(city)


def test_without_names_the_recap_names_nobody(city: Store, clock: SimClock, set_clock: SetClock) -> None:
    morning(city, set_clock, "07:30:00")
    with serving(city, clock, show_names=False) as (_, url), wall(url) as monitor:
        monitor.join("recap")
        append(city, punch("1002", "07:20", 2))
        monitor.until(lambda: corrected(monitor) == 1)
        assert monitor.seen["recap"].rows.keys() == {"freeze", "r:2"}


def test_a_day_off_or_other_hours_that_are_entered_later_leave_the_recap_and_are_told_in_it(
    city: Store, clock: SimClock, set_clock: SetClock
) -> None:
    morning(city, set_clock, "07:29:58")
    with serving(city, clock) as (_, url), wall(url) as monitor:
        monitor.join("recap")
        set_clock("07:30:00")
        monitor.until(lambda: corrected(monitor) == 0)
        then = monitor.row("recap", "freeze")["then"]
        set_clock("07:40")
        for kind, start in ((CalendarKind.RAMADAN, "08:00"), (CalendarKind.HOLIDAY, None)):
            city.calendars.add_entry(
                CalendarEntry(MONDAY, MONDAY, kind, "x", None, "SK 1"), by="ani", at=at("07:40")
            )
            monitor.until(lambda start=start: monitor.row("recap", "freeze")["start"] == start)  # type: ignore[misc]
            assert monitor.row("recap", "freeze")["then"] == then
        monitor.until(lambda: corrected(monitor) == 3)
        rows = monitor.seen["recap"].rows
    with serving(city, clock) as (_, url), wall(url) as monitor:
        assert monitor.join("recap") == rows
    assert frozen(city) == PRESENT_THEN


def test_what_is_said_of_now_is_sent_before_everybody_is_judged_as_of_the_cutoff(
    city: Store, clock: SimClock, set_clock: SetClock
) -> None:
    morning(city, set_clock, "09:15")
    sent: list[tuple[str, bool]] = []

    class Outlet:
        def change(self, scope: Scope, rows: Mapping[str, Row], removed: frozenset[str]) -> None:
            """Nothing changes here."""

        def replace(self, scope: Scope, rows: Mapping[str, Row]) -> None:
            sent.append((scope.name, kept(city)))

        def opened(self, scopes: Iterable[Scope]) -> None:
            sent.append(("opened", kept(city)))

    source = DaySource(city, BOOK, ZONE)
    board = DayBoard(
        source.load(MONDAY, MONDAY),
        MONDAY,
        health=city.terminals.health(),
        punches=[],
        now=clock.now(),
        freshness=FRESHNESS,
    )
    look = Look("Kota Contoh", ZONE)
    sink = WallSink(
        city, clock, source, freshness=FRESHNESS, look=look, outlet=Outlet(), coalesce=timedelta()
    )
    sink.loaded(board, clock.now())
    sink.close()
    assert sent == [
        *((name, False) for name in ("city", "office:2", "names", "names:2")),
        *((name, True) for name in ("recap", "recap:2", "opened")),
    ]
