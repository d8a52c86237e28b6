"""What is found out about terminals, remembered between sessions."""

from __future__ import annotations

from dataclasses import dataclass

from devices.driver import Identity
from devices.zk.layouts import LogLayout


@dataclass(slots=True)
class Traits:
    """What one terminal was found able to do; None: not tried yet."""

    layout: LogLayout | None = None
    """Of its attendance records."""
    tail: bool | None = None
    """It reads its prepared buffer from the middle."""
    time_range: bool | None = None
    """It prepares its log between two moments only."""
    bulk: bool | None = None
    """It prepares a buffer; False: it answers the bare commands only."""
    live: bool | None = None
    """It takes a subscription to live events."""


class TraitsBook:
    """The traits of all terminals of a driver. A new firmware may do what the old one did not, and a terminal
    in the place of another may not: both begin with nothing known.
    """

    def __init__(self) -> None:
        self._known: dict[str, tuple[str, Traits]] = {}

    def of(self, identity: Identity) -> Traits:
        """What is known of this serial number with this firmware, to be read and written."""
        firmware, traits = self._known.get(identity.serial, ("", Traits()))
        if firmware != identity.firmware:
            traits = Traits()
        self._known[identity.serial] = (identity.firmware, traits)
        return traits
