"""A punch is one row, by however many ways it comes and in whatever order.

The bytes of each way go through that way's own codec: records of a log read over the network and over a
serial line, live events, an upload of a terminal that came to push, and a stick's file. What the store holds
of a punch is what came first; the others add nothing and change nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import permutations
from pathlib import Path
from random import Random
from typing import Final, NamedTuple

import pytest
from sqlalchemy import update

from attendance.ids import SerialNumber, TerminalId
from attendance.punch import Capture
from attendance.terminal import PUSH_DRIVER, USB_DRIVER, Terminal
from collector.normalize import SERIAL_DRIVER, Normalised, Normalizer
from collector.stick import commit, preview
from devices.adms.attlog import encode_attlog_line
from devices.adms.requests import AttLog, parse_request
from devices.driver import AttLogRecord, BadRecord, LiveEvents, LogRead
from devices.zk.events import decode_events, encode_event
from devices.zk.layouts import LAYOUT_40
from devices.zk.records import decode_log
from simulators.stick import write_stick
from simulators.terminal import SimUser, TerminalSim
from store import Store
from store.punches import Ingest
from store.schema import terminals
from tests.support.collecting import register
from tests.support.days import ZONE, at

SEED: Final = 20261123
NOW: Final = at("08:00")
FIRST: Final = datetime(2026, 11, 23, 7, 0)


class Finger(NamedTuple):
    """One punch as the terminal keeps it."""

    pin: str
    moment: datetime
    state: int


TRUTH: Final = [
    Finger(pin, FIRST + timedelta(seconds=second), state)
    for pin, second, state in (
        ("1001", 0, 255),
        ("1001", 1, 255),
        ("1001", 61, 1),
        ("1002", 0, 0),
        ("1002", 3599, 255),
        ("A17B", 30, 255),
        ("007", 30, 255),
        ("7", 30, 255),
        ("ABCDEFGHIJKLMNOPQRSTUVWX", 45, 4),
    )
]
"""Among them two PINs that are the same number and not the same person."""


def as_record(finger: Finger) -> AttLogRecord:
    return AttLogRecord(finger.pin, finger.moment, 1, finger.state, "", 0)


def packed(fingers: Sequence[Finger]) -> TerminalSim:
    sim = TerminalSim("S")
    sim.enrol(SimUser(pin, pin) for pin in {finger.pin for finger in fingers})
    for finger in fingers:
        sim.log.append(sim.pack(finger.pin, finger.moment, state=finger.state))
    return sim


def read_log(number: TerminalId, fingers: Sequence[Finger], driver: str) -> Normalised:
    raw = b"".join(packed(fingers).log.records())
    items = decode_log(raw, LAYOUT_40)
    read = LogRead(0, items, len(items), raw, LAYOUT_40.size, b"")
    return Normalizer(number, ZONE, driver).log(read, 0, len(items), NOW, None)


def pulled(number: TerminalId, fingers: Sequence[Finger]) -> Normalised:
    return read_log(number, fingers, "zk-tcp")


def by_serial_line(number: TerminalId, fingers: Sequence[Finger]) -> Normalised:
    return read_log(number, fingers, SERIAL_DRIVER)


def live(number: TerminalId, fingers: Sequence[Finger]) -> Normalised:
    items: list[AttLogRecord | BadRecord] = []
    for finger in fingers:
        [item] = decode_events(encode_event(as_record(finger)))
        assert isinstance(item, AttLogRecord)
        items.append(item)
    return Normalizer(number, ZONE).live(LiveEvents(items), NOW)


def pushed(number: TerminalId, fingers: Sequence[Finger]) -> Normalised:
    body = b"".join(encode_attlog_line(as_record(finger)) for finger in fingers)
    request = parse_request("POST", "/iclock/cdata", b"SN=S&table=ATTLOG&Stamp=9999", body)
    assert isinstance(request, AttLog)
    return Normalizer(number, ZONE).pushed(request.items, NOW)


WAYS: Final[dict[Capture, Callable[[TerminalId, Sequence[Finger]], Normalised]]] = {
    Capture.LIVE: live,
    Capture.PULL: pulled,
    Capture.PUSH: pushed,
    Capture.SERIAL: by_serial_line,
}
DRIVERS: Final = {
    Capture.LIVE: "zk-udp",
    Capture.PULL: "zk-tcp",
    Capture.PUSH: PUSH_DRIVER,
    Capture.SERIAL: SERIAL_DRIVER,
    Capture.USB: USB_DRIVER,
}
"""As what the terminal is registered while punches come that way."""
ORDERS: Final = list(permutations(DRIVERS))


def bring(store: Store, serial: str, way: Capture, fingers: Sequence[Finger], folder: Path) -> int:
    """Let the punches come that way; how many were new."""
    terminal = registered_as(store, serial, DRIVERS[way])
    if way is not Capture.USB:
        found = WAYS[way](terminal.id, fingers)
        assert not found.quarantine
        [receipt] = store.punches.append([Ingest(terminal.id, found.punches)])
        return receipt.inserted
    [path, _] = write_stick(packed(fingers), folder)
    looked = preview(store, terminal, [(path.name, path.read_bytes())], zone=ZONE, now=NOW)
    return commit(store, looked, actor="tester", at=NOW).inserted


def registered_as(store: Store, serial: str, driver: str) -> Terminal:
    with store.database.write() as connection:
        connection.execute(update(terminals).where(terminals.c.serial == serial).values(driver=driver))
    found = store.terminals.by_serial(SerialNumber(serial))
    assert found is not None
    return found


def rows(store: Store, number: TerminalId) -> list[tuple[Finger, Capture]]:
    """Everything stored of a terminal, with whatever repeats."""
    return sorted(
        (Finger(one.pin, one.device_time, one.state), one.capture)
        for one in store.punches.between(at("06:00"), at("09:00"))
        if one.terminal_id == number
    )


@pytest.mark.parametrize("first", DRIVERS, ids=str)
def test_the_same_punches_by_every_way_in_every_order_are_one_row_each(
    store: Store, tmp_path: Path, first: Capture
) -> None:
    for number, order in enumerate(order for order in ORDERS if order[0] is first):
        serial = f"S{number}"
        terminal_id = register(store, serial)
        added = [bring(store, serial, way, TRUTH, tmp_path) for way in order]
        assert added == [len(TRUTH), 0, 0, 0, 0], order
        assert rows(store, terminal_id) == sorted((finger, first) for finger in TRUTH)


def test_parts_that_overlap_by_any_ways_in_any_order_make_up_the_whole(store: Store, tmp_path: Path) -> None:
    for number in range(25):
        chance, serial = Random(SEED + number), f"S{number}"
        terminal_id = register(store, serial)
        expected: dict[Finger, Capture] = {}
        for _ in range(8):
            way = chance.choice(list(DRIVERS))
            part = chance.choices(TRUTH, k=chance.randint(1, len(TRUTH)))
            new = {finger: way for finger in part if finger not in expected}
            assert bring(store, serial, way, part, tmp_path) == len(new), f"seed {SEED + number}"
            expected |= new
        assert rows(store, terminal_id) == sorted(expected.items()), f"seed {SEED + number}"


def test_the_same_finger_at_two_terminals_is_two_rows(store: Store, tmp_path: Path) -> None:
    for serial in ("S1", "S2"):
        register(store, serial)
    assert bring(store, "S1", Capture.PULL, TRUTH, tmp_path) == len(TRUTH)
    assert bring(store, "S2", Capture.PUSH, TRUTH, tmp_path) == len(TRUTH)
