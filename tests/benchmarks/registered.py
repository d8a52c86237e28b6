"""A fresh store in which the farm's terminals are registered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import insert

from attendance.people import UnitKind
from attendance.terminal import Follow, LogCursor, Terminal
from devices.driver import OVERLAP_RECORDS
from store import Store, open_store
from store.cursors import save
from store.migrate import migrate
from store.schema import terminals, units
from tests.benchmarks import sample_log
from tests.benchmarks.terminal_farm import serial


@contextmanager
def store_with_terminals(url: str, ports: Sequence[int]) -> Iterator[tuple[Store, list[Terminal]]]:
    """Migrate the empty database at `url` and register a terminal for each port on loopback."""
    migrate(url)
    store = open_store(url)
    try:
        with store.database.write() as connection:
            city = {"code": "KOTA", "name": "Kota", "short_name": "Kota", "kind": UnitKind.CITY.value}
            query = insert(units).values(**city, parent_id=None, office=True).returning(units.c.id)
            unit = connection.scalar(query)
            rows = [
                {
                    "serial": serial(number),
                    "name": f"Mesin {number}",
                    "unit_id": unit,
                    "address": "127.0.0.1",
                    "port": port,
                    "driver": "zk-tcp",
                    "follow": Follow.POLL.value,
                    "interval": None,
                    "active": True,
                }
                for number, port in enumerate(ports)
            ]
            connection.execute(insert(terminals), rows)
        yield store, store.terminals.list()
    finally:
        store.close()


def place_cursors_at_end(store: Store, registered: Sequence[Terminal]) -> list[LogCursor]:
    """Let the store believe that it has read every log to its present end, without its punches: 13.5 million
    rows would change nothing about a sweep.
    """
    count = sample_log.RECORDS
    overlap = b"".join(sample_log.record(index) for index in range(count - OVERLAP_RECORDS, count))
    placed = [LogCursor(terminal.id, 1, count, overlap, count, 0, 0) for terminal in registered]
    with store.database.write() as connection:
        save(connection, store.dialect, placed)
    return placed
