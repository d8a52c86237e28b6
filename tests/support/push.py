"""The push gateway for tests, in this process and without a socket."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from flask.testing import FlaskClient

from attendance.ids import TerminalId
from attendance.terminal import PUSH_DRIVER, TerminalHealth
from collector.gateway.server import GatewayRunner
from config.settings import GatewaySettings, Settings, StoreSettings
from devices.adms.attlog import encode_attlog_line
from devices.driver import AttLogRecord
from store import Store
from tests.support.collecting import register
from tests.support.waiting import PATIENCE

FAST = GatewaySettings(
    delay=timedelta(seconds=1),
    error_delay=timedelta(seconds=1),
    proof=timedelta(seconds=0.3),
    command_timeout=timedelta(seconds=3),
    request_timeout=timedelta(seconds=5),
    rate=5_000,
)
"""A gateway in a hurry, so that tests do not wait."""


SERIAL = "PUSH0001"


def eventually(holds: Callable[[], bool], within: float = PATIENCE, every: float = 0.05) -> None:
    """Wait until `holds`, looking `every` so many seconds; fail when it does not."""
    deadline = time.monotonic() + within
    while not holds():
        assert time.monotonic() < deadline, "it never came to be"
        time.sleep(every)


def health(store: Store, number: TerminalId) -> TerminalHealth:
    """The terminal's saved health."""
    found = store.terminals.health().get(number)
    assert found is not None
    return found


def register_push(store: Store, serial: str) -> int:
    """Register a terminal that pushes."""
    return register(store, serial, 0, driver=PUSH_DRIVER)


def record(pin: str, moment: datetime, *, state: int = 0) -> AttLogRecord:
    """A punch as a terminal keeps it."""
    return AttLogRecord(pin, moment, 1, state, "0", 0)


def attlog(*records: AttLogRecord) -> bytes:
    """The body that brings these punches."""
    return b"".join(encode_attlog_line(one) for one in records)


def settings_for(url: str, gateway: GatewaySettings = FAST) -> Settings:
    """Settings on the database at `url`."""
    return Settings(store=StoreSettings(url=url), gateway=gateway)


class InProcess:
    """A gateway without its HTTP server."""

    def __init__(self, runner: GatewayRunner, client: FlaskClient) -> None:
        self.runner = runner
        self._client = client

    def get(self, path: str, address: str = "10.0.0.8") -> tuple[int, str]:
        """Status and text."""
        found = self._client.get(path, environ_base={"REMOTE_ADDR": address})
        return found.status_code, found.text

    def post(
        self, path: str, body: bytes = b"", address: str = "10.0.0.8", **headers: str
    ) -> tuple[int, str]:
        """Status and text."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        found = self._client.post(path, data=body, environ_base={"REMOTE_ADDR": address}, headers=named)
        return found.status_code, found.text


@contextmanager
def in_process(settings: Settings) -> Iterator[InProcess]:
    """A gateway in this process; ended at the end of the block."""
    runner = GatewayRunner(settings)
    try:
        yield InProcess(runner, runner.start(lambda: None).test_client())
    finally:
        runner.close()
