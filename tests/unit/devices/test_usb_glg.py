from __future__ import annotations

from datetime import datetime

import pytest

from devices.driver import AttLogRecord, BadRecord
from devices.usb import AmbiguousDates, DateOrder, OtherDates, parse
from devices.usb.glg import parse_glg

HEADER = b"No\tTMNo\tEnNo\tName\tGMNo\tMode\tIN/OUT\tDateTime\r\n"
ROW = b"1\t1\t000001001\tSiti\t1\t1\tS\t2026/02/03 07:29:31\r\n"
PUNCH = AttLogRecord("1001", datetime(2026, 2, 3, 7, 29, 31), verify=1, state=0, work_code="", user_index=0)


def row(when: str) -> bytes:
    return ROW.replace(b"2026/02/03 07:29:31", when.encode())


def test_number_is_the_pin_without_the_zeros_that_pad_it() -> None:
    assert parse_glg(HEADER + ROW).items == [PUNCH]


@pytest.mark.parametrize(
    ("header", "line", "verify", "state"),
    [
        (b"No\tTMNo\tEnNo\tName\tINOUT\tMode\tDateTime", b"1\t1\t1001\t\t1\t2\t2026/02/03 07:29:31", 2, 1),
        (b"No\tMchn\tEnNo\tName\tMode\tIOMd\tDateTime", b"1\t1\t1001\t\t1\t0\t2026/02/03 07:29:31", 1, 0),
        (
            b"No\tTMNo\tEnNo\tName\tGMNo\tMode\tIn/Out\tAntipass\tProxyWork\tDateTime",
            b"1\t1\t00001001\tAmaan\t1\tFP\tDutyOff\t0\t0\t2026-02-03 07:29:31",
            255,
            255,
        ),
        (
            b"No\tTMNo\tEnNo\tName\tGMNo\tMode\tIN/OUT\tAntipass\tDaiGong\tDateTime\tTR",
            b"1\t1\t1001\t\t1\t1\tE\t0\t0\t2026/02/03 07:29:31\t0",
            1,
            1,
        ),
        (b"No\tTMNo\tEnNo\tName\tMode\tDateTime", b"1\t1\t1001\t\t\t\t1\t2026/02/03 07:29:31", 255, 255),
        (b"No TMNo EnNo Name Mode DateTime", b"1 1 000001001 1 2026-02-03  07:29:31", 255, 255),
    ],
    ids=["INOUT before Mode", "Mchn", "words", "TR after DateTime", "row longer than header", "blanks"],
)
def test_columns_stand_where_the_header_has_them_and_codes_count_only_where_the_row_agrees(
    header: bytes, line: bytes, verify: int, state: int
) -> None:
    assert parse(header + b"\r\n" + line + b"\r\n", "GLG_001.TXT").items == [
        PUNCH._replace(verify=verify, state=state)
    ]


def test_four_comment_lines_before_the_header_are_no_punches_and_may_state_the_serial_number() -> None:
    comments = b"# DeviceModel = S362E\r\n# DataType = AttendLog\r\n# SN = 3392170500\r\n# Version = 1\r\n"
    read = parse(comments + HEADER + ROW, "AGL_0001.TXT")
    assert read.items == [PUNCH]
    assert read.serial == "3392170500"
    assert read.device_ids == {"1"}


def test_a_punch_listed_twice_is_given_twice_for_the_store_to_count() -> None:
    assert parse_glg(HEADER + ROW + ROW).items == [PUNCH, PUNCH]


def test_a_file_without_header_is_read_by_its_name() -> None:
    assert parse(ROW, "GLG_001.TXT").items == [PUNCH._replace(verify=255, state=255)]


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16"])
def test_a_file_that_marks_its_encoding_is_read(codec: str) -> None:
    text = (HEADER + ROW).decode().replace("Siti", "陈璇").encode(codec)
    assert parse(text, "GLG_001.TXT").items == [PUNCH]


def test_names_in_any_encoding_do_no_harm() -> None:
    assert parse_glg(HEADER + ROW.replace(b"Siti", "陈璇".encode("gb18030"))).items == [PUNCH]


def test_a_row_that_is_not_sound_is_kept_whole_and_the_others_are_read() -> None:
    torn = ROW.rstrip()[:-3]
    impossible = row("2026/02/30 07:29:31").rstrip()
    nobody = ROW.replace(b"000001001", b"").rstrip()
    items = parse_glg(HEADER + b"\r\n".join([ROW.rstrip(), nobody, impossible, torn])).items
    assert items == [
        PUNCH,
        BadRecord(-1, nobody, "line 3: no readable number in the column EnNo"),
        BadRecord(-1, impossible, "line 4: impossible time 2026/02/30 07:29:31"),
        BadRecord(-1, torn, "line 5: no date and time"),
    ]


def test_a_row_that_lost_its_am_or_pm_is_not_given_another_time() -> None:
    whole, torn = row("2026-02-03 04:29:31 PM"), row("2026-02-03 04:30:00").rstrip()
    first, second = parse_glg(HEADER + whole + torn).items
    assert isinstance(first, AttLogRecord)
    assert first.device_time == datetime(2026, 2, 3, 16, 29, 31)
    assert second == BadRecord(-1, torn, "line 3: 2026-02-03 04:30:00 without AM or PM")


class TestDayAndMonth:
    def test_what_can_be_read_both_ways_is_asked_not_guessed(self) -> None:
        with pytest.raises(AmbiguousDates) as asked:
            parse_glg(HEADER + row("05-05-2026 07:00:00 AM") + row("02-03-2026 07:29:31 AM"))
        assert asked.value.example == "02-03-2026 07:29:31 AM"
        assert asked.value.rows == 1
        assert "2026-03-02 or 2026-02-03" in str(asked.value)

    @pytest.mark.parametrize(("order", "month", "day"), [(DateOrder.DMY, 3, 2), (DateOrder.MDY, 2, 3)])
    def test_the_answer_decides(self, order: DateOrder, month: int, day: int) -> None:
        read = parse_glg(HEADER + row("02-03-2026 07:29:31 AM"), order)
        assert read.items == [PUNCH._replace(device_time=datetime(2026, month, day, 7, 29, 31))]
        assert read.date_order is order

    def test_a_day_above_twelve_anywhere_decides_for_every_row(self) -> None:
        read = parse_glg(HEADER + row("02/03/2026 07:29:31") + row("02/13/2026 07:29:31"))
        assert read.date_order is DateOrder.MDY
        assert read.items[0] == PUNCH

    def test_an_answer_against_the_files_own_dates_is_refused(self) -> None:
        with pytest.raises(OtherDates, match="are mdy"):
            parse_glg(HEADER + row("02/13/2026 07:29:31"), DateOrder.DMY)

    def test_nothing_is_asked_where_both_readings_are_the_same(self) -> None:
        read = parse_glg(HEADER + row("05-05-2026 07:29:31"))
        assert read.items == [PUNCH._replace(device_time=datetime(2026, 5, 5, 7, 29, 31))]

    def test_a_file_whose_dates_begin_with_the_year_needs_no_order(self) -> None:
        assert parse_glg(HEADER + ROW).date_order is None
