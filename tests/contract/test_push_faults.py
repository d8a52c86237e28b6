"""Every make of push terminal × every fault: nothing is lost or doubled, and nobody is accused.

All cases run beside each other at one gateway, as terminals do; each is judged by itself.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final, cast

import pytest

from attendance.day_result import DayStatus
from attendance.ids import SerialNumber
from attendance.terminal import PUSH_DRIVER
from simulators.adms.terminal import PushTerminal
from simulators.faults import FAULTS, Fault, Faults, Transport, When
from store import Store
from store.push import PushState
from tests.contract.faulty import IN_TIME, LATER, NEVER, SEED, Case
from tests.contract.pushing import DURING, WAYS, PushTown, push_town
from tests.support.collecting import register, until
from tests.support.days import MONDAY, at

THOROUGH: Final = ("push-old", "push-new")
"""The ways on which faults strike the first contact, too."""
STAGES: Final[tuple[str, ...]] = ("first", "later")
AT_ONCE: Final = 14
"""Terminals that are at it together."""
PATIENCE: Final = 90.0
POLL: Final = 0.1
"""Real seconds: so many wait in one event loop."""
GARBAGE: Final = b"\xff\xfe not a punch"

MISDATING: Final = {"clock-jump", "dead-battery"}
UNREAD_ONLY: Final = {"log-cleared"}
"""Before the first contact this is no fault: nobody can know what was there."""

CaseId = tuple[str, str, str]
KEY: Final = "rahasia"
REFUSED: Final = {
    "pending": None,
    "refused": "NotAdmitted",
    "wrong-key": "KeyRefused",
    "wrong-network": "OutsideNetwork",
    "wrong-serial": "Silent",
}
"""Why a terminal is not heard at all, and what its row says then; None: nothing, it is in the list of those
that wait for approval.
"""
PUSHED: Final = [fault for fault, kind in FAULTS.items() if Transport.PUSH in kind.transports]
CASES: Final[list[CaseId]] = [
    *(
        (way, fault, stage)
        for way in WAYS
        for fault in PUSHED
        for stage in (STAGES if way in THOROUGH else STAGES[1:])
        if not (stage == "first" and fault in UNREAD_ONLY)
    ),
    *((way, why, "refused") for way in (*THOROUGH, "push-security") for why in REFUSED),
]


@pytest.fixture(scope="module")
def outcomes(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Mapping[CaseId, BaseException | None]:
    """How each of the cases that were chosen ended."""
    chosen = [
        cast("CaseId", item.callspec.params["case"])
        for item in request.session.items
        if isinstance(item, pytest.Function) and item.module is request.module
    ]
    serials = {case: f"P{number:03}" for number, case in enumerate(chosen)}
    keys = {serial: KEY for case, serial in serials.items() if case[1] == "wrong-key"}
    with push_town(tmp_path_factory.mktemp("push"), keys) as town:
        for case, serial in serials.items():
            register(town.store, serial, 0, driver="zk-tcp" if case[1] == "pending" else PUSH_DRIVER)
            decide(town.store, serial, case[1])
        town.gateway.start()
        return asyncio.run(all_of(town, serials))


def decide(store: Store, serial: str, why: str) -> None:
    """What an operator decided about it before it ever called."""
    if why == "refused":
        store.push.refuse(SerialNumber(serial), at=at("07:00"))
    if why == "wrong-network":
        approve(store, serial, "192.0.2.0/24")


def approve(store: Store, serial: str, network: str | None = None) -> None:
    store.push.approve(SerialNumber(serial), unit_code=None, name=None, network=network, at=at("07:45"))


async def all_of(town: PushTown, serials: Mapping[CaseId, str]) -> dict[CaseId, BaseException | None]:
    room = asyncio.Semaphore(AT_ONCE)

    async def one(case: CaseId) -> None:
        async with room:
            await (be_refused if case[2] == "refused" else suffer)(town, serials[case], *case)

    ended = await asyncio.gather(*(one(case) for case in serials), return_exceptions=True)
    return dict(zip(serials, ended, strict=True))


@pytest.mark.parametrize("case", CASES, ids="-".join)
def test_no_fault_loses_or_doubles_a_punch_or_accuses_anybody(
    case: CaseId,
    outcomes: Mapping[CaseId, BaseException | None],
    record_property: Callable[[str, object], None],
) -> None:
    record_property("matrix", case[:2])
    error = outcomes[case]
    if error is not None:
        raise error


async def suffer(town: PushTown, serial: str, way: str, fault: str, stage: str) -> None:
    """One case from its first call to the wall's last word."""
    seed = zlib.crc32(f"{SEED} {way} {fault} {stage}".encode())
    async with town.case(way, serial) as it:
        if stage == "first":
            strike(it, fault, seed)
        await it.server.start()
        if stage == "later":
            await sent(it)
            strike(it, fault, seed)
        await struck(it, fault)
        it.server.faults.heal()
        await asyncio.sleep(1.1 if fault in {"duplicate-punches", "flash-crowd"} else 0)
        it.press("1002")
        await sent(it)
        if vouches(it, way):
            await proved(it)
        compare(it, way, fault)


async def be_refused(town: PushTown, serial: str, way: str, why: str, _stage: str) -> None:
    """Not heard, its people wait, and somebody is told what to do. Once that is done all comes in."""
    other = f"X{serial}" if why == "wrong-serial" else ""
    key = "salah" if why == "wrong-key" else None
    async with town.case(way, serial, calls_itself=other, key=key) as it:
        station = it.server
        assert isinstance(station, PushTerminal)
        await station.start()
        it.press("1004")
        await station.until(lambda: station.answers[403] > 0, PATIENCE)
        await until(lambda: is_told(it, other or serial, REFUSED[why]), PATIENCE, POLL)
        assert it.keys == set()
        assert {row.status for row in it.rows().values()} == {DayStatus.WAITING}
        if why == "wrong-serial":
            return
        if why == "wrong-key":
            station.unit.key = KEY
        else:
            approve(it.store, serial, "127.0.0.0/8")
        await sent(it)
        await proved(it)
        compare(it, way, why)


def is_told(it: Case, calls_itself: str, code: str | None) -> bool:
    """Whether an operator can see what is the matter, and what to do."""
    if code in {None, "Silent"} and not any(
        row.serial == calls_itself and row.state is PushState.PENDING and row.address
        for row in it.store.push.registrations()
    ):
        return False
    health = it.health
    if code is None or health is None:
        return code is None and health is None
    return not health.online and health.error == code and bool(health.error_detail and health.action)


def strike(it: Case, fault: str, seed: int) -> None:
    """A fault of the line strikes every second upload, so that none of the few is left out by chance."""
    when = When(every=2) if FAULTS[fault].on_line else None
    it.server.faults = Faults([Fault(fault, when, 60 if when else None)], seed)


async def struck(it: Case, fault: str) -> None:
    """Let it strike, with a finger on the terminal meanwhile."""
    it.press("1004")
    await until(lambda: it.server.faults.struck[fault] > 0, PATIENCE, POLL)
    if fault == "flash-crowd":
        await until(lambda: not it.server.faults.active, PATIENCE, POLL)
    elif FAULTS[fault].on_line:
        await sent(it)


async def sent(it: Case) -> None:
    """Everything was acknowledged, and so must be in the store."""
    assert isinstance(it.server, PushTerminal)
    await it.server.drained(PATIENCE)
    assert it.keys == it.sim.taken


async def proved(it: Case) -> None:
    """Until it has proved that it sent everything. Some must have counted one more finger for that."""
    begun = it.clock.now()
    pressed = begun

    def done() -> bool:
        nonlocal pressed
        health = it.health
        if health is not None and health.read_through is not None and health.read_through > begun:
            return True
        if it.clock.now() - pressed > timedelta(seconds=1):
            pressed = it.clock.now()
            it.press("1002")
        return False

    await until(done, PATIENCE, POLL)
    await sent(it)


def vouches(it: Case, way: str) -> bool:
    """Whether this make can prove that it has sent everything: some answer no command at all, and one that
    says only how many records it holds proves nothing while that is not what came: repeated or cleared.
    """
    assert isinstance(it.server, PushTerminal)
    whole = len(it.server.unit.log) == len(it.sim.taken)
    return WAYS[way].answers_commands and (whole or not WAYS[way].security)


def compare(it: Case, way: str, fault: str) -> None:
    """The store is the terminal's truth, and the wall says no more than it knows."""
    assert it.keys == it.sim.taken
    bad = {kept.raw for kept in it.store.punches.quarantined(it.number)}
    assert bad == ({GARBAGE} if fault == "corrupt-line" else set())
    rows = it.rows()
    assert rows[IN_TIME].status is DayStatus.PRESENT
    for person, pin in ((LATER, "1002"), (NEVER, "1003"), (DURING, "1004")):
        status = rows[person].status
        today = any(taken == pin and moment.date() == MONDAY for _, taken, moment in it.sim.taken)
        came = person is not NEVER or today
        if fault in MISDATING or fault in UNREAD_ONLY:
            fair = (
                {DayStatus.WAITING, DayStatus.PRESENT, DayStatus.LATE}
                if came
                else {DayStatus.WAITING, DayStatus.ABSENT}
            )
        elif vouches(it, way):
            fair = {DayStatus.LATE if came else DayStatus.ABSENT}
        else:
            fair = {DayStatus.PRESENT if came else DayStatus.WAITING}
        assert status in fair, rows[person]
