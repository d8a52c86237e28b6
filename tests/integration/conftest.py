"""What several of the integration tests share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from store import open_store
from store.migrate import migrate
from tests.support.gateway_process import GatewayProcess
from tests.support.push_town import GatewayTown

SETTINGS = """
delay = "1s"
error_delay = "2s"
proof = "1s"
rate = 10000
"""


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewayTown]:
    """A real gateway, a process of its own, for all tests of a file; each takes terminals of its own."""
    folder = tmp_path_factory.mktemp("gateway")
    url = f"sqlite:///{folder / 'presensi.db'}"
    migrate(url)
    store = open_store(url)
    gateway = GatewayProcess(folder, url, SETTINGS)
    try:
        made = GatewayTown(gateway, store)
        made.found()
        gateway.start()
        yield made
    finally:
        gateway.stop()
        store.close()
