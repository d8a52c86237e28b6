"""What is known of every terminal now, and what of it the store has not been told yet."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from attendance.ids import TerminalId
from attendance.terminal import TerminalHealth

NEARLY_FULL = 0.9
"""From this share of its capacity on, a terminal's log is reported as nearly full."""


class HealthBook:
    """Sessions write, the supervisor collects the changes and saves them in batches."""

    def __init__(self, known: Mapping[TerminalId, TerminalHealth]) -> None:
        self._now = dict(known)
        self._changed: set[TerminalId] = set()
        self.urgent = asyncio.Event()
        """Set when a terminal went online or offline, or fell ill or recovered: to be saved at once."""

    def of(self, terminal_id: TerminalId) -> TerminalHealth:
        """The health of one terminal; of an unknown one: never seen."""
        return self._now.get(terminal_id) or _never_seen(terminal_id)

    def set(self, health: TerminalHealth) -> None:
        """Take note of a terminal's health; nothing is saved when it is the same as before."""
        before = self.of(health.terminal_id)
        if health == before:
            return
        self._now[health.terminal_id] = health
        self._changed.add(health.terminal_id)
        if (health.online, health.error) != (before.online, before.error):
            self.urgent.set()

    def forget_future(self, now: datetime) -> None:
        """Let no terminal vouch for a moment after `now` (aware): the city clock was set back."""
        for health in list(self._now.values()):
            if health.read_through is not None and health.read_through > now:
                self.set(replace(health, read_through=None))

    def take_changes(self) -> list[TerminalHealth]:
        """What changed since the last call; give it back with `not_saved` if saving failed."""
        self.urgent.clear()
        rows = [self._now[terminal_id] for terminal_id in sorted(self._changed)]
        self._changed.clear()
        return rows

    def not_saved(self, rows: Iterable[TerminalHealth]) -> None:
        """These rows could not be saved: the newest state of their terminals is still owed."""
        self._changed.update(row.terminal_id for row in rows)

    def online(self, terminal_ids: Iterable[TerminalId]) -> list[TerminalId]:
        """Those of these terminals that are online."""
        return [terminal_id for terminal_id in terminal_ids if self.of(terminal_id).online]


def _never_seen(terminal_id: TerminalId) -> TerminalHealth:
    return TerminalHealth(
        terminal_id=terminal_id,
        online=False,
        read_through=None,
        last_contact_at=None,
        offline_since=None,
        clock_offset=None,
        log_records=None,
        log_capacity=None,
        error=None,
        error_detail=None,
        action=None,
        firmware=None,
    )
