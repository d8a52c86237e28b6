"""A web server process of ours: gunicorn with one worker, whose threads share what is held in memory."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.workers.base import Worker


class OneWorker(BaseApplication):
    """Configured by our settings alone. A subclass says what to `load`, and what to do around it."""

    def __init__(self, listener: socket.socket, level: str, options: Mapping[str, object]) -> None:
        """Serves on `listener`, which it takes over; `level` is that of its log, `options` gunicorn's own."""
        self._options = {
            "bind": f"fd://{listener.detach()}",
            "workers": 1,
            "worker_class": "gthread",
            "loglevel": level.lower(),
            # It would be one path for all servers of this user.
            "control_socket_disable": True,
            "post_worker_init": self.begun,
            "worker_exit": self._exit,
            **options,
        }
        super().__init__()

    def serve(self) -> int:
        """Serve until SIGTERM or SIGINT; the exit code."""
        try:
            self.run()
        except SystemExit as stop:
            return stop.code if isinstance(stop.code, int) else int(stop.code is not None)
        return 0

    def load_config(self) -> None:
        """Gunicorn asks for its settings."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """The WSGI application. Called in the worker, after the fork: no connection and no thread is shared
        with the parent.
        """
        raise NotImplementedError

    def begun(self, worker: Worker) -> None:
        """Called in the worker once it can serve."""
        raise NotImplementedError

    def ended(self) -> None:
        """Called in a worker that had begun, when it ends."""
        raise NotImplementedError

    def _exit(self, _arbiter: object, worker: Worker) -> None:
        if not worker.booted:
            return
        self.ended()
        # The interpreter would wait for the threads of connections that are still open.
        os._exit(0)
