"""What a reply's code means for the request it answers."""

from __future__ import annotations

from collections.abc import Mapping

from devices.errors import (
    AuthRejected,
    Busy,
    DeviceError,
    DeviceRefused,
    SecureFirmware,
    UnexpectedReply,
    Unsupported,
)
from devices.zk.commands import Command, Request, code_name
from devices.zk.exchange import Reply

_UNKNOWN = frozenset({Command.ACK_UNKNOWN, Command.ACK_ERROR_COMMAND, Command.ACK_ERROR_INIT})
_FAILED = frozenset(
    {
        Command.ACK_ERROR,
        Command.ACK_ERROR_DATA,
        Command.ACK_RETRY,
        Command.ACK_REPEAT,
        Command.BUFFER_FAILED,
    }
)
_FAILURES: Mapping[Command, type[DeviceRefused]] = {Command.CONNECT: Busy, Command.AUTH: AuthRejected}


def refusal(request: Request, reply: Reply) -> DeviceError | None:
    """The error that `reply` means, None when the terminal agreed.

    CONNECT refused without a reason is taken for another session in the way: terminals hold few, often one.
    """
    detail = f"{request.command.name} answered with {code_name(reply.code)}"
    if reply.code in (Command.ACK_OK, Command.DATA):
        return None
    if reply.code == Command.ACK_UNAUTH:
        return AuthRejected(detail)
    if reply.code == Command.SECURE_FIRMWARE:
        return SecureFirmware(detail)
    if reply.code in _UNKNOWN:
        return Unsupported(detail)
    if reply.code in _FAILED:
        return _FAILURES.get(request.command, DeviceRefused)(detail)
    return UnexpectedReply(detail, capture=reply.data[:64])
