"""The morning that every test here looks at."""

from __future__ import annotations

from tests.support.mornings import _clock_file, city, clock, set_clock

__all__ = ["_clock_file", "city", "clock", "set_clock"]
