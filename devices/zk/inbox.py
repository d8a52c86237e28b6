"""What has arrived on a line and was not fetched yet: filled by callbacks, fetched by one waiting task."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Final

from devices.errors import LinkError

MOST_WAITING: Final = 4096
"""Pieces held; whatever comes beyond is dropped, as the system's own buffers do."""


class Inbox:
    """Pieces in order of arrival, and then the line's end. Use it from one event loop only."""

    def __init__(self) -> None:
        self._pieces: deque[bytes] = deque()
        self._ended: LinkError | None = None
        self._arrived = asyncio.Event()

    def put(self, piece: bytes) -> None:
        """Something arrived."""
        if len(self._pieces) < MOST_WAITING:
            self._pieces.append(piece)
        self._arrived.set()

    def end(self, error: LinkError) -> None:
        """Nothing more will arrive; the first reason given stays."""
        self._ended = self._ended or error
        self._arrived.set()

    async def get(self) -> bytes:
        """The oldest piece; when all are fetched and the line has ended, its error. Cancel-safe."""
        while not self._pieces:
            if self._ended is not None:
                raise self._ended
            self._arrived.clear()
            await self._arrived.wait()
        return self._pieces.popleft()
