"""Errands while the roster changes under them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from random import Random
from typing import TypeVar

from attendance.ids import SerialNumber, TerminalId
from attendance.terminal import Terminal
from collector.city_clock import CityClock
from collector.comm_keys import CommKeys
from collector.errand_desk import ErrandDesk, Followed
from collector.errands import Failed, TestVoice, decode_outcome, encode
from collector.ingest import Ingest
from collector.surroundings import Surroundings
from config.clock import SystemClock
from devices import registry
from devices.driver import Target
from store import Store
from store.errands import ErrandState
from tests.support.collecting import FAST, SEED, ZONE, register
from tests.support.waiting import PATIENCE

T = TypeVar("T")


class _Nobody:
    """A terminal's task that is never asked."""

    async def perform(self, work: Callable[[Target], Awaitable[T]]) -> T:
        raise AssertionError(work)


def has_ended(store: Store, number: int) -> bool:
    found = store.errands.get(number)
    return found is not None and found.finished_at is not None


async def test_an_errand_taken_as_its_terminal_leaves_the_roster_ends_and_the_next_is_taken(
    store: Store,
) -> None:
    number = TerminalId(register(store, "CKQ1", 1))
    terminal = store.terminals.by_serial(SerialNumber("CKQ1"))
    assert terminal is not None
    looks: list[Terminal] = [terminal]
    ingest = Ingest(store)

    def followed() -> Followed:
        return {number: (looks.pop(), _Nobody())} if looks else {}

    shared = Surroundings(
        settings=FAST,
        zone=ZONE,
        clock=SystemClock(),
        comm_keys=CommKeys(None),
        store=store,
        ingest=ingest,
        random=Random(SEED),
        load_driver=registry.load,
        city=CityClock(lambda: {}),
    )
    desk = ErrandDesk(shared, followed)
    kind, arguments = encode(TestVoice())
    for _ in range(2):
        errand = store.errands.put(number, kind, arguments, dry_run=False, actor="ani", at=datetime.now(UTC))
        async with asyncio.timeout(PATIENCE):
            # What is written down has ended a moment before the desk has a hand free for the next.
            while not has_ended(store, errand):
                looks[:] = [terminal]
                await desk.look()
                await asyncio.sleep(0.02)
        found = store.errands.get(errand)
        assert found is not None
        assert found.state is ErrandState.FAILED
        outcome = decode_outcome(found.outcome)
        assert isinstance(outcome, Failed)
        assert "does not follow it any more" in outcome.message
    assert len(store.audit.latest()) == 2
    await desk.close()
    await ingest.close()
