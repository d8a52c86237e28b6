"""Asking a range of addresses: how many, how fast, and what is told of each."""

from __future__ import annotations

import asyncio
import time

import pytest

from devices.driver import Session, Target
from devices.errors import Busy, Unreachable, UnusableAddress
from devices.find import AT_ONCE, MOST_ADDRESSES, PER_SECOND, addresses, find


class Slow:
    """A driver whose every call takes a while and reaches nobody."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.asked: list[str] = []
        self.now = self.most = 0

    async def open(self, target: Target) -> Session:
        self.asked.append(target.address)
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            await asyncio.sleep(self.seconds)
        finally:
            self.now -= 1
        raise (Busy if target.address.endswith(".7") else Unreachable)


def test_a_range_is_its_hosts_without_network_and_broadcast() -> None:
    assert addresses("192.0.2.0/29") == [f"192.0.2.{host}" for host in range(1, 7)]
    assert addresses("192.0.2.9") == ["192.0.2.9"]
    assert addresses("192.0.2.77/30") == ["192.0.2.77", "192.0.2.78"]
    assert len(addresses("10.0.0.0/22")) == 1022 <= MOST_ADDRESSES


@pytest.mark.parametrize("text", ["10.0.0.0/21", "0.0.0.0/0", "2001:db8::/64", "office", "10.0.0.0/33", ""])
def test_what_is_no_range_or_too_large_is_refused(text: str) -> None:
    with pytest.raises(UnusableAddress):
        addresses(text)


async def test_addresses_are_asked_a_few_at_a_time_and_not_too_fast() -> None:
    driver, hosts = Slow(1.0), addresses("192.0.2.0/27")
    started = time.monotonic()
    found = [asked async for asked in find(driver, hosts, Target(""))]
    assert time.monotonic() - started >= (len(hosts) - 1) / PER_SECOND
    assert sorted(asked.address for asked in found) == sorted(hosts)
    assert 1 < driver.most <= AT_ONCE
    assert [asked.address for asked in found if asked.error is not None] == ["192.0.2.7"]
    assert not any(asked.identity for asked in found)


async def test_whoever_stops_listening_stops_the_asking() -> None:
    driver = Slow(0.05)
    searching = find(driver, addresses("192.0.2.0/24"), Target(""))
    async for _ in searching:
        break
    await searching.aclose()
    asked = len(driver.asked)
    await asyncio.sleep(0.2)
    assert (driver.now, len(driver.asked)) == (0, asked)
