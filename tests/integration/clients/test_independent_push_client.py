"""Somebody else's push terminal against our real gateway: the simulator of django-fingerprint-attendance.

It is written for Django's test client, so that client's few calls are made over HTTP here.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta

import pytest
import requests
from fingerprint_attendance.testing.simulator import FIRMWARE, ADMSDeviceSimulator

from devices.adms import commands
from store.push import CommandState, PushCommand
from tests.support.push_town import GatewayTown
from tests.support.waiting import PATIENCE

MONDAY = datetime(2026, 11, 16, 6, 0)


class OverHttp:
    """Django's test client, as far as the simulator uses it, over real HTTP."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._session = requests.Session()
        self._session.trust_env = False

    def get(self, path: str, params: dict[str, str], **_environment: str) -> requests.Response:
        return self._session.get(self._url + path, params=params, timeout=30)

    def post(self, path: str, data: bytes, content_type: str, **_environment: str) -> requests.Response:
        headers = {"Content-Type": content_type}
        return self._session.post(self._url + path, data=data, headers=headers, timeout=30)


@pytest.fixture(params=sorted(FIRMWARE))
def device(request: pytest.FixtureRequest, town: GatewayTown) -> ADMSDeviceSimulator:
    """One of its three firmware profiles."""
    return ADMSDeviceSimulator(OverHttp(town.gateway.url), serial=town.take(), firmware=request.param)


def punch(device: ADMSDeviceSimulator, count: int, first: datetime = MONDAY) -> None:
    for number in range(count):
        device.punch(str(1001 + number % 40), first + timedelta(seconds=9 * number), status=number % 2)


def work_off(town: GatewayTown, device: ADMSDeviceSimulator, *numbers: int) -> list[PushCommand]:
    """Until these commands were answered: the gateway looks for new ones once a second."""
    until = time.monotonic() + PATIENCE
    while True:
        device.run_commands()
        found = [town.store.push.command(number) for number in numbers]
        answered = [command for command in found if command is not None and command.answered_at is not None]
        if len(answered) == len(numbers):
            return answered
        assert time.monotonic() < until, found
        time.sleep(0.1)


def held(device: ADMSDeviceSimulator) -> list[tuple[str, str, datetime]]:
    return sorted((device.serial, made.pin, made.when) for made in device.log)


def test_live_punches_enrollment_and_options(town: GatewayTown, device: ADMSDeviceSimulator) -> None:
    options = device.handshake()
    assert (options["TimeZone"], options["Realtime"], options["Encrypt"]) == ("7", "1", "None")
    punch(device, 5)
    assert device.uploaded == 5
    assert device.push_user("1001", "Siti Aminah").text.startswith("OK")
    assert device.enroll_at_device("1001", 0, b"a secret finger" * 20, name="Siti").status == 200
    assert device.ping().status == 200
    assert town.held(device.serial) == held(device)
    assert town.quarantined(device.serial) == []


def test_a_terminal_that_nobody_approved_is_told_403_and_keeps_its_data(
    town: GatewayTown, device: ADMSDeviceSimulator
) -> None:
    device.serial = f"UNKNOWN-{device.firmware}"
    with pytest.raises(AssertionError, match="403"):
        device.handshake()
    device.realtime = False
    punch(device, 3)
    assert [answer.status for answer in device.upload_pending()] == [403]
    assert (device.uploaded, len(device.pending())) == (0, 3)


def test_whoever_calls_unapproved_is_listed_for_a_person_to_decide(town: GatewayTown) -> None:
    stranger = ADMSDeviceSimulator(OverHttp(town.gateway.url), serial="STRANGER-7")
    with pytest.raises(AssertionError, match="403"):
        stranger.handshake()
    assert town.asks_to_be_let_in("STRANGER-7", within=PATIENCE)


def test_what_was_made_offline_is_caught_up_and_nothing_twice(
    town: GatewayTown, device: ADMSDeviceSimulator
) -> None:
    device.handshake()
    punch(device, 3)
    device.go_offline()
    punch(device, 1200, MONDAY + timedelta(days=1))
    answers = device.go_online()
    assert [answer.text.strip() for answer in answers] == ["OK: 500", "OK: 500", "OK: 200"]
    assert town.held(device.serial) == held(device)
    # The stamp is its own: told it again, it knows that everything was delivered.
    device.handshake()
    assert device.pending() == []
    # Told to begin again, it sends everything, and the store still holds each punch once.
    device.uploaded = 0
    device.upload_pending()
    assert town.held(device.serial) == held(device)


def test_corrupt_lines_are_acknowledged_and_quarantined_and_harm_no_other(
    town: GatewayTown, device: ADMSDeviceSimulator
) -> None:
    device.handshake()
    device.realtime = False
    punch(device, 10)
    (answer,) = device.upload_pending(corrupt_line=4)
    assert answer.text.strip() == "OK: 10"
    assert device.uploaded == 10
    lost = device.log.pop(4)
    assert town.held(device.serial) == held(device)
    assert town.quarantined(device.serial) == [b"garbage\tnot-a-date"]
    # Its own store of the punch was good all along: asked again, it sends it.
    device.log.insert(4, lost)
    device.uploaded = 0
    device.upload_pending()
    assert town.held(device.serial) == held(device)


def test_commands_reach_it_and_its_results_reach_us(town: GatewayTown, device: ADMSDeviceSimulator) -> None:
    device.handshake()
    punch(device, 4)
    answered = work_off(
        town,
        device,
        town.ask(device.serial, commands.INFO),
        town.ask(device.serial, commands.query_attlog(MONDAY, MONDAY + timedelta(hours=1))),
        town.ask(device.serial, commands.update_user("1009", "Ni Wayan")),
    )
    device.upload_pending()
    assert [(command.state, command.return_code) for command in answered] == [(CommandState.DONE, 0)] * 3
    assert device.users["1009"]["name"] == "Ni Wayan"
    assert town.held(device.serial) == held(device)


def test_a_failed_command_is_a_failure(town: GatewayTown, device: ADMSDeviceSimulator) -> None:
    device.handshake()
    device.fail_commands = {"DATA": -1}
    (command,) = work_off(town, device, town.ask(device.serial, commands.delete_user("1009")))
    assert (command.state, command.return_code) == (CommandState.FAILED, -1)


def test_nobody_confirms_another_terminals_command(town: GatewayTown, device: ADMSDeviceSimulator) -> None:
    device.handshake()
    other = ADMSDeviceSimulator(device.client, serial=town.take(), firmware=device.firmware)
    other.handshake()
    number = town.ask(other.serial, commands.REBOOT)
    device.ack([(number, 0, "REBOOT", "")])
    command = town.store.push.command(number)
    assert command is not None
    assert command.state is CommandState.QUEUED
