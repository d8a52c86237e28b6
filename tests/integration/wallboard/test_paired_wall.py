"""A screen's whole life on a real server: a code, a person at the console, names, a change, the end."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from click.testing import CliRunner

from presensi.cli import cli
from store import Store
from store.wall_secrets import COOKIE
from tests.support.ordered_client import OrderedScreen
from tests.support.revoking import ATTEMPTS
from tests.support.rosters import plant, small_roster
from tests.support.waiting import PATIENCE
from tests.support.wall_process import WallProcess

WITHIN = 2.0
"""Seconds within which a wall follows what somebody decided about it."""

Message = dict[str, Any]


@pytest.fixture
def server(tmp_path: Path, store: Store, database_url: str) -> Iterator[WallProcess]:
    plant(store, small_roster())
    process = WallProcess(tmp_path, database_url, unpaired="nothing")
    process.start()
    try:
        yield process
    finally:
        process.stop()


def presensi(database_url: str, *arguments: str) -> str:
    environment = {"PRESENSI_STORE_URL": database_url}
    done = CliRunner().invoke(cli, ["wall", *arguments], env=environment)
    assert done.exit_code == 0, done.output
    return done.output


class Screen:
    """A browser: its cookies, and its connection."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._http = requests.Session()
        self._socket = OrderedScreen()

    def post(self, path: str) -> requests.Response:
        return self._http.post(f"{self._url}{path}", headers={"X-Presensi": "1"}, timeout=PATIENCE)

    def connect(self) -> Message:
        """Connect as who the cookie says, and give the server's first word."""
        self._socket = OrderedScreen()
        credential = self._http.cookies.get(COOKIE)
        headers = {} if credential is None else {"Cookie": f"{COOKIE}={credential}"}
        self._socket.connect(self._url, headers=headers, transports=["websocket"], wait_timeout=PATIENCE)
        return self.told("hello")

    def told(self, event: str) -> Message:
        """The next message of that kind."""
        deadline = time.monotonic() + PATIENCE
        while True:
            name, *data = self._socket.receive(timeout=max(0.001, deadline - time.monotonic()))
            if name == event:
                return data[0] if data else {}

    def join(self, scope: str) -> None:
        self._socket.emit("join", {"scope": scope})

    def leave(self) -> None:
        self._socket.disconnect()


def test_a_screen_is_paired_changed_and_revoked(server: WallProcess, store: Store, database_url: str) -> None:
    screen = Screen(server.url)
    hello = screen.connect()
    assert (hello["level"], hello["wall"]) == ("nothing", None)
    screen.join("city")
    assert screen.told("error")["code"] == "forbidden"
    screen.leave()

    code = screen.post("/pair/begin").json()["code"]
    assert screen.post("/pair/claim").status_code == 202
    presensi(database_url, "pair", code, "--name", "Ruang Wali Kota", "--names", "--theme", "dark")
    assert screen.post("/pair/claim").json() == {"state": "paired", "name": "Ruang Wali Kota"}
    hello = screen.connect()
    assert hello["level"] == "names"
    assert (hello["wall"]["name"], hello["wall"]["theme"], hello["root"]) == (
        "Ruang Wali Kota",
        "dark",
        "city",
    )
    screen.join("office:2")
    rows = screen.told("snapshot")["rows"]
    assert rows["p:1"]["name"] == "Orang 1"
    assert "names.viewed" in {line.action for line in store.audit.latest()}

    took = []
    for name in (f"Lobi {number}" for number in range(ATTEMPTS)):
        presensi(database_url, "change", "1", "--counts", "--name", name)
        began = time.monotonic()
        hello = screen.told("hello")
        took.append(time.monotonic() - began)
        assert (hello["level"], hello["wall"]["name"]) == ("counts", name)
    assert min(took) < WITHIN, took

    presensi(database_url, "revoke", "1", "--reason", "dijual")
    screen.told("revoked")
    screen.leave()
    assert screen.connect()["level"] == "nothing"
    screen.leave()


def test_a_wall_that_was_connected_is_seen_and_its_pairing_gone(
    server: WallProcess, store: Store, database_url: str
) -> None:
    screen = Screen(server.url)
    code = screen.post("/pair/begin").json()["code"]
    presensi(database_url, "pair", code, "--name", "Lobi")
    assert screen.post("/pair/claim").status_code == 200
    screen.connect()
    deadline = time.monotonic() + PATIENCE
    while store.walls.records()[0].seen_at is None:
        assert time.monotonic() < deadline, "the wall was never seen"
        time.sleep(0.1)
    screen.leave()


def test_the_page_itself_renews_the_credential(server: WallProcess, database_url: str) -> None:
    screen = Screen(server.url)
    code = screen.post("/pair/begin").json()["code"]
    presensi(database_url, "pair", code, "--name", "Lobi")
    assert screen.post("/pair/claim").status_code == 200
    page = screen._http.get(f"{server.url}/", timeout=PATIENCE)
    assert COOKIE in page.headers["Set-Cookie"]
    assert "no-cache" in page.headers["Cache-Control"]
    assert "private" in page.headers["Cache-Control"]
