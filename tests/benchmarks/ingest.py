"""A whole log from the terminal into the database, against pyzk's reading of it into memory."""

from __future__ import annotations

import asyncio
import statistics
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

ROUNDS = 3
FASTER = Target(3)


def measure() -> tuple[list[Row], list[str]]:
    """Read, decode, normalise and commit 100,000 records into each database; pyzk only reads.

    In turns, so that what else the machine does falls on all alike.
    """
    seconds: dict[str, list[float]] = {"pyzk": [], "SQLite": [], "PostgreSQL": []}
    with Farm(1) as farm, tempfile.TemporaryDirectory() as folder, postgres_server() as server:
        ports = farm.ports()
        for number in range(ROUNDS):
            found, took = by_pyzk.read(ports[0])
            if len(found) != sample_log.RECORDS:
                raise AssertionError(f"pyzk read {len(found)} records")
            seconds["pyzk"].append(took)
            seconds["SQLite"].append(_one(f"sqlite:///{Path(folder) / f'round{number}.db'}", ports))
            seconds["PostgreSQL"].append(_one(server.create(f"round{number}"), ports))
    median = {name: statistics.median(taken) for name, taken in seconds.items()}
    rows = [_row(name, median[name], median["pyzk"]) for name in ("SQLite", "PostgreSQL")]
    notes = [
        f"ours: connect, identify, read, decode, normalise, commit with cursor and notices, EXIT; median of "
        f"{ROUNDS} rounds, each into an empty database, and every punch counted in it afterwards",
        "pyzk: connect, get_attendance, disconnect, same terminal, same rounds, nothing stored",
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


def _row(name: str, ours: float, theirs: float) -> Row:
    return Row(
        part="ingest",
        what=f"{sample_log.RECORDS:,} records: terminal → {name}, committed",
        ours=seconds_text(ours),
        reference=f"pyzk, read only {seconds_text(theirs)}",
        figure=theirs / ours,
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
