"""The process `presensi gateway`: gunicorn with one worker, and in it the service's event loop.

One worker, because what is known of each terminal is held once and in memory. Its threads take requests
apart and wait; all that is decided and remembered is in the event loop's thread.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

from flask import Flask
from gunicorn.workers.base import Worker

from collector.gateway.app import create_app
from collector.gateway.clock_guard import ClockGuard
from collector.gateway.desk import Desk
from collector.gateway.push_keys import PushKeys
from collector.gateway.service import GatewayService
from collector.gateway.worker import GatewayWorker, TimedApplication
from config.addresses import networks
from config.listening import listen
from config.settings import Settings, make_clock
from store import open_store

log = logging.getLogger(__name__)

SPARE_THREADS = 16
"""Threads beyond one for each request in hand: for those that are told to come later."""
IDLE_CONNECTIONS = 1_024
"""Connections that terminals may keep open between two requests."""
IDLE_DELAYS = 3
"""For so many heartbeats a connection is kept open."""
GRACE_SECONDS = 5
START_SECONDS = 30.0
STOP_SECONDS = 8.0
WATCH_SECONDS = 0.2


def run(
    settings: Settings,
    ready: Callable[[], None],
    progress: Callable[[], None],
    *,
    trust_clock: bool = False,
) -> int:
    """Serve until SIGTERM or SIGINT; returns the exit code.

    `ready` is called in the worker process once terminals are answered, `progress` about once a second while
    the work goes on. `trust_clock`: the machine's clock is right though the store holds later moments.
    Raises, before anything is served, `ConfigError` (address in use, key file) or `store.StoreError`.
    """
    GatewayRunner(settings, trust_clock=trust_clock).close()
    gateway = settings.gateway
    listener = listen("gateway", gateway.host, gateway.port)
    log.info("terminals call http://%s:%d/iclock/", gateway.host, gateway.port)
    return _Server(settings, listener, ready, progress, trust_clock).serve()


class GatewayRunner:
    """The service and the thread of its event loop. Making it finds out whether it can be made."""

    service: GatewayService
    loop: asyncio.AbstractEventLoop

    def __init__(self, settings: Settings, *, trust_clock: bool = False) -> None:
        self.clock = make_clock(settings.clock)
        self._settings = settings
        self._desk = Desk(settings.gateway.rate, PushKeys(settings.gateway.keys_file))
        self._store = open_store(settings.store.url, password_file=settings.store.password_file, durable=True)
        try:
            newest = None if trust_clock else self._store.punches.last_receipt()
            self._guard = ClockGuard(self.clock, newest)
        except BaseException:
            self._store.close()
            raise
        self._started = threading.Event()
        self._failure: BaseException | None = None
        self._thread: threading.Thread | None = None

    def start(self, progress: Callable[[], None]) -> Flask:
        """Start the event loop; the application that speaks for it. Raises what kept it from starting."""
        self._thread = threading.Thread(target=self._run, args=(progress,), name="gateway", daemon=True)
        self._thread.start()
        if not self._started.wait(START_SECONDS):
            raise TimeoutError("the gateway's event loop did not start")
        if self._failure is not None:
            raise self._failure
        return create_app(self._settings.gateway, self)

    def close(self) -> None:
        """End the event loop, having committed what was in hand, and hang up the store."""
        if self._thread is not None and self._thread.is_alive():
            self.loop.call_soon_threadsafe(self.service.stop)
            self._thread.join(STOP_SECONDS)
        self._store.close()

    def _run(self, progress: Callable[[], None]) -> None:
        try:
            asyncio.run(self._serve(progress))
        except BaseException as error:
            self._failure = error
            if self._started.is_set():
                log.exception("The gateway's event loop ended.")
                # Without it nothing can be answered; whoever supervises us starts us anew.
                os._exit(1)
        finally:
            self._started.set()

    async def _serve(self, progress: Callable[[], None]) -> None:
        self.loop = asyncio.get_running_loop()
        self.service = GatewayService(self._settings, self._store, self.clock, self._guard, self._desk)
        await self.service.start()
        self._started.set()
        await self.service.run(progress)


class _Server(TimedApplication):
    """Serves the terminals."""

    def __init__(
        self,
        settings: Settings,
        listener: socket.socket,
        ready: Callable[[], None],
        progress: Callable[[], None],
        trust_clock: bool,
    ) -> None:
        gateway = settings.gateway
        self.clock = make_clock(settings.clock)
        self.patience = gateway.request_timeout.total_seconds()
        self.proxies = networks(gateway.trusted_proxies)
        self._settings = settings
        self._ready = ready
        self._progress = progress
        self._trust_clock = trust_clock
        self._runner: GatewayRunner | None = None
        threads = gateway.queue + SPARE_THREADS
        options = {
            "worker_class": GatewayWorker,
            "threads": threads,
            "worker_connections": threads + IDLE_CONNECTIONS,
            "keepalive": round(IDLE_DELAYS * gateway.delay.total_seconds()),
            "graceful_timeout": GRACE_SECONDS,
        }
        super().__init__(listener, settings.log.level, options)

    def load(self) -> Any:
        self._runner = GatewayRunner(self._settings, trust_clock=self._trust_clock)
        return self._runner.start(self._progress)

    def begun(self, worker: Worker) -> None:
        threading.Thread(target=_end_with, args=(os.getppid(),), name="parent-watch", daemon=True).start()
        self._ready()

    def ended(self) -> None:
        if self._runner is not None:
            self._runner.close()


def _end_with(parent: int) -> None:
    """End when the parent is gone: an orphan would hold the port, and gunicorn lets it for some seconds."""
    while os.getppid() == parent:
        time.sleep(WATCH_SECONDS)
    os._exit(1)
