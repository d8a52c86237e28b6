"""Ports for servers that tests start, stop, kill and start again."""

from __future__ import annotations

import os
import random
import socket
from contextlib import suppress

FIXED_PORTS = range(20_000, 32_000)
SHARES = 16
"""Every worker of a run has its own: a port is looked at some seconds before its server listens, and nobody
does while that is down.
"""

_given: set[int] = set()


def free_port() -> int:
    """A loopback port that nobody uses at this moment, and that this process got never before.

    Below the range from which the system takes ports for outgoing connections: a server gives its port up
    when it ends, and must get it again.
    """
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    mine = FIXED_PORTS[worker % SHARES :: SHARES]
    for port in random.sample(mine, len(mine)):
        with socket.socket() as probe, suppress(OSError):
            if port not in _given:
                probe.bind(("127.0.0.1", port))
                _given.add(port)
                return port
    raise AssertionError("every port of ours is in use")
