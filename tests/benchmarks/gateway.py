"""Punches committed and acknowledged through the real gateway, against a bare INSERT loop; and the storm."""

from __future__ import annotations

import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from attendance.terminal import PUSH_DRIVER
from store import Store, open_store
from store.address import parse
from store.migrate import migrate
from tests.benchmarks.helper import Helper
from tests.benchmarks.ingest import postgres_server
from tests.benchmarks.push_posts import punch, serial
from tests.benchmarks.report import Row, Target, seconds_text
from tests.support.collecting import register
from tests.support.gateway_process import GatewayProcess

ROUNDS = 3
SENDERS = 16
"""Terminals that send at the same time."""
POSTS = {128: 60, 1: 120}
"""Uploads of each, by their size."""
TERMINALS = 135
BACKLOG = 44_718
PRESSES = 70.0
"""Fingers a second, at all live terminals together: the rush hour of a city."""
SETTINGS = "rate = 1000000"

SHARE = Target(0.5)
LATENCY = Target(0.5, at_most=True)
"""Seconds, at the 99th percentile."""

COLUMNS = "terminal_id, pin, device_time, at, received_at, verify, state, work_code, capture"
SQLITE = f"INSERT INTO punches ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
POSTGRES = SQLITE.replace("?", "%s")


def measure() -> tuple[list[Row], list[str]]:
    """Each round: the bare loop and the gateway in turn, both sizes of batch, each into an empty database."""
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder, postgres_server() as server:
        numbers = iter(range(1_000))

        def fresh(engine: str) -> str:
            name = f"gateway{next(numbers)}"
            url = f"sqlite:///{Path(folder) / name}.db" if engine == "SQLite" else server.create(name)
            migrate(url)
            return url

        for engine in ("SQLite", "PostgreSQL"):
            for batch, posts in POSTS.items():
                bare, ours = [], []
                for _ in range(ROUNDS):
                    bare.append(_bare(engine, fresh(engine), batch, posts))
                    ours.append(_through(Path(folder), fresh(engine), batch, posts))
                rows.append(_row(engine, batch, statistics.median(ours), statistics.median(bare)))
        for engine in ("SQLite", "PostgreSQL"):
            rows += _storm(engine, Path(folder), fresh(engine))
    notes = [
        f"ours: {SENDERS} terminals at once over HTTP, each upload sent after the answer to the one before; "
        "every punch counted in the store afterwards; median of "
        f"{ROUNDS} rounds, each into an empty database",
        "bare: one connection, executemany of INSERT … ON CONFLICT DO NOTHING into the same table, one "
        "commit for each batch, nothing parsed, no notices; sqlite3 and psycopg 3, in turn with ours",
        "both wait for the disk at every commit (SQLite: WAL, synchronous FULL), as who acknowledges must",
        f"storm: {BACKLOG:,} punches in uploads of 128 from one terminal, as fast as they are acknowledged, "
        f"while {PRESSES:g} fingers a second are pressed at {TERMINALS - 1} others; latency from the finger "
        "to the terminal's having the acknowledgement of the commit; afterwards the store is compared, punch "
        "by punch, with what the terminals hold",
    ]
    return rows, notes


def _row(engine: str, batch: int, ours: float, bare: float) -> Row:
    return Row(
        part="gateway",
        what=f"{engine}: committed through the gateway, batches of {batch}",
        ours=f"{ours:,.0f}/s",
        reference=f"bare loop {bare:,.0f}/s",
        figure=ours / bare,
        unit=" of it",
        target=SHARE if batch > 1 else None,
    )


def _through(folder: Path, url: str, batch: int, posts: int) -> float:
    """Punches a second through the gateway."""
    with _serving(folder, url, SENDERS) as (gateway, store):
        sent = SENDERS * batch * posts
        with Helper("push_posts", *map(str, (gateway.port, SENDERS, batch, posts))) as senders:
            senders.wait_ready()
            seconds: float = senders.ask("go")
        if store.punches.count() != sent:
            raise AssertionError(f"{store.punches.count()} of {sent} punches came in")
        return sent / seconds


def _bare(engine: str, url: str, batch: int, posts: int) -> float:
    """Punches a second into the same table, by the database's own driver and nothing else."""
    now = datetime.now(UTC)
    rows: list[list[tuple[Any, ...]]] = []
    for number in range(SENDERS * posts):
        made = []
        for index in range(number * batch, (number + 1) * batch):
            pin, moment, verify, state, work_code, _ = punch(index)
            at = moment.replace(tzinfo=UTC)
            whens: tuple[Any, ...] = (moment, at, now)
            if engine == "SQLite":
                whens = (moment.isoformat(), int(at.timestamp() * 1e6), int(now.timestamp() * 1e6))
            made.append((1, pin, *whens, verify, state, work_code, "push"))
        rows.append(made)
    connection: sqlite3.Connection | psycopg.Connection[Any]
    if engine == "SQLite":
        connection = sqlite3.connect(str(parse(url, None).path))
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        query = SQLITE
    else:
        connection = psycopg.connect(**parse(url, None).conninfo)  # type: ignore[arg-type]
        query = POSTGRES
    cursor = connection.cursor()
    began = time.perf_counter()
    for made in rows:
        cursor.executemany(query, made)
        connection.commit()
    seconds = time.perf_counter() - began
    connection.close()
    return len(rows) * batch / seconds


def _storm(engine: str, folder: Path, url: str) -> list[Row]:
    with _serving(folder, url, TERMINALS) as (gateway, store):
        with Helper("push_storm", gateway.url, str(TERMINALS), str(BACKLOG), str(PRESSES)) as city:
            city.wait_ready()
            found = city.ask("go")
        truth = sorted((number, pin, moment) for number, pin, moment in found["held"])
        if sorted((key[0], key[1], key[2].isoformat()) for key in store.punches.keys()) != truth:  # noqa: SIM118
            raise AssertionError("the store does not hold what the terminals hold")
    cuts = statistics.quantiles(found["delays"], n=100, method="inclusive")
    return [
        Row(
            part="storm",
            what=f"{engine}: {len(found['delays'])} fingers → acknowledged, p99, during the backlog",
            ours=f"p50 {seconds_text(cuts[49])} · p95 {seconds_text(cuts[94])}",
            reference=f"{BACKLOG:,} in {seconds_text(found['seconds'])}",
            figure=cuts[98],
            unit=" s",
            target=LATENCY,
        )
    ]


@contextmanager
def _serving(folder: Path, url: str, terminals: int) -> Iterator[tuple[GatewayProcess, Store]]:
    store = open_store(url)
    for number in range(terminals):
        register(store, serial(number), 0, driver=PUSH_DRIVER)
    gateway = GatewayProcess(folder, url, SETTINGS)
    gateway.start()
    try:
        yield gateway, store
    finally:
        gateway.stop()
        store.close()
