"""Following simulated terminals over sockets, into both databases."""

import asyncio
import logging
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from attendance.people import OutageCause
from attendance.punch import Capture
from attendance.terminal import Follow
from config.clock import SimClock, write_clock
from devices.zk.commands import Command
from simulators.terminal import TerminalModel
from store import Store
from tests.support.collecting import (
    FAST,
    ZONE,
    change_terminal,
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
from tests.support.waiting import PATIENCE

ATTEMPTS = 5
"""On a machine that does other things besides, the quickest of several tells how quick it is."""


async def test_a_punch_is_in_the_store_at_once_and_the_log_then_proves_it(store: Store) -> None:
    async with served("CKQ1") as server:
        terminal = register(store, "CKQ1", server.port)
        fill(server.terminal, 20)
        async with collecting(store):
            await until(lambda: len(stored_keys(store)) == 20)
            began, took = utc_now(), []
            for known in range(20, 20 + ATTEMPTS):
                pressed = utc_now()
                server.press(str(1000 + known), city_now())
                await until(lambda known=known: len(stored_keys(store)) > known)  # type: ignore[misc]
                took.append((utc_now() - pressed).total_seconds())
            assert min(took) < 0.5, took
            await until(lambda: store.terminals.cursors()[terminal].records_read == 20 + ATTEMPTS)
            health = health_of(store, terminal)
        assert stored_keys(store) == truth_of(server.terminal)
        cursor = store.terminals.cursors()[terminal]
        assert (cursor.stored, cursor.duplicates, cursor.quarantined) == (20 + ATTEMPTS, 0, 0)
        pressed_now = store.punches.between(began - timedelta(minutes=1), utc_now())
        assert Capture.LIVE in {punch.capture for punch in pressed_now}
        assert health is not None
        assert health.online


async def test_the_horizon_never_passes_a_moment_before_which_a_punch_is_missing(store: Store) -> None:
    async with served("CKQ1") as server:
        terminal = register(store, "CKQ1", server.port)
        async with collecting(store):
            for number in range(15):
                pressed = utc_now()
                server.press(str(1000 + number), city_now())
                await asyncio.sleep(0.07)
                health = health_of(store, terminal)
                if health and health.read_through and health.read_through > pressed:
                    assert len(stored_keys(store)) >= number + 1
            done = utc_now()
            await until(
                lambda: (
                    (found := health_of(store, terminal)) is not None
                    and found.read_through is not None
                    and found.read_through > done
                )
            )
            assert stored_keys(store) == truth_of(server.terminal)


async def test_a_terminal_that_drops_and_returns_brings_the_punches_of_the_time_between(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "collector")
    async with served("CKQ1") as server:
        terminal = register(store, "CKQ1", server.port)
        fill(server.terminal, 50)
        async with collecting(store):
            await until(lambda: len(stored_keys(store)) == 50)
            await server.cut()
            await until(lambda: (health := health_of(store, terminal)) is not None and not health.online)
            dark = health_of(store, terminal)
            assert dark is not None
            assert dark.read_through is not None
            assert dark.offline_since is not None
            assert (dark.error, bool(dark.action)) == ("Unreachable", True) or dark.error == "LinkClosed"
            for number in range(14):
                server.terminal.press(str(2000 + number), city_now())
            await asyncio.sleep(0.6)
            still = health_of(store, terminal)
            assert still is not None
            assert still.read_through == dark.read_through
            await server.restore()
            await until(lambda: len(stored_keys(store)) == 64)
            await until(
                lambda: (
                    (at := health_of(store, terminal)) is not None and at.read_through != dark.read_through
                )
            )
        assert stored_keys(store) == truth_of(server.terminal)
    about = [line.getMessage() for line in caplog.records if "CKQ1" in line.getMessage()]
    assert len(about) == 2, about
    assert "down" in about[0]
    assert "14 punches came" in about[1]


async def test_a_terminal_that_goes_silent_is_noticed_within_a_check_and_its_deadline(store: Store) -> None:
    long = timedelta(seconds=10 * PATIENCE)
    settings = FAST.model_copy(
        update={"reply_timeout": timedelta(seconds=0.5), "bulk_timeout": long, "silence_timeout": long}
    )
    async with served("CKQ1") as server:
        terminal = register(store, "CKQ1", server.port)
        async with collecting(store, settings=settings):
            # The first read has a deadline of its own; the checks come after it.
            await until_read(store, terminal)
            await server.cut(silent=True)
            await until(lambda: (health := health_of(store, terminal)) is not None and not health.online)
            server.terminal.press("1001", city_now())
            await server.restore()
            await until(lambda: len(stored_keys(store)) == 1)


async def test_a_cleared_log_begins_a_new_generation_and_nothing_is_lost_or_doubled(store: Store) -> None:
    async with served("CKQ1") as server:
        terminal = register(store, "CKQ1", server.port)
        fill(server.terminal, 300)
        async with collecting(store):
            await until(
                lambda: (at := store.terminals.cursors().get(terminal)) is not None and at.records_read == 300
            )
            before = truth_of(server.terminal)
            server.terminal.log.clear()
            fill(server.terminal, 40, first=datetime(2026, 3, 1, 6, 0))
            await until(lambda: store.terminals.cursors()[terminal].generation == 2)
            await until(lambda: len(stored_keys(store)) == 340)
        assert stored_keys(store) == sorted(before + truth_of(server.terminal))
        assert store.terminals.cursors()[terminal].stored == 40


async def test_a_log_cleared_before_it_was_read_is_an_outage_because_its_punches_are_lost(
    store: Store,
) -> None:
    async with served("CKQ1") as server:
        terminal = register(store, "CKQ1", server.port)
        fill(server.terminal, 30)
        async with collecting(store):
            read = await until_read(store, terminal)
            assert read.read_through is not None
            await server.cut()
            server.press("1001", city_now())
            server.terminal.log.clear()
            cleared = utc_now()
            await server.restore()
            await until(lambda: store.terminals.cursors()[terminal].generation == 2)
        (outage,) = store.facts.outages_between(read.read_through, utc_now())
        assert outage.cause is OutageCause.LOG_LOST
        assert read.read_through <= outage.starts_at <= cleared
        assert outage.ends_at is not None
        assert outage.ends_at >= cleared


async def test_a_full_log_that_turned_over_is_no_outage_while_it_still_holds_what_was_read(
    store: Store,
) -> None:
    async with served("CKQ1", model=TerminalModel(log_capacity=50)) as server:
        terminal = register(store, "CKQ1", server.port)
        fill(server.terminal, 50)
        async with collecting(store):
            await until(lambda: len(stored_keys(store)) == 50)
            server.press("1001", city_now())
            await until(lambda: store.terminals.cursors()[terminal].generation == 2)
        assert store.facts.outages_between(utc_now() - timedelta(days=400), utc_now()) == []


async def test_a_log_replaced_by_one_of_the_same_length_is_noticed_on_return(store: Store) -> None:
    async with served("CKQ1") as server:
        terminal = register(store, "CKQ1", server.port)
        fill(server.terminal, 30)
        async with collecting(store):
            await until(lambda: len(stored_keys(store)) == 30)
            await server.cut()
            server.terminal.log.clear()
            fill(server.terminal, 30, first=datetime(2026, 3, 1, 6, 0))
            await server.restore()
            await until(lambda: len(stored_keys(store)) == 60)
        assert store.terminals.cursors()[terminal].generation == 2


async def test_a_log_that_is_full_and_turns_over_is_followed_all_the_same(store: Store) -> None:
    async with served("CKQ1", model=TerminalModel(log_capacity=50)) as server:
        terminal = register(store, "CKQ1", server.port)
        fill(server.terminal, 50)
        truth = set(truth_of(server.terminal))
        async with collecting(store):
            await until(lambda: len(stored_keys(store)) == 50)
            for number in range(5):
                server.terminal.press(str(3000 + number), city_now())
            truth |= set(truth_of(server.terminal))
            await until(lambda: len(stored_keys(store)) == 55)
            health = health_of(store, terminal)
            assert health is not None
            assert (health.error, health.online, bool(health.action)) == ("LogFull", True, True)
        assert stored_keys(store) == sorted(truth)


async def test_a_polled_terminal_is_visited_read_and_left(store: Store) -> None:
    async with served("CKQ1") as server:
        terminal = register(store, "CKQ1", server.port, follow=Follow.POLL, interval=0.2)
        fill(server.terminal, 5)
        async with collecting(store):
            await until(lambda: len(stored_keys(store)) == 5)
            server.press("1001", city_now())
            await until(lambda: len(stored_keys(store)) == 6)
            await until(lambda: not server.terminal.sessions)
            health = health_of(store, terminal)
            assert health is not None
            assert health.online
        assert server.terminal.commands[Command.EVENT] == 0
        assert server.terminal.commands[Command.EXIT] == server.connections_accepted >= 2
        assert stored_keys(store) == truth_of(server.terminal)


async def test_stopping_says_exit_and_no_terminal_was_ever_disabled_or_cleared(store: Store) -> None:
    async with served("CKQ1") as first, served("CKQ2") as second:
        for server in (first, second):
            register(store, server.terminal.serial, server.port)
            fill(server.terminal, 10)
        async with collecting(store):
            await until(lambda: len(stored_keys(store)) == 20)
        for server in (first, second):
            assert server.terminal.commands[Command.EXIT] == 1
            assert server.terminal.sessions == ()
            assert len(server.terminal.log) == 10
            assert not {Command.DISABLE, Command.CLEAR_LOG, Command.CLEAR_DATA} & set(
                server.terminal.commands
            )


async def test_terminals_come_move_and_go_without_a_restart(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("collector.supervisor.ROSTER_SECONDS", 0.2)
    async with served("CKQ1") as server:
        fill(server.terminal, 3)
        async with collecting(store):
            terminal = register(store, "CKQ1", port=1)
            await until(
                lambda: (health := health_of(store, terminal)) is not None and health.error == "Unreachable"
            )
            change_terminal(store, terminal, port=server.port)
            await until(lambda: len(stored_keys(store)) == 3)
            change_terminal(store, terminal, active=False)
            await until(lambda: not server.terminal.sessions)
            accepted = server.connections_accepted
            await asyncio.sleep(0.6)
            assert server.connections_accepted == accepted


async def test_a_terminals_wrong_clock_is_corrected_in_the_moment_and_kept_as_recorded(store: Store) -> None:
    async with served("CKQ1") as server:
        terminal = register(store, "CKQ1", server.port)
        server.terminal.clock_offset = timedelta(minutes=7)
        async with collecting(store):
            await until(
                lambda: (health := health_of(store, terminal)) is not None and health.error == "ClockOff"
            )
            pressed = utc_now()
            server.press("1001", city_now())
            await until(lambda: len(stored_keys(store)) == 1)
        (punch,) = store.punches.between(pressed - timedelta(minutes=2), pressed + timedelta(minutes=2))
        assert abs(punch.at - pressed) < timedelta(seconds=3)
        assert punch.device_time - pressed.astimezone(ZONE).replace(tzinfo=None) > timedelta(minutes=6)


async def test_at_the_moment_lateness_begins_every_terminal_is_read_whatever_its_interval(
    store: Store, tmp_path: Path
) -> None:
    morning = datetime(2026, 11, 23, 7, 30, 55, tzinfo=ZONE)
    late_from = datetime(2026, 11, 23, 7, 31, tzinfo=ZONE)
    write_clock(tmp_path / "clock.json", morning, 1)
    clock = SimClock(tmp_path / "clock.json")
    hour = timedelta(hours=1)
    settings = FAST.model_copy(update={"count_check": hour, "keepalive": hour, "poll_interval": hour})
    async with served("CKQ1", clock) as live, served("CKQ2", clock) as polled:
        numbers = [
            register(store, "CKQ1", live.port),
            register(store, "CKQ2", polled.port, follow=Follow.POLL),
        ]
        async with collecting(store, clock, settings, [time(7, 31)]):

            def read() -> bool:
                known = store.terminals.health()
                return all(
                    number in known
                    and (through := known[number].read_through) is not None
                    and through >= late_from
                    for number in numbers
                )

            await until(read)


async def test_the_city_clock_running_fast_never_fakes_a_wrong_terminal_clock(
    store: Store, tmp_path: Path
) -> None:
    write_clock(tmp_path / "clock.json", datetime(2026, 11, 23, 6, 45, tzinfo=ZONE), 60)
    clock = SimClock(tmp_path / "clock.json")
    async with served("CKQ1", clock) as server:
        terminal = register(store, "CKQ1", server.port)
        async with collecting(store, clock):
            health = await until_read(store, terminal)
            assert (health.clock_offset, health.error) == (0.0, None)


async def test_a_missing_row_is_found_by_reconciling_and_read_anew(store: Store) -> None:
    async with served("CKQ1") as server:
        terminal = register(store, "CKQ1", server.port)
        fill(server.terminal, 30)
        async with collecting(store) as supervisor:
            await until(lambda: len(stored_keys(store)) == 30)
            with store.database.write() as connection:
                connection.execute(text("DELETE FROM punches WHERE pin = '1007'"))
            await supervisor.reconcile()
            await until(lambda: len(stored_keys(store)) == 30)
        assert store.terminals.cursors()[terminal].generation == 2
        assert stored_keys(store) == truth_of(server.terminal)


async def test_a_wrong_terminal_at_the_address_is_never_read(store: Store) -> None:
    async with served("CKQ9") as server:
        terminal = register(store, "CKQ1", server.port)
        fill(server.terminal, 10)
        async with collecting(store):
            await until(
                lambda: (health := health_of(store, terminal)) is not None and health.error == "WrongTerminal"
            )
            await asyncio.sleep(0.3)
        health = health_of(store, terminal)
        assert health is not None
        assert (health.online, health.read_through, bool(health.action)) == (False, None, True)
        assert stored_keys(store) == []


async def test_a_wrong_comm_key_is_named_and_a_corrected_one_works_without_a_restart(
    store: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "collector")
    keys = tmp_path / "keys.toml"
    keys.write_text("default = 1\n")
    settings = FAST.model_copy(update={"comm_keys_file": keys})
    async with served("CKQ1", comm_key=4321) as server:
        terminal = register(store, "CKQ1", server.port)
        fill(server.terminal, 3)
        async with collecting(store, settings=settings):
            await until(
                lambda: (health := health_of(store, terminal)) is not None and health.error == "AuthRejected"
            )
            await asyncio.sleep(0.5)
            keys.write_text('default = 1\n[terminals]\n"CKQ1" = 4321\n')
            await until(lambda: (at := health_of(store, terminal)) is not None and bool(at.read_through))
        assert len(stored_keys(store)) == 3
    about = [line.getMessage() for line in caplog.records if "CKQ1" in line.getMessage()]
    assert len(about) == 2, about
    assert "comm key" in about[0]
    assert "4321" not in caplog.text


async def test_no_pin_is_ever_written_to_the_log(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    pin = "918273645"
    async with served("CKQ1") as server:
        register(store, "CKQ1", server.port)
        async with collecting(store):
            server.press(pin, city_now())
            await until(lambda: any(at.records_read for at in store.terminals.cursors().values()))
            await server.cut()
            server.terminal.log.clear()
            server.terminal.press(pin, city_now() + timedelta(minutes=1))
            await server.restore()
            await until(lambda: len(stored_keys(store)) == 2)
    assert "down" in caplog.text
    assert "generation 2" in caplog.text
    assert pin not in caplog.text
