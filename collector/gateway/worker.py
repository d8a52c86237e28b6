"""Gunicorn's thread worker, with what push terminals need and it does not have.

A request has a deadline from its first byte to its last, so that nobody holds a thread by dribbling. The Date
header shows city time: terminals set their clocks by it.
"""

from __future__ import annotations

import socket
import time
from typing import Any, Self, cast

from gunicorn.app.base import BaseApplication
from gunicorn.http import wsgi
from gunicorn.util import http_date
from gunicorn.workers.gthread import TConn, ThreadWorker

from config.clock import Clock


class TimedApplication(BaseApplication):
    """What `GatewayWorker` serves."""

    clock: Clock
    patience: float
    """Seconds that a request may take to arrive."""


class PatientSocket(socket.socket):
    """A connection that seems to have ended when a request takes too long to arrive."""

    patience = 15.0
    """Seconds."""
    _deadline = float("inf")

    @classmethod
    def over(cls, connection: socket.socket, patience: float) -> Self:
        """Take a connection over; `patience` in seconds."""
        made = cls(connection.family, connection.type, connection.proto, fileno=connection.detach())
        made.patience = patience
        return made

    def setblocking(self, flag: bool, /) -> None:
        """As always; the worker says True when it begins with a request."""
        super().setblocking(flag)
        if flag:
            self._deadline = time.monotonic() + self.patience

    def recv(self, size: int, flags: int = 0, /) -> bytes:
        """As always; nothing, as at the end, once the deadline has passed."""
        left = self._deadline - time.monotonic()
        if left <= 0:
            return b""
        self.settimeout(left)
        try:
            return super().recv(size, flags)
        except TimeoutError:
            return b""
        finally:
            self.settimeout(self.patience)


class CityResponse(wsgi.Response):
    """An answer whose Date is city time."""

    def __init__(self, req: Any, sock: socket.socket, cfg: Any, clock: Clock) -> None:
        super().__init__(req, sock, cfg)
        self._clock = clock

    def default_headers(self) -> list[str]:
        """The first lines of the answer. Which server we are is nobody's business."""
        assert self.req.version is not None
        major, minor = self.req.version
        return [
            f"HTTP/{major}.{minor} {self.status}\r\n",
            f"Date: {http_date(self._clock.now().timestamp())}\r\n",
            f"Connection: {'close' if self.should_close() else 'keep-alive'}\r\n",
        ]


class GatewayWorker(ThreadWorker):
    """Serves a `TimedApplication`."""

    @property
    def timed(self) -> TimedApplication:
        """The application."""
        return cast("TimedApplication", self.app)

    def enqueue_req(self, conn: TConn) -> None:
        """Give a new connection its deadline."""
        if not isinstance(conn.sock, PatientSocket):
            conn.sock = PatientSocket.over(conn.sock, self.timed.patience)
        super().enqueue_req(conn)

    def handle_request(self, req: Any, conn: TConn) -> bool:
        """Answer one request; whether the connection may stay open."""
        response, environ = wsgi.create(
            req,
            conn.sock,
            conn.client,
            conn.server,
            self.cfg,
            response_class=CityResponse,
            response_args=(self.timed.clock,),
        )
        environ["wsgi.multithread"] = True
        if not self.alive or len(self.keepalived_conns) >= self.max_keepalived:
            response.force_close()
        application: Any = self.wsgi
        body = application(environ, response.start_response)
        try:
            for piece in body:
                response.write(piece)
            response.close()
        finally:
            if hasattr(body, "close"):
                body.close()
        return not response.should_close()
