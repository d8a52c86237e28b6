"""Simulated push terminals against the real gateway, over HTTP, with a store behind it."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from itertools import pairwise

import psutil
import pytest

from devices.driver import AttLogRecord
from simulators.adms.dialects import DIALECTS, NEW, OLD, X105_ID, PushDialect
from simulators.adms.terminal import PushTerminal
from simulators.adms.unit import Purpose
from simulators.terminal import SimUser, TerminalSim
from tests.support.push_town import GatewayTown
from tests.support.waiting import PATIENCE

PACE = 200.0
"""The terminals' five seconds until they send again pass in 25 ms."""
DRAINED = 2 * PATIENCE
FIRST = datetime(2026, 11, 16, 6, 0)
BACKLOG = [
    AttLogRecord(str(1000 + n % 300), FIRST + timedelta(seconds=7 * n), 1, 255, "", 0) for n in range(700)
]
LONG_BACKLOG = [
    AttLogRecord(str(1000 + n % 300), FIRST - timedelta(seconds=40 * n), 1, 255, "", 0)
    for n in reversed(range(6000))
]
HARMLESS = ("INFO", "CHECK", "LOG", "VERIFY SUM ATTLOG", "DATA QUERY ATTLOG", "DATA QUERY USERINFO")


def terminal(
    town: GatewayTown,
    dialect: PushDialect = NEW,
    serial: str | None = None,
) -> PushTerminal:
    made = PushTerminal(
        TerminalSim(serial or town.take()),
        town.now,
        town.gateway.url,
        dialect=dialect,
        pace=PACE,
        sync_clock=False,
        timeout=10,
    )
    made.terminal.enrol([SimUser("1001", "Siti")])
    return made


def truth(*terminals: PushTerminal) -> list[tuple[str, str, datetime]]:
    """What the terminals hold, as `held` would have it: repeats would show."""
    return sorted(
        (one.terminal.serial, record.pin, record.device_time) for one in terminals for record in one.unit.log
    )


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=lambda dialect: dialect.name)
async def test_every_dialect_ends_with_the_store_equal_to_its_log(
    town: GatewayTown, dialect: PushDialect
) -> None:
    pushing = terminal(town, dialect)
    pushing.fill(BACKLOG)
    await pushing.start()
    await pushing.drained(DRAINED)
    pushing.press("1001", town.now())
    await pushing.drained(DRAINED)
    await pushing.stop()
    assert town.held(pushing.terminal.serial) == truth(pushing)
    assert town.quarantined(pushing.terminal.serial) == []
    assert all(heard.startswith(HARMLESS) for heard in pushing.unit.orders.heard)


async def test_a_terminal_that_nobody_approved_keeps_everything_until_somebody_does(
    town: GatewayTown,
) -> None:
    pushing = terminal(town, serial="STRANGER")
    pushing.fill(BACKLOG[:200])
    await pushing.start()
    await pushing.until(lambda: pushing.answers[403] > 0, DRAINED)
    assert pushing.unit.sent == 0
    town.approve("STRANGER")
    await pushing.drained(DRAINED)
    await pushing.stop()
    assert town.held(pushing.terminal.serial) == truth(pushing)


async def test_a_gateway_killed_in_mid_backlog_loses_and_doubles_nothing(town: GatewayTown) -> None:
    """First the process that commits, which gunicorn replaces, then gunicorn itself."""
    old, new = terminal(town, OLD), terminal(town, NEW)
    for pushing in (old, new):
        pushing.fill(LONG_BACKLOG)
        await pushing.start()
    await old.until(lambda: old.unit.sent > 0, DRAINED)
    (worker,) = psutil.Process(town.gateway.pid).children()
    worker.kill()
    await old.until(lambda: old.answers[0] > 0, DRAINED)
    already = old.unit.sent
    await old.until(lambda: old.unit.sent > already, DRAINED)
    assert old.unit.sent < len(old.unit.log)
    await asyncio.to_thread(town.gateway.kill)
    await asyncio.to_thread(town.gateway.until_port_is_free, PATIENCE)
    old.press("1001", town.now())
    new.press("1001", town.now())
    await asyncio.to_thread(town.gateway.start)
    await old.drained(DRAINED)
    await new.drained(DRAINED)
    await old.stop()
    await new.stop()
    assert town.held(old.terminal.serial) + town.held(new.terminal.serial) == truth(old, new)


async def test_an_old_unit_is_told_its_own_last_stamp_and_sends_nothing_again(town: GatewayTown) -> None:
    pushing = terminal(town, OLD)
    pushing.fill(BACKLOG)
    for _ in range(3):
        await pushing.start()
        await pushing.drained(DRAINED)
        await pushing.stop()
    batches = -(-len(BACKLOG) // OLD.batch)
    assert pushing.unit.done[Purpose.PUNCHES] == batches


@pytest.mark.parametrize(
    ("dialect", "vouches"),
    [(NEW, True), (X105_ID, False)],
    ids=lambda value: getattr(value, "name", value),
)
async def test_only_a_terminal_that_proves_its_count_is_read_through(
    town: GatewayTown, dialect: PushDialect, vouches: bool
) -> None:
    """A heartbeat alone proves nothing: a terminal that never answers commands leaves people waiting."""
    pushing = terminal(town, dialect)
    number = town.terminal_id(pushing.terminal.serial)
    pushing.fill(BACKLOG[:100])
    await pushing.start()
    await pushing.drained(DRAINED)
    seen: list[datetime] = []
    for _ in range(round(PATIENCE / 0.1) if vouches else 10):
        await asyncio.sleep(0.1)
        health = town.store.terminals.health().get(number)
        if health is not None and health.read_through is not None and health.read_through not in seen:
            seen.append(health.read_through)
        if len(seen) >= 2:
            break
    await pushing.stop()
    assert bool(seen) is vouches
    assert all(earlier < later for earlier, later in pairwise(seen))


async def test_a_terminal_whose_clock_is_wrong_sets_itself_by_the_gateway_once(town: GatewayTown) -> None:
    """By the Date header and TimeZone: without either its clock would jump to Greenwich's time."""
    pushing = terminal(town, OLD)
    pushing.unit.sync_clock = True
    pushing.terminal.clock_offset = timedelta(minutes=-5)
    await pushing.start()
    await pushing.until(lambda: pushing.unit.done[Purpose.HEARTBEAT] > 3, DRAINED)
    await pushing.stop()
    assert abs(pushing.terminal.clock_offset) < timedelta(seconds=5)
    assert pushing.unit.clock_settings == 1
