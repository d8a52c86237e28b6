"""A network cable between a browser and the wall's server that a test can pull and plug in again."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tests.support.ports import free_port

CHUNK = 65_536


class Cable:
    """Passes TCP connections on. Pulled, it passes nothing: what was open stays open and silent, as when a
    switch loses its power, and what is opened anew is answered by nobody.
    """

    def __init__(self, to_port: int) -> None:
        self._to = to_port
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._plugged = threading.Event()
        self._plugged.set()
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def pull(self) -> None:
        """From now on nothing passes."""
        self._plugged.clear()

    def plug(self) -> None:
        """All passes again. Connections that were open have lost what was said meanwhile: they break."""
        for end in self._open:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        self._open.clear()
        self._plugged.set()

    def close(self) -> None:
        """End everything."""
        self.plug()
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                self._open.append(near)
                threading.Thread(target=self._join, args=(near,), daemon=True).start()

    def _join(self, near: socket.socket) -> None:
        self._plugged.wait()
        try:
            far = socket.create_connection(("127.0.0.1", self._to))
        except OSError:
            near.close()
            return
        self._open.append(far)
        for source, target in ((near, far), (far, near)):
            threading.Thread(target=self._pass, args=(source, target), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(CHUNK):
                if not self._plugged.is_set():
                    return
                target.sendall(data)
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@contextmanager
def cable(to_port: int) -> Iterator[Cable]:
    """A cable to the server on that loopback port."""
    laid = Cable(to_port)
    try:
        yield laid
    finally:
        laid.close()
