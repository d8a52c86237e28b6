from __future__ import annotations

import gc
from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.driver import AttLogRecord, BadRecord
from devices.errors import Unsupported
from devices.zk.records import LAYOUT_40, LAYOUTS, decode_log, encode_record, recognise_layout
from tests.unit.devices import vectors
from tests.unit.devices.test_zk_times import moments

PUBLISHED = AttLogRecord("999111333", datetime(2018, 6, 25, 17, 50, 35), 1, 0, "", 13)
pins = st.text("0123456789ABCabc-", min_size=1, max_size=24)
bytes_8 = st.integers(0, 255)
records = st.builds(AttLogRecord, pins, moments, bytes_8, bytes_8, st.just(""), st.integers(0, 0xFFFF))
IMPOSSIBLE = encode_record(PUBLISHED)[:27] + b"\xff\xff\xff\xff" + bytes(9)


def test_published_record_decodes_and_encodes_exactly() -> None:
    assert decode_log(vectors.RECORD_40, LAYOUT_40) == [PUBLISHED]
    assert encode_record(PUBLISHED, trailing=bytes.fromhex("00000000ff000000")) == vectors.RECORD_40


@given(st.lists(records, max_size=20))
def test_records_survive_the_round_trip(sent: list[AttLogRecord]) -> None:
    decoded = decode_log(b"".join(encode_record(record) for record in sent), LAYOUT_40)
    assert decoded == sent
    assert all(type(record) is AttLogRecord for record in decoded)


def test_a_new_record_size_is_a_new_row_of_the_table() -> None:
    with_mask = replace(LAYOUT_40, size=49)
    assert decode_log(encode_record(PUBLISHED, with_mask) * 3, with_mask) == [PUBLISHED] * 3


def test_an_impossible_date_is_kept_raw_at_its_place_with_its_reason() -> None:
    good = encode_record(PUBLISHED)
    items = decode_log(good + IMPOSSIBLE + good, LAYOUT_40, first_index=700)
    assert items == [PUBLISHED, BadRecord(701, IMPOSSIBLE, "impossible date 2133-08-18"), PUBLISHED]


@pytest.mark.parametrize("pin", [b"", b"\0" * 24, b"\xff\xfe12", b"12 34", b"\x01\x02"])
def test_a_record_without_a_readable_pin_is_kept_raw(pin: bytes) -> None:
    raw = b"\x05\0" + pin.ljust(24, b"\0") + encode_record(PUBLISHED)[26:]
    assert decode_log(raw, LAYOUT_40) == [BadRecord(0, raw, "no readable PIN")]


def test_garbage_after_the_pins_end_is_not_part_of_it() -> None:
    raw = bytearray(encode_record(PUBLISHED))
    raw[15:26] = b"\xde\xad\xbe\xef" + b"9" * 7
    assert decode_log(bytes(raw), LAYOUT_40) == [PUBLISHED]


def test_a_deleted_users_record_with_index_0_is_a_record() -> None:
    deleted = PUBLISHED._replace(user_index=0)
    assert decode_log(encode_record(deleted), LAYOUT_40) == [deleted]


@given(st.binary(max_size=400))
def test_arbitrary_bytes_give_one_item_for_every_whole_record(raw: bytes) -> None:
    whole = raw[: len(raw) // 40 * 40]
    items = decode_log(whole, LAYOUT_40)
    assert len(items) == len(whole) // 40
    for index, item in enumerate(items):
        if isinstance(item, BadRecord):
            assert item.index == index
            assert item.raw == whole[index * 40 : index * 40 + 40]


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


class TestRecogniseLayout:
    def test_a_count_that_agrees_decides_even_when_every_record_is_bad(self) -> None:
        assert recognise_layout(IMPOSSIBLE * 2, 2) is LAYOUT_40

    @pytest.mark.parametrize("count", [None, 0, 3, 70_000])
    def test_readable_records_decide_when_the_count_lies(self, count: int | None) -> None:
        assert recognise_layout(vectors.RECORD_40 * 5, count) is LAYOUT_40

    def test_an_empty_log_is_of_the_common_size(self) -> None:
        assert recognise_layout(b"", 0) is LAYOUT_40

    def test_five_records_of_eight_bytes_are_not_one_of_forty(self) -> None:
        with pytest.raises(Unsupported, match="records of 8 bytes"):
            recognise_layout(vectors.RECORD_8B * 5, 5)

    def test_bytes_that_no_known_size_divides_are_unsupported(self) -> None:
        with pytest.raises(Unsupported, match="a log of 147 bytes, said to be 4 records"):
            recognise_layout(bytes(147), 4)

    @given(st.binary(max_size=500), st.none() | st.integers(0, 100))
    def test_arbitrary_bodies_raise_unsupported_only(self, body: bytes, count: int | None) -> None:
        try:
            layout = recognise_layout(body, count)
        except Unsupported:
            return
        assert layout.size in LAYOUTS
        assert len(body) % layout.size == 0
