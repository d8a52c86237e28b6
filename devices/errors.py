"""What can go wrong between us and a terminal, and whether trying again helps.

A leaf's docstring is its default message. The library's or the system's own error stays as `__cause__`.
"""

from __future__ import annotations

import inspect
from enum import StrEnum
from typing import ClassVar


class Retry(StrEnum):
    """What the caller should do next."""

    NOW = "now"
    BACKOFF = "backoff"
    OPERATOR = "operator"
    """Trying again by itself will not help soon; a person must act. Retried slowly all the same."""
    NEVER = "never"


class DeviceError(Exception):
    """The terminal could not be used."""

    retry: ClassVar[Retry] = Retry.BACKOFF
    action: ClassVar[str | None] = None
    """What an operator can do about it (English; the screens translate by class name)."""

    def __init__(self, detail: str = "", *, terminal: str = "") -> None:
        summary = inspect.getdoc(type(self)) or type(self).__name__
        self.detail = detail
        self.terminal = terminal
        prefix = f"{terminal}: " if terminal else ""
        suffix = f" ({detail})" if detail else ""
        super().__init__(f"{prefix}{summary.splitlines()[0]}{suffix}")

    @property
    def code(self) -> str:
        """Stable short name, for logs, health and translation."""
        return type(self).__name__


class LinkError(DeviceError):
    """The line to the terminal failed."""

    action = "Check the terminal's power, its network cable and its address."


class Unreachable(LinkError):
    """The terminal does not answer at its address."""


class LinkClosed(LinkError):
    """The terminal closed the connection."""


class DeadlineExceeded(LinkError):
    """The terminal did not answer in time."""


class ProtocolError(DeviceError):
    """The terminal sent something that its protocol does not allow."""

    action = "Is this a ZKTeco-style terminal, and is the port right (usually 4370)?"

    def __init__(self, detail: str = "", *, terminal: str = "", capture: bytes = b"") -> None:
        super().__init__(detail, terminal=terminal)
        self.capture = capture
        """The bytes that could not be understood, kept for quarantine."""


class MalformedFrame(ProtocolError):
    """What arrived is not a frame of the ZK protocol."""


class ChecksumMismatch(ProtocolError):
    """A frame arrived damaged: its checksum does not match."""


class UnexpectedReply(ProtocolError):
    """The terminal answered something else than was asked."""


class LogIncomplete(ProtocolError):
    """The terminal gave fewer records than it says it holds."""

    action = "It is read again by itself; if it lasts, restart the terminal."


class DeviceRefused(DeviceError):
    """The terminal refused the request."""


class AuthRejected(DeviceRefused):
    """The terminal refused our comm key."""

    retry = Retry.OPERATOR
    action = "Set the terminal's comm key in the comm-key file, as its menu Comm. > PC Connection shows it."


class SecureFirmware(DeviceRefused):
    """The terminal's firmware speaks only the new secure protocol."""

    retry = Retry.OPERATOR
    action = (
        "Let it push (ADMS): register it with driver push, and enter the gateway in its Cloud Server menu."
    )


class AccessPanel(DeviceRefused):
    """An access panel of the C3 family answers, which speaks another protocol."""

    retry = Retry.OPERATOR
    action = "Use push (ADMS) if this panel offers it; else register people's punches at another terminal."


class WrongTerminal(DeviceRefused):
    """Another terminal answers at this address: its serial number is not the registered one."""

    retry = Retry.OPERATOR
    action = "The terminal was moved or replaced, or its address changed: correct the terminal list."


class Busy(DeviceRefused):
    """The terminal is busy with another session."""


class Unsupported(DeviceRefused):
    """The terminal cannot do this in a way that we know."""

    retry = Retry.NEVER


class UnusableAddress(DeviceError):
    """The terminal's address cannot be used."""

    retry = Retry.OPERATOR
    action = "Correct the address in the terminal list."


class UnknownDriver(DeviceError):
    """There is no driver of this name."""

    retry = Retry.NEVER
    action = "Correct the driver in the terminal list, or install the package that brings it."


class LogDiscontinuity(DeviceError):
    """The terminal's log is not the one read before: it was cleared, wrapped or replaced."""

    retry = Retry.NOW


class VerificationFailed(DeviceError):
    """The terminal took the change, but does not show it when it is read back."""

    retry = Retry.OPERATOR
    action = "Look at it on the terminal itself, then ask for the change again."


class UserConflict(DeviceRefused):
    """The terminal's list of users does not allow this."""

    retry = Retry.NEVER
    action = "See who is registered there with `presensi terminal users`."


class ClockBehindLog(DeviceRefused):
    """The clock cannot be set back over punches that are recorded already: a second one might be lost."""

    retry = Retry.NEVER
    action = "Wait until the time is past, or use --over-recorded if you know what stands there."
