"""One terminal's health as its session finds it, and the log lines when it changes: down once, back once."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from attendance.terminal import Terminal, TerminalHealth
from collector.clock_watch import Condition
from collector.health import NEARLY_FULL, HealthBook
from collector.log_reader import is_full
from config.clock import Clock
from config.errors import ConfigError
from devices.driver import Identity, LogCounts
from devices.errors import DeviceError, Retry
from store import StoreError

log = logging.getLogger(__name__)

WAIT_ACTION = "It is tried again by itself; if it lasts, restart the terminal."
DEFECT_ACTION = "This is a defect of Presensi: please report it with the collector's log."
STORE_ACTION = "Check the database: `presensi doctor` says what is wrong with it."
CONFIG_ACTION = "Correct the file that the message names; it is read again by itself."
CLOCK_ACTION = (
    "It is set in the quiet hours, or now by `presensi terminal set-time`; until then its punches are "
    "corrected by the difference."
)
JUMPED_ACTION = (
    "Set it by `presensi terminal set-time` and look at its punches with `presensi review list`; if it jumps "
    "again, its battery or the terminal is worn out."
)
DEAD_ACTION = (
    "Let its battery be replaced, then set it by `presensi terminal set-time`; its punches are kept and "
    "marked: `presensi review list`."
)
NEARLY_FULL_ACTION = (
    "Clear the terminal's log in its menu soon, after `presensi terminal list` shows it read."
)
FULL_ACTION = "The terminal's log is full and may lose punches: clear it in its menu once it is read."


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, for the operator."""

    code: str
    detail: str
    action: str
    lasting: bool
    """Only a person can mend it."""


def fault_of(error: Exception) -> Fault:
    """The fault that this error means."""
    if isinstance(error, DeviceError):
        lasting = error.retry in {Retry.OPERATOR, Retry.NEVER}
        return Fault(error.code, str(error), error.action or WAIT_ACTION, lasting)
    if isinstance(error, ConfigError):
        return Fault("ConfigError", str(error), CONFIG_ACTION, True)
    if isinstance(error, StoreError):
        return Fault(type(error).__name__, str(error), STORE_ACTION, False)
    return Fault("Defect", f"{type(error).__name__}: {error}", DEFECT_ACTION, True)


class Vitals:
    """Keeps one terminal's row of the health book."""

    def __init__(self, terminal: Terminal, book: HealthBook, clock: Clock) -> None:
        self._terminal = terminal
        self._book = book
        self._clock = clock
        self._down: Fault | None = None
        self._warned: str | None = None
        self._clock_off = False
        self._condition = Condition.STEADY
        self._dark_since: datetime | None = None

    @property
    def health(self) -> TerminalHealth:
        """The row as it stands."""
        return self._book.of(self._terminal.id)

    def contacted(self, identity: Identity, counts: LogCounts) -> None:
        """The terminal answered: it is online, whatever is still to be read from it."""
        before = self.health
        if not before.online:
            self._dark_since = before.offline_since
        warning = self._warning(counts)
        if warning is not None and warning.code != self._warned:
            self._log(logging.WARNING, "%s %s", warning.detail, warning.action)
        self._warned = warning.code if warning else None
        self._book.set(
            replace(
                before,
                online=True,
                offline_since=None,
                last_contact_at=self._clock.now(),
                log_records=counts.records,
                log_capacity=counts.records_capacity,
                error=warning.code if warning else None,
                error_detail=warning.detail if warning else None,
                action=warning.action if warning else None,
                firmware=identity.firmware or None,
            )
        )

    def clock_measured(self, seconds: float, *, off: bool, condition: Condition = Condition.STEADY) -> None:
        """The terminal's clock is `seconds` ahead; `off` when that is beyond the tolerance."""
        self._clock_off = off
        self._condition = condition
        self._book.set(replace(self.health, clock_offset=seconds))

    def proved(self, through: datetime, inserted: int) -> None:
        """Every punch before `through` is in the store; the last read brought `inserted` new ones."""
        self._book.set(replace(self.health, read_through=through))
        if self._dark_since is not None:
            dark = self._clock.now() - self._dark_since
            self._log(logging.INFO, "back after %s; %d punches came.", _span(dark), inserted)
        elif self._down is not None:
            self._log(logging.INFO, "well again; %d punches came.", inserted)
        self._dark_since = None
        self._down = None

    def failed(self, error: Exception) -> None:
        """The terminal could not be used; said once, and again only when it turns into a person's task."""
        fault = fault_of(error)
        before = self.health
        self._book.set(
            replace(
                before,
                online=False,
                offline_since=before.offline_since or self._dark_since or self._clock.now(),
                error=fault.code,
                error_detail=fault.detail,
                action=fault.action,
            )
        )
        news = self._down is None or (fault.lasting and fault.code != self._down.code)
        self._down = fault
        if not news:
            log.debug("%s (%s): still down: %s", self._terminal.name, self._terminal.serial, fault.detail)
        elif fault.code == "Defect":
            log.error(
                "%s (%s): down. %s", self._terminal.name, self._terminal.serial, fault.action, exc_info=error
            )
        else:
            self._log(logging.WARNING, "down. %s %s", fault.detail, fault.action)

    def _warning(self, counts: LogCounts) -> Fault | None:
        records, capacity = counts.records, counts.records_capacity
        if records is not None and capacity and records >= NEARLY_FULL * capacity:
            filled = f"Its log holds {records} of {capacity} records."
            if is_full(counts):
                return Fault("LogFull", filled, FULL_ACTION, True)
            return Fault("LogNearlyFull", filled, NEARLY_FULL_ACTION, True)
        ahead = self.health.clock_offset or 0.0
        shown = f"{abs(ahead):.0f} s {'ahead' if ahead > 0 else 'behind'}"
        if self._condition is Condition.DEAD:
            return Fault("ClockDead", f"Its clock has lost its battery: it is {shown}.", DEAD_ACTION, True)
        if self._condition is Condition.JUMPED:
            return Fault("ClockJumped", f"Its clock jumped, it is {shown}.", JUMPED_ACTION, True)
        if self._clock_off:
            return Fault("ClockOff", f"Its clock is {shown}.", CLOCK_ACTION, True)
        return None

    def _log(self, level: int, message: str, *arguments: object) -> None:
        log.log(level, "%s (%s): " + message, self._terminal.name, self._terminal.serial, *arguments)


def _span(time: timedelta) -> str:
    seconds = max(0, round(time.total_seconds()))
    if seconds < 120:
        return f"{seconds} s"
    if seconds < 7200:
        return f"{seconds // 60} min"
    return f"{seconds // 3600} h {seconds % 3600 // 60} min"
