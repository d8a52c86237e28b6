"""Letting pushing terminals in, and asking them, from the command line."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from attendance.ids import SerialNumber
from attendance.terminal import PUSH_DRIVER
from presensi.exits import ExitCode
from store import Store, open_store
from store.push import PushRegistration, PushState
from tests.integration.cli.conftest import Run
from tests.support.rosters import plant, small_roster

NOW = datetime(2026, 11, 23, 0, 31, tzinfo=UTC)
SERIAL = SerialNumber("NEW-1")
SEEN = PushRegistration(SERIAL, PushState.PENDING, None, "10.0.0.8", None, None, None, None, None, NOW, NOW)


@pytest.fixture
def city(sqlite_url: str, monkeypatch: pytest.MonkeyPatch, presensi: Run) -> Store:
    monkeypatch.setenv("PRESENSI_STORE_URL", sqlite_url)
    store = open_store(sqlite_url)
    plant(store, small_roster())
    store.push.note_seen([SEEN])
    return store


def test_a_terminal_that_waits_is_listed_approved_refused_and_all_of_it_is_audited(
    presensi: Run, city: Store
) -> None:
    assert "10.0.0.8" in presensi("terminal", "pending").output
    assert json.loads(presensi("terminal", "pending", "--json").output)[0]["serial"] == SERIAL
    assert presensi("terminal", "approve", SERIAL).exit_code == ExitCode.STORE
    done = presensi("terminal", "approve", SERIAL, "--unit", "2", "--name", "Baru", "--network", "10.0.0.8")
    assert (done.exit_code, done.output) == (0, "Baru (NEW-1) may push, network 10.0.0.8/32.\n")
    found = city.terminals.by_serial(SERIAL)
    assert found is not None
    assert found.driver == PUSH_DRIVER
    assert presensi("terminal", "pending").output == "No terminal waits for approval.\n"
    assert presensi("terminal", "refuse", SERIAL).exit_code == 0
    assert [row.state for row in city.push.registrations()] == [PushState.REFUSED]
    assert {entry.action for entry in city.audit.latest()} >= {
        "terminal.push_approved",
        "terminal.push_refused",
    }


def test_a_terminal_is_let_in_with_its_district_or_without(presensi: Run, city: Store) -> None:
    approve = ("terminal", "approve", SERIAL, "--unit", "2", "--name", "Baru")
    assert presensi(*approve).exit_code == 0
    assert [one.district for one in city.terminals.list() if one.serial == SERIAL] == [""]
    presensi("terminal", "approve", SERIAL, "--district", "Magersari")
    presensi("terminal", "approve", SERIAL)
    assert [one.district for one in city.terminals.list() if one.serial == SERIAL] == ["Magersari"]


def test_a_terminal_admitted_again_may_call_from_its_own_network_only_as_before(
    presensi: Run, city: Store
) -> None:
    presensi("terminal", "approve", SERIAL, "--unit", "2", "--name", "Baru", "--network", "10.0.0.8")
    presensi("terminal", "refuse", SERIAL)
    again = presensi("terminal", "approve", SERIAL)
    assert again.output == "Baru (NEW-1) may push, network 10.0.0.8/32.\n"
    assert [row.network for row in city.push.registrations()] == ["10.0.0.8/32"]
    presensi("terminal", "approve", SERIAL, "--network", "0.0.0.0/0")
    assert city.push.network(SERIAL) == "0.0.0.0/0"


@pytest.mark.parametrize(
    "words",
    [
        ("approve", "a b", "--unit", "2", "--name", "x"),
        ("approve", SERIAL, "--network", "10.0.0.8/24"),
        ("ask", SERIAL, "resend"),
        ("ask", SERIAL, "resend", "--from", "2026-11-23", "--to", "2026-11-22"),
        ("ask", SERIAL, "CLEAR LOG"),
    ],
)
def test_what_cannot_be_meant_is_refused(presensi: Run, city: Store, words: tuple[str, ...]) -> None:
    assert presensi("terminal", *words).exit_code == ExitCode.USAGE


def test_days_can_be_asked_for_again(presensi: Run, city: Store) -> None:
    assert presensi("terminal", "ask", SERIAL, "resend", "--from", "2026-11-22").exit_code == 0
    (command,) = city.push.queued()
    assert command.command == ("DATA QUERY ATTLOG StartTime=2026-11-22 00:00:00\tEndTime=2026-11-22 23:59:59")


def test_doctor_tells_of_terminals_that_wait_and_of_a_gateway_that_does_not_answer(
    presensi: Run, city: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def told() -> tuple[str, str]:
        answers = json.loads(presensi("doctor", "--json").output)
        (answer,) = [answer for answer in answers if answer["name"] == "gateway"]
        return answer["level"], answer["finding"]

    monkeypatch.setenv("PRESENSI_GATEWAY_PORT", "1")
    assert told() == ("warn", "1 terminals wait for approval (NEW-1)")
    presensi("terminal", "approve", SERIAL, "--unit", "2", "--name", "Baru")
    assert told() == ("warn", "does not answer at 127.0.0.1, port 1")
    monkeypatch.setenv("PRESENSI_GATEWAY_ENABLED", "false")
    assert told() == ("warn", "1 terminals push, and it is not enabled")
    presensi("terminal", "approve", "SIM0002", "--unit", "2")
