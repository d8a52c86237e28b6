"""Raw record → Punch: the one place where a terminal's own time becomes the city's.

A record says what the terminal's clock showed, without a zone. The punch's moment is that time, in the
city's zone, less what the clock was measured to be ahead. A measurement says nothing of the past: a clock
that lost its battery makes today's records wrong and leaves last year's right. So a correction is applied
only where its result is possible: not after the record was received, and not before the moment through which
this log had already been read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from attendance.ids import TerminalId
from attendance.punch import Capture, Punch
from devices.driver import AttLogRecord, BadRecord, LiveEvents, LogRead
from store.punches import Quarantined

SLACK = timedelta(seconds=90)
"""How far a corrected moment may miss what is possible: clocks are measured in whole seconds and drift."""

SERIAL_DRIVER = "zk-serial"
"""Key of the driver whose log reads come over a serial line."""

NO_OFFSET = timedelta()
HOUR = timedelta(hours=1)
NO_TIME = datetime.min.replace(tzinfo=UTC)

NO_INDEX = -1
"""What stands for the log position of a record that did not come by reading the log."""


@dataclass(frozen=True, slots=True)
class Normalised:
    """What became of raw records: every one is in exactly one of the two."""

    punches: list[Punch]
    quarantine: list[Quarantined]


class Normalizer:
    """Turns the records of one terminal into punches, whatever way they came. `offset` is applied until it is
    measured again. `driver`, a key of `devices.registry`, tells a serial line's log reads from others.
    """

    def __init__(self, terminal_id: TerminalId, zone: ZoneInfo, driver: str = "") -> None:
        self.offset = NO_OFFSET
        """How far the terminal's clock is ahead of city time; zero when next to nothing."""
        self.zone = zone
        """The city's."""
        self._terminal_id = terminal_id
        self._log_capture = Capture.SERIAL if driver == SERIAL_DRIVER else Capture.PULL
        self._hour_begins = self._hour_ends = NO_TIME.replace(tzinfo=None)
        self._hour_in_utc = NO_TIME

    def log(
        self, read: LogRead, start: int, stop: int, received_at: datetime, not_before: datetime | None
    ) -> Normalised:
        """Normalise `read.items[start:stop]`.

        `not_before` (aware) is the moment before which none of them can have been made; None: nothing known.
        """

        def raw(position: int) -> bytes:
            begin = (start + position) * read.record_size
            return read.raw[begin : begin + read.record_size]

        return self._all(
            read.items[start:stop],
            self._log_capture,
            raw,
            first_index=read.first_index + start,
            received_at=received_at,
            not_before=not_before,
        )

    def live(self, events: LiveEvents, received_at: datetime) -> Normalised:
        """Normalise live events."""
        return self._loose(events.items, Capture.LIVE, received_at)

    def pushed(self, items: Sequence[AttLogRecord | BadRecord], received_at: datetime) -> Normalised:
        """Normalise what the terminal sent to the gateway."""
        return self._loose(items, Capture.PUSH, received_at)

    def carried(self, items: Sequence[AttLogRecord | BadRecord], received_at: datetime) -> Normalised:
        """Normalise what a USB stick brought."""
        return self._loose(items, Capture.USB, received_at)

    def _loose(
        self, items: Sequence[AttLogRecord | BadRecord], capture: Capture, received_at: datetime
    ) -> Normalised:
        """Normalise records that have no known place in the log."""

        def raw(position: int) -> bytes:
            return repr(items[position]).encode()

        return self._all(items, capture, raw, first_index=None, received_at=received_at, not_before=None)

    def _all(
        self,
        items: Sequence[AttLogRecord | BadRecord],
        capture: Capture,
        raw: Callable[[int], bytes],
        *,
        first_index: int | None,
        received_at: datetime,
        not_before: datetime | None,
    ) -> Normalised:
        punches: list[Punch] = []
        quarantine: list[Quarantined] = []

        def refuse(position: int, content: bytes, reason: str) -> None:
            index = NO_INDEX if first_index is None else first_index + position
            quarantine.append(Quarantined(self._terminal_id, index, content, reason, received_at))

        terminal_id = self._terminal_id
        for position, item in enumerate(items):
            if isinstance(item, BadRecord):
                refuse(position, item.raw, item.reason)
                continue
            pin, device_time, verify, state, work_code, _ = item
            if not pin or not pin.isprintable():
                refuse(position, raw(position), "unprintable PIN" if pin else "no PIN")
                continue
            at = self._moment(device_time, received_at, not_before)
            # tuple.__new__ skips the NamedTuple's own constructor, which is written in Python.
            fields = (terminal_id, pin, device_time, at, received_at, verify, state, work_code, capture)
            punches.append(tuple.__new__(Punch, fields))
        return Normalised(punches, quarantine)

    def _moment(self, device_time: datetime, received_at: datetime, not_before: datetime | None) -> datetime:
        if not self._hour_begins <= device_time < self._hour_ends:
            self._enter_hour(device_time)
        shown = self._hour_in_utc + (device_time - self._hour_begins)
        if not self.offset:
            return shown
        corrected = shown - self.offset
        latest = received_at + SLACK
        if corrected > latest:
            return shown
        too_early = not_before is not None and corrected < not_before - SLACK
        if too_early and not_before is not None and not_before - SLACK <= shown <= latest:
            return shown
        return corrected

    def _enter_hour(self, device_time: datetime) -> None:
        """Zones change their offset on the hour at the finest, and a log comes in the order of time: one look
        at the zone serves all punches of an hour.
        """
        hour = device_time.replace(minute=0, second=0, microsecond=0)
        self._hour_begins, self._hour_ends = hour, hour + HOUR
        self._hour_in_utc = hour.replace(tzinfo=self.zone).astimezone(UTC)
