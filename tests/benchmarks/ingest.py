"""A whole log from the terminal into the database, against pyzk's reading of it into memory."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from devices.zk.driver import ZkTcpDriver
from tests.benchmarks import by_pyzk, sample_log
from tests.benchmarks.reading import Visits
from tests.benchmarks.registered import store_with_terminals
from tests.benchmarks.report import Row, Target, seconds_text
from tests.benchmarks.terminal_farm import Farm
from tests.support.postgres import PostgresServer

RUNS = 3
FASTER = Target(3)


def measure() -> tuple[list[Row], list[str]]:
    """Read, decode, normalise and commit 100,000 records into each database; pyzk only reads."""
    with Farm(1) as farm, tempfile.TemporaryDirectory() as folder, postgres_server() as server:
        theirs, their_seconds = by_pyzk.read(farm.ports()[0])
        if len(theirs) != sample_log.RECORDS:
            raise AssertionError(f"pyzk read {len(theirs)} records")
        databases = {
            "SQLite": [f"sqlite:///{Path(folder) / f'run{run}.db'}" for run in range(RUNS)],
            "PostgreSQL": [server.create(f"run{run}") for run in range(RUNS)],
        }
        rows = [_row(name, urls, farm.ports(), their_seconds) for name, urls in databases.items()]
    notes = [
        f"ours: connect, identify, read, decode, normalise, commit with cursor and notices, EXIT; "
        f"median of {RUNS} runs, each into an empty database, and every punch counted in it afterwards",
        "pyzk: connect, get_attendance, disconnect, from the same terminal, nothing stored; one run",
        "PostgreSQL waits for the disk at every commit; SQLite as the store sets it (WAL, NORMAL)",
    ]
    return rows, notes


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """A server with production's durability, for the time of the benchmark."""
    server = PostgresServer(durable=True)
    try:
        server.start()
        yield server
    finally:
        server.destroy()


def _row(name: str, urls: list[str], ports: list[int], their_seconds: float) -> Row:
    median = sorted(_one(url, ports) for url in urls)[len(urls) // 2]
    return Row(
        part="ingest",
        what=f"{sample_log.RECORDS:,} records: terminal → {name}, committed",
        ours=seconds_text(median),
        reference=f"pyzk, read only {seconds_text(their_seconds)}",
        figure=their_seconds / median,
        unit="×",
        target=FASTER,
    )


def _one(url: str, ports: list[int]) -> float:
    async def visit() -> float:
        visits = Visits(store, ZkTcpDriver())
        started = time.perf_counter()
        inserted = await visits.visit(terminal, None)
        seconds = time.perf_counter() - started
        await visits.close()
        if inserted != sample_log.RECORDS or store.punches.count() != inserted:
            raise AssertionError(f"{inserted} punches came in")
        return seconds

    with store_with_terminals(url, ports) as (store, (terminal,)):
        return asyncio.run(visit())
