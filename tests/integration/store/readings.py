"""Punches and log readings for the store's tests."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from attendance.ids import Pin, TerminalId
from attendance.punch import Capture, Punch
from attendance.terminal import LogCursor
from store.punches import Ingest, Quarantined

OPENING = datetime(2026, 11, 23, 7, 0, 0)
CITY_OFFSET = timedelta(hours=7)


def punch(
    pin: int,
    second: int = 0,
    *,
    terminal: int = 1,
    capture: Capture = Capture.PULL,
    start: datetime = OPENING,
) -> Punch:
    """PIN `pin` pressed `second` seconds after `start` (terminal's time, seven hours ahead of UTC)."""
    device_time = start + timedelta(seconds=second)
    at = (device_time - CITY_OFFSET).replace(tzinfo=UTC)
    return Punch(
        TerminalId(terminal), Pin(str(pin)), device_time, at, at + timedelta(seconds=1), 1, 255, "", capture
    )


def bad(index: int, *, terminal: int = 1, raw: bytes = b"\xff" * 40) -> Quarantined:
    """A record that could not be read."""
    return Quarantined(
        TerminalId(terminal), index, raw, "impossible date", datetime(2026, 11, 23, tzinfo=UTC)
    )


def live(*punches: Punch) -> Ingest:
    """Live events of one terminal."""
    return Ingest(punches[0].terminal_id, [one._replace(capture=Capture.LIVE) for one in punches])


def log_read(
    expected: LogCursor | None,
    punches: Sequence[Punch],
    quarantine: Sequence[Quarantined] = (),
    *,
    terminal: int = 1,
    generation: int | None = None,
) -> Ingest:
    """A reading of a terminal's log that goes on at `expected`, or a full one of a new `generation`."""
    if generation is None:
        generation = expected.generation if expected else 1
    before = expected.records_read if expected and expected.generation == generation else 0
    end = before + len(punches) + len(quarantine)
    cursor = LogCursor(TerminalId(terminal), generation, end, f"after {end}".encode(), 0, 0, 0)
    return Ingest(TerminalId(terminal), punches, cursor, quarantine, expected)
