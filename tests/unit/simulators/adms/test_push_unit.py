"""The push terminal's mind, one answer at a time."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from devices.adms import answers, commands
from devices.adms.answers import HandshakeOptions
from devices.driver import AttLogRecord
from simulators.adms.dialects import NEW, OLD, SECURITY, X105_ID, PushDialect
from simulators.adms.reading import Answer
from simulators.adms.unit import RESEND_AFTER, Errand, Purpose, PushUnit
from simulators.terminal import SimUser, TerminalSim

NOW = datetime(2026, 11, 23, 7, 30)
PLAIN = {"content-type": "text/plain"}
HANDSHAKE = answers.handshake_answer(HandshakeOptions("P1", timedelta(hours=7), delay=10, error_delay=30))


def unit(dialect: PushDialect = NEW, punches: int = 0) -> PushUnit:
    made = PushUnit(TerminalSim("P1"), dialect)
    made.add(AttLogRecord(str(1000 + n), NOW + timedelta(seconds=n), 1, 0, "", 0) for n in range(punches))
    return made


def ask(of: PushUnit, at: float) -> Errand:
    errand = of.next_errand(at)
    assert errand is not None
    return errand


def hear(by: PushUnit, at: float, body: bytes | None, status: int = 200) -> Errand:
    errand = ask(by, at)
    by.heard(errand, None if body is None else Answer(status, PLAIN, body), at, NOW)
    return errand


def connected(dialect: PushDialect = NEW, punches: int = 0) -> PushUnit:
    made = unit(dialect, punches)
    assert hear(made, 0, HANDSHAKE).purpose is Purpose.HANDSHAKE
    assert made.online
    return made


def test_what_is_acknowledged_stays_in_the_log_and_is_not_sent_again() -> None:
    terminal = connected(punches=130)
    assert hear(terminal, 0, b"OK: 128\n").lines == 128
    assert hear(terminal, 0, b"OK: 2\n").lines == 2
    assert ask(terminal, 0).purpose is Purpose.HEARTBEAT
    assert (terminal.sent, len(terminal.log)) == (130, 130)


def test_a_finger_pressed_while_an_upload_is_under_way_is_sent_with_the_next() -> None:
    terminal = connected(punches=1)
    upload = ask(terminal, 0)
    terminal.add([AttLogRecord("2001", NOW, 1, 0, "", 0)])
    terminal.heard(upload, Answer(200, PLAIN, b"OK: 1\n"), 0, NOW)
    assert terminal.sent == 1
    assert (ask(terminal, 0).request.body or b"").startswith(b"2001\t")


def test_an_upload_is_sent_three_times_and_then_the_terminal_is_offline_until_error_delay() -> None:
    terminal = connected(punches=1)
    first = hear(terminal, 0, None)
    assert terminal.next_errand(RESEND_AFTER - 1) is None
    assert hear(terminal, RESEND_AFTER, b"", 503) == first
    assert hear(terminal, 2 * RESEND_AFTER, b"OK: 0\n") == first
    assert not terminal.online
    assert terminal.next_errand(2 * RESEND_AFTER + 29) is None
    assert hear(terminal, 2 * RESEND_AFTER + 30, HANDSHAKE).purpose is Purpose.HANDSHAKE
    assert ask(terminal, 60) == first


@pytest.mark.parametrize("status", [403, 500])
def test_a_refused_handshake_is_tried_again_after_error_delay(status: int) -> None:
    terminal = unit()
    hear(terminal, 0, b"pending\n", status)
    assert terminal.next_errand(29) is None
    assert hear(terminal, 30, HANDSHAKE).purpose is Purpose.HANDSHAKE
    assert terminal.online


def test_heartbeats_come_every_delay_and_tell_of_the_terminal_once() -> None:
    terminal = connected()
    assert "INFO=Ver" in hear(terminal, 0, answers.OK).request.target
    assert terminal.next_errand(9.9) is None
    assert terminal.due(9.0) == pytest.approx(1.0)
    assert "INFO" not in hear(terminal, 10, answers.OK).request.target


def test_commands_are_carried_out_and_reported_in_one_body() -> None:
    terminal = connected(punches=3)
    hear(terminal, 0, b"OK: 3\n")
    given = [
        ("1", commands.verify_sum(NOW, NOW + timedelta(seconds=1))),
        ("2", commands.update_user("1001", "Siti")),
        ("3", "CLEAR LOG"),
        ("4", commands.INFO),
    ]
    hear(terminal, 0, answers.commands_answer(given))
    body = ask(terminal, 0).request.body
    assert body is not None
    lines = body.decode().splitlines()
    assert lines[0] == "ID=1&Return=0&CMD=VERIFY SUM ATTLOG&AttlogCount=2"
    assert lines[1:3] == ["ID=2&Return=0&CMD=DATA", "ID=3&Return=-22&CMD=CLEAR"]
    assert "TransactionCount=3" in lines
    assert terminal.terminal.users == [SimUser("1001", "Siti")]
    assert terminal.orders.heard[2] == "CLEAR LOG"
    assert len(terminal.log) == 3


def test_rows_asked_for_again_are_sent_before_the_query_is_reported() -> None:
    terminal = connected(punches=300)
    terminal.sent = 300
    hear(
        terminal,
        0,
        answers.commands_answer([("9", commands.query_attlog(NOW, NOW + timedelta(seconds=199)))]),
    )
    assert [hear(terminal, 0, b"OK: 128\n").purpose, hear(terminal, 0, b"OK: 72\n").purpose] == [
        Purpose.ROWS
    ] * 2
    errand = hear(terminal, 0, answers.OK)
    assert errand.purpose is Purpose.RESULTS
    assert errand.request.body == b"ID=9&Return=200&CMD=DATA\n"
    assert terminal.sent == 300


@pytest.mark.parametrize(("dialect", "code"), [(NEW, b"-1"), (OLD, b"0")])
def test_a_query_that_finds_nothing_reports_what_its_make_reports(dialect: PushDialect, code: bytes) -> None:
    terminal = connected(dialect)
    hear(terminal, 0, answers.commands_answer([("9", commands.query_attlog(NOW, NOW))]))
    assert ask(terminal, 0).request.body == b"ID=9&Return=" + code + b"&CMD=DATA\n"


def test_one_model_never_answers_commands() -> None:
    terminal = connected(X105_ID)
    hear(terminal, 0, answers.commands_answer([("1", commands.INFO)]))
    assert terminal.next_errand(5) is None


def test_an_old_unit_that_is_told_another_stamp_sends_everything_again() -> None:
    terminal = connected(OLD, punches=2)
    target = hear(terminal, 0, b"OK: 2\n").request.target
    own = target.partition("Stamp=")[2]
    assert own.isdigit()
    for stamp, resent in ((own, False), ("0", True), ("4000000000", True)):
        terminal.sent = 2
        terminal.restart()
        options = HandshakeOptions("P1", timedelta(hours=7), attlog_stamp=stamp)
        hear(terminal, 0, answers.handshake_answer(options))
        assert (ask(terminal, 0).purpose is Purpose.PUNCHES) is resent


def test_a_new_unit_ignores_the_stamp() -> None:
    terminal = connected(NEW, punches=2)
    assert hear(terminal, 0, b"OK: 2\n").request.target.endswith("&Stamp=9999")
    terminal.restart()
    hear(terminal, 0, HANDSHAKE)
    assert ask(terminal, 0).purpose is Purpose.HEARTBEAT


def test_the_clock_follows_the_servers_date_when_more_than_ten_seconds_off() -> None:
    terminal = connected()
    for seconds, settings in ((5, 0), (11, 1), (11, 1), (-40, 2)):
        date = (NOW - timedelta(hours=7) + timedelta(seconds=seconds)).strftime("%a, %d %b %Y %H:%M:%S GMT")
        errand = Errand(Purpose.HEARTBEAT, ask(terminal, 1e6).request)
        terminal.heard(errand, Answer(200, PLAIN | {"date": date}, answers.OK), 0, NOW)
        assert terminal.clock_settings == settings
    assert terminal.terminal.clock(NOW) == NOW - timedelta(seconds=40)


def test_a_handshake_without_a_time_zone_makes_the_clock_jump_to_greenwichs_time() -> None:
    terminal = unit()
    body = HANDSHAKE.replace(b"TimeZone=7\n", b"")
    headers = PLAIN | {"date": (NOW - timedelta(hours=7)).strftime("%a, %d %b %Y %H:%M:%S GMT")}
    terminal.heard(ask(terminal, 0), Answer(200, headers, body), 0, NOW)
    assert terminal.terminal.clock(NOW) == NOW - timedelta(hours=7)


def test_a_security_unit_registers_first_and_sends_access_events() -> None:
    terminal = unit(SECURITY, punches=1)
    options = answers.SecurityOptions("R1", "S1")
    assert hear(terminal, 0, answers.OK).purpose is Purpose.HANDSHAKE
    assert hear(terminal, 0, answers.registry_answer("R1")).purpose is Purpose.REGISTER
    assert hear(terminal, 0, answers.push_configuration_answer(options)).purpose is Purpose.CONFIGURE
    assert terminal.online
    assert "table=rtlog" in hear(terminal, 0, b"OK: 1\n").request.target
    terminal.restart()
    assert hear(terminal, 0, answers.security_handshake_answer(options)).purpose is Purpose.HANDSHAKE
    assert terminal.online
