"""Ports that stay ours while nobody is let in."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable


def bound(kind: socket.SocketKind, host: str, port: int) -> socket.socket:
    """A socket at an address; port 0 lets the system choose. Raises `OSError` when it is taken."""
    sock = socket.socket(socket.AF_INET, kind)
    try:
        if kind is socket.SOCK_STREAM:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.setblocking(False)
        sock.bind((host, port))
    except OSError:
        sock.close()
        raise
    return sock


class TcpPort:
    """A TCP port that takes calls, or refuses them, and is given up only at the end."""

    def __init__(self) -> None:
        self._listener: asyncio.Server | None = None
        self._held: socket.socket | None = None

    async def open(self, host: str, port: int, line: Callable[[], asyncio.Protocol]) -> int:
        """Take calls; the port. Raises `OSError` when it is taken."""
        sock, self._held = self._held or bound(socket.SOCK_STREAM, host, port), None
        port = int(sock.getsockname()[1])
        self._listener = await asyncio.get_running_loop().create_server(line, sock=sock)
        return port

    def refuse(self, host: str, port: int) -> None:
        """Take no calls: bound but not listening, so that the system gives the port to nobody else."""
        self._stop()
        self._held = bound(socket.SOCK_STREAM, host, port)

    def close(self) -> None:
        """Give the port up."""
        self._stop()
        if self._held is not None:
            self._held.close()
            self._held = None

    def _stop(self) -> None:
        if self._listener is not None:
            self._listener.close()
            self._listener = None
