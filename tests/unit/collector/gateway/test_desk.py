"""Who is heard: registered for push, from its network, with its key, and not too often."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from attendance.ids import SerialNumber
from attendance.terminal import PUSH_DRIVER, Terminal
from collector.gateway.desk import STRANGER_BURST, Desk, Standing
from collector.gateway.faults import KeyRefused, NotAdmitted, OutsideNetwork
from collector.gateway.push_keys import PushKeys
from config.errors import ConfigError
from store.push import PushRegistration, PushState
from tests.support.rosters import terminal

NOW = datetime(2026, 11, 23, tzinfo=UTC)
SERIAL = SerialNumber("SIM0001")
PUSHING = terminal(1, driver=PUSH_DRIVER, address="", port=0)


def registration(state: PushState = PushState.APPROVED, network: str | None = None) -> PushRegistration:
    return PushRegistration(SERIAL, state, network, "", None, None, None, None, None, NOW, NOW)


def desk(
    terminals: list[Terminal], *registrations: PushRegistration, rate: float = 10, keys: Path | None = None
) -> Desk:
    made = Desk(rate, PushKeys(keys))
    made.learn(terminals, registrations)
    return made


def test_a_terminal_registered_for_push_is_heard_though_it_never_called_before() -> None:
    admission = desk([PUSHING]).admit(SERIAL, "10.0.0.8", 0.0)
    assert (admission.standing, admission.terminal) == (Standing.APPROVED, PUSHING)


@pytest.mark.parametrize(
    "known", [[], [terminal(1)], [replace(PUSHING, driver="usb")]], ids=["unknown", "called", "stick"]
)
def test_any_other_terminal_waits_for_a_decision(known: list[Terminal]) -> None:
    assert desk(known).admit(SERIAL, "10.0.0.8", 0.0).standing is Standing.PENDING


def test_a_refused_terminal_is_not_heard_though_it_is_registered() -> None:
    assert desk([PUSHING], registration(PushState.REFUSED)).admit(SERIAL, "10.0.0.8", 0.0).terminal is None


def test_a_terminal_that_waited_is_heard_once_it_is_in_the_roster() -> None:
    admission = desk([PUSHING], registration(PushState.PENDING)).admit(SERIAL, "10.0.0.8", 0.0)
    assert admission.standing is Standing.APPROVED


@pytest.mark.parametrize(
    ("address", "standing"), [("10.4.0.9", Standing.APPROVED), ("10.5.0.9", Standing.REFUSED)]
)
def test_a_terminal_is_heard_from_its_own_network_only(address: str, standing: Standing) -> None:
    found = desk([PUSHING], registration(network="10.4.0.0/24")).admit(SERIAL, address, 0.0)
    assert found.standing is standing


def test_a_terminal_may_not_call_too_often_and_one_outside_its_network_takes_nothing_from_it() -> None:
    made = desk([PUSHING], registration(network="10.4.0.0/24"), rate=2)
    for _ in range(50):
        made.admit(SERIAL, "10.5.0.9", 0.0)
    heard = [made.admit(SERIAL, "10.4.0.9", 0.0).standing for _ in range(7)]
    assert heard == [Standing.APPROVED] * 6 + [Standing.TOO_OFTEN]
    assert made.admit(SERIAL, "10.4.0.9", 0.5).standing is Standing.APPROVED


def test_strangers_share_the_rate_of_their_address_whatever_serial_they_invent() -> None:
    made = desk([])
    standings = [made.admit(SerialNumber(f"X{n}"), "10.0.0.8", 0.0).standing for n in range(30)]
    assert standings.count(Standing.PENDING) == STRANGER_BURST
    assert made.admit(SERIAL, "10.0.0.9", 0.0).standing is Standing.PENDING


@pytest.fixture
def key_file(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        path = tmp_path / "keys.toml"
        path.write_text(text)
        return path

    return write


def test_a_terminal_gives_its_key_once_from_each_address(key_file: Callable[[str], Path]) -> None:
    made = desk([PUSHING], keys=key_file('[terminals]\nSIM0001 = "rahasia"\n'))
    assert not made.is_identified(SERIAL, "10.0.0.8")
    assert not made.identify(SERIAL, "10.0.0.8", None)
    assert not made.identify(SERIAL, "10.0.0.8", "salah")
    assert made.identify(SERIAL, "10.0.0.8", "rahasia")
    assert made.is_identified(SERIAL, "10.0.0.8")
    assert not made.is_identified(SERIAL, "10.0.0.9")
    assert not made.identify(SERIAL, "10.0.0.8", "salah"), "a wrong key takes it back"
    assert not made.is_identified(SERIAL, "10.0.0.8")


def test_why_a_registered_terminal_is_not_heard_is_known_until_it_is(
    key_file: Callable[[str], Path],
) -> None:
    made = desk([PUSHING], registration(network="10.4.0.0/24"), keys=key_file('default = "satu"\n'))
    assert made.refusal(SERIAL) is None
    made.admit(SERIAL, "10.5.0.9", 0.0)
    assert isinstance(made.refusal(SERIAL), OutsideNetwork)
    made.admit(SERIAL, "10.4.0.9", 0.0)
    made.is_identified(SERIAL, "10.4.0.9")
    refusal = made.refusal(SERIAL)
    assert isinstance(refusal, KeyRefused)
    assert refusal.detail == "10.4.0.9"
    assert refusal.action
    made.identify(SERIAL, "10.4.0.9", "satu")
    assert made.refusal(SERIAL) is None
    made.learn([PUSHING], [registration(PushState.REFUSED)])
    made.admit(SERIAL, "10.4.0.9", 0.0)
    assert isinstance(made.refusal(SERIAL), NotAdmitted)


def test_a_changed_key_is_in_force_at_once_and_a_spoilt_file_lets_nobody_in(
    key_file: Callable[[str], Path],
) -> None:
    made = desk([PUSHING], keys=key_file('default = "satu"\n'))
    assert made.identify(SERIAL, "10.0.0.8", "satu")
    key_file('default = "dua-belas"\n')
    assert made.identify(SERIAL, "10.0.0.8", "dua-belas")
    key_file("default = 12\n")
    assert not made.identify(SERIAL, "10.0.0.8", "dua-belas")


def test_whoever_was_known_by_another_key_or_none_is_known_no_longer_once_the_key_changed(
    key_file: Callable[[str], Path],
) -> None:
    made = desk([PUSHING], keys=key_file(""))
    assert made.identify(SERIAL, "10.0.0.66", None)
    key_file('default = "satu"\n')
    assert not made.is_identified(SERIAL, "10.0.0.66")
    assert made.identify(SERIAL, "10.0.0.8", "satu")
    key_file('default = "dua-belas"\n')
    assert not made.is_identified(SERIAL, "10.0.0.8")


def test_a_slip_in_the_key_file_silences_nobody_who_was_known(key_file: Callable[[str], Path]) -> None:
    made = desk([PUSHING], keys=key_file('default = "satu"\n'))
    assert made.identify(SERIAL, "10.0.0.8", "satu")
    key_file("default = 12\n")
    assert made.is_identified(SERIAL, "10.0.0.8")
    assert not made.is_identified(SERIAL, "10.0.0.66")


def test_whoever_floods_under_a_terminals_serial_number_does_not_silence_the_terminal() -> None:
    made = desk([PUSHING], rate=2)
    for _ in range(100):
        made.admit(SERIAL, "10.9.9.9", 0.0)
    assert made.admit(SERIAL, "10.4.0.9", 0.0).standing is Standing.APPROVED


@pytest.mark.parametrize("text", ['default = ""', 'default = "a b"', "default = 1", "[terminals]\nX = 5"])
def test_what_is_no_key_is_named_with_its_file(key_file: Callable[[str], Path], text: str) -> None:
    with pytest.raises(ConfigError, match=r"keys\.toml.*printable"):
        PushKeys(key_file(text))
