"""Who is heard and what is answered, and what a terminal's health says then."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from attendance.ids import SerialNumber, TerminalId
from collector.gateway import caller as caller_module
from collector.gateway.clock_guard import ClockGuard
from config.clock import SystemClock
from config.settings import GatewaySettings
from store import Store
from store.push import CommandState
from store.reviews import ReviewReason
from tests.support.collecting import city_now
from tests.support.push import (
    FAST,
    SERIAL,
    InProcess,
    attlog,
    eventually,
    health,
    in_process,
    record,
    settings_for,
)

UPLOAD = f"/iclock/cdata?SN={SERIAL}&table=ATTLOG&Stamp=9999"
GETREQUEST = f"/iclock/getrequest?SN={SERIAL}"
DEVICECMD = f"/iclock/devicecmd?SN={SERIAL}"


ENDPOINTS = (
    *("cdata", "getrequest", "devicecmd", "querydata", "ping", "registry", "push"),
    *("fdata", "edata", "exchange", "rtdata", "event", "file", "service/control"),
)


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What is tested here does not depend on the database."""
    return sqlite_url


def test_passwords_templates_and_photos_are_acknowledged_and_kept_nowhere(
    gateway: InProcess, database_url: str, store: Store
) -> None:
    secret = "s3cr3t-t3mpl4t3"
    operlog = (
        f"OPLOG 6\t0\t2026-11-23 07:00:00\t1001\t0\t0\t0\n"
        f"USER PIN=1001\tName=Siti\tPri=0\tPasswd={secret}\tCard=\tGrp=1\tTZ=0\n"
        f"FP PIN=1001\tFID=6\tSize=8\tValid=1\tTMP={secret}\n"
    ).encode()
    assert gateway.post(f"/iclock/cdata?SN={SERIAL}&table=OPERLOG&Stamp=1", operlog) == (200, "OK: 3\n")
    assert gateway.post(f"/iclock/cdata?SN={SERIAL}&table=OPERLOG&Stamp=1")[1] == "OK: 0\n"
    for path in ("BIODATA", "ATTPHOTO", "FACE"):
        answer = gateway.post(
            f"/iclock/cdata?SN={SERIAL}&table={path}&Stamp=1", f"PIN=1\tTmp={secret}".encode()
        )
        assert answer[0] == 200
        assert answer[1].startswith("OK")
    assert gateway.post(f"/iclock/fdata.aspx/?SN={SERIAL}", secret.encode())[0] == 200
    eventually(lambda: store.push.registrations() != [])
    if database_url.startswith("sqlite"):
        database = Path(database_url.removeprefix("sqlite:///"))
        files = [database, database.with_name(database.name + "-wal")]
        assert not any(secret.encode() in file.read_bytes() for file in files if file.exists())
    assert store.punches.count() == 0


@pytest.mark.parametrize("suffix", ["", "/", ".aspx", ".aspx/"])
def test_no_path_a_terminal_may_ask_for_is_missing(gateway: InProcess, suffix: str) -> None:
    for endpoint in ENDPOINTS:
        assert gateway.get(f"/iclock/{endpoint}{suffix}?SN={SERIAL}")[0] == 200, endpoint
        assert gateway.post(f"/iclock/{endpoint}{suffix}?SN={SERIAL}", b"x=1\n")[0] == 200, endpoint


def test_a_handshake_gives_the_zone_and_the_terminals_own_last_stamps(gateway: InProcess) -> None:
    gateway.post(f"/iclock/cdata?SN={SERIAL}&table=ATTLOG&Stamp=8675309", attlog(record("1", city_now())))
    gateway.post(f"/iclock/cdata?SN={SERIAL}&table=OPERLOG&OpStamp=42", b"OPLOG 6\n")
    status, text = gateway.get(f"/iclock/cdata?SN={SERIAL}&options=all&pushver=2.4.1&language=73")
    assert status == 200
    lines = text.split("\n")
    assert lines[0] == f"GET OPTION FROM: {SERIAL}"
    assert lines[-1] == ""
    assert {"TimeZone=7", "ATTLOGStamp=8675309", "OPERLOGStamp=42", "Encrypt=None"} <= set(lines)


def test_no_answer_to_a_terminal_that_is_not_heard_can_be_taken_for_an_acknowledgement(
    gateway: InProcess,
) -> None:
    for path in ("/iclock/cdata?SN=NEW-1&table=ATTLOG", "/iclock/cdata?SN=a%20b", "/iclock/cdata", "/other"):
        status, text = gateway.post(path, b"1001\t2026-11-23 07:00:00\n")
        assert status >= 400
        assert "ok" not in text.lower()


def test_a_terminal_with_a_key_is_heard_after_it_gave_it(
    database_url: str, number: TerminalId, tmp_path: Path
) -> None:
    keys = tmp_path / "keys.toml"
    keys.write_text(f'[terminals]\n{SERIAL} = "rahasia"\n')
    settings = settings_for(database_url, FAST.model_copy(update={"keys_file": keys}))
    with in_process(settings) as gateway:
        body = attlog(record("1001", city_now()))
        assert gateway.post(UPLOAD, body)[0] == 403
        assert gateway.get(f"/iclock/cdata?SN={SERIAL}&options=all&pushcommkey=salah")[0] == 403
        assert gateway.get(f"/iclock/cdata?SN={SERIAL}&options=all&pushcommkey=rahasia")[0] == 200
        assert gateway.post(UPLOAD, body) == (200, "OK: 1\n")
        assert gateway.post(UPLOAD, body, "10.0.0.9")[0] == 403


def test_only_a_trusted_proxy_may_say_whom_it_speaks_for(
    database_url: str, store: Store, number: TerminalId
) -> None:
    at = datetime.now(UTC)
    store.push.approve(SerialNumber(SERIAL), unit_code=None, name=None, network="192.0.2.7", at=at)
    settings = settings_for(database_url, FAST.model_copy(update={"trusted_proxies": ("10.0.0.1",)}))
    with in_process(settings) as gateway:
        assert gateway.post(DEVICECMD, b"", "10.0.0.1", X_Forwarded_For="192.0.2.7")[0] == 200
        assert gateway.post(DEVICECMD, b"", "10.0.0.2", X_Forwarded_For="192.0.2.7")[0] == 403
        assert gateway.post(DEVICECMD, b"", "10.0.0.1", X_Forwarded_For="192.0.2.7, 192.0.2.8")[0] == 403


def test_limits_of_body_and_rate_leave_the_data_on_the_terminal(
    database_url: str, store: Store, number: TerminalId
) -> None:
    limits = GatewaySettings(max_body=16 * 1024, rate=1)
    with in_process(settings_for(database_url, limits)) as gateway:
        assert gateway.post(UPLOAD, b"x" * (16 * 1024 + 1))[0] == 413
        assert gateway.post(UPLOAD, attlog(record("1001", city_now())))[0] == 200
        eventually(lambda: gateway.post(UPLOAD, b"")[0] == 429, every=0.0)


def test_a_flood_of_lines_or_of_answers_in_one_request_costs_little(
    gateway: InProcess, store: Store, number: TerminalId, caplog: pytest.LogCaptureFixture
) -> None:
    assert gateway.post(UPLOAD, b"x\n" * (FAST.max_body // 2))[0] == 413
    assert store.punches.quarantined(number) == []
    with caplog.at_level("WARNING"):
        assert gateway.post(DEVICECMD, b"ID=1&Return=0&CMD=CHECK\n" * 5_000)[0] == 200
    assert len(caplog.records) <= caller_module.MOST_RESULTS


def test_while_the_machines_clock_is_doubtful_nobody_gets_any_answer_and_nothing_is_stored(
    gateway: InProcess, store: Store
) -> None:
    body = attlog(record("1001", city_now()))
    service = gateway.runner.service
    well, service.guard = service.guard, ClockGuard(SystemClock(), datetime(2099, 1, 1, tzinfo=UTC))
    for path in (UPLOAD, GETREQUEST, "/healthz", "/other"):
        with pytest.raises(ConnectionResetError):
            gateway.post(path, body)
    assert store.punches.count() == 0
    service.guard = well
    assert gateway.post(UPLOAD, body) == (200, "OK: 1\n")


def test_a_clock_that_jumps_while_a_request_comes_in_is_not_told_to_its_terminal(
    gateway: InProcess, number: TerminalId, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = gateway.runner.service
    take = service.desk.admit

    def jump(*arguments: Any) -> Any:
        service.guard = ClockGuard(SystemClock(), datetime(2099, 1, 1, tzinfo=UTC))
        return take(*arguments)

    monkeypatch.setattr(service.desk, "admit", jump)
    with pytest.raises(ConnectionResetError):
        gateway.get(GETREQUEST)


def test_a_command_that_is_not_answered_is_given_up(gateway: InProcess, store: Store) -> None:
    gateway.get(GETREQUEST)
    eventually(lambda: store.push.registrations() != [])
    command = store.push.ask(SerialNumber(SERIAL), "CHECK", "admin", datetime.now(UTC))
    eventually(lambda: f"C:{command}:" in gateway.get(GETREQUEST)[1])

    def given_up() -> bool:
        found = store.push.command(command)
        return found is not None and found.state is CommandState.TIMED_OUT

    eventually(given_up)


def test_calls_alone_show_a_terminal_online_and_move_no_horizon(
    gateway: InProcess, store: Store, number: TerminalId
) -> None:
    for _ in range(20):
        assert gateway.get(GETREQUEST)[0] == 200
        time.sleep(0.1)
    eventually(lambda: number in store.terminals.health())
    eventually(lambda: gateway.get(GETREQUEST)[0] == 200 and health(store, number).online)
    assert health(store, number).read_through is None


def test_a_terminal_that_falls_silent_goes_dark(gateway: InProcess, store: Store, number: TerminalId) -> None:
    def seen() -> bool:
        gateway.get(GETREQUEST)
        return number in store.terminals.health() and health(store, number).online

    eventually(seen)
    eventually(lambda: not health(store, number).online)
    found = health(store, number)
    assert found.error == "Silent"
    assert found.offline_since is not None


def test_a_terminal_that_proves_nothing_for_long_says_so_in_its_health(
    database_url: str, store: Store, number: TerminalId, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(caller_module, "DOUBTFUL_SECONDS", 1.0)
    with in_process(settings_for(database_url)) as gateway:

        def told() -> bool:
            gateway.get(f"{GETREQUEST}&INFO=Ver%208.0.4,1,1,1,10.0.0.8")
            found = store.terminals.health().get(number)
            return found is not None and found.error == "Unproved"

        eventually(told)
        found = health(store, number)
        assert found.online
        assert found.firmware == "Ver 8.0.4"
        assert found.action


def test_a_punch_from_the_far_future_is_kept_marked_and_says_nothing_of_the_others(
    gateway: InProcess, store: Store, number: TerminalId
) -> None:
    now = city_now().replace(microsecond=0)
    far = now + timedelta(days=400)
    assert gateway.post(UPLOAD, attlog(record("1001", now), record("1002", far)))[1] == "OK: 2\n"
    found = store.punches.between(datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))
    assert [abs((punch.at - punch.received_at).total_seconds()) < 5 for punch in found] == [True, False]
    (mark,) = store.reviews.open()
    assert (mark.review.pin, mark.review.reason) == ("1002", ReviewReason.IMPOSSIBLE)


def test_no_pin_and_no_name_is_ever_logged(
    gateway: InProcess, caplog: pytest.LogCaptureFixture, number: TerminalId
) -> None:
    with caplog.at_level("INFO"):
        gateway.post(UPLOAD, attlog(record("98765", city_now())) + b"98765\tbroken\n")
        gateway.post(f"/iclock/cdata?SN={SERIAL}&table=OPERLOG", b"USER PIN=98765\tName=Siti\n")
        gateway.post("/iclock/cdata?SN=NEW-1&table=ATTLOG", attlog(record("98765", city_now())))
        gateway.post(DEVICECMD, b"ID=5&Return=0&CMD=DATA USER PIN=98765\n")
    assert "98765" not in caplog.text
    assert "Siti" not in caplog.text
