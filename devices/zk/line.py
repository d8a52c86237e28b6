"""What a session needs of a transport, whatever it is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class LineKind:
    """What a transport does to packets, and how a session on it behaves. Durations in real seconds."""

    transport: str
    """"tcp", "udp" or "serial"."""
    framed: bool
    """Packets travel as frames in a stream of bytes; False: each is a datagram of its own."""
    read_bytes: int
    """Most bytes asked for in one READ_BUFFER."""
    resend_after: float | None = None
    """A request not answered within this is sent again, and again after twice as long. None: the line loses,
    doubles and disorders nothing; sending again would ask twice.
    """
    resend_read_after: float | None = None
    """The same for READ_BUFFER, which a terminal answers from memory."""
    bytes_per_second: float | None = None
    """What a slow line carries; None where it need not be thought of."""

    @property
    def lossy(self) -> bool:
        """Whether what is sent may be lost, damaged, doubled or disordered."""
        return self.resend_after is not None

    @property
    def noisy(self) -> bool:
        """Whether bytes may change on it so that a packet's 16-bit sum does not show it: two words in each
        other's place, or two bits of one column, one each way. Nothing below checks a serial line.
        """
        return self.framed and self.lossy


class Line(Protocol):
    """A way to one terminal. Raises `LinkError` subclasses only."""

    @property
    def kind(self) -> LineKind:
        """What this line is."""
        ...

    def send(self, message: bytes) -> None:
        """Hand one whole frame, or one datagram, to the line; it leaves without being waited for."""
        ...

    async def receive(self) -> bytes:
        """At least one byte of a stream, or exactly one datagram. Raises `LinkClosed` when the terminal hung
        up. Cancelling loses nothing.
        """
        ...

    def abort(self) -> None:
        """Hang up at once. Never raises."""
        ...

    async def close(self) -> None:
        """Let what was sent leave, then hang up. Never raises."""
        ...
