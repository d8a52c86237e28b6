"""Whether it is this machine's own clock that is wrong: a city's terminals are many clocks against one."""

from __future__ import annotations

from collections.abc import Callable, Collection
from enum import StrEnum

from attendance.ids import TerminalId
from collector.clock_setting import FEW, city_clock_doubtful
from collector.clock_watch import city_moved
from collector.offset import Measurement


class Standing(StrEnum):
    """What the terminals say of city time."""

    BELIEVED = "believed"
    UNKNOWN = "unknown"
    """Too few were measured since city time began, or was moved: wait."""
    DOUBTED = "doubted"


class CityClock:
    """The last measurement of every terminal, held against each other. One per collector.

    A measurement counts only as long as city time went on steadily since: what was found before a jump of
    this machine's clock, or by a process before this one, would speak for a clock that is wrong now.
    """

    def __init__(self, online: Callable[[], Collection[TerminalId]]) -> None:
        """`online`: the terminals that could be measured now."""
        self._online = online
        self._measured: dict[TerminalId, Measurement] = {}

    def note(self, terminal_id: TerminalId, measured: Measurement) -> None:
        """A terminal's clock was looked at, or set and looked at again."""
        self._measured[terminal_id] = measured

    def standing(self, now: Measurement) -> Standing:
        """What the terminals online say of the city time by which `now` was measured."""
        online = self._online()
        found = [self._measured[number] for number in online if number in self._measured]
        offsets = [it.offset.seconds for it in found if not city_moved(it, now)]
        if len(online) >= FEW and 2 * len(offsets) <= len(online):
            return Standing.UNKNOWN
        return Standing.DOUBTED if city_clock_doubtful(offsets) else Standing.BELIEVED
