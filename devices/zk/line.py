"""What a session needs of a transport, whatever it is made of."""

from __future__ import annotations

from typing import Protocol


class Line(Protocol):
    """A byte stream to one terminal. Raises `LinkError` subclasses only."""

    def send(self, data: bytes) -> None:
        """Hand bytes to the line; they leave without being waited for."""
        ...

    async def receive(self) -> bytes:
        """At least one byte. Raises `LinkClosed` when the terminal hung up. Cancelling loses nothing."""
        ...

    def abort(self) -> None:
        """Hang up at once. Never raises."""
        ...

    async def close(self) -> None:
        """Let what was sent leave, then hang up. Never raises."""
        ...
