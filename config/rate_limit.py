"""How often somebody may call."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass

MOST_KNOWN = 4_096
"""Callers whose buckets are kept; beyond it the one heard of longest ago is forgotten."""


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float


class RateLimit:
    """A token bucket for each caller: `rate` calls a second, and `burst` of them at once. Thread-safe."""

    def __init__(self, rate: float, burst: float) -> None:
        self._rate = rate
        self._burst = burst
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, caller: str, now: float) -> bool:
        """Whether the caller may call now (monotonic seconds)."""
        with self._lock:
            bucket = self._buckets.get(caller)
            if bucket is None:
                bucket = self._buckets[caller] = _Bucket(self._burst, now)
                if len(self._buckets) > MOST_KNOWN:
                    self._buckets.popitem(last=False)
            self._buckets.move_to_end(caller)
            bucket.tokens = min(self._burst, bucket.tokens + (now - bucket.at) * self._rate)
            bucket.at = now
            if bucket.tokens < 1:
                return False
            bucket.tokens -= 1
            return True
