"""Pushed punches, stamps, decisions and commands: what is in the store when the gateway has answered."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from attendance.ids import SerialNumber, TerminalId
from attendance.punch import Capture
from store import Store
from store.push import CommandState, PushState
from tests.support.collecting import city_now, stored_keys
from tests.support.push import (
    FAST,
    SERIAL,
    InProcess,
    attlog,
    eventually,
    health,
    in_process,
    record,
    register_push,
    settings_for,
)

UPLOAD = f"/iclock/cdata?SN={SERIAL}&table=ATTLOG&Stamp=9999"
GETREQUEST = f"/iclock/getrequest?SN={SERIAL}"
DEVICECMD = f"/iclock/devicecmd?SN={SERIAL}"


def test_an_upload_is_acknowledged_with_all_its_lines_once_they_are_in_the_store(
    gateway: InProcess, store: Store, number: TerminalId
) -> None:
    now = city_now().replace(microsecond=0)
    body = attlog(record("1001", now), record("A-7", now, state=255)) + b"garbage\tno date\n"
    assert gateway.post(UPLOAD, body) == (200, "OK: 3\n")
    assert stored_keys(store) == [(SERIAL, "1001", now), (SERIAL, "A-7", now)]
    assert [bad.raw for bad in store.punches.quarantined(number)] == [b"garbage\tno date"]
    found = store.punches.between(datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))
    assert {punch.capture for punch in found} == {Capture.PUSH}


def test_what_is_sent_again_adds_nothing_and_is_acknowledged_all_the_same(
    gateway: InProcess, store: Store
) -> None:
    body = attlog(*(record(str(1000 + n), city_now()) for n in range(128)))
    for _ in range(3):
        assert gateway.post(UPLOAD, body) == (200, "OK: 128\n")
    assert store.punches.count() == 128


def test_an_upload_larger_than_a_commit_goes_in_pieces_and_is_acknowledged_whole(
    database_url: str, store: Store, number: TerminalId
) -> None:
    start = city_now() - timedelta(days=3)
    body = attlog(*(record("1001", start + timedelta(seconds=n)) for n in range(1_000)))
    settings = settings_for(database_url, FAST.model_copy(update={"max_batch": 50}))
    with in_process(settings) as gateway:
        assert gateway.post(UPLOAD, body) == (200, "OK: 1000\n")
    assert store.punches.count() == 1_000


def test_a_stamp_outlives_the_gateway(database_url: str, store: Store, number: TerminalId) -> None:
    with in_process(settings_for(database_url)) as gateway:
        gateway.post(f"/iclock/cdata?SN={SERIAL}&table=ATTLOG&Stamp=777", attlog(record("1", city_now())))
        eventually(lambda: any(row.attlog_stamp == "777" for row in store.push.registrations()))
    with in_process(settings_for(database_url)) as gateway:
        assert "ATTLOGStamp=777\n" in gateway.get(f"/iclock/cdata?SN={SERIAL}&options=all")[1]


def test_an_unknown_terminal_is_told_to_wait_seen_by_an_operator_and_heard_once_approved(
    gateway: InProcess, store: Store
) -> None:
    upload = "/iclock/cdata?SN=NEW-1&table=ATTLOG"
    body = attlog(record("1001", city_now()))
    assert gateway.post(upload, body)[0] == 403
    eventually(lambda: any(row.serial == "NEW-1" for row in store.push.registrations()))
    (row,) = [row for row in store.push.registrations() if row.serial == "NEW-1"]
    assert (row.state, row.address) == (PushState.PENDING, "10.0.0.8")
    assert store.punches.count() == 0
    new, at = SerialNumber("NEW-1"), datetime.now(UTC)
    store.push.approve(new, unit_code=SERIAL, name="Mesin baru", network="10.0.0.0/24", at=at)
    eventually(lambda: gateway.post(upload, body) == (200, "OK: 1\n"))
    assert gateway.post(upload, body, "10.0.1.8")[0] == 403
    store.push.refuse(new, at=at)
    eventually(lambda: gateway.post(upload, body)[0] == 403)


def test_a_command_is_sent_once_and_only_its_own_terminal_may_confirm_it(
    gateway: InProcess, store: Store
) -> None:
    other = "PUSH0002"
    register_push(store, other)
    eventually(lambda: gateway.get(f"/iclock/getrequest?SN={other}")[0] == 200)
    gateway.get(GETREQUEST)
    eventually(lambda: len(store.push.registrations()) > 0)
    at = datetime.now(UTC)
    eventually(lambda: any(row.serial == SERIAL for row in store.push.registrations()))
    command = store.push.ask(SerialNumber(SERIAL), "CHECK", "admin", at)
    answers: list[str] = []

    def sent() -> bool:
        answers.append(gateway.get(GETREQUEST)[1])
        return f"C:{command}:CHECK\n" in answers[-1]

    eventually(sent)
    assert f"C:{command}:" not in gateway.get(GETREQUEST)[1]
    result = f"ID={command}&Return=0&CMD=CHECK\n".encode()
    gateway.post(f"/iclock/devicecmd?SN={other}", result)
    found = store.push.command(command)
    assert found is not None
    assert found.state is CommandState.SENT
    assert gateway.post(DEVICECMD, result)[0] == 200
    found = store.push.command(command)
    assert found is not None
    assert (found.state, found.return_code) == (CommandState.DONE, 0)


def test_a_clock_ahead_is_corrected_reported_and_its_punches_are_marked(
    gateway: InProcess, store: Store, number: TerminalId
) -> None:
    ahead = city_now().replace(microsecond=0) + timedelta(hours=2)
    gateway.post(UPLOAD, attlog(record("1001", ahead)))
    (punch,) = store.punches.between(datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))
    assert punch.device_time == ahead
    assert abs(punch.at - punch.received_at) < timedelta(seconds=2)
    eventually(lambda: number in store.terminals.health() and health(store, number).error == "ClockOff")
    assert abs((health(store, number).clock_offset or 0) - 7200) < 3
