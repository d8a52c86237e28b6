"""Lines on which everything goes wrong at once and goes on so: what is read is right, or it is an error."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import pytest

from devices import registry
from devices.driver import AttLogRecord, LogPosition
from devices.errors import DeviceError
from simulators.faults import Delivery, Fault, Faults, When
from simulators.terminal import TerminalModel
from tests.contract.rig import Line, Rig, rig

ROUGH = [
    Fault("lost", When(chance=0.05)),
    Fault("duplicated", When(chance=0.08)),
    Fault("reordered", When(chance=0.08)),
    Fault("bad-checksum", When(chance=0.03)),
]
MODELS = {
    "one-datagram": TerminalModel(),
    "pieces": TerminalModel(data_frame=300),
    "no-tail": TerminalModel(tail_reads=False),
}
RECORDS = 120


async def read_on(terminal: Rig, line: Line) -> list[str]:
    """The PINs of the whole log, read as a collector reads: from where it got to, session after session."""
    driver = registry.load("zk-udp" if line is Line.UDP else "zk-serial")
    target = replace(terminal.target, reply_timeout=4, silence_timeout=4)
    pins: list[str] = []
    place: LogPosition | None = None
    for _ in range(12):
        with suppress(DeviceError):
            session = await driver.open(target)
            try:
                while len(pins) < RECORDS:
                    log = await session.read_log(place)
                    assert log.first_index == len(pins)
                    pins += [item.pin for item in log.items if isinstance(item, AttLogRecord)]
                    place = log.position_after(len(log.items))
                return pins
            finally:
                await session.close()
    return pins


@pytest.mark.parametrize(("line", "seed"), [(Line.UDP, 0), (Line.UDP, 1), (Line.PTY, 1)], ids=str)
@pytest.mark.parametrize("model", MODELS)
async def test_what_a_rough_line_brings_is_the_log(line: Line, model: str, seed: int) -> None:
    async with rig(Delivery(), MODELS[model], line=line) as terminal:
        truth = [("1001", "1002", "1003")[number % 7 % 3] for number in range(RECORDS)]
        for pin in truth:
            terminal.press(pin)
        terminal.server.faults = Faults(ROUGH, seed=seed)
        assert await read_on(terminal, line) == truth
        assert sum(terminal.server.faults.struck.values()) > 0
