"""Judging the days before a demo, so that its morning has a usual one to be compared with."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from config.clock import SimClock
from config.settings import Settings
from realtime.day_source import DaySource
from realtime.recompute import recompute
from realtime.rulebook import load_rulebook
from store import Store


def judge_past(
    store: Store, settings: Settings, clock: SimClock, days: Iterable[date], *, stopped: Callable[[], bool]
) -> None:
    """Judge these days, unless `stopped` meanwhile. Nobody else would: days before Presensi came are judged
    only when asked for. Raises `StoreUnavailable`.
    """
    source = DaySource(store, load_rulebook(settings.board.rules), settings.city.zone)
    for day in days:
        if stopped():
            return
        recompute(source, store, day, day, clock=clock.now, freshness=settings.board.freshness)
