"""Pairing asked over HTTP, as a wall's browser asks it, and as nobody should."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.test import TestResponse

import wallboard.pairing as over_http
from config.clock import SystemClock
from config.sections import WallSettings
from store import Store
from store.wall_pairings import MOST_OF_ADDRESS
from store.wall_secrets import COOKIE, typed
from store.wall_tables import wall_pairings
from store.walls import WallFacts
from tests.support.waiting import PATIENCE
from wallboard.pairing import PAIRING_COOKIE, caller, create_pairing

ASKED_BY_THE_PAGE = {"X-Presensi": "1"}
ROOM = WallFacts("Ruang Wali Kota")


class Browser:
    """A wall's browser; of one address, with cookies of its own."""

    def __init__(self, app: Flask, address: str = "10.1.1.1") -> None:
        self.http: FlaskClient = app.test_client()
        self._environment = {"REMOTE_ADDR": address}

    def post(self, path: str, *, url: str = "http://wall/", **headers: str) -> TestResponse:
        return self.http.post(
            path,
            base_url=url,
            headers=ASKED_BY_THE_PAGE | headers,
            environ_overrides=self._environment,
        )

    def begin(self) -> str:
        answer = self.post("/pair/begin")
        assert answer.status_code == 200, answer.text
        code = typed(answer.json["code"])  # type: ignore[index]
        assert code is not None
        return code

    def claim(self) -> TestResponse:
        return self.post("/pair/claim")

    def cookie(self, name: str, path: str) -> str | None:
        found = self.http.get_cookie(name, domain="wall", path=path)
        return None if found is None else found.value

    def credential(self) -> str | None:
        return self.cookie(COOKIE, "/")


@pytest.fixture
def app(store: Store) -> Flask:
    made = Flask("wall")
    made.register_blueprint(create_pairing(store, SystemClock(), WallSettings(pairing_minutes=15)))

    @made.get("/")
    def index() -> str:
        return "page"

    return made


@pytest.fixture
def browser(app: Flask) -> Browser:
    return Browser(app)


Confirm = Callable[[str], None]


@pytest.fixture
def confirm(store: Store) -> Confirm:
    def confirmed(code: str) -> None:
        now = datetime.now(UTC)
        assert store.pairings.confirm(code, ROOM, by="ani", at=now, now=now) is not None

    return confirmed


def test_a_screen_shows_a_code_waits_and_is_paired(browser: Browser, confirm: Confirm, store: Store) -> None:
    code = browser.begin()
    waiting = browser.claim()
    assert (waiting.status_code, waiting.json["state"]) == (202, "waiting")  # type: ignore[index]
    assert 0 < waiting.json["seconds"] <= 900  # type: ignore[index]
    assert browser.credential() is None
    confirm(code)
    paired = browser.claim()
    assert (paired.status_code, paired.json) == (200, {"state": "paired", "name": "Ruang Wali Kota"})
    assert browser.credential() is not None
    wall = store.walls.by_credential(browser.credential() or "")
    assert wall is not None
    assert wall.name == "Ruang Wali Kota"


def test_the_code_is_shown_in_two_groups_with_the_time_that_is_left(browser: Browser) -> None:
    answer = browser.post("/pair/begin").json
    assert answer is not None
    assert (len(answer["code"]), answer["code"][3], answer["seconds"]) == (7, "-", 900)


def test_loading_the_page_again_keeps_the_code(browser: Browser) -> None:
    assert browser.begin() == browser.begin()


def test_no_script_reads_the_secrets_and_no_other_site_sends_them(browser: Browser, confirm: Confirm) -> None:
    begun = browser.post("/pair/begin")
    confirm(typed(begun.json["code"]) or "")  # type: ignore[index]
    for answer, name in ((begun, PAIRING_COOKIE), (browser.claim(), COOKIE)):
        [cookie] = [header for header in answer.headers.getlist("Set-Cookie") if header.startswith(name)]
        assert "HttpOnly" in cookie
        assert "SameSite=Strict" in cookie
        assert "Secure" not in cookie
        assert answer.headers["Cache-Control"] == "no-store"
        assert cookie.split("=", 1)[1].split(";")[0] not in answer.text


def test_over_https_the_cookies_travel_over_https_only(app: Flask) -> None:
    answer = Browser(app).post("/pair/begin", url="https://wall/")
    assert "Secure" in answer.headers["Set-Cookie"]


@pytest.mark.parametrize("path", ["/pair/begin", "/pair/claim", "/pair/forget"])
def test_a_request_that_another_sites_page_could_send_is_refused(
    path: str, browser: Browser, store: Store
) -> None:
    for headers in ({}, {"X-Presensi": "0"}):
        assert browser.http.post(path, headers=headers).status_code == 403
    assert browser.http.get(path, headers=ASKED_BY_THE_PAGE).status_code == 405
    assert store.pairings.waiting(datetime.now(UTC)) == []


def test_another_site_cannot_make_a_wall_forget_itself(
    browser: Browser, confirm: Confirm, store: Store
) -> None:
    confirm(browser.begin())
    browser.claim()
    assert browser.http.post("/pair/forget", base_url="http://wall/").status_code == 403
    assert not store.walls.devices()[0].revoked


def test_without_the_secret_nobody_claims_anything(app: Flask, confirm: Confirm) -> None:
    screen, thief = Browser(app), Browser(app)
    confirm(screen.begin())
    assert (thief.claim().status_code, thief.claim().json) == (410, {"state": "expired"})
    for guess in ("", "x" * 43, "0", "ü", "a" * 4000):
        thief.http.set_cookie(PAIRING_COOKIE, guess, domain="wall", path="/pair")
        assert thief.claim().status_code == 410
    assert thief.credential() is None
    assert screen.claim().status_code == 200


def test_an_old_secret_is_worth_nothing_once_the_wall_was_seen(
    browser: Browser, confirm: Confirm, store: Store
) -> None:
    confirm(browser.begin())
    secret = browser.cookie(PAIRING_COOKIE, "/pair")
    assert secret is not None
    assert browser.claim().status_code == 200
    assert browser.cookie(PAIRING_COOKIE, "/pair") is None
    store.walls.seen([store.walls.devices()[0].id], datetime.now(UTC))
    browser.http.set_cookie(PAIRING_COOKIE, secret, domain="wall", path="/pair")
    assert browser.claim().status_code == 410


def test_a_code_that_expired_is_given_up_and_a_new_one_begun(browser: Browser, store: Store) -> None:
    before = browser.begin()
    with store.database.write() as connection:
        connection.execute(update(wall_pairings).values(expires_at=datetime.now(UTC) - timedelta(seconds=1)))
    answer = browser.claim()
    assert (answer.status_code, answer.json) == (410, {"state": "expired"})
    assert browser.cookie(PAIRING_COOKIE, "/pair") is None
    assert browser.begin() != before


def test_opening_the_page_renews_the_credential_and_no_made_up_one(
    app: Flask, browser: Browser, confirm: Confirm, store: Store
) -> None:
    confirm(browser.begin())
    browser.claim()
    answer = browser.http.get("/", base_url="http://wall/")
    assert f"{COOKIE}={browser.credential()}" in answer.headers["Set-Cookie"]
    assert "Max-Age=34560000" in answer.headers["Set-Cookie"]
    assert answer.cache_control.private
    stranger = Browser(app)
    assert "Set-Cookie" not in stranger.http.get("/", base_url="http://wall/").headers
    stranger.http.set_cookie(COOKIE, "x" * 43, domain="wall")
    assert "Set-Cookie" not in stranger.http.get("/", base_url="http://wall/").headers
    store.walls.revoke(store.walls.devices()[0].id, by="ani", why="dicuri", at=datetime.now(UTC))
    assert "Set-Cookie" not in browser.http.get("/", base_url="http://wall/").headers


def test_a_wall_that_forgets_itself_is_revoked_by_itself(
    browser: Browser, confirm: Confirm, store: Store
) -> None:
    confirm(browser.begin())
    browser.claim()
    assert browser.post("/pair/forget").status_code == 204
    assert browser.credential() is None
    [record] = store.walls.records()
    assert (record.revoked_by, record.revoked_why) == (f"wall:{record.device.id}", "by itself")
    assert browser.post("/pair/forget").status_code == 204


def test_a_wall_that_is_paired_anew_is_no_longer_the_old_one(
    browser: Browser, confirm: Confirm, store: Store
) -> None:
    for _ in range(2):
        confirm(browser.begin())
        assert browser.claim().status_code == 200
    assert [device.revoked for device in store.walls.devices()] == [True, False]
    wall = store.walls.by_credential(browser.credential() or "")
    assert wall == store.walls.devices()[1]


def until_refused(ask: Callable[[], TestResponse]) -> TestResponse:
    """The first refusal of somebody who asks again and again: on a busy machine that is slow to come."""
    deadline = time.monotonic() + PATIENCE
    while (answer := ask()).status_code != 429:
        assert time.monotonic() < deadline, "nobody is refused"
    return answer


def test_who_begins_too_often_waits(app: Flask, store: Store) -> None:
    for _ in range(over_http.BEGINS_AT_ONCE):
        Browser(app).post("/pair/begin")
    refused = until_refused(lambda: Browser(app).post("/pair/begin"))
    assert refused.headers["Retry-After"]
    assert len(store.pairings.waiting(datetime.now(UTC))) == MOST_OF_ADDRESS
    assert Browser(app, "10.1.1.2").post("/pair/begin").status_code == 200


def test_who_claims_too_often_waits(app: Flask) -> None:
    screen = Browser(app)
    assert screen.claim().status_code == 410
    until_refused(screen.claim)


def test_an_ipv6_caller_is_its_network() -> None:
    assert caller("2001:db8:1:2:aaaa::1") == caller("2001:db8:1:2::ffff") == "2001:db8:1:2::/64"
    assert caller("::1") == "::/64"
    assert caller("::ffff:10.1.1.1") == caller("10.1.1.1") == "10.1.1.1"
    assert caller(None) == caller("nobody") == "unknown"


def test_no_secret_is_logged(browser: Browser, confirm: Confirm, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    code = browser.begin()
    secret = browser.cookie(PAIRING_COOKIE, "/pair")
    assert secret is not None
    confirm(code)
    browser.claim()
    credential = browser.credential()
    browser.post("/pair/forget")
    assert credential is not None
    logged = " ".join(f"{record.getMessage()} {record.args}" for record in caplog.records)
    assert secret not in logged
    assert credential not in logged
    assert code not in logged


def test_while_the_database_is_away_the_screen_is_told_to_wait_and_the_page_is_shown(
    app: Flask, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    from store import StoreUnavailable

    def away(*_: object, **__: object) -> None:
        raise StoreUnavailable("away")

    monkeypatch.setattr(store.pairings, "begin", away)
    monkeypatch.setattr(store.walls, "by_credential", away)
    browser = Browser(app)
    answer = browser.post("/pair/begin")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    browser.http.set_cookie(COOKIE, "x" * 43, domain="wall")
    assert browser.http.get("/", base_url="http://wall/").status_code == 200
