"""Whether the stored results are what the facts say."""

from __future__ import annotations

import time
from datetime import date, datetime, tzinfo

from realtime.day_source import DaySource
from realtime.recompute import recompute
from realtime.rulebook import load_rulebook
from store import Store
from tests.support.days import FRESHNESS, ZONE


def wait_until_current(
    store: Store, first: date, last: date, now: datetime, *, within: float, zone: tzinfo = ZONE
) -> None:
    """Return when judging the days anew at `now` (aware) would change nothing; fail after `within` seconds.

    Only while no terminal is being read: each reading moves what is awaited.
    """
    source = DaySource(store, load_rulebook("standard"), zone)
    deadline = time.monotonic() + within
    while True:
        anew = recompute(source, store, first, last, clock=lambda: now, freshness=FRESHNESS, dry_run=True)
        if not anew.changed:
            return
        assert time.monotonic() < deadline, f"not what the facts say: {anew.saved.turned}"
        time.sleep(0.2)
