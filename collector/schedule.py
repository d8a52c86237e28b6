"""What is done at a time of the city's day, and what every so often: the one user of APScheduler.

APScheduler knows real time only. Moments of the city's day are therefore planned one by one, and planned
again when the city clock was moved, changed its rate, or was paused.
"""

from __future__ import annotations

import asyncio
import logging
import math
import time as monotonic_time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger

from config.clock import Clock

log = logging.getLogger(__name__)
logging.getLogger("apscheduler").setLevel(logging.WARNING)
"""It tells of every job that it runs."""

Action = Callable[[], Awaitable[None]]

DRIFT = timedelta(seconds=2)
"""A city clock that is further than this, at its own rate, from where it should be was moved."""


@dataclass(frozen=True, slots=True)
class Daily:
    """Something to do every day at one or more times of the city's day."""

    name: str
    times: Sequence[time]
    action: Action


@dataclass(frozen=True, slots=True)
class Repeated:
    """Something to do every so many real seconds."""

    name: str
    seconds: float
    action: Action


def next_moment(now: datetime, at: time, zone: ZoneInfo) -> datetime:
    """The first moment after `now` (aware) at which the city's clocks show `at`; aware, UTC."""
    today = now.astimezone(zone).date()
    for day in (today, today + timedelta(days=1), today + timedelta(days=2)):
        moment = datetime.combine(day, at, zone).astimezone(UTC)
        if moment > now:
            return moment
    raise AssertionError("a day has at most 25 hours")


class Schedule:
    """Runs the jobs in the running event loop. `tick` it about once a second."""

    def __init__(
        self,
        clock: Clock,
        zone: ZoneInfo,
        *,
        daily: Sequence[Daily],
        repeated: Sequence[Repeated],
        when_moved: Action,
    ) -> None:
        """`when_moved` runs after the city clock was moved or changed its rate."""
        self._clock = clock
        self._zone = zone
        self._daily = daily
        self._repeated = repeated
        self._when_moved = when_moved
        self._scheduler = AsyncIOScheduler(
            timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )
        self._seen = (clock.now(), monotonic_time.monotonic(), clock.rate)

    def start(self) -> None:
        """Begin."""
        for job in self._repeated:
            self._scheduler.add_job(
                _until_stopped(job.action), IntervalTrigger(seconds=job.seconds), id=job.name
            )
        self._scheduler.start()
        self._plan()

    def stop(self) -> None:
        """End; a job that runs is not waited for."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    def tick(self) -> None:
        """Plan again if the city clock did not go on as it should have."""
        city, real = self._clock.now(), monotonic_time.monotonic()
        rate = self._clock.rate
        last_city, last_real, last_rate = self._seen
        expected = last_city + timedelta(seconds=(real - last_real) * last_rate)
        self._seen = (city, real, rate)
        if rate == last_rate and abs(city - expected) <= DRIFT * max(1.0, rate):
            return
        log.debug("The city clock was moved: %s at rate %g.", city, rate)
        self._plan()
        self._scheduler.add_job(_until_stopped(self._when_moved), id="moved", replace_existing=True)

    def _plan(self) -> None:
        for job in self._daily:
            for at in job.times:
                self._plan_one(job, at, next_moment(self._clock.now(), at, self._zone))

    def _plan_one(self, job: Daily, at: time, moment: datetime) -> None:
        identity = f"{job.name} {at:%H:%M:%S}"
        wait = self._clock.real_seconds_until(moment)
        if math.isinf(wait):
            if self._scheduler.get_job(identity) is not None:
                self._scheduler.remove_job(identity)
            return

        async def run() -> None:
            if self._clock.now() < moment:
                self._plan_one(job, at, moment)
                return
            self._plan_one(job, at, next_moment(self._clock.now(), at, self._zone))
            await job.action()

        self._scheduler.add_job(
            _until_stopped(run),
            DateTrigger(datetime.now(UTC) + timedelta(seconds=wait)),
            id=identity,
            replace_existing=True,
        )


def _until_stopped(action: Action) -> Action:
    """The action; that a stop cuts it short is no error, though the scheduler would report it as one."""

    async def run() -> None:
        with suppress(asyncio.CancelledError):
            await action()

    return run
