"""Which drivers there are. A driver's module is imported when the first terminal asks for it.

Other packages add drivers through the entry-point group `presensi.drivers`: name = "module:Class", where the
class is a `devices.driver.Driver` that takes no arguments. A name of ours cannot be replaced.
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from types import MappingProxyType
from typing import Final

from devices.driver import Driver
from devices.errors import UnknownDriver

GROUP: Final = "presensi.drivers"
BUILT_IN: Final[Mapping[str, str]] = MappingProxyType(
    {
        "zk-tcp": "devices.zk.driver:ZkTcpDriver",
        "zk-udp": "devices.zk.driver:ZkUdpDriver",
        "zk-serial": "devices.zk.serial_driver:ZkSerialDriver",
    }
)


def names() -> list[str]:
    """The keys of all drivers, ours and those of other packages, sorted."""
    return sorted({*BUILT_IN, *_plugins()})


def load(key: str) -> Driver:
    """A new driver of kind `key`. Keep it: a driver may remember what it learned of each terminal.

    Raises `UnknownDriver`, naming the nearest key, or the reason why a foreign driver cannot be loaded.
    """
    if key in BUILT_IN:
        module, _, name = BUILT_IN[key].partition(":")
        driver: Driver = getattr(import_module(module), name)()
        return driver
    plugins = _plugins()
    if key not in plugins:
        near = get_close_matches(key, names(), n=1, cutoff=0.4)
        hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(names())}"
        raise UnknownDriver(f"{key!r}; {hint}")
    try:
        foreign: Driver = plugins[key].load()()
    except Exception as error:
        raise UnknownDriver(f"{key!r} from {plugins[key].value} cannot be loaded: {error}") from error
    return foreign


def _plugins() -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=GROUP)}
