"""What a terminal says or does never moves its horizon over a punch that is not in the store."""

import pytest

from simulators.attendance_log import AttendanceLog, PreparedBuffer
from simulators.layouts import RECORD_SIZE
from store import Store
from tests.support.collecting import (
    collecting,
    fill,
    health_of,
    register,
    served,
    stored_keys,
    truth_of,
    until,
)


async def test_a_read_shorter_than_the_terminals_own_count_proves_nothing_but_keeps_what_came(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = AttendanceLog.prepare

    def cut_short(log: AttendanceLog) -> PreparedBuffer:
        return PreparedBuffer(b"".join(log.records()[:20]), 0, 20 * RECORD_SIZE)

    async with served("CKQ1") as server:
        terminal = register(store, "CKQ1", server.port)
        fill(server.terminal, 30)
        monkeypatch.setattr(AttendanceLog, "prepare", cut_short)
        async with collecting(store):
            await until(lambda: (found := health_of(store, terminal)) is not None and bool(found.error))
            await until(lambda: len(stored_keys(store)) == 20)
            health = health_of(store, terminal)
            assert health is not None
            assert (health.error, health.read_through) == ("LogIncomplete", None)
            monkeypatch.setattr(AttendanceLog, "prepare", whole)
            await until(lambda: (found := health_of(store, terminal)) is not None and found.online)
            await until(lambda: len(stored_keys(store)) == 30)
        assert stored_keys(store) == truth_of(server.terminal)
        assert store.terminals.cursors()[terminal].generation == 1
