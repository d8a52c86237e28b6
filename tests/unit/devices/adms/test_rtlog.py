from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.adms.attlog import NOT_SAID, count_lines
from devices.adms.rtlog import encode_rtlog_line, parse_rtlog
from devices.driver import AttLogRecord, BadRecord
from devices.zk.times import encode_time
from tests.unit.devices.adms.samples import RECORDS

AT = datetime(2026, 11, 23, 7, 29, 58)
ROW = (
    b"time=2026-11-23 07:29:58\tpin=1001\tcardno=0\teventaddr=1\tevent=0\tinoutstatus=1\tverifytype=15"
    b"\tindex=140\tsitecode=0\tlinkid=0\tmaskflag=0\ttemperature=0\n"
)


def test_an_entry_granted_is_a_punch() -> None:
    assert parse_rtlog(ROW).items == (AttLogRecord("1001", AT, 15, 1, "", 0),)


def test_a_senseface_that_reports_a_known_face_as_event_3_loses_no_punch() -> None:
    assert parse_rtlog(ROW.replace(b"event=0", b"event=3")).items == (AttLogRecord("1001", AT, 15, 1, "", 0),)


@pytest.mark.parametrize("pin", [b"pin=0", b"pin="])
def test_the_doors_own_events_are_counted_and_no_punches(pin: bytes) -> None:
    rows = parse_rtlog(ROW.replace(b"pin=1001", pin).replace(b"event=0", b"event=206") + ROW)
    assert (len(rows.items), rows.ignored, rows.lines) == (1, 1, 2)


@pytest.mark.parametrize("event", [20, 23, 27, 101])
def test_another_event_of_a_person_is_kept_in_quarantine(event: int) -> None:
    row = ROW.replace(b"event=0", b"event=%d" % event)
    expected = BadRecord(-1, row.rstrip(b"\n"), f"access event {event}: not known to be an entry")
    assert parse_rtlog(row).items == (expected,)


def test_rows_of_the_transaction_table_are_punches_with_packed_time() -> None:
    row = (
        f"transaction cardno=0\tpin=1001\tverified=1\tdoorid=1\teventtype=0\tinoutstate=0"
        f"\ttime_second={encode_time(AT)}\r\n"
    )
    assert parse_rtlog(row.encode()).items == (AttLogRecord("1001", AT, 1, 0, "", 0),)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (b"time=2026-02-31 07:00:00\tpin=1\tevent=0", "no readable time"),
        (b"time_second=-5\tpin=1\tevent=0", "no readable time"),
        (b"pin=1\tevent=0", "no readable time"),
        (b"time=2026-11-23 07:00:00\tpin=1", "no access event"),
        (b"time=2026-11-23 07:00:00\tpin=a b\tevent=0", "no readable PIN"),
        (b"\x00\xff", "no access event"),
    ],
)
def test_a_row_that_cannot_be_read_is_kept_whole_with_the_reason(row: bytes, reason: str) -> None:
    assert parse_rtlog(row + b"\n").items == (BadRecord(-1, row, reason),)


def test_codes_that_are_missing_are_said_to_be() -> None:
    (item,) = parse_rtlog(b"time=2026-11-23 07:29:58\tpin=5\tevent=0").items
    assert item == AttLogRecord("5", AT, NOT_SAID, NOT_SAID, "", 0)


@given(
    st.lists(RECORDS.filter(lambda record: record.pin not in {"0", ""} and "=" not in record.pin), max_size=8)
)
def test_what_was_written_is_read(records: list[AttLogRecord]) -> None:
    body = b"".join(encode_rtlog_line(record) for record in records)
    assert list(parse_rtlog(body).items) == [record._replace(work_code="") for record in records]


@given(st.binary(max_size=400))
def test_no_bytes_make_it_fail_and_every_row_is_accounted_for(body: bytes) -> None:
    assert parse_rtlog(body).lines == count_lines(body)
