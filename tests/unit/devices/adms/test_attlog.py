from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.adms.attlog import NOT_SAID, count_lines, encode_attlog_line, parse_attlog
from devices.adms.rtlog import parse_rtlog
from devices.driver import AttLogRecord, BadRecord
from tests.unit.devices.adms.samples import EIGHT, JUNK_LINES, MB10, RECORDS, X100_C

AT = datetime(2026, 11, 23, 7, 29, 58)


def test_a_line_of_an_x100_c_with_trailing_tab_and_empty_work_code() -> None:
    first, second = parse_attlog(X100_C)
    assert first == AttLogRecord("1001", AT, 1, 255, "", 0)
    assert second == AttLogRecord("1002", datetime(2026, 11, 23, 7, 30, 1), 1, 0, "", 0)


def test_the_sequence_number_of_an_mb10_is_not_taken_for_anything() -> None:
    assert parse_attlog(MB10) == [AttLogRecord("7", AT, 15, 0, "0", 0)]


@pytest.mark.parametrize("columns", range(2, 12))
def test_every_number_of_columns_reads_as_the_same_punch(columns: int) -> None:
    line = encode_attlog_line(AttLogRecord("1001", AT, 1, 0, "42", 9), columns)
    assert line.count(b"\t") == columns - 1
    expected = AttLogRecord(
        "1001",
        AT,
        1 if columns > 3 else NOT_SAID,
        0 if columns > 2 else NOT_SAID,
        "42" if columns > 4 else "",
        0,
    )
    assert parse_attlog(line) == [expected]
    assert parse_attlog(line.replace(b"\n", b"\t\r\n")) == [expected]


def test_pins_with_letters_leading_zeros_and_24_characters_stay_as_they_are() -> None:
    pins = ["007", "A-17", "x" * 24]
    body = b"".join(encode_attlog_line(AttLogRecord(pin, AT, 1, 0, "", 0)) for pin in pins)
    assert [item.pin for item in parse_attlog(body) if isinstance(item, AttLogRecord)] == pins


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"1001\t2026-02-31 07:00:00\t0\t1", "impossible date 2026-02-31 07:00:00"),
        (b"1001\t2026-11-23 24:00:01\t0\t1", "impossible date 2026-11-23 24:00:01"),
        (b"1001\t1999-12-31 23:59:59\t0\t1", "no readable time"),
        (b"1001\t23/11/2026 07:00\t0\t1", "no readable time"),
        (b"1001\t2026-W48-1 07:00:00\t0\t1", "no readable time"),
        (b"1001", "no readable time"),
        (b"\t2026-11-23 07:00:00\t0\t1", "no readable PIN"),
        (b"10 01\t2026-11-23 07:00:00\t0\t1", "no readable PIN"),
        (b"x" * 25 + b"\t2026-11-23 07:00:00\t0\t1", "no readable PIN"),
        (b"\xb2\xe2\xca\xd4\t2026-11-23 07:00:00\t0\t1", "no readable PIN"),
        (b"1001\t2026-11-23 07:00:00\tin\t1", "the status or verify code is not a number"),
        (b"garbage\tnot-a-date", "no readable time"),
    ],
)
def test_a_line_that_cannot_be_read_is_kept_whole_with_the_reason(line: bytes, reason: str) -> None:
    good = encode_attlog_line(AttLogRecord("1001", AT, 1, 0, "", 0))
    before, bad, after = parse_attlog(good + line + b"\n" + good)
    assert bad == BadRecord(-1, line, reason)
    assert isinstance(before, AttLogRecord)
    assert isinstance(after, AttLogRecord)


@pytest.mark.parametrize("parse", [parse_attlog, lambda body: parse_rtlog(body).items])
def test_a_user_or_a_finger_that_comes_as_a_punch_is_kept_without_password_and_template(
    parse: Callable[[bytes], Sequence[AttLogRecord | BadRecord]],
) -> None:
    lines = (
        b"USER PIN=1001\tName=Siti\tPri=0\tPasswd=s3cr3t\tCard=",
        b"FP PIN=1001\tFID=0\tValid=1\tTMP=s3cr3t+/s3cr3t==",
        b"BIODATA Pin=1001\tNo=0\tTmp=s3cr3t",
        b"user uid=1\tpassword=s3cr3t\tpin=1001",
        b"templatev10 pin=1001\ttemplate=s3cr3t",
    )
    items = parse(b"\n".join(lines) + b"\n")
    assert [type(item) for item in items] == [BadRecord] * len(lines)
    for item in items:
        assert isinstance(item, BadRecord)
        assert b"s3cr3t" not in item.raw
        assert b"=1001" in item.raw


def test_blank_lines_and_padding_are_no_lines() -> None:
    body = b"\r\n" + EIGHT + b"\n \n" + EIGHT + b"\0\0\0"
    assert len(parse_attlog(body)) == count_lines(body) == 2
    assert parse_attlog(b"") == []


def test_a_work_code_in_gb2312_is_read_and_nothing_unprintable_or_endless_is_kept() -> None:
    head = b"1001\t2026-11-23 07:29:58\t0\t1\t"
    body = head + "外勤".encode("gb2312") + b"\0\x01\t0\n" + head + b"9" * 99
    codes = [item.work_code for item in parse_attlog(body) if isinstance(item, AttLogRecord)]
    assert codes == ["外勤", "9" * 32]


@given(st.lists(RECORDS, max_size=20), st.integers(5, 11), st.booleans())
def test_what_was_written_is_read(records: list[AttLogRecord], columns: int, crlf: bool) -> None:
    body = b"".join(encode_attlog_line(record, columns) for record in records)
    assert parse_attlog(body.replace(b"\n", b"\r\n") if crlf else body) == records


@given(st.lists(RECORDS, min_size=1, max_size=6), st.data())
def test_a_body_cut_anywhere_loses_no_whole_line_and_dates_no_punch_wrongly(
    records: list[AttLogRecord], data: st.DataObject
) -> None:
    body = b"".join(encode_attlog_line(record, 7) for record in records)
    cut = data.draw(st.integers(0, len(body)))
    items = parse_attlog(body[:cut])
    whole = body[:cut].count(b"\n")
    assert items[:whole] == records[:whole]
    for item in items[whole:]:
        if isinstance(item, AttLogRecord):
            assert (item.pin, item.device_time) == (records[whole].pin, records[whole].device_time)


@given(st.lists(RECORDS, max_size=6), JUNK_LINES)
def test_trailing_junk_is_one_bad_line_and_harms_no_other(records: list[AttLogRecord], junk: bytes) -> None:
    body = b"".join(encode_attlog_line(record, 8) for record in records)
    items = parse_attlog(body + junk)
    assert items[: len(records)] == records
    assert [type(item) for item in items[len(records) :]] == [BadRecord]


@given(st.binary(max_size=400))
def test_no_bytes_make_it_fail_and_every_line_is_accounted_for(body: bytes) -> None:
    items = parse_attlog(body)
    assert len(items) == count_lines(body)
    for item in items:
        if isinstance(item, AttLogRecord):
            assert item.pin.isprintable()
            assert item.work_code.isprintable()
        else:
            assert item.raw in body.replace(b"\r\n", b"\n")
