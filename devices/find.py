"""Looking for terminals in a range of addresses: gently, because somebody else's devices are there too."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import AsyncGenerator, Iterable
from dataclasses import dataclass, replace
from typing import Final

from devices.driver import Driver, Identity, Target
from devices.errors import DeviceError, Unreachable, UnusableAddress

MOST_ADDRESSES: Final = 1024
AT_ONCE: Final = 16
PER_SECOND: Final = 20.0
"""Addresses asked in a second, at most."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What one address gave."""

    address: str
    identity: Identity | None = None
    """Who answered; None when nobody did, or not well."""
    error: DeviceError | None = None
    """Why there is no identity, though something is there."""


def addresses(text: str) -> list[str]:
    """The hosts of a range such as `192.0.2.0/24`, or a single address. Raises `UnusableAddress` for what is
    no range, or one of more than MOST_ADDRESSES.
    """
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError as error:
        raise UnusableAddress(f"{text!r} is not a range such as 192.0.2.0/24") from error
    if network.num_addresses > MOST_ADDRESSES + 2:
        most = f"at most {MOST_ADDRESSES} are asked in one go"
        raise UnusableAddress(f"{text} holds {network.num_addresses} addresses, {most}")
    return [str(host) for host in network.hosts()][:MOST_ADDRESSES]


async def find(driver: Driver, hosts: Iterable[str], pattern: Target) -> AsyncGenerator[Asked, None]:
    """Ask each host who it is, in order of their answers: one session, closed at once.

    `pattern` gives port, key and deadlines. At most AT_ONCE at a time and PER_SECOND a second.
    """
    loop = asyncio.get_running_loop()
    waiting: set[asyncio.Task[Asked]] = set()
    due = loop.time()
    try:
        for host in hosts:
            due = max(due, loop.time())
            while waiting and (len(waiting) >= AT_ONCE or loop.time() < due):
                pause = None if len(waiting) >= AT_ONCE else due - loop.time()
                done, waiting = await asyncio.wait(
                    waiting, timeout=pause, return_when=asyncio.FIRST_COMPLETED
                )
                for task in done:
                    yield task.result()
            await asyncio.sleep(due - loop.time())
            waiting.add(asyncio.create_task(_ask(driver, replace(pattern, address=host))))
            due += 1 / PER_SECOND
        for answer in asyncio.as_completed(waiting):
            yield await answer
    finally:
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)


async def _ask(driver: Driver, target: Target) -> Asked:
    try:
        session = await driver.open(target)
    except Unreachable:
        return Asked(target.address)
    except DeviceError as error:
        return Asked(target.address, error=error)
    await session.close()
    return Asked(target.address, session.identity)
