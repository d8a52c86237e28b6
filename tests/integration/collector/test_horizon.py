"""What a terminal says or does never moves its horizon over a punch that is not in the store."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from attendance.terminal import Follow
from config.clock import SimClock, write_clock
from simulators.attendance_log import AttendanceLog, PreparedBuffer
from simulators.layouts import RECORD_SIZE
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
    utc_now,
)


async def test_a_read_shorter_than_the_terminals_own_count_proves_nothing_but_keeps_what_came(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = AttendanceLog.prepare

    def cut_short(log: AttendanceLog) -> PreparedBuffer:
        return PreparedBuffer(b"".join(log.records()[:20]), 0, 20 * RECORD_SIZE)

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
            await until(
                lambda: (at := health_of(store, terminal)) is not None and at.read_through is not None
            )
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
