"""How terminals of a driver are addressed, as far as a roster file must be checked for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from attendance.terminal import UNCALLED_DRIVERS


@dataclass(frozen=True, slots=True)
class Addressing:
    """What the cells `address` and `port` may hold."""

    called: bool = True
    """False: nobody calls these terminals, so the address may be empty and several may share it."""
    fault: Callable[[str], str | None] | None = None
    """What is wrong with an address that is no host, e.g. a serial line's; there is no port beside it."""


HOST: Final = Addressing()
"""A host name or an IP address, and a port."""
UNCALLED: Final[Mapping[str, Addressing]] = MappingProxyType(
    dict.fromkeys(UNCALLED_DRIVERS, Addressing(called=False))
)
"""Terminals that call us, or come on a stick: known without any driver."""
