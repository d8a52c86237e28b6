"""The process `presensi collect`."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from random import Random

from collector.supervisor import Supervisor
from config.clock import Clock
from config.rule_pack import RulePack
from config.rules import load_series
from config.settings import Settings, make_clock
from store import Store, open_store

log = logging.getLogger(__name__)


def run(settings: Settings, ready: Callable[[], None], progress: Callable[[], None]) -> int:
    """Collect until SIGTERM or SIGINT; returns the exit code.

    `ready` is called once terminals are being followed; `progress` about once a second, and only when work
    really goes on, so that a watchdog may rest on it. Raises `ConfigError` and `StoreError` when it cannot
    begin. A store or a terminal that goes away later is waited for.
    """
    clock = make_clock(settings.clock)
    today = clock.now().astimezone(settings.city.zone).date()
    sweeps = sweep_times(load_series(settings.board.rules), today)
    store = open_store(settings.store.url, password_file=settings.store.password_file)
    try:
        asyncio.run(_run(settings, store=store, clock=clock, sweeps=sweeps, ready=ready, progress=progress))
    finally:
        store.close()
    return 0


def sweep_times(packs: Sequence[RulePack], today: date) -> list[time]:
    """The times of day at which the board passes judgement and so needs every terminal read: when lateness
    begins, when work ends, when the day's window closes; after every kind of hours of the pack in force
    `today` and of those to come. `packs`: the oldest first.
    """
    past = [pack for pack in packs if pack.pack.valid_from <= today][:-1]
    times: set[time] = set()
    for pack in packs[len(past) :]:
        times.add(pack.window.closes)
        for kind in pack.hours.values():
            for week in (kind, kind.ramadan):
                for hours in filter(None, week.days if week else ()):
                    times |= {_later(hours[0], pack.late.tolerance + 1), hours[1]}
    return sorted(times)


async def _run(
    settings: Settings,
    *,
    store: Store,
    clock: Clock,
    sweeps: list[time],
    ready: Callable[[], None],
    progress: Callable[[], None],
) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    jitter = Random()  # noqa: S311 — spreads requests, guards no secret
    supervisor = Supervisor(
        settings=settings.collector,
        zone=settings.city.zone,
        store=store,
        clock=clock,
        sweep_times=sweeps,
        random=jitter,
    )
    await supervisor.run(stop, ready, progress)
    log.info("Stopped.")


def _later(start: time, minutes: int) -> time:
    return (datetime.combine(date.min, start) + timedelta(minutes=minutes)).time()
