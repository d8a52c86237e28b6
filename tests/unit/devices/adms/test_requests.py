from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.adms import requests as asked
from devices.adms.errors import MalformedRequest
from devices.adms.requests import parse_request
from tests.unit.devices.adms.samples import EIGHT, X100_C

METHODS = st.sampled_from(["GET", "POST", "PUT", "get"])
PATHS = st.one_of(
    st.sampled_from(
        ["/iclock/cdata", "/iclock/getrequest", "/iclock/devicecmd", "/iclock/registry", "/iclock/querydata"]
    ),
    st.text(max_size=40),
)
TABLES = ["ATTLOG", "OPERLOG", "rtlog", "options", "tabledata", "BIODATA", "ATTPHOTO", ""]


def test_a_new_units_handshake() -> None:
    query = (
        "SN=CQUG223460001&options=all&pushver=2.4.1&language=73&DeviceType=att&PushOptionsFlag=1"
        "&pushcommkey=s3cret"
    )
    assert parse_request("GET", "/iclock/cdata", query) == asked.Handshake(
        "CQUG223460001", "2.4.1", 73, "att", "s3cret", takes_options=True
    )


def test_an_old_units_handshake_says_less() -> None:
    handshake = parse_request("GET", "/iclock/cdata", "SN=1&options=all&pushver=1.0&language=69")
    assert handshake == asked.Handshake("1", "1.0", 69, None, None, takes_options=False)


def test_a_security_unit_is_known_by_its_device_type() -> None:
    handshake = parse_request("GET", "/iclock/cdata", b"SN=1&DeviceType=acc&options=all")
    assert isinstance(handshake, asked.Handshake)
    assert handshake.security


@pytest.mark.parametrize(
    "path",
    [
        "/iclock/cdata",
        "/iclock/cdata/",
        "/iclock/cdata.aspx",
        "/iclock/cdata.aspx/",
        "/iclock/iclock/cdata",
        "//iclock//CDATA",
    ],
)
def test_every_spelling_of_a_path_is_the_same_request(path: str) -> None:
    request = parse_request("POST", path, "SN=1&table=ATTLOG&Stamp=9999", EIGHT)
    assert isinstance(request, asked.AttLog)
    assert (request.serial, request.lines) == ("1", 1)


@pytest.mark.parametrize(
    ("query", "stamp"),
    [
        ("Stamp=9999", "9999"),
        ("OpStamp=857806198", "857806198"),
        ("Stamp=0", "0"),
        ("Stamp=a.b:c", "a.b:c"),
        ("Stamp=", None),
        ("Stamp=1%0AATTLOGStamp=5", None),
        ("", None),
    ],
)
def test_a_stamp_is_kept_as_it_is_unless_it_could_not_be_echoed(query: str, stamp: str | None) -> None:
    request = parse_request("POST", "/iclock/cdata", f"SN=1&table=ATTLOG&{query}", EIGHT)
    assert isinstance(request, asked.AttLog)
    assert request.stamp == stamp


def test_unreadable_lines_count_as_lines() -> None:
    request = parse_request("POST", "/iclock/cdata", "SN=1&table=attlog", X100_C + b"garbage\n")
    assert isinstance(request, asked.AttLog)
    assert request.lines == 3


def test_results_posted_where_punches_go_are_results() -> None:
    request = parse_request("POST", "/iclock/cdata", "SN=1", b"ID=3&Return=0&CMD=CHECK\n")
    assert isinstance(request, asked.CommandResults)
    assert [result.id for result in request.results] == ["3"]


def test_access_events_and_transactions_are_punches() -> None:
    row = b"time=2026-11-23 07:00:00\tpin=5\tevent=0\n"
    live = parse_request("POST", "/iclock/cdata", "SN=1&table=rtlog", row)
    table = parse_request("POST", "/iclock/cdata", "SN=1&table=tabledata&tablename=transaction&count=1", row)
    queried = parse_request("POST", "/iclock/querydata", "SN=1&type=tabledata&tablename=transaction", row)
    assert isinstance(live, asked.RealTimeLog)
    assert isinstance(table, asked.RealTimeLog)
    assert isinstance(queried, asked.RealTimeLog)
    assert live.items == table.items == queried.items
    assert (live.table, table.table, queried.table) == (None, "transaction", "transaction")


def test_options_tell_of_the_terminal() -> None:
    request = parse_request(
        "POST", "/iclock/cdata", "SN=1&table=options", b"~DeviceName=MB10,FWVersion=Ver 8,UserCount=3"
    )
    assert isinstance(request, asked.Options)
    assert (request.facts.device_name, request.facts.firmware, request.facts.users) == ("MB10", "Ver 8", 3)


def test_the_rest_of_security_push() -> None:
    registry = parse_request(
        "POST", "/iclock/registry", "SN=1", b"DeviceType=acc,~DeviceName=SF,FirmVer=AC 1,PushVersion=3"
    )
    assert isinstance(registry, asked.Registry)
    assert registry.facts.firmware == "AC 1"
    assert parse_request("POST", "/iclock/push", "SN=1") == asked.PushConfiguration("1")
    assert parse_request("GET", "/iclock/rtdata", "SN=1&type=time") == asked.TimeRequest("1")
    assert parse_request("GET", "/iclock/ping", "SN=1") == asked.Ping("1")


@pytest.mark.parametrize(
    "path", ["fdata", "edata", "exchange", "querydata", "rtdata", "event", "file", "whatever"]
)
def test_no_path_of_the_protocol_is_unknown(path: str) -> None:
    assert isinstance(parse_request("POST", f"/iclock/{path}", "SN=1", b"x"), asked.Ignored)


@pytest.mark.parametrize("table", ["BIODATA", "ATTPHOTO", "ERRORLOG", "rtstate", ""])
def test_what_is_not_kept_is_still_acknowledged_line_by_line(table: str) -> None:
    body = b"PIN=1-7.jpg\nSN=1\nsize=3\nCMD=uploadphoto\0\xff\xd8\xff"
    request = parse_request("POST", "/iclock/cdata", f"SN=1&table={table}", body)
    assert request == asked.Ignored("1", table.lower() or "cdata", 4)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "SN=",
        "SN=a b",
        "SN=" + "x" * 33,
        "SN=../etc",
        "SN=1&SN=2",
        "SN=%00",
        "table=ATTLOG",
        "SN=1" + "&a=b" * 1100,
    ],
)
def test_without_one_usable_serial_number_nothing_is_read(query: str) -> None:
    with pytest.raises(MalformedRequest):
        parse_request("POST", "/iclock/cdata", query, EIGHT)


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/"), ("GET", "/other/cdata"), ("DELETE", "/iclock/cdata")]
)
def test_what_is_not_the_protocol_is_refused(method: str, path: str) -> None:
    with pytest.raises(MalformedRequest):
        parse_request(method, path, "SN=1")


@given(METHODS, PATHS, st.one_of(st.text(max_size=80), st.binary(max_size=80)), st.binary(max_size=200))
def test_only_its_own_error_escapes(method: str, path: str, query: str | bytes, body: bytes) -> None:
    with suppress(MalformedRequest):
        parse_request(method, path, query, body)


@given(st.sampled_from(TABLES), st.binary(max_size=200))
def test_no_body_makes_a_known_upload_fail(table: str, body: bytes) -> None:
    assert (
        parse_request("POST", "/iclock/cdata", f"SN=1&table={table}&tablename=transaction", body).serial
        == "1"
    )
