"""The clock that several threads and processes share."""

from __future__ import annotations

import os
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

from config.clock import RECHECK_SECONDS, SimClock, write_clock

MONDAY = datetime(2017, 1, 2, 7, tzinfo=UTC)
THURSDAY = MONDAY + timedelta(days=3)


class SlowDisk(type(Path())):  # type: ignore[misc]
    """A file whose first look-up, once `slow` is set, waits until `go` is."""

    slow = threading.Event()
    reached = threading.Event()
    go = threading.Event()

    def stat(self, *, follow_symlinks: bool = True) -> os.stat_result:
        if self.slow.is_set():
            self.slow.clear()
            self.reached.set()
            assert self.go.wait(60)
        found: os.stat_result = super().stat(follow_symlinks=follow_symlinks)
        return found


def test_no_thread_is_told_the_old_time_while_another_reads_the_new_one(tmp_path: Path) -> None:
    file = SlowDisk(tmp_path / "clock.json")
    write_clock(file, MONDAY, 0)
    clock = SimClock(file)
    write_clock(file, THURSDAY, 0)
    told: list[datetime] = []
    first, second = (threading.Thread(target=lambda: told.append(clock.now())) for _ in range(2))
    file.slow.set()
    first.start()
    assert file.reached.wait(60)
    second.start()
    second.join(4 * RECHECK_SECONDS)
    file.go.set()
    first.join()
    second.join()
    assert told == [THURSDAY, THURSDAY]
