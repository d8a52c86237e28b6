"""What is to be done to one terminal between two of its sessions, by the terminal's own task.

A terminal serves one session well, often one only. So nobody opens a second one beside the collector's: who
wants something of a terminal asks here, and its task does it when it has said EXIT.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Generic, TypeVar, cast

from devices.driver import Target
from devices.errors import LinkClosed

T = TypeVar("T")

Work = Callable[[Target], Awaitable[T]]
"""Opens, uses and closes a session of its own."""


@dataclass(eq=False, slots=True)
class _Order(Generic[T]):
    work: Work[T]
    answer: asyncio.Future[T]


class Orders:
    """A queue, in the order asked. For one event loop."""

    def __init__(self) -> None:
        self._waiting: deque[_Order[object]] = deque()

    def __bool__(self) -> bool:
        return bool(self._waiting)

    async def ask(self, work: Work[T]) -> T:
        """What `work` gives, once it was its turn; raises what it raises. Cancelled while it waits, it is
        not begun.
        """
        answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        order = cast("_Order[object]", _Order(work, answer))
        self._waiting.append(order)
        try:
            return await answer
        finally:
            with suppress(ValueError):
                self._waiting.remove(order)

    async def carry_out(self, target: Callable[[], Target]) -> None:
        """Do all that waits, one after the other. What goes wrong is told to whoever asked."""
        while self._waiting:
            order = self._waiting.popleft()
            try:
                result = await order.work(target())
            except Exception as error:
                if not order.answer.done():
                    order.answer.set_exception(error)
            except BaseException:
                if not order.answer.done():
                    order.answer.set_exception(LinkClosed("given up"))
                raise
            else:
                if not order.answer.done():
                    order.answer.set_result(result)

    def refuse(self, error: Exception) -> None:
        """Nothing is done any more: tell all who wait."""
        while self._waiting:
            order = self._waiting.popleft()
            if not order.answer.done():
                order.answer.set_exception(error)
