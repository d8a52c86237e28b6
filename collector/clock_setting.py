"""When a terminal's clock may be set, and setting it so that it is proved.

Forwards is harmless: some seconds are skipped. Backwards, the clock lives through the same time again: a
second punch of the same person at the same second would be taken for the first one and lost, and the order
of the log would lie. So a clock is never set to or before a time that some recorded punch already bears.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import median
from typing import Final
from zoneinfo import ZoneInfo

from collector.offset import Measurement, measure
from config.clock import Clock
from devices.driver import Session
from devices.errors import VerificationFailed

SET_FROM: Final = timedelta(seconds=5)
"""A clock that is off by less is left alone."""
HALF_SECOND: Final = timedelta(seconds=0.5)
FEW: Final = 3
"""Fewer terminals than this say nothing about the city's own clock."""


class Move(StrEnum):
    """What may be done to a clock now."""

    NOTHING = "nothing"
    """It is right."""
    SET = "set"
    WAIT = "wait"
    """Until the city has passed the last recorded time."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do, and why not yet."""

    move: Move
    last_recorded: datetime | None = None
    """Naive, the terminal's own: the punch that stands in the way."""


def decide(
    measured: Measurement,
    last_recorded: datetime | None,
    zone: ZoneInfo,
    *,
    tolerance: timedelta = SET_FROM,
) -> Decision:
    """Whether the clock may be set to city time now, if it is off by more than `tolerance`.

    `last_recorded`: the latest time (naive) of a recorded punch between city time and what the clock shows.
    """
    if not measured.offset.beyond(tolerance):
        return Decision(Move.NOTHING)
    if last_recorded is not None and last_recorded >= local(measured.at, zone):
        return Decision(Move.WAIT, last_recorded)
    return Decision(Move.SET)


def local(moment: datetime, zone: ZoneInfo) -> datetime:
    """The moment as a terminal's clock should show it: naive, whole seconds, the nearest."""
    return (moment + HALF_SECOND).astimezone(zone).replace(tzinfo=None, microsecond=0)


async def set_right(session: Session, clock: Clock, zone: ZoneInfo) -> Measurement:
    """Set the terminal's clock to city time, and prove it by reading it back: how it stands now.

    Raises `DeviceError`, `VerificationFailed` when it took the command and not the time.
    """
    await session.set_clock(local(clock.now(), zone))
    measured = await measure(session, clock, zone)
    if measured.offset.beyond(SET_FROM):
        raise VerificationFailed(
            f"its clock was set and is {measured.offset.seconds:+.0f} s off", terminal=session.identity.serial
        )
    return measured


def city_clock_doubtful(offsets: Sequence[float]) -> bool:
    """Whether it is this machine's clock that is wrong: terminals do not drift together, so when most of
    them are off by the same time (seconds), it is not theirs.
    """
    if len(offsets) < FEW:
        return False
    middle = median(offsets)
    tolerance = SET_FROM.total_seconds()
    agreeing = sum(abs(offset - middle) <= tolerance for offset in offsets)
    return abs(middle) > tolerance and 2 * agreeing > len(offsets)
