"""Option replies: `name=value` and a NUL. Which option says what."""

from __future__ import annotations

from typing import Final

from devices.errors import UnexpectedReply
from devices.zk.text import until_nul

SERIAL_NUMBER: Final = "~SerialNumber"
PLATFORM: Final = "~Platform"
DEVICE_NAME: Final = "~DeviceName"


def decode_option(data: bytes, name: str) -> str:
    """The value of option `name`. Raises `UnexpectedReply` when the reply is about something else."""
    key, equals, value = until_nul(data).decode("utf-8", "replace").partition("=")
    if not equals or key != name:
        raise UnexpectedReply(f"asked for option {name}, got {key[:40]!r}", capture=data[:64])
    return value.strip()


def encode_option(name: str, value: str) -> bytes:
    """The reply's data, for a simulated terminal."""
    return f"{name}={value}".encode() + b"\0"


def decode_text(data: bytes) -> str:
    """A reply that is plain text, such as the firmware's version."""
    return until_nul(data).decode("utf-8", "replace").strip()
