from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.adms.facts import TerminalFacts, facts_from_info
from devices.adms.results import CommandResult, encode_result, parse_results


def test_several_results_come_in_one_body() -> None:
    body = b"ID=15&Return=0&CMD=DATA\r\nID=info16&Return=-1002&CMD=DATA\r\n"
    first, second = parse_results(body)
    assert first == CommandResult("15", 0, "DATA")
    assert second == CommandResult("info16", -1002, "DATA")
    assert (first.done, second.done) == (True, False)


@pytest.mark.parametrize("key", ["AttlogCount", "AttlogSum"])
def test_the_count_of_verify_sum_is_read_by_the_old_clients_name_and_the_documents(key: str) -> None:
    body = (
        b"ID=18&Return=0&CMD=VERIFY SUM ATTLOG&StartTime=2026-11-23 00:00:00&EndTime=2026-11-23 23:59:59&"
        + key.encode()
        + b"=412\n"
    )
    assert parse_results(body) == (CommandResult("18", 0, "VERIFY SUM ATTLOG", 412),)


def test_an_answer_to_info_tells_counts_and_keeps_no_password() -> None:
    body = (
        b"ID=19&Return=0&CMD=INFO\n~DeviceName=X100-C\nFWVersion=Ver 8.0.4\nTransactionCount=44718\n"
        b"UserCount=63\n~MaxAttLogCount=10\n~Platform=ZEM560\nCOMKey=314159\nWebPasswd=geheim\n"
        b"ID=20&Return=0&CMD=CHECK\n"
    )
    info, check = parse_results(body)
    assert info.facts == TerminalFacts(
        firmware="Ver 8.0.4",
        device_name="X100-C",
        platform="ZEM560",
        users=63,
        records=44_718,
        records_capacity=100_000,
    )
    assert check.command == "CHECK"
    assert "geheim" not in repr(info)
    assert "314159" not in repr(info)


def test_a_result_with_one_value_a_line_is_read_too() -> None:
    body = b"ID=5\nSN=A1\nFILENAME=x\nCMD=GetFile\nReturn=12\nContent=\x00\x01\xff"
    assert parse_results(body) == (CommandResult("5", 12, "GetFile"),)


@pytest.mark.parametrize(
    "body", [b"", b"ID=&Return=0", b"ID=way-too-long-or-odd!&Return=0", b"Return=0&CMD=DATA"]
)
def test_what_has_no_usable_id_is_left_out(body: bytes) -> None:
    assert parse_results(body) == ()


def test_a_code_that_is_no_number_is_no_success() -> None:
    (result,) = parse_results(b"ID=1&Return=yes&CMD=DATA\n")
    assert result.code is None
    assert not result.done


def test_what_was_written_is_read() -> None:
    results = [CommandResult("1", 0, "DATA"), CommandResult("2", 0, "VERIFY SUM ATTLOG", 7)]
    assert list(parse_results(b"".join(map(encode_result, results)))) == results


def test_a_heartbeat_tells_firmware_and_counts() -> None:
    facts = facts_from_info("Ver 8.0.4.3-20190722,63,70,44718,10.0.0.50,10,7,12,5,111100")
    assert facts == TerminalFacts("Ver 8.0.4.3-20190722", users=63, records=44_718, address="10.0.0.50")
    assert facts_from_info("") is None
    assert facts_from_info("Ver,x,-1,-4") == TerminalFacts("Ver")


@given(st.binary(max_size=300))
def test_no_bytes_make_it_fail(body: bytes) -> None:
    for result in parse_results(b"ID=1&Return=" + body):
        assert result.id.isalnum()
