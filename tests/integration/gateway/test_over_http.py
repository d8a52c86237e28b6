"""The gateway as its own process: what only a real socket, a real clock and a real kill can show."""

from __future__ import annotations

import http.client
import random
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest

from config.clock import write_clock
from store import Store, open_store
from tests.support.databases import FreshDatabase
from tests.support.gateway_process import GatewayProcess
from tests.support.postgres import PostgresServer
from tests.support.push import attlog, eventually, record, register_push
from tests.support.waiting import PATIENCE

BATCH = 40
KILLS = 3
SEED = 20261123
FIRST = datetime(2026, 11, 16, 6, 0)
SETTINGS = 'delay = "1s"\nrate = 5000\nrequest_timeout = "2s"'
DELIVERED = 3 * PATIENCE
"""Hundreds of batches, each of them committed, by several terminals at once."""
Key = tuple[str, str, datetime]


class Pusher(threading.Thread):
    """A terminal that sends one batch after the other and, as terminals do, each until it is acknowledged."""

    def __init__(self, gateway: GatewayProcess, serial: str, batches: int) -> None:
        super().__init__(daemon=True)
        self.serial = serial
        self.batches = [
            [record(str(1000 + n), FIRST + timedelta(minutes=number, seconds=n)) for n in range(BATCH)]
            for number in range(batches)
        ]
        self.acknowledged = 0
        """Batches."""
        self._port = gateway.port
        self.start()

    def keys(self, batches: int) -> set[Key]:
        """Of the punches of the first so many batches."""
        return {(self.serial, one.pin, one.device_time) for batch in self.batches[:batches] for one in batch}

    def run(self) -> None:
        while self.acknowledged < len(self.batches):
            line = http.client.HTTPConnection("127.0.0.1", self._port, timeout=5)
            with suppress(OSError, http.client.HTTPException):
                line.request(
                    "POST",
                    f"/iclock/cdata?SN={self.serial}&table=ATTLOG&Stamp=9999",
                    attlog(*self.batches[self.acknowledged]),
                )
                answer = line.getresponse()
                if answer.status == 200 and answer.read() == f"OK: {BATCH}\n".encode():
                    self.acknowledged += 1
            line.close()
            time.sleep(0.002)


@contextmanager
def serving(folder: Path, url: str, settings: str = SETTINGS) -> Iterator[GatewayProcess]:
    gateway = GatewayProcess(folder, url, settings)
    gateway.start()
    try:
        yield gateway
    finally:
        gateway.stop()


def stored(store: Store) -> list[Key]:
    return sorted(store.punches.keys())


def test_killed_at_any_moment_it_has_acknowledged_nothing_that_is_not_stored(
    store: Store, database_url: str, tmp_path: Path
) -> None:
    for number in range(3):
        register_push(store, f"PUSH{number}")
    rng = random.Random(SEED)
    gateway = GatewayProcess(tmp_path, database_url, SETTINGS)
    gateway.start()
    pushers = [Pusher(gateway, f"PUSH{number}", 250) for number in range(3)]
    try:
        for _ in range(KILLS):
            time.sleep(rng.uniform(0.1, 0.5))
            gateway.kill()
            acknowledged = [(pusher, pusher.acknowledged) for pusher in pushers]
            keys = set(stored(store))
            for pusher, batches in acknowledged:
                assert pusher.keys(batches) <= keys, f"seed {SEED}"
            gateway.until_port_is_free(PATIENCE)
            gateway.start()
        for pusher in pushers:
            pusher.join(DELIVERED)
            assert pusher.acknowledged == len(pusher.batches)
        truth: set[Key] = set().union(*(pusher.keys(len(pusher.batches)) for pusher in pushers))
        assert stored(store) == sorted(truth)
    finally:
        gateway.stop()


@pytest.mark.postgres
def test_while_the_database_is_away_nothing_is_acknowledged_and_afterwards_all_is_there(
    postgres_url: str, postgres_server: PostgresServer, tmp_path: Path
) -> None:
    store = open_store(postgres_url)
    register_push(store, "PUSH0")
    with serving(tmp_path, postgres_url) as gateway:
        pusher = Pusher(gateway, "PUSH0", 300)
        eventually(lambda: pusher.acknowledged > 5)
        postgres_server.stop()
        time.sleep(0.3)
        before = pusher.acknowledged
        time.sleep(2.0)
        assert pusher.acknowledged - before <= 1
        postgres_server.start()
        pusher.join(DELIVERED)
        assert pusher.acknowledged == len(pusher.batches)
    assert stored(store) == sorted(pusher.keys(len(pusher.batches)))
    store.close()


@pytest.fixture(scope="module")
def sqlite(tmp_path_factory: pytest.TempPathFactory, _migrated_sqlite: Path) -> str:
    folder = tmp_path_factory.mktemp("http")
    path = folder / "presensi.db"
    path.write_bytes(_migrated_sqlite.read_bytes())
    store = open_store(f"sqlite:///{path}")
    register_push(store, "PUSH0")
    store.close()
    return f"sqlite:///{path}"


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory, sqlite: str) -> Iterator[GatewayProcess]:
    """With a clock that runs, and shows another time than the machine's."""
    folder = tmp_path_factory.mktemp("gateway")
    write_clock(folder / "clock.json", datetime(2027, 3, 1, 0, 30, tzinfo=UTC), 1.0)
    clock = f'{SETTINGS}\n[clock]\nfile = "{folder / "clock.json"}"'
    with serving(folder, sqlite, clock) as served:
        yield served


def exchange(port: int, request: bytes, pause: float = 0.0) -> bytes:
    """Send `request` byte by byte where it pauses, and read until the gateway hangs up."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as line:
        if pause:
            with suppress(OSError):
                for start in range(len(request)):
                    line.sendall(request[start : start + 1])
                    time.sleep(pause)
        else:
            line.sendall(request)
        answer = b""
        with suppress(ConnectionResetError):
            while piece := line.recv(4096):
                answer += piece
        return answer


UPLOAD = b"POST /iclock/cdata?SN=PUSH0&table=ATTLOG&Stamp=1 HTTP/1.0\r\n"


def test_an_old_client_without_host_and_content_type_is_answered_in_its_own_way(
    gateway: GatewayProcess,
) -> None:
    body = attlog(record("1001", FIRST))
    head = UPLOAD + f"Content-Length: {len(body)}\r\n\r\n".encode()
    answer = exchange(gateway.port, head + body)
    lines, _, text = answer.partition(b"\r\n\r\n")
    headers = dict(line.split(b": ", 1) for line in lines.split(b"\r\n")[1:])
    assert lines.startswith(b"HTTP/1.0 200 OK\r\n")
    assert text == b"OK: 1\n"
    assert headers[b"Content-Length"] == b"6"
    assert headers[b"Content-Type"] == b"text/plain"
    assert b"Server" not in headers


def test_the_date_that_terminals_set_their_clocks_by_is_city_time(gateway: GatewayProcess) -> None:
    line = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=PATIENCE)
    line.request("GET", "/iclock/getrequest?SN=PUSH0")
    answer = line.getresponse()
    assert answer.headers.get_all("Date") == [answer.headers["Date"]]
    shown = parsedate_to_datetime(answer.headers["Date"])
    assert timedelta() <= shown - datetime(2027, 3, 1, 0, 30, tzinfo=UTC) < timedelta(minutes=3)
    line.close()


def test_a_request_that_dribbles_in_is_hung_up_on_and_nothing_of_it_is_taken(
    gateway: GatewayProcess, sqlite: str
) -> None:
    before = open_store(sqlite)
    count = before.punches.count()
    body = attlog(*(record("2001", FIRST + timedelta(seconds=n)) for n in range(100)))
    head = UPLOAD + f"Content-Length: {len(body)}\r\n\r\n".encode()
    pause = 0.05
    assert pause * len(body) > 2 * PATIENCE, "no longer than a request that is heard to its end"
    started = time.monotonic()
    answer = exchange(gateway.port, head + body, pause)
    assert time.monotonic() - started < PATIENCE
    assert b"OK" not in answer.partition(b"\r\n\r\n")[2]
    assert before.punches.count() == count
    before.close()


def test_less_than_was_announced_is_not_acknowledged(gateway: GatewayProcess) -> None:
    body = attlog(record("3001", FIRST))
    head = UPLOAD + f"Content-Length: {len(body) + 50}\r\n\r\n".encode()
    answer = exchange(gateway.port, head + body)
    assert answer.startswith(b"HTTP/1.0 400 ")
    assert b"OK" not in answer


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET /iclock/cdata?SN=../../x HTTP/1.0\r\n\r\n",
        b"GET /iclock/cdata?SN=PUSH0&SN=OTHER HTTP/1.0\r\n\r\n",
        b"DELETE /iclock/cdata?SN=PUSH0 HTTP/1.0\r\n\r\n",
        b"GET http://else/iclock/cdata?SN=%00 HTTP/1.0\r\n\r\n",
        UPLOAD + b"Content-Length: -5\r\n\r\n",
        UPLOAD + b"Content-Length: 99999999999\r\n\r\n",
        UPLOAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        UPLOAD + b"X: " + b"y" * 20_000 + b"\r\n\r\n",
    ],
)
def test_nonsense_is_refused_and_the_next_terminal_is_answered(
    gateway: GatewayProcess, request_bytes: bytes
) -> None:
    answer = exchange(gateway.port, request_bytes)
    assert not answer or answer.split(b" ", 2)[1].startswith(b"4")
    assert exchange(gateway.port, b"GET /iclock/ping?SN=PUSH0 HTTP/1.0\r\n\r\n").endswith(b"OK\n")


def test_an_upload_in_chunks_is_read(gateway: GatewayProcess) -> None:
    body = attlog(record("4001", FIRST))
    head = (
        UPLOAD.replace(b"1.0", b"1.1") + b"Host: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    )
    chunks = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    assert exchange(gateway.port, head + chunks).endswith(b"OK: 1\n")


def test_terminated_it_finishes_what_is_in_hand_and_leaves_its_port(
    fresh_database: FreshDatabase, tmp_path: Path
) -> None:
    url = fresh_database("sqlite")
    store = open_store(url)
    register_push(store, "PUSH0")
    gateway = GatewayProcess(tmp_path, url, SETTINGS)
    gateway.start()
    pusher = Pusher(gateway, "PUSH0", 10_000)
    eventually(lambda: pusher.acknowledged > 5)
    assert gateway.stop() == 0
    acknowledged = pusher.acknowledged
    pusher.batches = pusher.batches[:acknowledged]
    assert pusher.keys(acknowledged) <= set(stored(store))
    gateway.until_port_is_free(PATIENCE)
    store.close()
