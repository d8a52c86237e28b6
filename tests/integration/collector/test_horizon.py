"""What a terminal says or does never moves its horizon over a punch that is not in the store."""

from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from attendance.people import OutageCause
from attendance.terminal import Follow
from config.clock import SimClock, write_clock
from devices.zk.commands import Command
from devices.zk.frames import Packet
from simulators.attendance_log import AttendanceLog, PreparedBuffer
from simulators.layouts import RECORD_SIZES
from simulators.session import TerminalSession
from simulators.terminal import TerminalModel
from store import Store
from tests.support.collecting import (
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
    until_read,
    utc_now,
)


async def test_a_read_shorter_than_the_terminals_own_count_proves_nothing_but_keeps_what_came(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = AttendanceLog.prepare

    def cut_short(log: AttendanceLog) -> PreparedBuffer:
        return PreparedBuffer(b"".join(log.records()[:20]), 0, 20 * RECORD_SIZES["40"])

    async with served("CKQ1") as server:
        terminal = register(store, "CKQ1", server.port)
        fill(server.terminal, 30)
        monkeypatch.setattr(AttendanceLog, "prepare", cut_short)
        async with collecting(store):
            await until(lambda: (found := health_of(store, terminal)) is not None and bool(found.error))
            await until(lambda: len(stored_keys(store)) == 20)
            health = health_of(store, terminal)
            assert health is not None
            assert (health.error, health.read_through) == ("LogIncomplete", None)
            monkeypatch.setattr(AttendanceLog, "prepare", whole)
            await until(lambda: (found := health_of(store, terminal)) is not None and found.online)
            await until(lambda: len(stored_keys(store)) == 30)
        assert stored_keys(store) == truth_of(server.terminal)
        assert store.terminals.cursors()[terminal].generation == 1


async def test_a_log_cleared_between_two_visits_and_grown_back_to_the_same_count_is_read(
    store: Store, tmp_path: Path
) -> None:
    morning = datetime(2026, 11, 23, 6, 0, tzinfo=ZONE)
    write_clock(tmp_path / "clock.json", morning, 1)
    clock = SimClock(tmp_path / "clock.json")
    async with served("CKQ1", clock) as server:
        terminal = register(store, "CKQ1", server.port, follow=Follow.POLL, interval=3600)
        fill(server.terminal, 3)
        async with collecting(store, clock):
            await until_read(store, terminal)
            server.terminal.log.clear()
            for number in range(3):
                server.press(str(2000 + number), datetime(2026, 11, 23, 7, 0, number))
            write_clock(tmp_path / "clock.json", morning + timedelta(hours=2), 1)
            await until(lambda: len(stored_keys(store)) == 6)
        assert store.terminals.cursors()[terminal].generation == 2


@pytest.mark.parametrize("live", [True, False])
@pytest.mark.parametrize("minutes", [20, -20])
async def test_a_clock_moved_during_a_session_neither_delays_nor_advances_anybodys_arrival(
    store: Store, minutes: int, live: bool
) -> None:
    async with served("CKQ1") as server:
        terminal = register(store, "CKQ1", server.port)
        fill(server.terminal, 30)
        async with collecting(store):
            await until(lambda: (at := health_of(store, terminal)) is not None and bool(at.read_through))
            server.terminal.clock_offset = timedelta(minutes=minutes)
            pressed = utc_now()
            (server if live else server.terminal).press("1001", city_now())
            await until(lambda: len(stored_keys(store)) == 31)
        (punch,) = store.punches.between(pressed - timedelta(hours=1), pressed + timedelta(hours=1))
        assert abs(punch.at - pressed) < timedelta(seconds=3)


@pytest.mark.parametrize("restarted", [False, True])
@pytest.mark.parametrize("ahead", [timedelta(days=-9000), timedelta(hours=3)])
async def test_punches_that_a_wrong_clock_dated_while_nobody_looked_make_the_time_an_outage(
    store: Store, ahead: timedelta, restarted: bool
) -> None:
    """Their owners punched, but nobody can say when: they must not be called absent for it."""
    async with served("CKQ1") as server, AsyncExitStack() as second:
        terminal = register(store, "CKQ1", server.port)
        fill(server.terminal, 30)
        async with collecting(store):
            await until(lambda: (at := health_of(store, terminal)) is not None and bool(at.read_through))
            await server.cut()
            await until(lambda: (at := health_of(store, terminal)) is not None and not at.online)
            server.terminal.clock_offset = ahead
            pressed = utc_now()
            server.terminal.press("1001", city_now())
            server.terminal.clock_offset = timedelta()
            if not restarted:
                await server.restore()
                await until(lambda: len(stored_keys(store)) == 31)
        if restarted:
            await server.restore()
            await second.enter_async_context(collecting(store))
            await until(lambda: len(stored_keys(store)) == 31)
        (outage,) = store.facts.outages_between(pressed, utc_now())
        assert outage.cause is OutageCause.CLOCK_WRONG
        assert outage.starts_at < pressed
        assert outage.ends_at is not None
        assert outage.ends_at > pressed


async def test_what_a_wrong_clock_dated_in_a_log_that_wrapped_meanwhile_makes_the_time_an_outage(
    store: Store,
) -> None:
    async with served("CKQ1", model=TerminalModel(log_capacity=30)) as server:
        terminal = register(store, "CKQ1", server.port)
        fill(server.terminal, 30)
        async with collecting(store):
            await until(lambda: (at := health_of(store, terminal)) is not None and bool(at.read_through))
            await server.cut()
            await until(lambda: (at := health_of(store, terminal)) is not None and not at.online)
            pressed = utc_now()
            server.terminal.clock_offset = datetime(2000, 1, 1) - city_now()
            server.terminal.press("1001", city_now())
            server.terminal.clock_offset = timedelta()
            await server.restore()
            await until(lambda: len(stored_keys(store)) == 31)
        (outage,) = store.facts.outages_between(pressed, utc_now())
        assert outage.cause is OutageCause.CLOCK_WRONG
        assert outage.starts_at < pressed


async def test_what_a_wrong_clock_dated_is_an_outage_also_if_the_collector_died_before_it_read_it(
    store: Store,
) -> None:
    async with served("CKQ1") as server:
        terminal = register(store, "CKQ1", server.port)
        fill(server.terminal, 30)
        async with collecting(store):
            await until(lambda: (at := health_of(store, terminal)) is not None and bool(at.read_through))
        pressed = utc_now()
        server.terminal.clock_offset = timedelta(hours=6)
        server.terminal.press("1001", city_now())
        server.terminal.clock_offset = timedelta()
        health = health_of(store, terminal)
        assert health is not None
        store.terminals.save_health([replace(health, log_records=31)])
        async with collecting(store):
            await until(lambda: len(stored_keys(store)) == 31)
        (outage,) = store.facts.outages_between(pressed, utc_now())
        assert outage.cause is OutageCause.CLOCK_WRONG
        assert outage.starts_at < pressed


@pytest.mark.parametrize("ahead", [timedelta(minutes=5), timedelta(minutes=-5)])
async def test_a_log_that_goes_back_in_time_betrays_a_clock_that_was_wrong_for_a_while(
    store: Store, ahead: timedelta
) -> None:
    """Too little to be impossible, and enough to call somebody late who came at 07:28."""
    async with served("CKQ1") as server:
        terminal = register(store, "CKQ1", server.port)
        fill(server.terminal, 30)
        async with collecting(store):
            await until(lambda: (at := health_of(store, terminal)) is not None and bool(at.read_through))
            server.press("1001", city_now())
            await until(lambda: store.terminals.cursors()[terminal].records_read == 31)
            await server.cut()
            pressed = utc_now()
            server.terminal.clock_offset = ahead
            server.terminal.press("1002", city_now())
            server.terminal.clock_offset = timedelta()
            server.terminal.press("1003", city_now())
            await server.restore()
            await until(lambda: store.terminals.cursors()[terminal].records_read == 33)
        (outage,) = store.facts.outages_between(pressed, utc_now())
        assert outage.cause is OutageCause.CLOCK_WRONG
        assert outage.starts_at < pressed


async def test_old_punches_of_a_log_that_is_still_being_taken_in_are_no_outage(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("collector.log_reader.COMMIT_RECORDS", 10)
    async with served("CKQ1") as server:
        terminal = register(store, "CKQ1", server.port)
        fill(server.terminal, 30)
        async with collecting(store) as supervisor:
            await until(lambda: (at := health_of(store, terminal)) is not None and bool(at.read_through))
            with store.database.write() as connection:
                connection.execute(text("DELETE FROM punches WHERE pin = '1007'"))
            await supervisor.reconcile()
            await until(lambda: store.terminals.cursors()[terminal].records_read == 30)
        with store.database.write() as connection:
            connection.execute(text("UPDATE log_cursors SET records_read = 10, stored = 10"))
            connection.execute(
                text("UPDATE log_cursors SET overlap = :overlap"),
                {"overlap": b"".join(server.terminal.log.records()[6:10])},
            )
        async with collecting(store):
            await until(lambda: store.terminals.cursors()[terminal].records_read == 30)
        assert store.facts.outages_between(utc_now() - timedelta(days=400), utc_now()) == []


async def test_a_terminal_that_refuses_live_events_is_read_all_the_same(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(session: TerminalSession, packet: Packet, _now: datetime) -> tuple[Packet, ...]:
        return (Packet(Command.ACK_ERROR, packet.session, packet.reply),)

    monkeypatch.setattr(TerminalSession, "_register", refuse)
    async with served("CKQ1") as server:
        terminal = register(store, "CKQ1", server.port)
        fill(server.terminal, 30)
        async with collecting(store):
            await until(lambda: len(stored_keys(store)) == 30)
            await until(lambda: (at := health_of(store, terminal)) is not None and bool(at.read_through))
