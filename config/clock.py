"""City time as a seam: the wall clock in production, a steerable one in the demo and in tests.

Everything that asks "what time is it in the city?" asks a `Clock`. Durations on the network (time-outs,
back-off, keepalive) are real seconds and never pass through here.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from config.errors import ConfigError

RECHECK_SECONDS = 0.05
"""How often, in real seconds, a `SimClock` looks whether its file changed."""
AHEAD_SECONDS = 0.2
"""A change of the rate is announced by this many real seconds, longer than it takes any process to look: were
some to follow it before others, terminals and collector of a fast city would be minutes apart for a moment.
"""


class Clock(Protocol):
    """City time. `rate` is city seconds per real second: 1.0 in production, 0.0 when paused."""

    @property
    def rate(self) -> float:
        """City seconds that pass in one real second."""
        ...

    def now(self) -> datetime:
        """The city's present moment, aware, in UTC."""
        ...

    def real_seconds_until(self, moment: datetime) -> float:
        """Real seconds until `moment` (aware): 0.0 when past, infinity when the clock is paused."""
        ...


class SystemClock:
    """The machine's own clock: city time is real time."""

    rate = 1.0

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        return datetime.now(UTC)

    def real_seconds_until(self, moment: datetime) -> float:
        """Real seconds until `moment`, never negative."""
        return max(0.0, (moment - self.now()).total_seconds())


@dataclass(frozen=True, slots=True)
class ClockState:
    """A clock file: at real Unix time `real`, the city time is `city` and runs at `rate` from then on."""

    city: str
    """ISO 8601 with offset."""
    real: float
    """Unix seconds."""
    rate: float
    """City seconds per real second; 0 pauses."""
    until: str | None = None
    """ISO 8601 with offset: the clock stops exactly here; None: it runs on."""
    before: ClockState | None = None
    """How it runs until `real`; None: as from `real` on."""


class SimClock:
    """A clock that several processes share through a small JSON file, so that a test or a technician can
    run the morning fast, pause it at 07:31:00, and go on. Safe to ask from several threads.

    Raises `ConfigError` when the file is missing or unreadable at start; later it keeps the last good state.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._checked = float("-inf")
        try:
            self._course = _read_course(path)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ConfigError(
                f"{path}: not a clock file ({error}); write it with `presensi simulate clock`"
            ) from error

    @property
    def rate(self) -> float:
        """City seconds per real second, as the file says now; 0 once the clock has stopped at its end."""
        course = self._present()
        return 0.0 if course.at(time.time()) == course.until else course.rate

    def now(self) -> datetime:
        """City time, aware, in UTC."""
        return self._present().at(time.time())

    def real_seconds_until(self, moment: datetime) -> float:
        """Real seconds until `moment` at the present rate; infinity when the clock stops before it."""
        course = self._present()
        left = (moment - course.at(time.time())).total_seconds()
        if left <= 0:
            return 0.0
        reached = course.rate > 0 and (course.until is None or moment <= course.until)
        return left / course.rate if reached else float("inf")

    def _present(self) -> _Course:
        # Locked over the reading: else a second thread would be told the time before, or bring it back.
        with self._lock:
            tick = time.monotonic()
            if tick - self._checked >= RECHECK_SECONDS:
                self._checked = tick
                with suppress(OSError, ValueError, KeyError, TypeError):
                    self._course = _read_course(self._path, self._course)
            return self._course.in_force(time.time())


@dataclass(frozen=True, slots=True)
class _Course:
    """How a clock runs, as its file says; one value, so that no thread sees half a change."""

    city: datetime
    real: float
    rate: float
    until: datetime | None
    stamp: int
    before: _Course | None = None

    def in_force(self, real: float) -> _Course:
        """This one, or the one before it at a `real` Unix time at which this one has not begun."""
        return self if self.before is None or real >= self.real else self.before

    def at(self, real: float) -> datetime:
        """The city time then."""
        running = self.city + timedelta(seconds=(real - self.real) * self.rate)
        return running if self.until is None else min(running, self.until)

    def state(self) -> ClockState:
        until = None if self.until is None else self.until.isoformat()
        return ClockState(self.city.isoformat(), self.real, self.rate, until)


def _read_course(path: Path, known: _Course | None = None) -> _Course:
    """The file's course; `known` itself while the file has not changed since."""
    stamp = path.stat().st_mtime_ns
    if known is not None and stamp == known.stamp:
        return known
    return _course(json.loads(path.read_text("utf-8")), stamp)


def _course(state: Mapping[str, Any], stamp: int) -> _Course:
    city = datetime.fromisoformat(state["city"])
    if city.tzinfo is None:
        raise ValueError("city time has no UTC offset")
    until = datetime.fromisoformat(state["until"]).astimezone(UTC) if state.get("until") else None
    before = _course(state["before"], stamp) if state.get("before") else None
    return _Course(city.astimezone(UTC), float(state["real"]), float(state["rate"]), until, stamp, before)


def write_clock(path: Path, city: datetime, rate: float, until: datetime | None = None) -> None:
    """From this instant on, let the clock at `path` show `city` (aware), run at `rate`, stop at `until`."""
    _write(path, ClockState(city.isoformat(), time.time(), rate, until.isoformat() if until else None))


def set_rate(path: Path, rate: float, until: datetime | None = None) -> datetime:
    """Let the clock at `path` go on from where it is at `rate`, stopping exactly at `until` if given. All who
    share it follow at the same instant, `AHEAD_SECONDS` from now.

    Returns the city time of the change. Raises `ConfigError` as `SimClock` does.
    """
    real = time.time() + AHEAD_SECONDS
    course = SimClock(path)._present()
    city = course.at(real)
    stops = until.isoformat() if until else None
    _write(path, ClockState(city.isoformat(), real, rate, stops, before=course.state()))
    return city


def _write(path: Path, state: ClockState) -> None:
    draft = path.with_suffix(".new")
    draft.write_text(json.dumps(asdict(state)), "utf-8")
    draft.replace(path)
