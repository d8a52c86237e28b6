"""The Flask application that terminals call. It decides nothing: `desk` and `service` do."""

from __future__ import annotations

import asyncio
import errno
import threading
import time
from collections.abc import Sequence
from typing import Protocol

from flask import Flask, Response, request

from attendance.ids import SerialNumber
from collector.gateway.desk import Admission, Standing
from collector.gateway.service import LATER, Answer, GatewayService
from config.addresses import IpNetwork, caller, networks
from config.settings import GatewaySettings
from devices.adms.errors import MalformedRequest
from devices.adms.query import parse_query
from devices.adms.requests import AttLog, RealTimeLog, parse_request

HEALTH_PATH = "/healthz"
DRAINED = 64 * 1024
"""Bytes of a body that are read and dropped when its sender is not heard, so that it hears our answer."""

SHORTEST_LINE = 16
"""Bytes; a punch has more. A body of shorter lines holds no punches, and each would be kept as unreadable."""

MALFORMED = Answer(400, b"malformed\n")
NOT_HERE = Answer(404, b"nothing here\n")
TOO_LARGE = Answer(413, b"too large\n")
INCOMPLETE = Answer(400, b"incomplete\n")
UNMEASURED = Answer(411, b"length\n")
NOT_HEARD = {
    Standing.PENDING: Answer(403, b"waits for approval\n"),
    Standing.REFUSED: Answer(403, b"refused\n"),
    Standing.TOO_OFTEN: Answer(429, b"later\n"),
}


class Runner(Protocol):
    """What brings a request's work into the service's event loop."""

    @property
    def service(self) -> GatewayService:
        """The service."""
        ...

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """Its event loop, running in another thread."""
        ...


def create_app(settings: GatewaySettings, runner: Runner) -> Flask:
    """The application. Every path below /iclock is answered, as terminals expect it of their server."""
    app = Flask(__name__, static_folder=None)
    app.url_map.merge_slashes = False
    app.config.update(PROPAGATE_EXCEPTIONS=True)
    front = _Front(settings, runner)

    @app.route("/", defaults={"path": ""}, methods=["GET", "POST"], provide_automatic_options=False)
    @app.route("/<path:path>", methods=["GET", "POST"], provide_automatic_options=False)
    def receive(path: str) -> Response:
        answer = front.answer(f"/{path}")
        return Response(answer.body, answer.status, content_type="text/plain")

    return app


class _Front:
    """From an HTTP request to a parsed one, within the limits."""

    def __init__(self, settings: GatewaySettings, runner: Runner) -> None:
        self._settings = settings
        self._runner = runner
        self._proxies: Sequence[IpNetwork] = networks(settings.trusted_proxies)
        self._hands = threading.BoundedSemaphore(settings.queue)
        self._patience = settings.request_timeout.total_seconds()

    def answer(self, path: str) -> Answer:
        """Hangs up without a word while the machine's clock is doubtful: any answer carries a Date."""
        service = self._runner.service
        if service.guard.doubt() is not None:
            raise ConnectionResetError(errno.ECONNRESET, "the clock is doubtful")
        if path == HEALTH_PATH:
            return Answer(200, b"well\n")
        if not self._hands.acquire(blocking=False):
            return LATER
        try:
            answer = self._heard(path)
        except MalformedRequest:
            answer = MALFORMED if path.startswith("/iclock") else NOT_HERE
        finally:
            self._hands.release()
        if service.guard.doubt() is not None:
            raise ConnectionResetError(errno.ECONNRESET, "the clock became doubtful meanwhile")
        return answer

    def _heard(self, path: str) -> Answer:
        """Raises `MalformedRequest`."""
        query = request.environ.get("QUERY_STRING", "").encode("latin-1", "replace")
        serial = SerialNumber(parse_query(query).serial)
        address = caller(request.remote_addr or "", request.headers.get("X-Forwarded-For", ""), self._proxies)
        service = self._runner.service
        admission = service.desk.admit(serial, address, time.monotonic())
        if admission.terminal is None:
            return self._unheard(path, serial, address, admission)
        length = request.content_length
        if length is not None and length > self._settings.max_body:
            return TOO_LARGE
        body = request.environ["wsgi.input"].read(self._settings.max_body + 1)
        if max(len(body), SHORTEST_LINE * body.count(b"\n")) > self._settings.max_body:
            return TOO_LARGE
        if length is not None and len(body) < length:
            # Whether the line broke or the length is wrong, nobody can know: what is missing would be lost.
            service.desk.say_once(serial, address, "at %s sends less than it announces: nothing is taken.")
            return INCOMPLETE
        parsed = parse_request(request.method, path, query, body)
        measured = length is not None or "Transfer-Encoding" in request.headers
        if isinstance(parsed, AttLog | RealTimeLog) and not measured:
            # Without a length HTTP has no body: "OK: 0" would be taken for an acknowledgement of it.
            return UNMEASURED
        work = service.answer(parsed, admission.terminal, address)
        waiting = asyncio.run_coroutine_threadsafe(work, self._runner.loop)
        try:
            return waiting.result(self._patience)
        except TimeoutError:
            # What is queued may be committed yet; not acknowledged, it comes again and adds nothing.
            waiting.cancel()
            return LATER

    def _unheard(self, path: str, serial: SerialNumber, address: str, admission: Admission) -> Answer:
        request.environ["wsgi.input"].read(DRAINED)
        parse_request("GET", path, b"SN=" + serial.encode())
        if admission.standing is Standing.PENDING:
            asyncio.run_coroutine_threadsafe(
                self._runner.service.stranger(serial, address), self._runner.loop
            )
        return NOT_HEARD[admission.standing]
