"""The process that serves the wall: gunicorn with one worker, in which the projector and the hub live.

One worker, because the board is held once and in memory; its threads are one for every monitor. To serve
more monitors than one process can, run several of these processes: each follows the store by itself.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.workers.base import Worker

from config.listening import listen
from config.settings import Settings, make_clock
from realtime.hub import Hub, create_hub
from realtime.rows import BeatRow
from store import Store, open_store
from wallboard.app import create_app

log = logging.getLogger(__name__)

SPARE_THREADS = 16
"""Threads beyond one for every monitor: pages, health checks, monitors that come while others go."""
SPARE_CONNECTIONS = 64
GRACE_SECONDS = 1
"""A monitor's connection never ends by itself, so there is nothing to wait for at a stop."""
WATCH_SECONDS = 0.2


def run(settings: Settings, ready: Callable[[], None], progress: Callable[[], None]) -> int:
    """Serve until SIGTERM or SIGINT; returns the exit code.

    `ready` is called in the worker process once the first board stands, `progress` whenever the projector has
    done its work. Raises, before anything is served, `ConfigError` (address in use, rule pack),
    `store.StoreError` (no database, wrong version) or `wallboard.app.FrontendMissing`.
    """
    _Parts(settings).close()
    listener = listen("wall", settings.wall.host, settings.wall.port)
    log.info("the wall is at http://%s:%d/", settings.wall.host, settings.wall.port)
    try:
        # Gunicorn takes the descriptor over, and closes it.
        _Server(settings, listener.detach(), ready, progress).run()
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    return 0


class _Parts:
    """What a worker serves with. Making it finds out whether it can be made."""

    def __init__(self, settings: Settings) -> None:
        clock = make_clock(settings.clock)
        self.app: Flask = create_app(settings.wall.title, self._beat)
        self.store: Store = open_store(settings.store.url, password_file=settings.store.password_file)
        try:
            self.hub: Hub = create_hub(
                self.app, self.store, clock, city=settings.city, board=settings.board, wall=settings.wall
            )
        except BaseException:
            self.store.close()
            raise

    def close(self) -> None:
        self.hub.stop()
        self.store.close()

    def _beat(self) -> BeatRow:
        return self.hub.beat()


class _Server(BaseApplication):
    """Gunicorn, configured by our settings alone."""

    def __init__(
        self,
        settings: Settings,
        listener: int,
        ready: Callable[[], None],
        progress: Callable[[], None],
    ) -> None:
        self._settings = settings
        self._listener = listener
        self._ready = ready
        self._progress = progress
        self._parts: _Parts | None = None
        super().__init__()

    def load_config(self) -> None:
        most = self._settings.wall.max_walls
        options = {
            "bind": f"fd://{self._listener}",
            "workers": 1,
            "worker_class": "gthread",
            "threads": most + SPARE_THREADS,
            "worker_connections": most + SPARE_CONNECTIONS,
            "graceful_timeout": GRACE_SECONDS,
            "loglevel": self._settings.log.level.lower(),
            # It would be one path for all servers of this user.
            "control_socket_disable": True,
            "post_worker_init": self._start,
            "worker_exit": self._end,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """Called in the worker, after the fork: no connection and no thread is shared with the parent."""
        self._parts = _Parts(self._settings)
        return self._parts.app

    def _start(self, _worker: Worker) -> None:
        assert self._parts is not None
        self._parts.hub.start()
        watch = threading.Thread(
            target=_watch, args=(self._parts.hub, self._ready, self._progress), name="watch", daemon=True
        )
        watch.start()

    def _end(self, _arbiter: object, worker: Worker) -> None:
        if self._parts is None or not worker.booted:
            return
        self._parts.close()
        # The interpreter would wait for the threads of monitors that are still connected.
        os._exit(0)


def _watch(hub: Hub, ready: Callable[[], None], progress: Callable[[], None]) -> None:
    """Report the projector's progress, and end when the parent is gone: an orphan would hold the port."""
    parent = os.getppid()
    told = False
    worked = hub.progress()
    while True:
        time.sleep(WATCH_SECONDS)
        if os.getppid() != parent:
            os._exit(1)
        if not told and hub.beat()["reason"] != "loading":
            told = True
            ready()
        if hub.progress() > worked:
            worked = hub.progress()
            progress()
