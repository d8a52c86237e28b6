"""The wall's process behind a proxy: each screen is known by its own address, and none can make one up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests
import websocket

from store import Store, open_store
from store.wall_pairings import MOST_OF_ADDRESS
from tests.support.mornings import OFFICE, settled
from tests.support.waiting import PATIENCE
from tests.support.wall_process import WallProcess
from wallboard.pairing import PAIRING_COOKIE

TOKEN = "t" * 40


@pytest.fixture
def city(sqlite_url: str) -> Iterator[Store]:
    store = settled(open_store(sqlite_url))
    yield store
    store.close()


def started(folder: Path, url: str, trusted: str, settings: str = "") -> WallProcess:
    wall = f"trusted_proxies = {trusted}"
    process = WallProcess(folder, url, unpaired="names", wall=wall, settings=settings)
    process.start()
    return process


@pytest.fixture
def trusting(city: Store, sqlite_url: str, tmp_path: Path) -> Iterator[WallProcess]:
    process = started(tmp_path, sqlite_url, '["127.0.0.1", "10.0.1.0/24"]')
    yield process
    process.stop()


@pytest.fixture
def distrusting(city: Store, sqlite_url: str, tmp_path: Path) -> Iterator[WallProcess]:
    process = started(tmp_path, sqlite_url, '["10.0.1.0/24"]')
    yield process
    process.stop()


def begin(process: WallProcess, **headers: str) -> requests.Response:
    """A screen asks for a code, as the page does; underscores stand for hyphens."""
    told = {"X-Presensi": "1"} | {name.replace("_", "-"): value for name, value in headers.items()}
    return requests.post(f"{process.url}/pair/begin", headers=told, timeout=PATIENCE)


def waiting(store: Store) -> set[str]:
    return {screen.address for screen in store.pairings.waiting(datetime.now(UTC))}


def look_at_names(process: WallProcess, *, forwarded_for: str) -> None:
    """A screen's browser, by way of the proxy, opens an office with its names."""
    line = websocket.create_connection(
        process.url.replace("http", "ws") + "/socket.io/?EIO=4&transport=websocket",
        timeout=PATIENCE,
        origin="https://papan.example",
        host="papan.example",
        header={"X-Forwarded-For": forwarded_for, "X-Forwarded-Proto": "https"},
    )
    line.recv()
    line.send("40")
    line.send(f'42["join",{{"scope":"{OFFICE}"}}]')
    while not str(line.recv()).startswith('42["snapshot"'):
        pass
    line.close()


def test_each_screen_is_known_by_its_own_address(city: Store, trusting: WallProcess) -> None:
    begin(trusting, X_Forwarded_For="192.0.2.7")
    begin(trusting, X_Forwarded_For="192.0.2.8, 10.0.1.5")
    begin(trusting, X_Forwarded_For="2001:db8::7")
    begin(trusting)
    assert waiting(city) == {"192.0.2.7", "192.0.2.8", "2001:db8::/64", "127.0.0.1"}
    look_at_names(trusting, forwarded_for="192.0.2.9")
    actors = {entry.actor for entry in city.audit.latest() if entry.action == "names.viewed"}
    assert actors == {"screen:192.0.2.9"}


def test_one_building_full_of_screens_leaves_room_for_the_next(city: Store, trusting: WallProcess) -> None:
    for _ in range(MOST_OF_ADDRESS + 5):
        begin(trusting, X_Forwarded_For="192.0.2.7")
    assert begin(trusting, X_Forwarded_For="192.0.2.8").status_code == 200
    assert waiting(city) == {"192.0.2.7", "192.0.2.8"}


def test_nobody_makes_up_an_address(city: Store, trusting: WallProcess) -> None:
    begin(trusting, X_Forwarded_For="10.9.9.9, 192.0.2.7")
    assert waiting(city) == {"192.0.2.7"}


def test_a_cookie_is_for_https_alone_once_our_proxy_says_so(trusting: WallProcess) -> None:
    over_https = begin(trusting, X_Forwarded_For="192.0.2.7", X_Forwarded_Proto="https")
    assert PAIRING_COOKIE in over_https.headers["Set-Cookie"]
    assert "; Secure" in over_https.headers["Set-Cookie"]
    plain = begin(trusting, X_Forwarded_For="192.0.2.7", X_Forwarded_Proto="http")
    assert "Secure" not in plain.headers["Set-Cookie"]


def test_a_peer_that_is_no_proxy_of_ours_speaks_for_itself_alone(
    city: Store, distrusting: WallProcess
) -> None:
    answer = begin(distrusting, X_Forwarded_For="192.0.2.7", X_Forwarded_Proto="https")
    assert "Secure" not in answer.headers["Set-Cookie"]
    assert waiting(city) == {"127.0.0.1"}
    look_at_names(distrusting, forwarded_for="192.0.2.9")
    assert {entry.actor for entry in city.audit.latest()} == {"screen:127.0.0.1"}


def test_the_api_takes_its_callers_for_who_they_are(city: Store, sqlite_url: str, tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text(TOKEN, "utf-8")
    token.chmod(0o600)
    api = f'[api]\ntoken_file = "{token}"\nnetworks = ["192.0.2.0/24"]\n'
    process = started(tmp_path, sqlite_url, '["127.0.0.1"]', api)
    try:
        for address, status in (("192.0.2.7", 200), ("198.51.100.1", 403), ("192.0.2.7, 198.51.100.1", 403)):
            answer = requests.get(
                f"{process.url}/api/v1/shift-roster?month=2026-11",
                headers={"Authorization": f"Bearer {TOKEN}", "X-Forwarded-For": address},
                timeout=PATIENCE,
            )
            assert answer.status_code == status, answer.text
        assert {entry.actor for entry in city.audit.latest()} == {"api 192.0.2.7"}
    finally:
        process.stop()
