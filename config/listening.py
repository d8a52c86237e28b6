"""The socket on which a server of ours listens: made before the server, so that a fault is one sentence."""

from __future__ import annotations

import socket

from config.errors import ConfigError

BACKLOG = 512
"""Connections that may wait to be accepted."""


def listen(table: str, host: str, port: int) -> socket.socket:
    """A socket that listens on `host` and `port`, both of the settings' `table`.

    Raises `ConfigError` when the address is in use, not ours, or not allowed.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Answers are small and written in two pieces: no piece shall wait for the other's receipt.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise ConfigError(
            f"the {table} cannot listen on {host}, port {port} ({error.strerror}); "
            f"end the program that uses it or choose another [{table}] port"
        ) from error
    return listener


def local_host(host: str) -> str:
    """Where a program on this machine finds who listens on `host`."""
    return "127.0.0.1" if host in ("0.0.0.0", "::", "") else host  # noqa: S104
