import asyncio
from collections.abc import Awaitable
from typing import TypeVar

import pytest

from collector.bulk_gate import LARGE_READ, BulkGate

T = TypeVar("T")


async def tend(waiting: Awaitable[T], *, needs_line: bool = False) -> T:
    return await waiting


async def hold(gate: BulkGate, expected: int | None, inside: list[int], release: asyncio.Event) -> None:
    async with gate.place(expected, tend):
        inside.append(1)
        await release.wait()


async def test_large_reads_wait_for_a_place_and_small_ones_do_not() -> None:
    gate, release, large, small = BulkGate(2), asyncio.Event(), list[int](), list[int]()
    tasks = [asyncio.create_task(hold(gate, LARGE_READ, large, release)) for _ in range(4)]
    tasks.append(asyncio.create_task(hold(gate, None, large, release)))
    tasks += [asyncio.create_task(hold(gate, 3, small, release)) for _ in range(9)]
    await asyncio.sleep(0.01)
    assert (len(large), len(small)) == (2, 9)
    release.set()
    await asyncio.gather(*tasks)
    assert len(large) == 5


@pytest.mark.parametrize("moment", ["waiting", "inside"])
async def test_a_cancelled_reader_gives_its_place_back(moment: str) -> None:
    gate, release, inside = BulkGate(1), asyncio.Event(), list[int]()
    first = asyncio.create_task(hold(gate, None, inside, release))
    second = asyncio.create_task(hold(gate, None, inside, release))
    await asyncio.sleep(0.01)
    (second if moment == "waiting" else first).cancel()
    await asyncio.sleep(0.01)
    release.set()
    await asyncio.gather(first, second, return_exceptions=True)
    async with asyncio.timeout(1), gate.place(None, tend):
        pass


async def test_a_place_granted_in_the_moment_of_cancelling_is_not_lost() -> None:
    gate, release, inside = BulkGate(1), asyncio.Event(), list[int]()
    first = asyncio.create_task(hold(gate, None, inside, release))
    second = asyncio.create_task(hold(gate, None, inside, release))
    await asyncio.sleep(0.01)
    first.cancel()
    await asyncio.sleep(0)
    second.cancel()
    await asyncio.gather(first, second, return_exceptions=True)
    async with asyncio.timeout(1), gate.place(None, tend):
        pass
