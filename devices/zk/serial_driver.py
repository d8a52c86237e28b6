"""The driver for terminals on a serial line; apart from the others, so that only it loads pyserial."""

from __future__ import annotations

from devices.driver import Target
from devices.zk.driver import ZkDriver
from devices.zk.serial_line import SerialAddress, SerialLine


class ZkSerialDriver(ZkDriver):
    """Over RS-232 or RS-485; the target's address is a `SerialAddress` as text, its port is not used."""

    async def _connect(self, target: Target) -> SerialLine:
        return await SerialLine.connect(SerialAddress.parse(target.address), target.connect_timeout)
