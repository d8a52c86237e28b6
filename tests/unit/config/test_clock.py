"""The clock that several threads and processes share."""

from __future__ import annotations

import os
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from config.clock import AHEAD_SECONDS, RECHECK_SECONDS, SimClock, set_rate, write_clock

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


def test_all_who_share_a_clock_follow_a_new_rate_at_the_same_instant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = [1_000_000.0]
    monkeypatch.setattr(time, "time", lambda: real[0])
    file = tmp_path / "clock.json"
    write_clock(file, MONDAY, 1)
    slow = SimClock(file)
    assert slow.now() == MONDAY
    changed = set_rate(file, 1200, MONDAY + timedelta(hours=5))
    assert changed == MONDAY + timedelta(seconds=AHEAD_SECONDS)

    # The slow one has looked just now and does not know of it yet; one that comes now does.
    real[0] += RECHECK_SECONDS
    quick = SimClock(file)
    assert quick.now() == slow.now() == MONDAY + timedelta(seconds=RECHECK_SECONDS)
    assert (quick.rate, slow.rate) == (1, 1)
    assert quick.real_seconds_until(MONDAY + timedelta(seconds=10.05)) == pytest.approx(10)

    real[0] = 1_000_000.0 + AHEAD_SECONDS + 1
    assert quick.now() == changed + timedelta(seconds=1200)
    assert quick.rate == 1200
    real[0] += 3600
    assert quick.now() == MONDAY + timedelta(hours=5)
    assert quick.rate == 0
    assert set_rate(file, 2) == MONDAY + timedelta(hours=5)
