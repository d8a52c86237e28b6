"""The child's side of supervision: it ends when its supervisor is gone."""

from __future__ import annotations

import os
import signal

# By name: it stays a true thread where gevent comes later, which could not switch away from this wait.
from _thread import start_new_thread
from contextlib import suppress

SUPERVISED = "PRESENSI_SUPERVISED"
"""Set in a child's environment: its standard input ends when its supervisor does."""


def stop_with_supervisor() -> None:
    """In a supervised child: end this process, by SIGTERM to itself, when its supervisor is gone."""
    if os.environ.get(SUPERVISED) == "1":
        start_new_thread(_wait, ())


def _wait() -> None:
    with suppress(OSError):
        while os.read(0, 4096):
            pass
    os.kill(os.getpid(), signal.SIGTERM)
