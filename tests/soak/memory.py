"""How much memory a process holds while city time passes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import psutil

MEBI = 1 << 20
HOUR = timedelta(hours=1)


@dataclass(slots=True)
class Memory:
    """Samples of one process that must not be started anew meanwhile."""

    samples: list[tuple[datetime, int]] = field(default_factory=list)
    """City time (naive) and resident bytes."""
    pids: set[int] = field(default_factory=set)

    def sample(self, pid: int, now: datetime) -> None:
        """Look now."""
        self.samples.append((now, psutil.Process(pid).memory_info().rss))
        self.pids.add(pid)

    @property
    def first_hour(self) -> float:
        """Mean over the first hour that was sampled, in MiB."""
        return self._mean(self.samples[0][0], self.samples[0][0] + HOUR)

    @property
    def last_hour(self) -> float:
        """Mean over the last one, in MiB."""
        return self._mean(self.samples[-1][0] - HOUR, self.samples[-1][0])

    @property
    def most(self) -> float:
        """In MiB."""
        return max(size for _, size in self.samples) / MEBI

    @property
    def ratio(self) -> float:
        """Last hour to first."""
        return self.last_hour / self.first_hour

    def _mean(self, first: datetime, last: datetime) -> float:
        sizes = [size for at, size in self.samples if first <= at <= last]
        return sum(sizes) / len(sizes) / MEBI
