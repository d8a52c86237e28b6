"""What an exit code of `presensi` means, and the sentence that goes with an error."""

from __future__ import annotations

from enum import IntEnum

from config.errors import ConfigError
from devices.errors import DeviceError


class ExitCode(IntEnum):
    """Documented in `presensi --help`; scripts rely on them."""

    OK = 0
    FAILED = 1
    """Something went wrong that has no code of its own."""
    USAGE = 2
    """The command line is wrong."""
    CONFIG = 3
    """The settings are wrong."""
    STORE = 4
    """The database cannot be used: missing, not migrated, newer, or not answering."""
    TERMINAL = 5
    """A terminal cannot be used: unreachable, wrong comm key, not a ZK terminal."""
    FILES = 6
    """Files to import, a roster's or a stick's, are wrong; nothing was imported."""


class Failure(Exception):
    """A command cannot go on. The message is one sentence that says what to do."""

    def __init__(self, message: str, code: ExitCode = ExitCode.FAILED) -> None:
        super().__init__(message)
        self.code = code


def explain(error: BaseException) -> tuple[ExitCode, str] | None:
    """The exit code and the sentence for `error`; None when it is a bug, not a condition we foresaw."""
    from attendance.errors import CorrectionRejected, RosterError
    from devices.usb import StickError
    from simulators.site import SimulatorError
    from store import StoreError

    if isinstance(error, Failure):
        return error.code, str(error)
    if isinstance(error, SimulatorError):
        return ExitCode.FAILED, str(error)
    if isinstance(error, ConfigError):
        return ExitCode.CONFIG, str(error)
    if isinstance(error, RosterError):
        return ExitCode.FILES, str(error)
    if isinstance(error, CorrectionRejected):
        return ExitCode.FAILED, f"{error}: nothing was entered."
    if isinstance(error, StickError):
        return ExitCode.FILES, f"{error} {error.action or ''}".rstrip()
    if isinstance(error, StoreError):
        return ExitCode.STORE, str(error)
    if isinstance(error, DeviceError):
        return ExitCode.TERMINAL, f"{error} {error.action or ''}".rstrip()
    return None
