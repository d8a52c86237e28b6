"""A writer in a process of its own: `python -m tests.integration.store.writer URL TERMINAL BATCH RECORDS`.

It plays a collector that reads a terminal's log of RECORDS records in batches, going on at the cursor that it
finds. One line on standard output a batch; it may be killed at any moment and started again.
"""

from __future__ import annotations

import sys

from attendance.ids import TerminalId
from attendance.punch import Punch
from store import Store, open_store
from store.punches import Quarantined
from tests.integration.store.readings import bad, log_read, punch

BAD_EVERY = 17
REPEATED_EVERY = 11


def record(index: int, terminal: int) -> Punch | Quarantined:
    """What stands at `index` of the log: mostly a punch, now and then a bad record or a repetition."""
    if index % BAD_EVERY == 5:
        return bad(index, terminal=terminal)
    source = index - 3 if index % REPEATED_EVERY == 9 else index
    return punch(source, source, terminal=terminal)


def expected_keys(records: int, terminal: int) -> int:
    """How many different punches the log of `records` records holds."""
    log = (record(index, terminal) for index in range(records))
    return len({one[:3] for one in log if isinstance(one, Punch)})


def read_on(store: Store, terminal: int, batch: int, records: int) -> None:
    """Read the terminal's log from its cursor to its end."""
    number = TerminalId(terminal)
    while True:
        cursor = store.terminals.cursors().get(number)
        start = cursor.records_read if cursor else 0
        if start >= records:
            return
        items = [record(index, terminal) for index in range(start, min(start + batch, records))]
        punches = [item for item in items if isinstance(item, Punch)]
        quarantine = [item for item in items if isinstance(item, Quarantined)]
        store.punches.append([log_read(cursor, punches, quarantine, terminal=terminal)])
        print(start, flush=True)


if __name__ == "__main__":
    url, terminal, batch, records = sys.argv[1:]
    opened = open_store(url)
    read_on(opened, int(terminal), int(batch), int(records))
    opened.close()
