from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.adms import answers, commands
from devices.adms.answers import HandshakeOptions, SecurityOptions
from devices.adms.requests import Ping, parse_request
from devices.zk.times import decode_time

JAKARTA = timedelta(hours=7)
START, END = datetime(2026, 11, 23), datetime(2026, 11, 23, 23, 59, 59)


def test_the_handshakes_answer_line_by_line() -> None:
    body = answers.handshake_answer(
        HandshakeOptions(
            "A1", JAKARTA, attlog_stamp="857806198", operlog_stamp="9999", delay=7, error_delay=21
        )
    )
    assert body.decode().split("\n") == [
        "GET OPTION FROM: A1",
        "ATTLOGStamp=857806198",
        "OPERLOGStamp=9999",
        "ATTPHOTOStamp=0",
        "ErrorDelay=21",
        "Delay=7",
        "TransTimes=00:00;14:05",
        "TransInterval=1",
        "TransFlag=TransData AttLog\tOpLog\tEnrollUser\tChgUser",
        "TimeZone=7",
        "Realtime=1",
        "Encrypt=None",
        "ServerVer=2.4.1",
        "PushProtVer=2.4.1",
        "PushOptionsFlag=1",
        "",
    ]


def test_no_line_of_a_handshake_makes_it_fail() -> None:
    body = answers.handshake_answer(HandshakeOptions("UNIT-1", JAKARTA)).decode()
    assert not any(line.startswith(("UN", "RETRY")) for line in body.splitlines())


@pytest.mark.parametrize(
    ("offset", "sent"),
    [
        (timedelta(hours=7), "7"),
        (timedelta(hours=9), "9"),
        (timedelta(), "0"),
        (timedelta(hours=-3), "-3"),
        (timedelta(hours=5, minutes=30), "330"),
        (timedelta(hours=-3, minutes=-30), "-210"),
        (timedelta(minutes=30), "30"),
    ],
)
def test_a_time_zone_is_whole_hours_or_else_minutes(offset: timedelta, sent: str) -> None:
    assert answers.time_zone(offset) == sent


@pytest.mark.parametrize("offset", [timedelta(minutes=20), timedelta(minutes=-24), timedelta(seconds=1)])
def test_a_time_zone_that_would_be_misread_is_refused(offset: timedelta) -> None:
    with pytest.raises(ValueError, match="time zone"):
        answers.time_zone(offset)


@pytest.mark.parametrize("stamp", ["", "1\nDelay=1", "1 2", "x" * 65])
def test_a_stamp_that_would_become_something_else_is_refused(stamp: str) -> None:
    with pytest.raises(ValueError, match="cannot be sent"):
        answers.handshake_answer(HandshakeOptions("A1", JAKARTA, attlog_stamp=stamp))


def test_uploads_are_answered_with_the_number_of_their_lines() -> None:
    def answered(query: str, body: bytes) -> bytes:
        return answers.acknowledged(parse_request("POST", "/iclock/cdata", f"SN=1&{query}", body))

    assert answered("table=ATTLOG", b"1\t2026-11-23 07:00:00\t0\t1\nbad\n") == b"OK: 2\n"
    assert answered("table=OPERLOG", b"") == b"OK: 0\n"
    assert answered("table=rtlog", b"time=2026-11-23 07:00:00\tpin=1\tevent=0\n") == b"OK: 1\n"
    assert answered("table=options", b"~DeviceName=X") == b"OK\n"
    assert answered("table=BIODATA", b"BIODATA Pin=1\tTmp=x\n") == b"OK: 1\n"
    assert answered("table=tabledata&tablename=user&count=2", b"user uid=1\nuser uid=2\n") == b"user=2\n"
    assert (
        answered("table=tabledata&tablename=transaction", b"transaction pin=1\tevent=0\n")
        == b"transaction=1\n"
    )
    assert answered("", b"ID=1&Return=0&CMD=INFO\n") == b"OK\n"
    assert answers.acknowledged(Ping("1")) == b"OK\n"


def test_commands_end_in_a_newline_each_and_none_is_ok() -> None:
    lines = answers.commands_answer([("7", commands.INFO), ("8", commands.verify_sum(START, END))])
    assert lines == (
        b"C:7:INFO\nC:8:VERIFY SUM ATTLOG StartTime=2026-11-23 00:00:00\tEndTime=2026-11-23 23:59:59\n"
    )
    assert answers.commands_answer([]) == b"OK\n"


@pytest.mark.parametrize(
    ("identifier", "command"),
    [
        ("", "INFO"),
        ("a b", "INFO"),
        ("1" * 17, "INFO"),
        ("1", ""),
        ("1", "INFO\nC:2:CLEAR LOG"),
        ("1", "INFO\r"),
        ("1", "A\0B"),
    ],
)
def test_what_would_become_another_command_is_refused(identifier: str, command: str) -> None:
    with pytest.raises(ValueError, match="command"):
        answers.commands_answer([(identifier, command)])


@pytest.mark.parametrize("name", ["A\tPri=14", "A\nC:9:CLEAR LOG", "A\rB", "A\0"])
def test_a_name_that_injects_fields_or_commands_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="control character"):
        commands.update_user("1001", name)


@pytest.mark.parametrize("pin", ["", "1\t2", "1 2", "x" * 25, "1\n"])
def test_a_pin_that_is_none_is_refused(pin: str) -> None:
    with pytest.raises(ValueError, match="PIN"):
        commands.delete_user(pin)
    with pytest.raises(ValueError, match="PIN"):
        commands.update_user(pin, "x")


def test_the_other_commands() -> None:
    assert commands.query_attlog(START, END) == (
        "DATA QUERY ATTLOG StartTime=2026-11-23 00:00:00\tEndTime=2026-11-23 23:59:59"
    )
    assert commands.update_user("1001", "Siti", 14) == "DATA UPDATE USERINFO PIN=1001\tName=Siti\tPri=14"
    assert commands.delete_user("1001") == "DATA DELETE USERINFO PIN=1001"
    with pytest.raises(ValueError, match="ends"):
        commands.verify_sum(END, START)


def test_return_codes_have_meanings() -> None:
    assert commands.meaning(0) == "done"
    assert commands.meaning(17) == "done (17)"
    assert commands.meaning(-1002) == "not supported"
    assert commands.meaning(-77) == "code -77"


def test_a_security_unit_is_told_how_to_behave() -> None:
    options = SecurityOptions("R-1", "S1", delay=7, error_delay=21)
    body = answers.security_handshake_answer(options).decode()
    assert body.startswith("registry=ok\nRegistryCode=R-1\n")
    assert "\nRequestDelay=7\n" in body
    assert body.endswith(answers.push_configuration_answer(options).decode())
    assert answers.registry_answer("R-1") == b"RegistryCode=R-1\n"


def test_the_time_is_told_packed_and_in_utc() -> None:
    now = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
    date, zone = (
        answers.time_answer(now.astimezone(), timedelta(hours=5, minutes=30)).decode().strip().split(",")
    )
    assert decode_time(int(date.removeprefix("DateTime="))) == now.replace(tzinfo=None)
    assert zone == "ServerTZ=+0530"
    assert answers.time_answer(now, timedelta(hours=-3)).endswith(b"ServerTZ=-0300\n")


@given(st.text(min_size=1, max_size=60))
def test_whatever_name_is_accepted_stays_one_line_and_one_field(name: str) -> None:
    try:
        command = commands.update_user("1", name)
        body = answers.commands_answer([("1", command)])
    except ValueError:
        return
    assert body.count(b"\n") == 1
    assert body.count(b"\t") == 2
