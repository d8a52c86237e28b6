"""Clocks that jump, die, or are off: flagged, set when nobody punches, and their punches kept and marked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from attendance.ids import TerminalId
from attendance.people import OutageCause
from attendance.terminal import Follow
from config.clock import Clock, SimClock, write_clock
from devices.zk.commands import Command
from simulators.tcp import TerminalServer
from store import Store, open_store
from store.reviews import ReviewReason
from tests.support.collecting import (
    FAST,
    ZONE,
    city_now,
    collecting,
    fill,
    health_of,
    register,
    served,
    stored_keys,
    truth_of,
    until,
    utc_now,
)

SETTING = FAST.model_copy(update={"set_clocks": True, "keepalive": timedelta(seconds=0.2)})
NIGHT = datetime(2026, 11, 23, 1, 30, tzinfo=ZONE)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def store(sqlite_url: str) -> Iterator[Store]:
    """On SQLite: nothing here differs between the engines."""
    opened = open_store(sqlite_url)
    yield opened
    opened.close()


@asynccontextmanager
async def followed(
    store: Store, clock: Clock | None = None, *, follow: Follow = Follow.LIVE
) -> AsyncIterator[tuple[TerminalServer, TerminalId]]:
    async with served("CKQ1", clock) as server:
        fill(server.terminal, 30)
        yield server, register(store, "CKQ1", server.port, follow=follow, interval=0.3)


def is_read(store: Store, terminal: TerminalId, since: datetime | None = None) -> Callable[[], bool]:
    def read() -> bool:
        health = health_of(store, terminal)
        through = health.read_through if health else None
        return through is not None and (since is None or through > since)

    return read


def trouble(store: Store, terminal: TerminalId) -> str | None:
    health = health_of(store, terminal)
    return health.error if health else None


def marked(store: Store) -> list[tuple[str, ReviewReason]]:
    return [(one.review.pin, one.review.reason) for one in store.reviews.open()]


@pytest.mark.parametrize("follow", list(Follow), ids=str)
async def test_a_clock_that_jumps_is_flagged_and_what_it_dates_is_kept_and_marked(
    store: Store, follow: Follow
) -> None:
    async with followed(store, follow=follow) as (server, terminal), collecting(store):
        await until(is_read(store, terminal))
        await until(lambda: len(stored_keys(store)) == 30)
        server.terminal.clock_offset = timedelta(hours=3)
        pressed = utc_now()
        server.press("1001", city_now())
        await until(lambda: trouble(store, terminal) == "ClockJumped")
        await until(lambda: len(stored_keys(store)) == 31)
        assert stored_keys(store) == truth_of(server.terminal)
        (one,) = store.reviews.open()
        assert (one.review.pin, one.review.reason) == ("1001", ReviewReason.CLOCK_JUMPED)
        assert one.at is not None
        assert abs(one.at - pressed) < timedelta(seconds=3), "corrected by what the clock was measured to be"
        server.press("1002", city_now())
        await until(lambda: ("1002", ReviewReason.CLOCK_JUMPED) in marked(store))
        health = health_of(store, terminal)
        assert health is not None
        assert health.action is not None
        assert "review list" in health.action
    assert store.facts.outages_between(pressed - timedelta(days=1), utc_now()) == []


async def test_a_jump_that_leaves_open_when_somebody_came_accuses_nobody(store: Store) -> None:
    """A minute back while nobody looked: what shows 07:30:30 was made then, or at 07:31:30."""
    async with followed(store) as (server, terminal), collecting(store):
        await until(is_read(store, terminal))
        await server.cut()
        await until(lambda: trouble(store, terminal) is not None)
        pressed = utc_now()
        server.terminal.press("1001", city_now())
        server.terminal.clock_offset = -MINUTE
        await server.restore()
        await until(lambda: marked(store) == [("1001", ReviewReason.CLOCK_JUMPED)])
        await until(lambda: bool(store.facts.outages_between(pressed, utc_now())))
        (outage,) = store.facts.outages_between(pressed, utc_now())
        assert outage.cause is OutageCause.CLOCK_WRONG
        assert outage.starts_at <= pressed
        assert stored_keys(store) == truth_of(server.terminal)


async def test_a_clock_whose_battery_is_dead_is_named_and_its_punches_are_neither_trusted_nor_dropped(
    store: Store,
) -> None:
    async with followed(store) as (server, terminal), collecting(store):
        await until(is_read(store, terminal))
        await server.cut()
        await until(lambda: trouble(store, terminal) is not None)
        cut = utc_now()
        server.terminal.clock_offset = datetime(2000, 1, 1) - city_now()
        server.terminal.press("1001", city_now())
        await server.restore()
        await until(lambda: trouble(store, terminal) == "ClockDead")
        await until(lambda: ("1001", ReviewReason.CLOCK_DEAD) in marked(store))
        await until(is_read(store, terminal, utc_now()))
        server.press("1002", city_now())
        await until(lambda: ("1002", ReviewReason.CLOCK_DEAD) in marked(store))
        assert stored_keys(store) == truth_of(server.terminal)
        assert [one.cause for one in store.facts.outages_between(cut, utc_now())] == [OutageCause.CLOCK_WRONG]
        (live,) = (one.at for one in store.reviews.open() if one.review.pin == "1002")
        assert live is not None
        assert abs(live - utc_now()) < timedelta(seconds=10), "measured while it was followed"


async def test_old_records_of_a_clock_that_was_dead_once_are_marked_on_the_first_read(store: Store) -> None:
    async with followed(store) as (server, terminal):
        for shown in (datetime(2000, 1, 1, 0, 7), datetime(2031, 5, 5, 7, 0)):
            server.terminal.log.append(server.terminal.pack("1001", shown))
        async with collecting(store):
            await until(is_read(store, terminal))
            assert [reason for _, reason in marked(store)] == [
                ReviewReason.CLOCK_DEAD,
                ReviewReason.IMPOSSIBLE,
            ]
            assert trouble(store, terminal) is None
            assert stored_keys(store) == truth_of(server.terminal)


async def test_a_steady_clock_is_never_flagged_however_often_it_is_measured(store: Store) -> None:
    settings = FAST.model_copy(update={"keepalive": timedelta(seconds=0.02)})
    async with followed(store) as (server, terminal):
        server.terminal.clock_offset = timedelta(seconds=-20)
        async with collecting(store, settings=settings):
            await until(is_read(store, terminal))
            await until(lambda: server.terminal.commands[Command.GET_TIME] > 40)
            server.press("1001", city_now())
            await until(lambda: len(stored_keys(store)) == 31)
            assert (trouble(store, terminal), marked(store)) == (None, [])


@pytest.mark.parametrize("follow", list(Follow), ids=str)
@pytest.mark.parametrize("ahead", [-7 * MINUTE, 4 * MINUTE, timedelta(days=-9000)], ids=str)
async def test_a_clock_that_is_off_is_set_in_the_quiet_hours_and_audited(
    store: Store, tmp_path: Path, ahead: timedelta, follow: Follow
) -> None:
    write_clock(tmp_path / "clock.json", NIGHT, 1)
    clock = SimClock(tmp_path / "clock.json")
    async with followed(store, clock, follow=follow) as (server, terminal):
        server.terminal.clock_offset = ahead
        async with collecting(store, clock, SETTING):
            await until(lambda: abs(server.terminal.clock_offset) < timedelta(seconds=2))
            await until(is_read(store, terminal, clock.now()))
            await until(lambda: trouble(store, terminal) is None)
            server.press("1001", city_now(clock))
            await until(lambda: len(stored_keys(store)) == 31)
            assert stored_keys(store) == truth_of(server.terminal)
        assert server.terminal.commands[Command.SET_TIME] == 1
        assert marked(store) == []
    (entry,) = store.audit.latest()
    assert (entry.actor, entry.action, entry.subject) == ("collector", "terminal.clock_set", "terminal:CKQ1")
    assert "set" in entry.detail


async def test_a_clock_is_not_set_back_until_the_city_has_passed_the_last_recorded_punch(
    store: Store, tmp_path: Path
) -> None:
    write_clock(tmp_path / "clock.json", NIGHT, 1)
    clock = SimClock(tmp_path / "clock.json")
    async with followed(store, clock) as (server, _terminal):
        ahead = timedelta(seconds=8)
        server.terminal.clock_offset = ahead
        recorded = server.press("1001", city_now(clock)).device_time
        set_at: list[datetime] = []
        async with collecting(store, clock, SETTING):
            await until(lambda: len(stored_keys(store)) == 31)
            assert server.terminal.clock_offset == ahead or city_now(clock) > recorded
            await until(lambda: abs(server.terminal.clock_offset) < timedelta(seconds=3))
            set_at.append(city_now(clock))
            server.press("1001", city_now(clock))
            await until(lambda: len(stored_keys(store)) == 32)
        assert set_at[0] > recorded
        times = [moment for _, _, moment in truth_of(server.terminal)]
        assert len(set(times)) == len(times)
        assert stored_keys(store) == truth_of(server.terminal)


@pytest.mark.parametrize(
    ("hour", "change"),
    [(12, {}), (1, {"set_clocks": False})],
    ids=["by day", "switched off"],
)
async def test_by_day_or_where_it_is_switched_off_no_clock_is_touched(
    store: Store, tmp_path: Path, hour: int, change: dict[str, bool]
) -> None:
    write_clock(tmp_path / "clock.json", NIGHT.replace(hour=hour), 1)
    clock = SimClock(tmp_path / "clock.json")
    async with followed(store, clock) as (server, terminal):
        server.terminal.clock_offset = -7 * MINUTE
        async with collecting(store, clock, SETTING.model_copy(update=change)):
            await until(lambda: trouble(store, terminal) == "ClockOff")
            await asyncio.sleep(0.5)
        assert not server.terminal.commands[Command.SET_TIME]


async def test_when_all_terminals_agree_that_it_is_this_machines_clock_none_is_set(
    store: Store, tmp_path: Path
) -> None:
    write_clock(tmp_path / "clock.json", NIGHT, 1)
    clock = SimClock(tmp_path / "clock.json")
    async with AsyncExitStack() as stack:
        servers = [await stack.enter_async_context(served(f"CKQ{number}", clock)) for number in range(4)]
        for server in servers:
            server.terminal.clock_offset = timedelta(hours=-1)
            register(store, server.terminal.serial, server.port)
        daytime = SETTING.model_copy(update={"set_clocks": False})
        async with collecting(store, clock, daytime):
            await until(lambda: sum(it.error == "ClockOff" for it in store.terminals.health().values()) == 4)
        async with collecting(store, clock, SETTING):
            await asyncio.sleep(1)
        assert not any(server.terminal.commands[Command.SET_TIME] for server in servers)


async def test_a_terminal_that_refuses_to_be_set_is_left_alone_until_the_next_night(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_clock(tmp_path / "clock.json", NIGHT, 1)
    clock = SimClock(tmp_path / "clock.json")
    monkeypatch.setattr(
        "simulators.session.TerminalSession._set_time", lambda self, packet, _: self._nothing(packet, _)
    )
    async with followed(store, clock) as (server, terminal):
        server.terminal.clock_offset = -7 * MINUTE
        async with collecting(store, clock, SETTING):
            await until(lambda: bool(server.terminal.commands[Command.SET_TIME]))
            await until(lambda: len(store.audit.latest()) == 1)
            await asyncio.sleep(0.8)
            await until(lambda: trouble(store, terminal) == "ClockOff")
        assert server.terminal.commands[Command.SET_TIME] == 1
    (entry,) = store.audit.latest()
    assert "failed: VerificationFailed" in entry.detail


async def test_somebody_who_punches_while_the_clock_is_set_is_dated_by_the_clock_of_that_moment(
    store: Store, tmp_path: Path
) -> None:
    write_clock(tmp_path / "clock.json", NIGHT, 1)
    clock = SimClock(tmp_path / "clock.json")
    async with followed(store, clock) as (server, _terminal):
        server.terminal.clock_offset = -2 * MINUTE
        pressed: dict[str, datetime] = {}
        async with collecting(store, clock, SETTING):
            number = 4000
            while abs(server.terminal.clock_offset) > timedelta(seconds=2) or number < 4040:
                number += 1
                assert number < 4600, "the clock was never set"
                pressed[str(number)] = clock.now()
                server.terminal.press(str(number), city_now(clock))
                await asyncio.sleep(0.02)
            await until(lambda: len(stored_keys(store)) == 30 + len(pressed))
        midnight = NIGHT.astimezone(UTC) - timedelta(hours=1)
        moments = {punch.pin: punch.at for punch in store.punches.between(midnight, clock.now() + MINUTE)}
        assert moments.keys() == pressed.keys()
        assert max(abs(moments[pin] - pressed[pin]) for pin in moments) < timedelta(seconds=3)
        assert {reason for _, reason in marked(store)} == {ReviewReason.CLOCK_SET}


async def test_nothing_is_flagged_by_a_city_clock_that_a_technician_moves(
    store: Store, tmp_path: Path
) -> None:
    write_clock(tmp_path / "clock.json", NIGHT.replace(hour=9), 1)
    clock: Clock = SimClock(tmp_path / "clock.json")
    settings = FAST.model_copy(update={"keepalive": timedelta(seconds=0.05)})
    async with followed(store, clock) as (_server, terminal), collecting(store, clock, settings):
        await until(is_read(store, terminal))
        for hours, rate in ((11, 1.0), (8, 1.0), (8, 30.0), (10, 1.0)):
            write_clock(tmp_path / "clock.json", NIGHT.replace(hour=hours), rate)
            await asyncio.sleep(0.4)
        assert marked(store) == []
        assert trouble(store, terminal) is None
