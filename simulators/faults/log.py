"""What happens to a terminal's log: records that vanish, that cannot be right, that come at a bad moment."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from simulators.faults.layer import CannotStrike, Layer, Piece
from simulators.faults.state import State
from simulators.terminal import SimUser, TerminalLocked

if TYPE_CHECKING:
    from simulators.line import TerminalLine
    from simulators.station import Station

STRANGER: Final = "61001"
"""A PIN that nobody has: its record holds user number 0."""
ODD_USERS: Final = (SimUser("A17B", "Pegawai A17B"), SimUser("ABCDEFGHIJKLMNOPQRSTUVWX", "Pegawai 24 huruf"))
"""People whose PINs are no numbers: a short one, and one that fills its field to the last byte."""
_CROWD: Final = 120
_IMPOSSIBLE: Final = 3
_WRAPPED: Final = 3


class LogCleared(State):
    """Somebody cleared the log at the terminal's menu."""

    def apply(self) -> bool:
        """Clear it."""
        self.server.faults.erased += self.terminal.log.records()
        self.server.clear_log()
        return False


class LogWrapped(State):
    """The log is full, and new punches push the oldest out."""

    def apply(self) -> bool:
        """Leave no room for more than there is, and press some fingers."""
        log, model = self.terminal.log, self.terminal.model
        fingers = _fingers(self.terminal.users, _WRAPPED)
        if not len(log):
            for pin in fingers:
                self.server.press(pin, self.server.now() - timedelta(minutes=1))
        self._capacity = log.capacity
        log.capacity = len(log)
        self.terminal.model = replace(model, log_capacity=log.capacity)
        self.server.faults.erased += log.records()[: len(fingers)]
        for pin in fingers:
            self.server.press(pin, self.server.now())
        return True

    def revert(self) -> None:
        """There is room again."""
        self.terminal.log.capacity = self._capacity
        self.terminal.model = replace(self.terminal.model, log_capacity=self._capacity)


class ImpossibleDates(State):
    """Records whose time is no moment, such as 31 February, stand in the log."""

    def apply(self) -> bool:
        """Write some."""
        terminal, now = self.terminal, self.terminal.clock(self.server.now())
        for pin in _fingers(terminal.users, _IMPOSSIBLE):
            terminal.log.append(terminal.corrupt_time(terminal.pack(pin, now)))
        return False


class UnknownUser(State):
    """Somebody who was deleted here presses a finger: the record's user number is 0."""

    def apply(self) -> bool:
        """Press."""
        self.server.press(STRANGER, self.server.now())
        return False


class OddPins(State):
    """People with an alphanumeric PIN and with one of 24 characters press their fingers."""

    def prepare(self) -> None:
        """Only where records hold text."""
        try:
            for user in ODD_USERS:
                self.terminal.pack(user.pin, self.server.now())
                self.terminal.pack_user(0, user)
        except ValueError as error:
            raise CannotStrike(f"{self.terminal.model.device_name} keeps numbers only ({error})") from error

    def apply(self) -> bool:
        """Enrol them, and press."""
        self.terminal.enrol(ODD_USERS)
        for user in ODD_USERS:
            self.server.press(user.pin, self.server.now())
        return False


class DuplicatePunches(State):
    """The same finger is taken twice in the same second."""

    def apply(self) -> bool:
        """Press twice at one moment."""
        pin, now = self.rng.choice(_pins(self.terminal.users)), self.server.now()
        for _ in range(2):
            self.server.press(pin, now)
        return False


class FlashCrowd(State):
    """The line is down while people press; when it comes back, everybody presses at once."""

    def apply(self) -> bool:
        """Cut the line, and let them press."""
        self.server.soon(0.0, self.server.cut)
        self._press()
        return True

    def revert(self) -> None:
        """Mend the line, and let them press again."""
        self.server.soon(0.0, self._return)

    async def _return(self) -> None:
        await self.server.restore()
        self._press()

    def _press(self) -> None:
        now = self.server.now()
        for pin in _fingers(self.terminal.users, _CROWD):
            self.server.press(pin, now)


class PunchesDuringRead(Layer):
    """While the log is read, fingers go on being pressed."""

    server: Station

    def arm(self, server: Station) -> None:
        """Remember where."""
        self.server = server

    def outgoing(self, frames: list[Piece], line: TerminalLine) -> list[Piece]:
        """Let a finger follow each struck frame of data."""
        for frame in frames:
            if frame.is_bulk and self.turn():
                self.server.soon(0.0, self._press)
        return frames

    async def _press(self) -> None:
        pins = _pins(self.server.terminal.users)
        try:
            self.server.press(pins[self.strikes % len(pins)], self.server.now())
        except TerminalLocked:
            self.strikes -= 1


def _pins(users: list[SimUser]) -> list[str]:
    if not users:
        raise CannotStrike("nobody is enrolled who could press a finger")
    return [user.pin for user in users]


def _fingers(users: list[SimUser], most: int) -> list[str]:
    return _pins(users)[:most]
