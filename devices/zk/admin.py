"""Administration by way of pyzk: what it does well and seldom. The only importer of that library.

pyzk blocks, so every call runs in a thread of its own, under a deadline that ends by pulling the socket from
under it. It also spins for ever on a line that closes in mid-transfer; the socket given to it ends that.
"""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from zk import ZK
from zk.exception import ZKErrorConnection, ZKErrorResponse, ZKNetworkError

from devices.driver import Target, UserRecord
from devices.errors import (
    AuthRejected,
    DeadlineExceeded,
    DeviceError,
    DeviceRefused,
    LinkClosed,
    ProtocolError,
    Unreachable,
)

Result = TypeVar("Result")


class _LoudSocket(socket.socket):
    """A socket whose end cannot be overlooked: pyzk takes no bytes for "not yet"."""

    def recv(self, size: int, flags: int = 0) -> bytes:
        data = super().recv(size, flags)
        if not data:
            raise ConnectionResetError("closed by the terminal")
        return data


class _Zk(ZK):  # type: ignore[misc]
    """pyzk over such a socket. It offers no way to bring one, hence its private names."""

    def _ZK__create_socket(self) -> None:  # noqa: N802
        self._ZK__sock = _LoudSocket(socket.AF_INET, socket.SOCK_STREAM)
        self._ZK__sock.settimeout(self._ZK__timeout)
        self._ZK__sock.connect(self._ZK__address)

    def pull_socket(self) -> None:
        """End whatever it is doing: only a shutdown wakes a thread that waits in `recv`."""
        with suppress(OSError):
            self._ZK__sock.shutdown(socket.SHUT_RDWR)
        with suppress(OSError):
            self._ZK__sock.close()


async def users(target: Target) -> list[UserRecord]:
    """The terminal's users, without passwords. Raises `DeviceError`."""

    def ask(terminal: ZK) -> list[UserRecord]:
        return [
            UserRecord(user.uid, user.user_id, user.name, user.privilege, user.card)
            for user in terminal.get_users()
        ]

    return await _administer(target, ask)


async def restart(target: Target) -> None:
    """Restart the terminal; it is away for about a minute. Raises `DeviceError`."""
    await _administer(target, lambda terminal: terminal.restart())


async def voice_test(target: Target) -> None:
    """Let the terminal say "thank you", to find it in a building. Raises `DeviceError`."""
    await _administer(target, lambda terminal: terminal.test_voice(0))


async def _administer(target: Target, work: Callable[[ZK], Result]) -> Result:
    loop = asyncio.get_running_loop()
    outcome: asyncio.Future[Result] = loop.create_future()
    terminal = _Zk(
        target.address,
        port=target.port,
        timeout=target.reply_timeout,
        password=target.comm_key,
        ommit_ping=True,
    )

    def settle(result: Result | None, error: DeviceError | None) -> None:
        if outcome.done():
            return
        if error is not None:
            outcome.set_exception(error)
        else:
            outcome.set_result(result)  # type: ignore[arg-type]

    def run() -> None:
        result: Result | None = None
        error: DeviceError | None = None
        try:
            terminal.connect()
            result = work(terminal)
        except Exception as vendor:
            error = _translated(vendor)
        with suppress(Exception):
            if terminal.is_connect:
                terminal.disconnect()
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(settle, result, error)

    threading.Thread(target=run, name=f"zk-admin {target.address}", daemon=True).start()
    try:
        async with asyncio.timeout(target.connect_timeout + target.bulk_timeout):
            return await outcome
    except TimeoutError as error:
        raise DeadlineExceeded(f"{target.address}:{target.port}") from error
    finally:
        terminal.pull_socket()


def _translated(vendor: Exception) -> DeviceError:
    """pyzk's errors, and those that escape it by mistake, as ours."""
    error: DeviceError
    if isinstance(vendor, ZKErrorResponse) and "unauthenticated" in str(vendor).lower():
        error = AuthRejected(str(vendor))
    elif isinstance(vendor, ConnectionResetError):
        error = LinkClosed(str(vendor))
    elif isinstance(vendor, ZKNetworkError | OSError):
        error = Unreachable(str(vendor))
    elif isinstance(vendor, ZKErrorResponse | ZKErrorConnection):
        error = DeviceRefused(str(vendor))
    elif isinstance(vendor, struct.error):
        error = ProtocolError(f"a reply that pyzk cannot read: {vendor}")
    else:
        error = ProtocolError(f"pyzk failed: {type(vendor).__name__}: {vendor}")
    error.__cause__ = vendor
    return error
