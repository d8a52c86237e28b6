"""What terminals that called were seen to be, and what of it the store has not been told yet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta

from attendance.ids import SerialNumber
from config.clock import Clock
from store.push import PushRegistration, PushState

STALE = timedelta(minutes=1)
"""A terminal that goes on calling is noted so often."""


@dataclass(frozen=True, slots=True)
class Told:
    """What one request told of its terminal; None where it told nothing."""

    firmware: str | None = None
    push_version: str | None = None
    device_type: str | None = None
    attlog_stamp: str | None = None
    operlog_stamp: str | None = None


class Register:
    """For the event loop's thread."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._rows: dict[SerialNumber, PushRegistration] = {}
        self._changed: set[SerialNumber] = set()

    def of(self, serial: SerialNumber) -> PushRegistration | None:
        """What is known of a terminal."""
        return self._rows.get(serial)

    def is_stale(self, serial: SerialNumber, address: str) -> bool:
        """Whether a call from `address` is news."""
        row = self._rows.get(serial)
        return row is None or row.address != address or self._clock.now() - row.last_seen_at > STALE

    def pending(self) -> int:
        """How many terminals wait for a decision."""
        return sum(row.state is PushState.PENDING for row in self._rows.values())

    def note(self, serial: SerialNumber, address: str, told: Told, state: PushState) -> PushRegistration:
        """A terminal called from `address`; `state` is that of one never seen before."""
        now = self._clock.now()
        row = self._rows.get(serial) or PushRegistration(
            serial, state, None, address, None, None, None, None, None, now, now
        )
        row = replace(
            row,
            address=address,
            last_seen_at=now,
            firmware=told.firmware or row.firmware,
            push_version=told.push_version or row.push_version,
            device_type=told.device_type or row.device_type,
            attlog_stamp=told.attlog_stamp or row.attlog_stamp,
            operlog_stamp=told.operlog_stamp or row.operlog_stamp,
        )
        self._rows[serial] = row
        self._changed.add(serial)
        return row

    def take_changes(self) -> list[PushRegistration]:
        """What was noted since the last call; give it back with `not_saved` if saving failed."""
        rows = [self._rows[serial] for serial in sorted(self._changed)]
        self._changed.clear()
        return rows

    def not_saved(self, rows: Iterable[PushRegistration]) -> None:
        """These rows could not be saved: the newest state of their terminals is still owed."""
        self._changed.update(row.serial for row in rows)

    def learn(self, rows: Iterable[PushRegistration]) -> None:
        """What the store holds: decisions are its own, and what was seen unless we saw something since."""
        for row in rows:
            if row.serial in self._changed:
                own = self._rows[row.serial]
                self._rows[row.serial] = replace(own, state=row.state, network=row.network)
            else:
                self._rows[row.serial] = row
