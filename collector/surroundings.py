"""What the tasks of all terminals share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from zoneinfo import ZoneInfo

from attendance.terminal import Terminal
from collector.city_clock import CityClock
from collector.comm_keys import CommKeys
from collector.ingest import Ingest
from config.clock import Clock
from config.settings import CollectorSettings
from devices.driver import Driver, Target
from store import Store


@dataclass(frozen=True, slots=True)
class Surroundings:
    """One per collector."""

    settings: CollectorSettings
    zone: ZoneInfo
    clock: Clock
    comm_keys: CommKeys
    store: Store
    """To be used through `ingest.call` only: its calls block."""
    ingest: Ingest
    random: Random
    load_driver: Callable[[str], Driver]
    """By its key in `devices.registry`; one driver serves all its terminals."""
    city: CityClock
    """What all terminals' clocks say of this machine's own."""

    def target(self, terminal: Terminal) -> Target:
        """Where the terminal is and how to speak to it. Raises `ConfigError` for a bad comm-key file."""
        return make_target(self.settings, terminal, self.comm_keys.of(terminal.serial))


def make_target(settings: CollectorSettings, terminal: Terminal, comm_key: int) -> Target:
    """A registered terminal as a driver needs it: another one at its address is refused."""
    return Target(
        address=terminal.address,
        port=terminal.port,
        comm_key=comm_key,
        connect_timeout=settings.connect_timeout.total_seconds(),
        reply_timeout=settings.reply_timeout.total_seconds(),
        bulk_timeout=settings.bulk_timeout.total_seconds(),
        silence_timeout=settings.silence_timeout.total_seconds(),
        expected_serial=terminal.serial,
    )
