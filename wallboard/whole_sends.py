"""Lets a message be sent whole, or not at all, before the next one begins.

The WebSocket library calls a socket's `send` once for each message and takes it for sent. A socket under
gevent takes only what fits into the kernel's buffer: of a snapshot for a slow monitor the rest would be lost,
and the line with it. Two that send at once, a writer and the answer to a ping, would mix their bytes.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterable
from typing import Any

WsgiApp = Callable[..., Iterable[bytes]]

_KEY = "gunicorn.socket"
"""Under which gunicorn hands the connection's socket to the application."""


class _Line:
    """A socket as the WebSocket library uses one."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self._sending = threading.Lock()

    def send(self, data: bytes) -> int:
        """All of it."""
        with self._sending:
            self._line.sendall(data)
        return len(data)

    def recv(self, size: int) -> bytes:
        return self._line.recv(size)

    def close(self) -> None:
        self._line.close()


def whole_sends(application: WsgiApp) -> WsgiApp:
    """The application, given sockets that send whole messages."""

    def serve(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        line = environ.get(_KEY)
        if line is not None:
            environ[_KEY] = _Line(line)
        return application(environ, start_response)

    return serve
