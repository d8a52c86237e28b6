"""The process `presensi judge`."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable

from config.settings import Settings, make_clock
from realtime.day_source import DaySource
from realtime.keeper import Keeper
from realtime.rulebook import load_rulebook
from store import open_store

log = logging.getLogger(__name__)

WATCH_SECONDS = 0.2


def run(settings: Settings, ready: Callable[[], None], progress: Callable[[], None]) -> int:
    """Keep the results until SIGTERM or SIGINT; returns the exit code.

    `ready` is called once today's results are stored, `progress` whenever work was done. Raises, before
    anything is kept, `ConfigError` (rule pack, clock) or `store.StoreError` (no database, wrong version). A
    store that goes away later is waited for.
    """
    clock = make_clock(settings.clock)
    book = load_rulebook(settings.board.rules)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    store = open_store(settings.store.url, password_file=settings.store.password_file)
    try:
        keeper = Keeper(store, clock, DaySource(store, book, settings.city.zone), settings.board.freshness)
        keeper.start()
        log.info("keeping the results of every day")
        try:
            _watch(keeper, stop, ready, progress)
        finally:
            keeper.stop()
    finally:
        store.close()
    log.info("stopped")
    return 0


def _watch(
    keeper: Keeper, stop: threading.Event, ready: Callable[[], None], progress: Callable[[], None]
) -> None:
    told = False
    worked = keeper.progress()
    while not stop.wait(WATCH_SECONDS):
        if not told and keeper.ready():
            told = True
            ready()
        if keeper.progress() > worked:
            worked = keeper.progress()
            progress()
