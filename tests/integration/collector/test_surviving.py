"""Whatever dies, the store ends up with what the terminals hold."""

import asyncio
import logging
import signal
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random

import pytest

from attendance.ids import TerminalId
from attendance.terminal import Follow
from collector.supervisor import Supervisor
from config.clock import SystemClock
from simulators.faults import Delivery
from simulators.tcp import TerminalServer
from simulators.terminal import TerminalModel
from store import Store, open_store
from tests.support.collecting import (
    FAST,
    SEED,
    ZONE,
    city_now,
    collecting,
    fill,
    health_of,
    register,
    served,
    stored_keys,
    terminal_of,
    truth_of,
    until,
    utc_now,
)
from tests.support.postgres import PostgresServer
from tests.support.waiting import PATIENCE

MANY = 60_000
SLOWLY = """
import time
from store.punches import PunchTable
append = PunchTable.append
PunchTable.append = lambda table, batches: (time.sleep(0.3), append(table, batches))[1]
"""
"""Before it begins: every commit takes its time, and nobody is too late to be killed before the last."""
PROGRAM = """
import sys
from pathlib import Path
from collector.main import run
from config.settings import load
sys.exit(run(load(Path(sys.argv[1])), lambda: print("ready", flush=True), lambda: None))
"""


@asynccontextmanager
async def collector_process(
    store_url: str, folder: Path, before: str = ""
) -> AsyncIterator[asyncio.subprocess.Process]:
    """`collector.main.run` in a process of its own, after what is to be done `before`; killed at the end if
    it still runs.
    """
    settings = folder / "presensi.toml"
    settings.write_text(
        f'[store]\nurl = "{store_url}"\n[collector]\ncount_check = "500ms"\nbackoff_first = "100ms"\n'
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", before + PROGRAM, str(settings), cwd=Path.cwd(), stdout=asyncio.subprocess.PIPE
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def records_read(store: Store, terminal: TerminalId) -> int:
    cursor = store.terminals.cursors().get(terminal)
    return 0 if cursor is None else cursor.records_read


def has_read(store: Store, terminal: TerminalId, count: int) -> bool:
    return records_read(store, terminal) >= count


def has_sent(server: TerminalServer, count: int) -> bool:
    return server.bytes_sent >= count


async def test_a_collector_killed_in_mid_bulk_goes_on_where_it_was_and_store_equals_truth(
    database_url: str, store: Store, tmp_path: Path
) -> None:
    async with served("CKQ1") as server:
        terminal = register(store, "CKQ1", server.port)
        fill(server.terminal, MANY)
        killed_at: list[int] = []
        for wanted in (1, 20_000, 40_000):
            async with collector_process(database_url, tmp_path, SLOWLY) as process:
                await until(partial(has_read, store, terminal, wanted))
                process.send_signal(signal.SIGKILL)
                await process.wait()
            killed_at.append(records_read(store, terminal))
            server.terminal.press("1001", city_now() + timedelta(seconds=len(killed_at)))
        assert killed_at[0] < MANY, "the collector was not killed in mid-bulk"
        assert store.terminals.cursors()[terminal].generation == 1
        async with collector_process(database_url, tmp_path) as process:
            await until(lambda: records_read(store, terminal) == MANY + 3)
            process.send_signal(signal.SIGTERM)
            assert await asyncio.wait_for(process.wait(), PATIENCE) == 0
        await until(lambda: not server.terminal.sessions)
        assert stored_keys(store) == truth_of(server.terminal)
        cursor = store.terminals.cursors()[terminal]
        assert (cursor.generation, cursor.stored, cursor.duplicates) == (1, MANY + 3, 0)


async def test_a_line_that_breaks_in_mid_read_loses_nothing(store: Store) -> None:
    async with served("CKQ1", model=TerminalModel(data_frame=1008)) as server:
        terminal = register(store, "CKQ1", server.port)
        fill(server.terminal, 20_000)
        server.delivery = Delivery(gap=0.002)
        async with collecting(store):
            for _ in range(3):
                await until(partial(has_sent, server, server.bytes_sent + 100_000))
                server.hang_up()
            assert records_read(store, terminal) == 0
            server.delivery = Delivery()
            await until(lambda: records_read(store, terminal) == 20_000)
        assert stored_keys(store) == truth_of(server.terminal)


@pytest.mark.postgres
async def test_while_the_database_is_stopped_sessions_stand_and_afterwards_nothing_is_missing(
    postgres_server: PostgresServer, postgres_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "collector")
    store = open_store(postgres_url)
    async with served("CKQ1") as live, served("CKQ2") as polled:
        numbers = [
            register(store, "CKQ1", live.port),
            register(store, "CKQ2", polled.port, follow=Follow.POLL),
        ]
        for server in (live, polled):
            fill(server.terminal, 10)
        async with collecting(store):
            await until(lambda: len(stored_keys(store)) == 20)
            await asyncio.to_thread(postgres_server.stop)
            for number in range(10):
                live.press(str(5000 + number), city_now())
                polled.press(str(6000 + number), city_now())
                await asyncio.sleep(0.3)
            assert live.connections_accepted == 1
            assert len(live.terminal.sessions) == 1
            await asyncio.to_thread(postgres_server.start)
            back = utc_now()
            await until(lambda: len(stored_keys(store)) == 40)

            def proved() -> bool:
                known = [health_of(store, number) for number in numbers]
                return all(row and row.read_through and row.read_through > back for row in known)

            await until(proved)
        assert stored_keys(store) == sorted(truth_of(live.terminal) + truth_of(polled.terminal))
        assert live.connections_accepted == 1
    store.close()
    said = [line.getMessage() for line in caplog.records if line.name == "collector.ingest"]
    assert len(said) == 2, said


async def test_at_most_so_many_large_logs_are_read_at_once_and_small_tails_do_not_queue(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("collector.bulk_gate.LARGE_READ", 1_000)
    settings = FAST.model_copy(update={"bulk_reads": 1})
    slow = TerminalModel(data_frame=4096)
    async with (
        served("CKQ1", model=slow) as one,
        served("CKQ2", model=slow) as other,
        served("CKQ3") as small,
    ):
        for server in (one, other, small):
            register(store, server.terminal.serial, server.port)
        for server in (one, other):
            fill(server.terminal, 30_000)
        fill(small.terminal, 10)
        async with collecting(store, settings=settings):

            def counted(serial: str) -> int:
                return store.punches.count(terminal_of(store, serial).id)

            await until(lambda: counted("CKQ3") == 10)
            await until(lambda: counted("CKQ1") + counted("CKQ2") == 60_000)
        assert stored_keys(store) == sorted(
            truth_of(one.terminal) + truth_of(other.terminal) + truth_of(small.terminal)
        )


async def test_progress_is_told_only_while_the_writer_answers(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("collector.supervisor.BEAT_SECONDS", 0.05)
    stop, told, hanging, stuck = asyncio.Event(), [0], threading.Event(), threading.Event()
    supervisor = Supervisor(
        settings=FAST, zone=ZONE, store=store, clock=SystemClock(), sweep_times=[], random=Random(SEED)
    )

    def progress() -> None:
        told[0] += 1

    running = asyncio.create_task(supervisor.run(stop, lambda: None, progress))
    await until(lambda: told[0] > 3)
    alive = store.terminals.note_collector_alive

    def hang(at: datetime) -> None:
        hanging.set()
        stuck.wait(PATIENCE)
        alive(at)

    monkeypatch.setattr(store.terminals, "note_collector_alive", hang)
    await until(hanging.is_set)
    before = told[0]
    await asyncio.sleep(0.5)
    assert told[0] == before
    stuck.set()
    await until(lambda: told[0] > before + 3)
    stop.set()
    await running
