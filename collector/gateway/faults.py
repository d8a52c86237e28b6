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


class KeyRefused(DeviceRefused):
    """Calls under the terminal's serial number are refused: they give no key, or a wrong one."""

    retry = Retry.OPERATOR
    action = "Enter its key, as the gateway's keys_file has it, in the terminal's menu Comm. > Cloud Server."


class OutsideNetwork(DeviceRefused):
    """Calls under the terminal's serial number are refused: they come from outside its network."""

    retry = Retry.OPERATOR
    action = (
        "If the terminal was moved: `presensi terminal approve SERIAL --network NETWORK`; if it was not, "
        "something else uses its serial number."
    )


class NotAdmitted(DeviceRefused):
    """Calls under the terminal's serial number are refused: an operator has decided so."""

    retry = Retry.OPERATOR
    action = "`presensi terminal approve SERIAL` admits it again."
