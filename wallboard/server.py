"""The process that serves the wall: gunicorn with one worker, in which the follower and the hub live.

One worker, because the board is held once and in memory; in it a thread for every monitor, or gevent, which
has to be there before anything else is imported. To serve more monitors than one process can, run several of
these processes: each follows the store by itself.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

from flask import Flask
from gunicorn.workers.base import Worker

from config.listening import listen
from config.serving import OneWorker
from config.settings import Settings, make_clock
from realtime.hub import Hub, create_hub
from realtime.rows import BeatRow
from store import Store, open_store
from wallboard.api.blueprint import create_api
from wallboard.api.token import ApiToken
from wallboard.app import create_app
from wallboard.page import Page
from wallboard.pairing import create_pairing
from wallboard.proxies import BehindProxies
from wallboard.whole_sends import whole_sends
from wallboard.workers import WAITS_TOGETHER, waits_together

log = logging.getLogger(__name__)

SPARE_THREADS = 16
"""Threads beyond one for every monitor: pages, health checks, monitors that come while others go."""
SPARE_CONNECTIONS = 64
GRACE_SECONDS = 1
"""A monitor's connection never ends by itself, so there is nothing to wait for at a stop."""
WATCH_SECONDS = 0.2


def run(settings: Settings, ready: Callable[[], None], progress: Callable[[], None]) -> int:
    """Serve until SIGTERM or SIGINT; returns the exit code.

    `ready` is called in the worker process once the first board stands, `progress` whenever the follower has
    done its work. Raises, before anything is served, `ConfigError` (address in use, rule pack, token),
    `store.StoreError` (no database, wrong version) or `wallboard.page.FrontendMissing`.
    """
    parts = _Parts(settings)
    dialect = parts.store.dialect
    parts.close()
    if waits_together(settings.wall, dialect):
        log.warning("%s; %s", *WAITS_TOGETHER)
    listener = listen("wall", settings.wall.host, settings.wall.port)
    log.info("the wall is at http://%s:%d/", settings.wall.host, settings.wall.port)
    return _Server(settings, listener, ready, progress).serve()


class _Parts:
    """What a worker serves with. Making it finds out whether it can be made."""

    def __init__(self, settings: Settings) -> None:
        clock = make_clock(settings.clock)
        page = Page(settings.wall.title)
        self.app: Flask = create_app(page, self._beat)
        self.store: Store = open_store(settings.store.url, password_file=settings.store.password_file)
        try:
            if settings.api.token_file is not None:
                token = ApiToken(settings.api.token_file)
                self.app.register_blueprint(create_api(self.store, clock, token, settings.api))
            self.app.register_blueprint(create_pairing(self.store, clock, settings.wall))
            self.hub: Hub = create_hub(
                self.app,
                self.store,
                clock,
                city=settings.city,
                board=settings.board,
                wall=settings.wall,
                build=page.build,
            )
            served = BehindProxies(self.app.wsgi_app, settings.wall.trusted_proxies)
            self.app.wsgi_app = whole_sends(served)  # type: ignore[method-assign]
        except BaseException:
            self.store.close()
            raise

    def close(self) -> None:
        self.hub.stop()
        self.store.close()

    def _beat(self) -> BeatRow:
        return self.hub.beat()


class _Server(OneWorker):
    """Serves the wall."""

    def __init__(
        self,
        settings: Settings,
        listener: socket.socket,
        ready: Callable[[], None],
        progress: Callable[[], None],
    ) -> None:
        self._settings = settings
        self._ready = ready
        self._progress = progress
        self._parts: _Parts | None = None
        most = settings.wall.max_walls
        options: dict[str, object] = {
            "threads": most + SPARE_THREADS,
            "worker_connections": most + SPARE_CONNECTIONS,
            "graceful_timeout": GRACE_SECONDS,
            # Whom to believe is said in one place: `wallboard.proxies`.
            "forwarded_allow_ips": "",
        }
        if settings.wall.workers == "gevent":
            options["worker_class"] = "gevent"
        super().__init__(listener, settings.log.level, options)

    def load(self) -> Any:
        self._parts = _Parts(self._settings)
        return self._parts.app

    def begun(self, worker: Worker) -> None:
        assert self._parts is not None
        self._parts.hub.start()
        watch = threading.Thread(
            target=_watch, args=(self._parts.hub, self._ready, self._progress), name="watch", daemon=True
        )
        watch.start()

    def ended(self) -> None:
        if self._parts is not None:
            self._parts.close()


def _watch(hub: Hub, ready: Callable[[], None], progress: Callable[[], None]) -> None:
    """Report the follower's progress, and end when the parent is gone: an orphan would hold the port."""
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
