"""A collector may be killed at any moment: what it had committed stands, what it had not is read again."""

from __future__ import annotations

import subprocess
import sys

from attendance.ids import TerminalId
from attendance.punch import Punch
from store import Store
from tests.integration.store.readings import live
from tests.integration.store.writer import expected_keys, read_on, record

RECORDS = 400


def start_writer(url: str, terminal: int, batch: int, records: int = RECORDS) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.integration.store.writer"]
    arguments = [url, str(terminal), str(batch), str(records)]
    return subprocess.Popen([*command, *arguments], stdout=subprocess.PIPE, text=True)


def test_the_count_adds_up_exactly_although_the_writer_was_killed_four_times(
    city: Store, database_url: str
) -> None:
    seen_live = [
        one for one in (record(index, 1) for index in range(0, RECORDS, 7)) if isinstance(one, Punch)
    ]
    city.punches.append([live(*seen_live)])
    for kill_after in (1, 4, 2, 7):
        writer = start_writer(database_url, 1, 10)
        assert writer.stdout is not None
        for _ in range(kill_after):
            writer.stdout.readline()
        writer.kill()
        writer.communicate()
    read_on(city, 1, 10, RECORDS)
    cursor = city.terminals.cursors()[TerminalId(1)]
    assert cursor.records_read == RECORDS
    assert cursor.stored == city.punches.count() == expected_keys(RECORDS, 1)
    assert cursor.quarantined == len(city.punches.quarantined())
    assert cursor.stored + cursor.duplicates + cursor.quarantined == RECORDS


def test_two_processes_write_at_once_and_a_feed_in_a_third_sees_it_all(
    city: Store, database_url: str
) -> None:
    feed = city.changes.feed()
    feed.position()
    writers = [start_writer(database_url, terminal, 20) for terminal in (1, 2)]
    wanted = expected_keys(RECORDS, 1) + expected_keys(RECORDS, 2)
    everything = city.punches
    named: set[int] = set()
    for _ in range(200):
        for change in feed.next(10):
            assert change.since is not None
            assert change.until is not None
            until = change.until.replace(year=2027)
            named |= {
                stored.id
                for stored in everything.between(change.since, until, lo=change.punch_lo, hi=change.punch_hi)
                if stored.terminal_id in change.terminal_ids and stored.at <= change.until
            }
        if len(named) == wanted:
            break
    for writer in writers:
        writer.communicate()
        assert writer.returncode == 0
    feed.close()
    assert len(named) == wanted == city.punches.count()
