"""Gunicorn's thread worker, with what push terminals need and it does not have.

A request has a deadline from its first byte to its last, and one address a share of the threads, so that
nobody who dribbles keeps the terminals of others waiting. The Date header shows city time: terminals set
their clocks by it. What cannot be read is never quoted in the log: it may be punches, a password or a key.
"""

from __future__ import annotations

import errno
import logging
import socket
import time
from collections import Counter, defaultdict, deque
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final, Self, cast

from gunicorn.http import wsgi
from gunicorn.http.errors import ParseException
from gunicorn.util import http_date, write_error
from gunicorn.workers.gthread import TConn, ThreadWorker

from config.addresses import IpNetwork, is_within
from config.clock import Clock
from config.serving import OneWorker

log = logging.getLogger(__name__)

SHARE: Final = 4
"""One address has at most one in so many of the threads, and of the connections, at a time: a whole office
behind one waits in order. The addresses of trusted proxies have no such limit.
"""


class TimedApplication(OneWorker):
    """What `GatewayWorker` serves."""

    clock: Clock
    patience: float
    """Seconds that a request may take to arrive."""
    proxies: Sequence[IpNetwork]
    """Where many terminals call through one address."""


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

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self._in_hand: Counter[str] = Counter()
        self._held_back: defaultdict[str, deque[TConn]] = defaultdict(deque)

    def enqueue_req(self, conn: TConn) -> None:
        """Give a new connection its deadline, and a request a thread once its address may have one more."""
        peer = _peer(conn)
        if not isinstance(conn.sock, PatientSocket):
            if not self._may_connect(peer):
                self.nr_conns -= 1
                conn.close()
                return
            conn.sock = PatientSocket.over(conn.sock, self.timed.patience)
        if self._in_hand[peer] >= self.cfg.threads // SHARE and not is_within(peer, self.timed.proxies):
            self._held_back[peer].append(conn)
            return
        self._in_hand[peer] += 1
        super().enqueue_req(conn)

    def finish_request(self, conn: TConn, fs: Any) -> None:
        """Called in the same thread as `enqueue_req`, when a request is through."""
        peer = _peer(conn)
        self._in_hand[peer] -= 1
        if not self._in_hand[peer]:
            del self._in_hand[peer]
        super().finish_request(conn, fs)
        if peer in self._held_back:
            waiting = self._held_back[peer].popleft()
            if not self._held_back[peer]:
                del self._held_back[peer]
            self.enqueue_req(waiting)

    def _may_connect(self, peer: str) -> bool:
        most = self.worker_connections // SHARE
        if self.nr_conns <= most or is_within(peer, self.timed.proxies):
            return True
        idle = sum(_peer(conn) == peer for conn in (*self.keepalived_conns, *self.pending_conns))
        waiting = len(self._held_back[peer]) if peer in self._held_back else 0
        return idle + waiting + self._in_hand[peer] < most

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        """Answer what cannot be read, and log what is wrong with it by the kind of the error alone."""
        host = addr[0] if addr else ""
        if isinstance(exc, ParseException):
            log.warning("A request from %s cannot be read: %s.", host, type(exc).__name__)
            status, reason = 400, "Bad Request"
        else:
            log.error("A request from %s fails.", host, exc_info=exc)
            status, reason = 500, "Internal Server Error"
        with suppress(OSError):
            write_error(client, status, reason, "")

    def _keepalive_after(self, conn: TConn, keepalive: bool) -> bool:
        try:
            return bool(super()._keepalive_after(conn, keepalive))  # type: ignore[misc]
        except OSError:
            return False

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
        try:
            body = application(environ, response.start_response)
        except OSError as error:
            # Chunks that are none: gunicorn would log them.
            raise error if error.errno else ConnectionResetError(errno.ECONNRESET, "broken off") from None
        try:
            for piece in body:
                response.write(piece)
            response.close()
        finally:
            if hasattr(body, "close"):
                body.close()
        return not response.should_close()


def _peer(conn: TConn) -> str:
    """The address at the other end."""
    return cast("tuple[str, int]", conn.client)[0]
