"""What a broken or hostile client on the terminals' network can do to the gateway and to other terminals."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from store import Store, open_store
from tests.support.collecting import city_now
from tests.support.gateway_process import GatewayProcess
from tests.support.push import attlog, record, register_push
from tests.support.waiting import PATIENCE

SERIAL = "PUSH0"
REQUEST_SECONDS = 40
"""How long the gateway waits for the rest of a request."""
SETTINGS = f'delay = "1s"\nrequest_timeout = "{REQUEST_SECONDS}s"\nqueue = 16'
THREADS = 16 + 16
"""Of the gateway under test: its queue, and some to spare."""
UPLOAD = f"POST /iclock/cdata?SN={SERIAL}&table=ATTLOG&Stamp=1 HTTP/1.1\r\nHost: x\r\n".encode()
PING = f"GET /iclock/ping?SN={SERIAL} HTTP/1.0\r\n\r\n".encode()


@pytest.fixture(scope="module")
def sqlite(tmp_path_factory: pytest.TempPathFactory, _migrated_sqlite: Path) -> str:
    path = tmp_path_factory.mktemp("hostile") / "presensi.db"
    path.write_bytes(_migrated_sqlite.read_bytes())
    url = f"sqlite:///{path}"
    opened = open_store(url)
    register_push(opened, SERIAL)
    opened.close()
    return url


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("gateway")


@pytest.fixture(scope="module")
def gateway(folder: Path, sqlite: str) -> Iterator[GatewayProcess]:
    served = GatewayProcess(folder, sqlite, SETTINGS)
    served.start()
    yield served
    served.stop()


@pytest.fixture
def opened(sqlite: str) -> Iterator[Store]:
    store = open_store(sqlite)
    yield store
    store.close()


def exchange(port: int, request: bytes, source: str = "127.0.0.1") -> bytes:
    """Send `request`, and read until the gateway hangs up."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE, source_address=(source, 0)) as line:
        line.sendall(request)
        line.shutdown(socket.SHUT_WR)
        answer = b""
        with suppress(ConnectionResetError):
            while piece := line.recv(4096):
                answer += piece
        return answer


def test_what_follows_a_body_of_wrong_length_is_never_quoted_in_the_log(
    gateway: GatewayProcess, folder: Path
) -> None:
    body = b"USER PIN=98765\tName=Siti\tPri=0\tPasswd=\nUSER PIN=43210\tName=Budi\tPri=0\tPasswd=s3cr3t\n"
    head = UPLOAD.replace(b"ATTLOG", b"OPERLOG") + b"Content-Length: 40\r\n\r\n"
    exchange(gateway.port, head + body)
    exchange(gateway.port, b"GET /iclock/cdata?SN=PUSH0&pushcommkey=rahas\x01ia HTTP/1.0\r\n\r\n")
    exchange(gateway.port, UPLOAD + b"Content-Length: 1\r\nX Y: s3cr3t\r\n\r\n")
    time.sleep(0.3)
    said = (folder / "collector.gateway.server.log").read_text("utf-8")
    assert not [word for word in ("98765", "43210", "Budi", "s3cr3t", "rahas") if word in said], said


def test_punches_of_unknown_length_are_not_acknowledged(gateway: GatewayProcess, opened: Store) -> None:
    before = opened.punches.count()
    answer = exchange(
        gateway.port, UPLOAD.replace(b"1.1", b"1.0") + b"\r\n" + attlog(record("7001", city_now()))
    )
    assert opened.punches.count() == before
    assert b"OK" not in answer.partition(b"\r\n\r\n")[2]


def test_an_upload_in_chunks_that_breaks_off_is_not_acknowledged(
    gateway: GatewayProcess, opened: Store
) -> None:
    before = opened.punches.count()
    piece = attlog(record("7002", city_now()))
    head = UPLOAD + b"Transfer-Encoding: chunked\r\n\r\n"
    for rest in (b"", b"5\r\n123"):
        answer = exchange(gateway.port, head + b"%x\r\n%s\r\n" % (len(piece), piece) + rest)
        assert b"OK" not in answer.partition(b"\r\n\r\n")[2]
    assert opened.punches.count() == before


@pytest.mark.parametrize("begun", [b"", b"GET", UPLOAD + b"Content-Length: 100\r\n\r\n1001"])
def test_one_slow_client_keeps_no_terminal_from_being_answered(gateway: GatewayProcess, begun: bytes) -> None:
    with ExitStack() as held:
        for _ in range(2 * THREADS):
            line = held.enter_context(
                socket.create_connection(("127.0.0.1", gateway.port), source_address=("127.0.0.66", 0))
            )
            line.sendall(begun)
        time.sleep(0.2)
        started = time.monotonic()
        assert exchange(gateway.port, PING).endswith(b"OK\n")
        assert time.monotonic() - started < REQUEST_SECONDS / 2
