"""A push terminal goes wrong by the same names as any other, and everything arrives all the same."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import pytest

from devices.driver import BadRecord
from simulators.adms.terminal import PushTerminal
from simulators.carrier import Carrier
from simulators.control import ControlServer
from simulators.faults import FAULTS, CannotStrike, Fault, Faults, Transport, When
from simulators.single import make_terminal
from simulators.site import Line, Site
from tests.unit.simulators.adms.post import Post, listening

NOW = datetime(2026, 11, 23, 7, 15, 30)
PACE = 1_000.0
PUSHED = [name for name, kind in FAULTS.items() if Transport.PUSH in kind.transports]


@asynccontextmanager
async def pushing() -> AsyncIterator[tuple[PushTerminal, Post]]:
    async with listening() as post:
        station = PushTerminal(make_terminal(), lambda: NOW, post.url, pace=PACE, sync_clock=False)
        await station.start()
        try:
            yield station, post
        finally:
            await station.stop()


@pytest.mark.parametrize("name", PUSHED)
async def test_each_fault_happens_to_what_is_pushed_and_all_arrives(name: str) -> None:
    async with pushing() as (station, post):
        station.faults = Faults([Fault(name, When(times=1), hold=0.2)], seed=7)
        taken = set()
        for second in range(4):
            pressed = station.press("1001", NOW + timedelta(minutes=1, seconds=second))
            taken.add(("1001", pressed.device_time))
            if not station.is_cut:
                await station.drained(20)
        await station.until(lambda: not station.faults.active or station.faults.struck[name] > 0, 5)
        station.faults.heal()
        station.press("1002", NOW)
        await station.until(lambda: station.unit.idle and not station.is_cut, 20)
        assert station.faults.struck[name] == 1
        bad = [item for item in post.items if isinstance(item, BadRecord)]
        assert bool(bad) is (name == "corrupt-line")
        assert bool(post.broken) is (name == "eof-mid-chunk")
        twice = len(post.items) - len(bad) - len(post.punches)
        assert bool(twice) is (name in {"lost", "duplicated", "duplicate-punches", "flash-crowd"})
        assert taken <= post.punches


async def test_a_fault_that_is_no_uploads_is_refused() -> None:
    async with pushing() as (station, _post):
        for name in set(FAULTS) - set(PUSHED):
            with pytest.raises(CannotStrike, match="cannot happen on a line of type push"):
                station.faults.strike(name)


async def test_a_technician_sees_and_steers_it_as_any_other() -> None:
    async with listening() as post:
        site = Site([make_terminal("P")], lambda: NOW, carrier=Carrier(Transport.PUSH, url=post.url))
        control = ControlServer(site)
        await site.start()
        await control.start()
        try:
            station = site.server("P")
            assert isinstance(station, PushTerminal)
            assert site.press("P", "1001").name == "Sutrisno"
            await station.drained(5)
            assert len(post.punches) == 1
            status = site.status_of(station)
            assert (status.transport, status.address, status.line) == (Transport.PUSH, post.url, Line.UP)
            assert status.bytes_sent > 200
            assert (await site.cut("P", silent=True)).line is Line.SILENT
            assert (await site.restore("P")).line is Line.UP
            assert site.clear("P").records == 0
        finally:
            await control.stop()
            await site.stop()
