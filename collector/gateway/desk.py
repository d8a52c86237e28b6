"""Who may push, from where, how often, with which key. The serial number is a caller's only identity."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from attendance.ids import SerialNumber
from attendance.terminal import PUSH_DRIVER, Terminal
from collector.gateway.faults import KeyRefused, NotAdmitted, OutsideNetwork
from collector.gateway.push_keys import PushKeys
from config.addresses import is_within, networks
from config.errors import ConfigError
from config.rate_limit import RateLimit
from devices.errors import DeviceRefused
from store.push import PushRegistration, PushState

log = logging.getLogger(__name__)

STRANGER_RATE, STRANGER_BURST = 1.0, 20.0
"""Requests a second, and at once, that one address may make for terminals nobody has approved."""
BURST_SECONDS = 3.0
"""A terminal may use up the rate of so many seconds at once."""


class Standing(Enum):
    """What a caller is to us."""

    APPROVED = auto()
    PENDING = auto()
    """Nobody has decided about it."""
    REFUSED = auto()
    """Somebody said no, or it calls from where it may not."""
    TOO_OFTEN = auto()


@dataclass(frozen=True, slots=True)
class Admission:
    """Whether a call is heard."""

    standing: Standing
    terminal: Terminal | None = None
    """Whose it is, when approved."""


class Desk:
    """Decides about each call before its body is read. Thread-safe."""

    def __init__(self, rate: float, keys: PushKeys) -> None:
        """`rate`: requests a second of one terminal."""
        self._keys = keys
        self._terminals: Mapping[SerialNumber, Terminal] = {}
        self._registrations: Mapping[SerialNumber, PushRegistration] = {}
        self._known_callers = RateLimit(rate, max(1.0, rate * BURST_SECONDS))
        self._strangers = RateLimit(STRANGER_RATE, STRANGER_BURST)
        self._identified: dict[tuple[str, str], str | None] = {}
        """The key by which each was known: once the terminal's key changes, it is known no longer."""
        self._told: set[tuple[str, str]] = set()
        self._refusals: dict[SerialNumber, DeviceRefused] = {}
        self._lock = threading.Lock()

    def learn(self, terminals: Sequence[Terminal], registrations: Sequence[PushRegistration]) -> None:
        """What the store now says of terminals and of decisions about them."""
        self._terminals = {one.serial: one for one in terminals if one.driver == PUSH_DRIVER}
        self._registrations = {row.serial: row for row in registrations}

    def admit(self, serial: SerialNumber, address: str, now: float) -> Admission:
        """Decide about a call of `serial` from `address` (monotonic seconds)."""
        terminal, registration = self._terminals.get(serial), self._registrations.get(serial)
        refused = registration is not None and registration.state is PushState.REFUSED
        if terminal is None or refused:
            if terminal is not None:
                self._refusals[serial] = NotAdmitted(address, terminal=serial)
            if not self._strangers.take(address, now):
                return Admission(Standing.TOO_OFTEN)
            return Admission(Standing.REFUSED if refused else Standing.PENDING)
        network = None if registration is None else registration.network
        if network is not None and not is_within(address, networks([network])):
            self.say_once(serial, address, "calls from %s, outside its network: it is not heard.")
            self._refusals[serial] = OutsideNetwork(address, terminal=serial)
            return Admission(Standing.REFUSED)
        # Whoever else uses its serial number takes nothing from it.
        if not self._known_callers.take(f"{serial} {address}", now):
            return Admission(Standing.TOO_OFTEN)
        return Admission(Standing.APPROVED, terminal)

    def refusal(self, serial: SerialNumber) -> DeviceRefused | None:
        """Why the last call of a registered terminal was not heard; None when it was, or none came."""
        return self._refusals.get(serial)

    def identify(self, serial: SerialNumber, address: str, key: str | None) -> bool:
        """Whether `key` is the terminal's; from then on it is believed to be the one at this address."""
        try:
            wanted = self._keys.of(serial)
            right = self._keys.right(serial, key)
        except ConfigError as error:
            log.error("%s", error)
            return False
        with self._lock:
            if right:
                self._identified[serial, address] = wanted
            else:
                self._identified.pop((serial, address), None)
        if not right:
            self.say_once(serial, address, "calls from %s without its key: it is not heard.")
        return self._heard(serial, address, right)

    def is_identified(self, serial: SerialNumber, address: str) -> bool:
        """Whether the caller at this address gave the terminal's key, or need not."""
        with self._lock:
            known, given = (serial, address) in self._identified, self._identified.get((serial, address))
        try:
            wanted = self._keys.of(serial)
        except ConfigError as error:
            # A slip in the file silences nobody who was known before it.
            log.error("%s", error)
            return self._heard(serial, address, known)
        return self._heard(serial, address, wanted is None or (known and given == wanted))

    def _heard(self, serial: SerialNumber, address: str, right: bool) -> bool:
        if right:
            self._refusals.pop(serial, None)
        else:
            self._refusals[serial] = KeyRefused(address, terminal=serial)
        return right

    def say_once(self, serial: str, address: str, message: str) -> None:
        """Log `message`, in which %s is the address, once for this terminal at this address."""
        with self._lock:
            if (serial, address) in self._told or len(self._told) > 1_000:
                return
            self._told.add((serial, address))
        log.warning("Terminal %s " + message, serial, address)
