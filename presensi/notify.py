"""Tells the service manager how this process is doing: the sd_notify protocol of systemd.

`presensi up` speaks the same protocol with its children, so a process reports in one way only. Datagrams of
NAME=VALUE lines go to the socket that NOTIFY_SOCKET names (sd_notify(3)); a leading "@" means the abstract
name space. WATCHDOG_PID is not looked at: the wall reports from gunicorn's worker, not from its parent.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Mapping

FEEDS_PER_INTERVAL = 4
"""How often within one watchdog interval progress is passed on, at most."""


class Notifier:
    """Reports to the service manager; does nothing where there is none. Thread-safe, and safe over a fork."""

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        values = os.environ if environment is None else environment
        name = values.get("NOTIFY_SOCKET", "")
        self._address = "\0" + name[1:] if name.startswith("@") else name
        interval = values.get("WATCHDOG_USEC", "")
        self.watchdog_seconds = int(interval) / 1e6 if interval.isdigit() and int(interval) else None
        """Real seconds without progress after which we are taken for dead; None: nobody watches."""
        self._fed = float("-inf")

    def ready(self) -> None:
        """The work has begun."""
        self._send("READY=1")

    def progress(self) -> None:
        """Real work was done: the watchdog may be fed. Cheap enough to call at every step."""
        if self.watchdog_seconds is None:
            return
        now = time.monotonic()
        if now - self._fed >= self.watchdog_seconds / FEEDS_PER_INTERVAL:
            self._fed = now
            self._send("WATCHDOG=1")

    def status(self, text: str) -> None:
        """One line for `systemctl status`."""
        self._send("STATUS=" + text.replace("\n", " "))

    def stopping(self) -> None:
        """The process ends on purpose."""
        self._send("STOPPING=1")

    def _send(self, message: str) -> None:
        if not self._address:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as line:
                line.setblocking(False)
                line.sendto(message.encode(), self._address)
        except OSError:
            return  # the manager went away or is full: our work does not depend on it
