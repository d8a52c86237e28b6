"""Every way of reading a terminal × every fault: nothing is lost or doubled, and nobody is accused.

At the end the store holds what the terminal took and the wall vouches again; while a fault lasts that only a
person can mend, the terminal's people wait, and its row says what is wrong and what to do.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from attendance.day_result import DayStatus
from simulators.faults import FAULTS, CannotStrike, Faults
from simulators.faults.log import STRANGER
from simulators.models import MODELS
from simulators.terminal import TerminalModel
from tests.contract.faulty import (
    IN_TIME,
    LATER,
    LINES,
    NEVER,
    PATIENCE,
    SEED,
    TERMINAL,
    Case,
    Key,
    case,
    followed,
)
from tests.support.collecting import until
from tests.support.days import MONDAY

WAYS: Final = {
    "tcp": ("tcp", TerminalModel(data_frame=1_008)),
    "udp": ("udp", TerminalModel()),
    "socket": ("socket", TerminalModel()),
    "pty": ("pty", TerminalModel()),
    "no-tail": ("tcp", MODELS["no-tail"]),
    "range": ("tcp", MODELS["senseface-range"]),
    "bare": ("tcp", MODELS["wl10-22"]),
    "8b": ("tcp", MODELS["zem500-8b"]),
    "16": ("udp", MODELS["manual-16"]),
    "49": ("tcp", MODELS["mb560-49"]),
    "no-count": ("tcp", MODELS["d2-unknown-count"]),
}
"""What carries it, and the model."""
THOROUGH: Final = ("tcp", "udp", "socket")
"""The ways on which faults strike the first contact, too."""
STAGES: Final = ("first", "later")

NAMED: Final = {
    "second-session-refused": {"Busy", "LinkClosed", "DeadlineExceeded"},
    "wrong-key": {"AuthRejected"},
    "replaced": {"WrongTerminal"},
}
"""Faults that last until somebody acts, and what the terminal's row says meanwhile."""
DOUBTFUL: Final = {"log-cleared", "clock-jump", "dead-battery"}
"""After these an outage may stand: punches may be gone, or dated wrongly, so nobody is accused that day."""
UNREAD_ONLY: Final = {"log-cleared", "log-wrapped"}
"""Before the first contact these are no faults: nobody can know what was there."""
NUMBERS_ONLY: Final = {"8a", "8b"}
"""Records that hold a user's number in place of the PIN: a deleted user's is nobody's, and quarantined."""
TEXT_PINS: Final = {"40", "49"}
"""Records whose PIN may hold letters."""


def makes_sense(way: str, fault: str, stage: str) -> bool:
    line, model = WAYS[way]
    return (
        LINES[line].transport in FAULTS[fault].transports
        and not (stage == "first" and fault in UNREAD_ONLY)
        and not (fault == "odd-pins" and model.record not in TEXT_PINS)
    )


CASES: Final = [
    (way, fault, stage)
    for way in WAYS
    for fault in FAULTS
    for stage in (STAGES if way in THOROUGH else STAGES[1:])
    if makes_sense(way, fault, stage)
]


@pytest.mark.parametrize(("way", "fault", "stage"), CASES, ids=str)
async def test_no_fault_loses_or_doubles_a_punch_or_accuses_anybody(
    way: str,
    fault: str,
    stage: str,
    tmp_path: Path,
    sqlite_url: str,
    record_property: Callable[[str, object], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("collector.supervisor.BEAT_SECONDS", 0.05)
    record_property("matrix", [way, fault])
    line, model = WAYS[way]
    seed = zlib.crc32(f"{SEED} {way} {fault} {stage}".encode())
    async with case(line, model, tmp_path, sqlite_url) as it:
        if stage == "first":
            strike(it, fault, seed)
        async with followed(it):
            if stage == "later":
                await until(lambda: it.caught_up, PATIENCE)
                strike(it, fault, seed)
            await suffered(it, fault)
            it.server.faults.heal()
            it.press("1002")
            healed = it.clock.now()
            await it.proved_after(healed)
            await until(lambda: it.keys >= expected(it, fault)[0], PATIENCE)
            await it.proved_after(it.clock.now())
            compare(it, fault, stage)


def expected(it: Case, fault: str) -> tuple[set[Key], int]:
    """What the store must hold, and how many records must be in quarantine."""
    if fault == "impossible-dates":
        return it.sim.taken, 3
    if fault == "uid-0" and it.sim.model.record in NUMBERS_ONLY:
        return {key for key in it.sim.taken if key[1] != STRANGER}, 1
    return it.sim.taken, 0


def strike(it: Case, fault: str, seed: int) -> None:
    faults = Faults(seed=seed)
    it.server.faults = faults
    try:
        faults.strike(fault)
    except CannotStrike as error:
        pytest.fail(f"not a case: {error}")


async def suffered(it: Case, fault: str) -> None:
    """Let it strike, with fingers on the terminal meanwhile; look at what the wall says while it lasts."""
    presses = 0

    def struck() -> bool:
        nonlocal presses
        presses += 1
        if presses % 10 == 1:
            it.press()
        return it.server.faults.struck[fault] > 0

    await until(struck, PATIENCE)
    if fault in NAMED:

        def told() -> bool:
            health = it.health
            return health is not None and not health.online and health.error in NAMED[fault]

        await until(told, PATIENCE)
        health = it.health
        assert health is not None
        assert health.error_detail
        assert health.action
        assert it.status(NEVER) is DayStatus.WAITING
        if fault == "replaced":
            assert it.keys <= it.sim.taken, "punches of another terminal were taken for this one's"


def compare(it: Case, fault: str, stage: str) -> None:
    """The store is the terminal's truth, and the wall has made up its mind."""
    keys, bad = expected(it, fault)
    assert it.keys == keys
    assert len({kept.raw for kept in it.store.punches.quarantined(TERMINAL) if kept.index >= 0}) == bad
    rows = it.rows()
    # Nobody can date what was recorded before a first contact that finds the clock wrong.
    undated = fault in DOUBTFUL and stage == "first"
    assert rows[IN_TIME].status in (
        {DayStatus.PRESENT, DayStatus.WAITING} if undated else {DayStatus.PRESENT}
    )
    health = it.health
    assert health is not None
    assert health.online
    for person, pin in ((LATER, "1002"), (NEVER, "1003")):
        came = any(taken == pin and moment.date() == MONDAY for _, taken, moment in it.sim.taken)
        if fault in DOUBTFUL:
            arrived = {DayStatus.WAITING, DayStatus.PRESENT, DayStatus.LATE}
            assert rows[person].status in (arrived if came else {DayStatus.WAITING, DayStatus.ABSENT})
        else:
            assert rows[person].status is (DayStatus.LATE if came else DayStatus.ABSENT), rows[person]
