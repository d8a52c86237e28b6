"""Ports for servers that tests start, stop, kill and start again."""

from __future__ import annotations

import random
import socket
from contextlib import suppress

FIXED_PORTS = range(20_000, 32_000)


def free_port() -> int:
    """A loopback port that nobody uses at this moment.

    Below the range from which the system takes ports for outgoing connections: a server gives its port up
    when it ends, and must get it again.
    """
    for port in random.sample(FIXED_PORTS, 200):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("two hundred ports in a row are in use")
