"""What a probe finds out about every make is what that make can do, and it changes nothing there."""

from __future__ import annotations

import pytest

from devices.driver import Capabilities
from simulators.models import MODELS
from tests.contract.test_models import LINES, UNREADABLE, session_with, terminal

WRITES = {8, 10, 12, 14, 15, 18, 19, 66, 87, 110, 202, 1002, 1003, 1004, 1013}
RECORD_BYTES = {"8a": 8, "8b": 8, "16": 16, "22": 22, "40": 40, "49": 49}


@pytest.mark.parametrize(
    ("model", "line"),
    [(model, line) for model in MODELS for line in LINES if (model, line) not in UNREADABLE],
)
async def test_a_probe_finds_what_the_make_can_do(model: str, line: str) -> None:
    sim, _ = terminal(model)
    made = MODELS[model]
    async with session_with(sim, line) as (_, session):
        found = await session.probe()
    # A log that comes at once, as on the bare command, does not tell whether its middle could be read.
    assert found == Capabilities(
        line,
        RECORD_BYTES[made.record],
        tail=made.tail_reads if made.bulk else None,
        time_range=made.time_range if made.bulk else None,
        bulk=made.bulk,
        live=True,
    )
    assert not WRITES & set(sim.commands)
