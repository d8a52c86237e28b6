"""The connections, and what goes to them: one message to many clients is encoded once.

Sending only fills each client's queue; its own writer empties it. A client that is gone is passed over, so
that nobody who stands behind it is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress

from engineio.exceptions import SocketIsClosedError
from engineio.packet import MESSAGE
from engineio.packet import Packet as Message
from socketio import Manager
from socketio.packet import EVENT
from socketio.packet import Packet as Event

__all__ = ["Message", "Wire"]


class Wire(Manager):  # type: ignore[misc]
    """Which clients there are. `accepted` is called with each once it was told that it is connected, so that
    what is sent from there is the server's first word.
    """

    def __init__(self, accepted: Callable[[str], None]) -> None:
        super().__init__()
        self._accepted = accepted

    def connect(self, sid: str, namespace: str) -> str:
        """Socket.IO calls this after its own word of welcome."""
        client = str(super().connect(sid, namespace))
        self._accepted(client)
        return client

    def encode(self, event: str, data: object) -> Message:
        """The message as it goes to however many clients."""
        return Message(MESSAGE, Event(EVENT, data=[event, data], binary=False).encode())

    def send(self, message: Message, clients: Iterable[str]) -> None:
        """Put the message into the clients' queues."""
        for client in clients:
            connection = self.eio_sid_from_sid(client, "/")
            if connection is not None:
                with suppress(SocketIsClosedError):
                    self.server.eio.send_packet(connection, message)

    def is_gone(self, client: str) -> bool:
        """Whether the client's line is closed."""
        line = self.server.eio.sockets.get(self.eio_sid_from_sid(client, "/"))
        return line is None or bool(line.closed)

    def waiting(self, client: str) -> int:
        """How many messages wait in the client's queue."""
        socket = self.server.eio.sockets.get(self.eio_sid_from_sid(client, "/"))
        return 0 if socket is None else socket.queue.qsize()
