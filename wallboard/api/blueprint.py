"""The API's routes: who may call, how often, and what is answered."""

from __future__ import annotations

import json
import logging
import math
import time
from datetime import date, timedelta
from ipaddress import ip_address, ip_network

from flask import Blueprint, Response, jsonify, request
from werkzeug.exceptions import HTTPException

from attendance.ids import PersonId
from attendance.roster import RosterIndex
from config.clock import Clock
from config.errors import ConfigError
from config.rate_limit import RateLimit
from config.sections import ApiSettings
from store import Store, StoreError
from wallboard.api.roster_rows import MOST_ROWS, Known, RosterRows
from wallboard.api.token import ApiToken

log = logging.getLogger(__name__)

PREFIX = "/api/v1"
MAX_BODY = 2 * 1024 * 1024
BURST = 10
"""Requests that one address may make at once."""

Answer = tuple[Response, int]


class Refused(Exception):
    """A request that is not carried out."""

    def __init__(self, status: int, error: str, remedy: str, **more: object) -> None:
        super().__init__(error)
        self.status = status
        self.body = {"error": error, "remedy": remedy, **more}
        self.headers: dict[str, str] = {}


def create_api(store: Store, clock: Clock, token: ApiToken, settings: ApiSettings) -> Blueprint:
    """The routes below `PREFIX`."""
    api = Blueprint("api", __name__, url_prefix=PREFIX)
    guard = _Guard(token, settings)
    rosters = _Rosters(store, clock)

    @api.put("/shift-roster")
    def put_roster() -> Answer:
        return jsonify(rosters.put(_json_list(), guard.caller())), 200

    @api.get("/shift-roster")
    def get_roster() -> Answer:
        month = _month(request.args.get("month", ""))
        return jsonify(rosters.get(month, request.args.get("unit"), guard.caller())), 200

    @api.route("/", defaults={"path": ""}, methods=_METHODS)
    @api.route("/<path:path>", methods=_METHODS)
    def nothing_here(path: str) -> Answer:
        if path == "shift-roster":
            raise Refused(405, "this method is not known here", "use GET or PUT")
        raise Refused(404, "there is nothing here", f"use {PREFIX}/shift-roster")

    api.before_request(guard.check)

    @api.after_request
    def keep_no_copy(response: Response) -> Response:
        response.cache_control.no_store = True
        return response

    @api.errorhandler(Refused)
    def refused(error: Refused) -> Response:
        response = jsonify(error.body)
        response.status_code = error.status
        response.headers.update(error.headers)
        return response

    @api.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> Answer:
        if error.code == 413:
            return _error(f"the body is larger than {MAX_BODY} bytes", "send the roster in parts", 413)
        return _error(error.name, "see docs/operator.md", error.code or 500)

    @api.errorhandler(Exception)
    def fault(error: Exception) -> Answer:
        # The type alone: a message may hold values of the request.
        log.error("the API failed: %s", type(error).__name__)
        if isinstance(error, StoreError | ConfigError):
            return _error("the service is not ready", "try again later; its log says why", 503)
        return _error("something unforeseen happened", "report it; nothing was entered", 500)

    return api


_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


class _Guard:
    """Lets nobody in who calls too often, from elsewhere, or without the token."""

    def __init__(self, token: ApiToken, settings: ApiSettings) -> None:
        self._token = token
        self._networks = [ip_network(network) for network in settings.networks]
        self._rate = settings.rate
        self._limit = RateLimit(settings.rate, BURST)

    def check(self) -> None:
        """Before every request. Raises `Refused`, and `ConfigError` when the token file cannot be used."""
        request.max_content_length = MAX_BODY
        caller = request.remote_addr or ""
        if not self._limit.take(caller, time.monotonic()):
            refused = Refused(429, "too many requests", "wait, then send less often")
            refused.headers["Retry-After"] = str(math.ceil(1 / self._rate))
            raise refused
        if self._networks and not self._known(caller):
            raise Refused(403, "this address may not call", "add its network to [api] networks")
        if not self._token.right(request.headers.get("Authorization")):
            refused = Refused(401, "the token is missing or wrong", "send Authorization: Bearer TOKEN")
            refused.headers["WWW-Authenticate"] = "Bearer"
            raise refused

    def caller(self) -> str:
        """Who to name in the audit log."""
        return f"api {request.remote_addr}"

    def _known(self, caller: str) -> bool:
        try:
            address = ip_address(caller)
        except ValueError:
            return False
        return any(address in network for network in self._networks)


class _Rosters:
    """Shift rosters by HTTP."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def put(self, rows: list[object], caller: str) -> dict[str, object]:
        """Enter all rows or none. Raises `Refused` with the faults."""
        read = RosterRows(Known.of(self._store.people.numbers(), self._store.shifts.shifts()))
        read.read(rows)
        if read.faults:
            raise Refused(
                422,
                "the roster has faults; nothing was entered",
                "correct them and send it again",
                faults=[fault.told() for fault in read.faults],
            )
        changed = self._store.shifts.set_entries(read.entries, by=caller, at=self._clock.now())
        return {"rows": len(rows), "changed": changed}

    def get(self, month: tuple[date, date], unit_code: str | None, caller: str) -> dict[str, object]:
        """What was entered for a month; with `unit_code` of people who serve there or below on its first or
        last day. Raises `Refused`.
        """
        first, last = month
        people = None if unit_code is None else self._people(unit_code, first) | self._people(unit_code, last)
        entries = self._store.shifts.entries_between(first, last, people)
        nips = {number: nip for nip, number in self._store.people.numbers().items()}
        detail = f"{first:%Y-%m}, unit {unit_code or 'all'}: {len(entries)} rows"
        self._store.audit.append(caller, "roster.read", "roster", detail, at=self._clock.now())
        return {
            "month": f"{first:%Y-%m}",
            "unit": unit_code,
            "rows": [
                {
                    "nip": nips[entry.person_id],
                    "day": entry.day.isoformat(),
                    "codes": list(entry.codes),
                    "on_call": entry.on_call,
                    "reference": entry.reference,
                }
                for entry in entries
            ],
        }

    def _people(self, code: str, day: date) -> frozenset[PersonId]:
        index = RosterIndex(self._store.roster.load(day))
        if code not in {unit.code for unit in index.units.values()}:
            raise Refused(404, "no unit has that code", "give a code as in the units sheet")
        found = ((person_id, index.unit_of(person_id)) for person_id in index.people)
        return frozenset(
            person_id
            for person_id, unit_id in found
            if unit_id is not None and any(unit.code == code for unit in index.path(unit_id))
        )


def _json_list() -> list[object]:
    if request.mimetype != "application/json":
        raise Refused(415, "the body is no JSON", "send Content-Type: application/json")
    try:
        body = json.loads(request.get_data(cache=False))
    except (ValueError, RecursionError):
        raise Refused(422, "the body is no JSON", "send a list of rows as JSON in UTF-8") from None
    if not isinstance(body, list) or not body:
        raise Refused(422, "the body is no list of rows", 'send [{"nip": …, "day": …, "codes": […], …}, …]')
    if len(body) > MOST_ROWS:
        raise Refused(422, f"more than {MOST_ROWS} rows", "send the roster in parts")
    return body


def _month(text: str) -> tuple[date, date]:
    try:
        if len(text) != 7:
            raise ValueError
        first = date.fromisoformat(f"{text}-01")
        last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    except (ValueError, OverflowError):
        raise Refused(422, "month is not a month", "write it as in ?month=2017-01") from None
    return first, last


def _error(error: str, remedy: str, status: int) -> Answer:
    return jsonify(error=error, remedy=remedy), status
