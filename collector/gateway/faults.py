"""What can be wrong with a terminal that pushes, for its row of health."""

from __future__ import annotations

from devices.errors import DeviceRefused, LinkError, Retry


class Silent(LinkError):
    """The terminal does not call any more."""

    action = (
        "Check the terminal's power and network, and the server address, port and gateway in its menu "
        "Comm. > Cloud Server."
    )


class Unproved(DeviceRefused):
    """The terminal does not say how much it holds: whether it sent everything cannot be proved."""

    retry = Retry.OPERATOR
    action = (
        "Its punches are taken, but nobody is called absent on its word. Let the collector call it (driver "
        "zk-tcp or zk-udp) if it can be called."
    )
