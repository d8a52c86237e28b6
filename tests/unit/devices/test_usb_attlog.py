from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.driver import AttLogRecord, BadRecord
from devices.usb import parse
from devices.usb.attlog import parse_attlog

LINE = b"     1001\t2026-11-23 07:29:31\t1\t0\t15\t0\r\n"
PUNCH = AttLogRecord(
    "1001", datetime(2026, 11, 23, 7, 29, 31), verify=15, state=0, work_code="", user_index=0
)


def bad(data: bytes) -> BadRecord:
    [item] = parse_attlog(data).items
    assert isinstance(item, BadRecord)
    return item


def test_state_stands_before_verify() -> None:
    [item] = parse(b"        1\t2026-11-23 16:04:00\t1\t1\t15\t0\n", "1_attlog.dat").items
    assert isinstance(item, AttLogRecord)
    assert (item.state, item.verify) == (1, 15)


@pytest.mark.parametrize("width", [5, 9, 24])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_the_blanks_that_pad_a_pin_are_no_part_of_it(width: int, end: bytes) -> None:
    line = b"1001".rjust(width) + LINE[9:].rstrip() + end
    assert parse_attlog(line * 2).items == [PUNCH, PUNCH]


def test_letters_and_leading_zeros_are_part_of_a_pin() -> None:
    pins = [b"007", b"A-12", b"123456789012345678901234"]
    items = parse_attlog(b"".join(pin.rjust(9) + LINE[9:] for pin in pins)).items
    assert [item.pin for item in items if isinstance(item, AttLogRecord)] == [pin.decode() for pin in pins]


def test_the_work_code_may_be_missing_and_columns_may_be_added() -> None:
    short = b"\t".join(LINE.rstrip().split(b"\t")[:5]) + b"\n"
    long = LINE.rstrip() + b"\t0\t0\t0\t0\n"
    coded = LINE.replace(b"\t0\r", b"\t17\r")
    assert parse_attlog(short + long + coded).items == [PUNCH, PUNCH, PUNCH._replace(work_code="17")]


def test_the_lines_of_black_and_white_models_around_the_punches_are_none() -> None:
    read = parse_attlog(b"SN=CGKK223862906\r\n" + LINE + b"CHECKSUM=4711\r\n")
    assert read.items == [PUNCH]
    assert read.serial == "CGKK223862906"


def test_the_device_ids_of_all_lines_are_told() -> None:
    assert parse_attlog(LINE + LINE.replace(b"\t1\t0\t", b"\t12\t0\t")).device_ids == {"1", "12"}


def test_a_last_line_cut_in_its_time_is_kept_raw_and_the_good_lines_are_read() -> None:
    cut = LINE[:25]
    good, torn = parse_attlog(LINE + cut).items
    assert good == PUNCH
    assert torn == BadRecord(-1, cut, "line 2: 2 columns, a punch has 6")


def test_a_garbage_tail_is_kept_line_by_line() -> None:
    tail = [b"\xff\xfe\x00\x00garbage", b"\0" * 30, b"1001\t2026-13-41 99:99:99\t1\t0\t1\t0"]
    items = parse_attlog(LINE + b"\r\n".join(tail)).items
    assert items[0] == PUNCH
    assert [item.raw for item in items[1:] if isinstance(item, BadRecord)] == tail


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (LINE.replace(b"1001", b"    "), "line 1: no readable PIN"),
        (LINE.replace(b"1001", b"1 01"), "line 1: no readable PIN"),
        (LINE.replace(b"1001", b"1\0\0\0"), "line 1: no readable PIN"),
        (b"1" * 25 + LINE[9:], "line 1: no readable PIN"),
        (LINE.replace(b"2026-11-23", b"2026-02-30"), "line 1: impossible time 2026-02-30 07:29:31"),
        (LINE.replace(b"2026-", b"1999-"), "line 1: impossible time 1999-11-23 07:29:31"),
        (LINE.replace(b":31", b":3"), "line 1: no time in the second column"),
        (LINE.replace(b"07:29:31", b"24:00:00"), "line 1: impossible time 2026-11-23 24:00:00"),
        (LINE.replace(b"\t15\t", b"\t256\t"), "line 1: no code in the column of state or verify"),
        (LINE.replace(b"\t0\t15", b"\t\t15"), "line 1: no code in the column of state or verify"),
        (LINE.replace(b"\t0\r", b"\t\xe4\r"), "line 1: no readable work code"),
    ],
)
def test_a_line_that_is_not_sound_is_kept_whole_with_its_reason(line: bytes, reason: str) -> None:
    assert bad(line) == BadRecord(-1, line.removesuffix(b"\r\n"), reason)


def test_the_reason_counts_lines_from_one_and_blank_ones_too() -> None:
    assert bad(b"\r\n\n   \nx\n").reason.startswith("line 4:")


@given(st.lists(st.sampled_from([LINE, b"\n", b"x\t", b"\xff", b"\0", b"SN=", b"2026-11-23", b"\x1a"])))
def test_whatever_the_lines_are_no_byte_of_a_bad_one_is_lost(pieces: list[bytes]) -> None:
    data = b"".join(pieces)
    kept = [item.raw for item in parse_attlog(data).items if isinstance(item, BadRecord)]
    assert all(raw in data for raw in kept)
