from __future__ import annotations

import gc
import time
from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.driver import AttLogRecord, BadRecord
from devices.zk.layouts import (
    LAYOUT_8A,
    LAYOUT_8B,
    LAYOUT_16,
    LAYOUT_22,
    LAYOUT_40,
    LAYOUT_49,
    LAYOUTS,
    LogLayout,
    PinKind,
)
from devices.zk.records import decode_log, encode_record, user_numbers
from tests.unit.devices import vectors
from tests.unit.devices.test_zk_times import moments

PUBLISHED = AttLogRecord("999111333", datetime(2018, 6, 25, 17, 50, 35), 1, 0, "", 13)
SITI = AttLogRecord("1007", datetime(2026, 11, 23, 7, 12, 33), 1, 4, "", 7)
PINS = {7: "1007", 8: "00A-17"}
pins = st.text("0123456789ABCabc-", min_size=1, max_size=24)
bytes_8 = st.integers(0, 255)
words = st.integers(0, 0xFFFF)
records = st.builds(AttLogRecord, pins, moments, bytes_8, bytes_8, st.just(""), words)
IMPOSSIBLE = encode_record(PUBLISHED)[:27] + b"\xff\xff\xff\xff" + bytes(9)
layouts = pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS.keys())


def as_kept(record: AttLogRecord, layout: LogLayout) -> AttLogRecord:
    """What of `record` a record of this layout can hold."""
    if layout.nibbles:
        record = record._replace(verify=record.verify & 15, state=record.state & 15)
    if layout.pin_kind is PinKind.TEXT:
        return record._replace(pin=record.pin[: layout.pin_width])
    if layout.pin_kind is PinKind.NUMBER:
        return record._replace(pin=str(record.user_index + 1), user_index=0, work_code="12")
    return record._replace(pin=str(record.user_index + 5000), user_index=record.user_index or 1)


def test_published_record_decodes_and_encodes_exactly() -> None:
    assert decode_log(vectors.RECORD_40, LAYOUT_40) == [PUBLISHED]
    assert encode_record(PUBLISHED, trailing=bytes.fromhex("00000000ff000000")) == vectors.RECORD_40


def test_published_8b_record_is_that_of_the_user_with_its_number() -> None:
    record = AttLogRecord("1007", datetime(2016, 1, 1, 19, 2), 8, 2, "", 7)
    assert decode_log(vectors.RECORD_8B, LAYOUT_8B, users=PINS) == [record]
    assert encode_record(record, LAYOUT_8B) == vectors.RECORD_8B


@pytest.mark.parametrize(
    ("layout", "raw"),
    [
        (LAYOUT_8A, "0700 01 61438533 04"),
        (LAYOUT_8B, "0700 41 00 61438533"),
        (LAYOUT_16, "ef030000 61438533 04 01 0000 0c000000"),
        (LAYOUT_22, "0700 313030370000 00000000 01 61438533 04 00000000"),
        (LAYOUT_40, "0700 31303037" + "00" * 20 + "01 61438533 04" + "00" * 8),
        (LAYOUT_49, "0700 31303037" + "00" * 20 + "01 61438533 04" + "00" * 17),
    ],
    ids=lambda value: value.name if isinstance(value, LogLayout) else "",
)
def test_every_layout_is_read_as_its_drawing_says(layout: LogLayout, raw: str) -> None:
    expected = SITI._replace(work_code="12", user_index=0) if layout is LAYOUT_16 else SITI
    assert decode_log(bytes.fromhex(raw), layout, users=PINS) == [expected]
    assert encode_record(expected, layout) == bytes.fromhex(raw)


@layouts
@given(sent=st.lists(records, max_size=20))
def test_records_of_every_layout_survive_the_round_trip(layout: LogLayout, sent: list[AttLogRecord]) -> None:
    kept = [as_kept(record, layout) for record in sent]
    users = {record.user_index: record.pin for record in kept}
    raw = b"".join(encode_record(record, layout) for record in kept)
    decoded = decode_log(raw, layout, users=users)
    assert [item for item in decoded if isinstance(item, AttLogRecord)] == [
        record if layout.pin_kind is not PinKind.USER else record._replace(pin=users[record.user_index])
        for record in kept
    ]
    assert all(type(record) is AttLogRecord for record in decoded)


def test_a_new_record_size_is_a_new_row_of_the_table() -> None:
    longer = replace(LAYOUT_40, name="53", size=53)
    assert decode_log(encode_record(PUBLISHED, longer) * 3, longer) == [PUBLISHED] * 3


def test_an_impossible_date_is_kept_raw_at_its_place_with_its_reason() -> None:
    good = encode_record(PUBLISHED)
    items = decode_log(good + IMPOSSIBLE + good, LAYOUT_40, first_index=700)
    assert items == [PUBLISHED, BadRecord(701, IMPOSSIBLE, "impossible date 2133-08-18"), PUBLISHED]


@layouts
def test_31_february_is_kept_raw_in_every_layout(layout: LogLayout) -> None:
    raw = bytearray(encode_record(as_kept(SITI, layout), layout) * 3)
    at = layout.size + layout.time
    february = ((26 * 12 + 1) * 31 + 30) * 86_400
    raw[at : at + 4] = february.to_bytes(4, "little")
    items = decode_log(bytes(raw), layout, users={7: "1007"})
    whole = bytes(raw[layout.size : 2 * layout.size])
    assert items[1] == BadRecord(1, whole, "impossible date 2026-02-31")
    assert isinstance(items[0], AttLogRecord)
    assert isinstance(items[2], AttLogRecord)


@pytest.mark.parametrize("pin", [b"", b"\0" * 24, b"\xff\xfe12", b"12 34", b"\x01\x02"])
def test_a_record_without_a_readable_pin_is_kept_raw(pin: bytes) -> None:
    raw = b"\x05\0" + pin.ljust(24, b"\0") + encode_record(PUBLISHED)[26:]
    assert decode_log(raw, LAYOUT_40) == [BadRecord(0, raw, "no readable PIN")]


def test_a_pin_of_number_0_is_nobodys() -> None:
    raw = bytes(4) + encode_record(SITI, LAYOUT_16)[4:]
    assert decode_log(raw, LAYOUT_16) == [BadRecord(0, raw, "no readable PIN")]


@pytest.mark.parametrize("layout", [LAYOUT_8A, LAYOUT_8B], ids=["8a", "8b"])
def test_a_number_that_no_user_has_is_kept_raw_with_the_number(layout: LogLayout) -> None:
    known, unknown, deleted = (
        encode_record(SITI._replace(user_index=number), layout) for number in (7, 9, 0)
    )
    assert decode_log(known + unknown + deleted, layout, users=PINS) == [
        SITI,
        BadRecord(1, unknown, "no user has number 9"),
        BadRecord(2, deleted, "a deleted user's record"),
    ]
    assert user_numbers(known + unknown + deleted, layout) == {7, 9}


def test_where_the_record_names_the_pin_no_user_is_looked_up() -> None:
    assert user_numbers(vectors.RECORD_40, LAYOUT_40) == set()
    assert user_numbers(encode_record(SITI, LAYOUT_22), LAYOUT_22) == set()


def test_garbage_after_the_pins_end_is_not_part_of_it() -> None:
    raw = bytearray(encode_record(PUBLISHED))
    raw[15:26] = b"\xde\xad\xbe\xef" + b"9" * 7
    assert decode_log(bytes(raw), LAYOUT_40) == [PUBLISHED]


def test_a_pin_that_fills_its_field_needs_no_nul() -> None:
    longest = PUBLISHED._replace(pin="A23456789012345678901234")
    assert decode_log(encode_record(longest), LAYOUT_40) == [longest]
    six = SITI._replace(pin="123456")
    assert decode_log(encode_record(six, LAYOUT_22), LAYOUT_22) == [six]


def test_a_deleted_users_record_with_index_0_is_a_record() -> None:
    deleted = PUBLISHED._replace(user_index=0)
    assert decode_log(encode_record(deleted), LAYOUT_40) == [deleted]


@layouts
@given(raw=st.binary(max_size=400))
def test_arbitrary_bytes_give_one_item_for_every_whole_record(layout: LogLayout, raw: bytes) -> None:
    whole = raw[: len(raw) // layout.size * layout.size]
    items = decode_log(whole, layout, users=PINS)
    assert len(items) == len(whole) // layout.size
    for index, item in enumerate(items):
        if isinstance(item, BadRecord):
            assert item.index == index
            assert item.raw == whole[index * layout.size : (index + 1) * layout.size]


def test_part_of_a_record_is_the_callers_mistake() -> None:
    with pytest.raises(ValueError, match="41 bytes"):
        decode_log(bytes(41), LAYOUT_40)


def test_a_pin_longer_than_its_field_is_not_encoded() -> None:
    with pytest.raises(ValueError, match="longer than 24"):
        encode_record(PUBLISHED._replace(pin="1" * 25))


def test_decoding_leaves_garbage_collection_as_it_was() -> None:
    assert gc.isenabled()
    decode_log(vectors.RECORD_40, LAYOUT_40)
    assert gc.isenabled()
    gc.disable()
    try:
        decode_log(vectors.RECORD_40, LAYOUT_40)
        assert not gc.isenabled()
    finally:
        gc.enable()


@layouts
def test_decoding_takes_time_in_proportion_to_the_log(layout: LogLayout) -> None:
    record = encode_record(as_kept(SITI, layout), layout)
    small, large = record * 2_000, record * 32_000

    def seconds(raw: bytes) -> float:
        best = 1.0
        for _ in range(5):
            started = time.process_time()
            decode_log(raw, layout, users=PINS)
            best = min(best, time.process_time() - started)
        return best

    seconds(small)
    assert seconds(large) < 16 * 5 * seconds(small)
