"""The drivers for terminals that speak the ZK protocol over TCP or UDP."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Final

from devices.driver import Target
from devices.errors import LinkClosed, WrongTerminal
from devices.zk.line import Line
from devices.zk.session import ZkSession
from devices.zk.tcp import TcpLine
from devices.zk.traits import TraitsBook
from devices.zk.udp import UdpLine

_OPENINGS: Final = 4
"""How often a session is opened anew because the terminal opened two for one CONNECT."""


class ZkDriver(ABC):
    """A `devices.driver.Driver`. Keep one per process: it remembers what each terminal can do, by serial."""

    def __init__(self) -> None:
        self._traits = TraitsBook()

    @abstractmethod
    async def _connect(self, target: Target) -> Line:
        """The line to the target, within its `connect_timeout`. Raises `Unreachable` or `UnusableAddress`."""

    async def open(self, target: Target) -> ZkSession:
        """Connect, authenticate and identify.

        Raises `Unreachable`, `LinkClosed`, `DeadlineExceeded`, `AuthRejected`, `SecureFirmware`,
        `AccessPanel`, `Busy`, `WrongTerminal`, `UnusableAddress`, or a `ProtocolError` when something else
        answers.
        """
        for opening in range(1, _OPENINGS + 1):
            session = ZkSession(await self._connect(target), target, self._traits)
            try:
                await session.handshake()
                serial = session.identity.serial
                if target.expected_serial is not None and serial != target.expected_serial:
                    raise WrongTerminal(f"{serial} answers, {target.expected_serial} is registered")
            except BaseException as error:
                again = isinstance(error, LinkClosed) and session.doubled and opening < _OPENINGS
                await session.close()
                if not again:
                    raise
            else:
                break
        return session


class ZkTcpDriver(ZkDriver):
    """Over TCP, as most models speak."""

    async def _connect(self, target: Target) -> TcpLine:
        return await TcpLine.connect(target.address, target.port, target.connect_timeout)


class ZkUdpDriver(ZkDriver):
    """Over UDP: older models, and those that accept TCP but are mute."""

    async def _connect(self, target: Target) -> UdpLine:
        return await UdpLine.connect(target.address, target.port, target.connect_timeout)
