"""Pairing over HTTP: a screen asks for a code, and then again and again whether somebody confirmed it.

    POST /pair/begin    200 {"code", "seconds"}   and a cookie with the pairing's secret
    POST /pair/claim    202 {"state": "waiting", "seconds"}
                        200 {"state": "paired", "name"}   and a cookie with the wall's credential
                        410 {"state": "expired"}
    POST /pair/forget   204   the wall revokes itself

Only the wall's own page may ask: another site's page can neither set the header `X-Presensi`, nor read an
answer, nor make the browser send these cookies along.
"""

from __future__ import annotations

import logging
import math
import time
from datetime import UTC, datetime, timedelta
from ipaddress import IPv6Address, IPv6Network, ip_address

from flask import Blueprint, Response, jsonify, request

from config.clock import Clock
from config.rate_limit import RateLimit
from config.sections import WallSettings
from store import Store, StoreError
from store.wall_pairings import FETCH, Paired
from store.wall_secrets import COOKIE, shown
from store.walls import subject

log = logging.getLogger(__name__)

PAIRING_COOKIE = "presensi_pairing"
PAIRING_PATH = "/pair"
REMEMBERED = timedelta(days=400)
"""How long a browser keeps a credential; browsers allow no longer. Each opening of the page renews it."""
HEADER = "X-Presensi"

BEGINS_A_SECOND = 0.5
BEGINS_AT_ONCE = 60
"""Of one address: a building's screens, switched on together behind one proxy."""
CLAIMS_A_SECOND = 20.0
CLAIMS_AT_ONCE = 100
WAIT_SECONDS = 10
"""After how long one who asked too often should ask again."""

Answer = tuple[Response, int]


def create_pairing(store: Store, clock: Clock, settings: WallSettings) -> Blueprint:
    """The routes above; and the credential's cookie is renewed whenever `/` is opened."""
    pairing = Blueprint("pairing", __name__, url_prefix=PAIRING_PATH)
    desk = _Desk(store, clock, timedelta(minutes=settings.pairing_minutes))
    begins = RateLimit(BEGINS_A_SECOND, BEGINS_AT_ONCE)
    claims = RateLimit(CLAIMS_A_SECOND, CLAIMS_AT_ONCE)

    @pairing.before_request
    def check() -> Answer | None:
        if request.headers.get(HEADER) != "1":
            return _error("only the wall's own page may ask for this", 403)
        limit = claims if request.endpoint == "pairing.claim" else begins
        return None if limit.take(caller(request.remote_addr), time.monotonic()) else _too_many()

    @pairing.post("/begin")
    def begin() -> Answer:
        return desk.begin()

    @pairing.post("/claim")
    def claim() -> Answer:
        return desk.claim()

    @pairing.post("/forget")
    def forget() -> Answer:
        return desk.forget()

    @pairing.after_request
    def keep_no_copy(response: Response) -> Response:
        response.cache_control.no_store = True
        return response

    @pairing.errorhandler(Exception)
    def fault(error: Exception) -> Answer:
        away = isinstance(error, StoreError)
        # The type alone: a message may hold values of the request. The hub says that a database is away.
        log.log(logging.DEBUG if away else logging.ERROR, "pairing failed: %s", type(error).__name__)
        answer, status = _error("the service is not ready", 503 if away else 500)
        answer.headers["Retry-After"] = str(WAIT_SECONDS)
        return answer, status

    @pairing.after_app_request
    def renew(response: Response) -> Response:
        if request.path == "/" and response.status_code in (200, 304):
            desk.renew(response)
        return response

    return pairing


def caller(address: str | None) -> str:
    """Whom to count an address as: an IPv6 caller has a whole network of them (/64) to itself."""
    try:
        found = ip_address(address or "")
    except ValueError:
        return "unknown"
    if not isinstance(found, IPv6Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(IPv6Network((int(found), 64), strict=False))


class _Desk:
    """What the routes do; asked within a request."""

    def __init__(self, store: Store, clock: Clock, life: timedelta) -> None:
        self._store = store
        self._clock = clock
        self._life = life
        self._full = False

    def begin(self) -> Answer:
        now = datetime.now(UTC)
        secret = request.cookies.get(PAIRING_COOKIE)
        pairing = self._store.pairings.begin(
            caller(request.remote_addr), now=now, life=self._life, secret=secret
        )
        if self._full != (pairing is None):
            self._full = pairing is None
            log.warning("too many screens wait to be paired" if self._full else "screens can be paired again")
        if pairing is None:
            return _too_many()
        answer = jsonify(code=shown(pairing.code), seconds=_seconds(pairing.expires_at - now))
        _set(answer, PAIRING_COOKIE, pairing.secret, PAIRING_PATH, pairing.expires_at - now + FETCH)
        return answer, 200

    def claim(self) -> Answer:
        now = datetime.now(UTC)
        found = self._store.pairings.claim(request.cookies.get(PAIRING_COOKIE, ""), now=now)
        if found is None:
            answer = jsonify(state="expired")
            _clear(answer, PAIRING_COOKIE, PAIRING_PATH)
            return answer, 410
        if not isinstance(found, Paired):
            return jsonify(state="waiting", seconds=_seconds(found.expires_at - now)), 202
        self._leave(f"paired anew as {subject(found.wall_id)}", unless=found.credential)
        log.info("a screen is now %s", subject(found.wall_id))
        answer = jsonify(state="paired", name=found.name)
        _set(answer, COOKIE, found.credential, "/", REMEMBERED)
        _clear(answer, PAIRING_COOKIE, PAIRING_PATH)
        return answer, 200

    def forget(self) -> Answer:
        self._leave("by itself")
        answer = Response()
        _clear(answer, COOKIE, "/")
        return answer, 204

    def renew(self, response: Response) -> None:
        """Let the browser keep its credential longer, if that is still good. The page is shown regardless."""
        credential = request.cookies.get(COOKIE)
        if credential is None:
            return
        try:
            wall = self._store.walls.by_credential(credential)
        except StoreError:
            return
        if wall is not None and not wall.revoked:
            _set(response, COOKIE, credential, "/", REMEMBERED)
            response.cache_control.private = True

    def _leave(self, why: str, unless: str = "") -> None:
        """Revoke the wall that this browser was so far."""
        credential = request.cookies.get(COOKIE, "")
        if not credential or credential == unless:
            return
        wall = self._store.walls.by_credential(credential)
        if wall is not None:
            self._store.walls.revoke(wall.id, by=subject(wall.id), why=why, at=self._clock.now())


def _set(answer: Response, name: str, value: str, path: str, age: timedelta) -> None:
    answer.set_cookie(
        name,
        value,
        max_age=age,
        path=path,
        httponly=True,
        samesite="Strict",
        secure=request.is_secure,
    )


def _clear(answer: Response, name: str, path: str) -> None:
    answer.delete_cookie(name, path=path, httponly=True, samesite="Strict", secure=request.is_secure)


def _seconds(left: timedelta) -> int:
    return max(1, math.ceil(left.total_seconds()))


def _too_many() -> Answer:
    answer, status = _error("too many requests; wait, then ask again", 429)
    answer.headers["Retry-After"] = str(WAIT_SECONDS)
    return answer, status


def _error(error: str, status: int) -> Answer:
    return jsonify(error=error), status
