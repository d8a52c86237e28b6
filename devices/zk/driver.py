"""The driver for terminals that speak the ZK protocol over TCP."""

from __future__ import annotations

from typing import Final

from devices.driver import Target
from devices.errors import MalformedFrame, WrongTerminal
from devices.zk.logread import Traits
from devices.zk.session import ZkSession
from devices.zk.tcp import TcpLine

_C3_PANEL: Final = b"\xaa\x01"


class ZkTcpDriver:
    """A `devices.driver.Driver`. Keep one per process: it remembers what each terminal can do, by serial."""

    def __init__(self) -> None:
        self._traits: dict[str, Traits] = {}

    async def open(self, target: Target) -> ZkSession:
        """Connect, authenticate and identify.

        Raises `Unreachable`, `LinkClosed`, `DeadlineExceeded`, `AuthRejected`, `SecureFirmware`, `Busy`,
        `WrongTerminal`, or a `ProtocolError` when something else than a ZK terminal answers.
        """
        line = await TcpLine.connect(target.address, target.port, target.connect_timeout)
        session = ZkSession(line, target, self._traits)
        try:
            await session.handshake()
            serial = session.identity.serial
            if target.expected_serial is not None and serial != target.expected_serial:
                raise WrongTerminal(f"{serial} answers, {target.expected_serial} is registered")
        except MalformedFrame as error:
            if error.capture.startswith(_C3_PANEL):
                raise MalformedFrame(
                    "an access panel of the C3 family, not an attendance terminal", capture=error.capture
                ) from error
            raise
        except BaseException:
            await session.close()
            raise
        return session
