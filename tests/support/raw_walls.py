"""Monitors as bare WebSockets: they read only when told to, and many of them cost no thread."""

from __future__ import annotations

import json
import socket
from typing import Any

import websocket

from store.wall_secrets import COOKIE
from tests.support.waiting import PATIENCE


class RawWall:
    """One connected monitor."""

    def __init__(self, url: str, *, credential: str | None = None) -> None:
        """`credential` makes it that paired wall."""
        self._line = websocket.create_connection(
            url.replace("http", "ws") + "/socket.io/?EIO=4&transport=websocket",
            sockopt=[(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)],
            timeout=PATIENCE,
            cookie=None if credential is None else f"{COOKIE}={credential}",
        )
        self._line.recv()
        self._line.send("40")
        assert str(self._line.recv()).startswith('40{"sid"'), "Socket.IO's own word comes first"

    def emit(self, event: str, data: object) -> None:
        """Send any message."""
        self._line.send("42" + json.dumps([event, data]))

    def next_text(self, event: str) -> str:
        """The next message of that kind as it travelled; others are passed over."""
        while True:
            text = str(self._line.recv())
            if text.startswith(f'42["{event}"'):
                return text

    def next(self, event: str) -> dict[str, Any]:
        """What the next message of that kind says."""
        found: dict[str, Any] = json.loads(self.next_text(event)[2:])[1]
        return found

    def close(self) -> None:
        """Go away."""
        self._line.close()
