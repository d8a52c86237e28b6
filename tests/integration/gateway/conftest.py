"""A gateway in this process, and a terminal that pushes to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from attendance.ids import TerminalId
from store import Store
from tests.support.push import SERIAL, InProcess, in_process, register_push, settings_for


@pytest.fixture
def number(store: Store) -> TerminalId:
    """A terminal that pushes."""
    return TerminalId(register_push(store, SERIAL))


@pytest.fixture
def gateway(database_url: str, number: TerminalId) -> Iterator[InProcess]:
    with in_process(settings_for(database_url)) as opened:
        yield opened
