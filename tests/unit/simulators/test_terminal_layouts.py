"""The simulator's own tables against published captures."""

from __future__ import annotations

from datetime import datetime

import pytest

from simulators.layouts import EVENT_SIZES, pack_event, pack_record, pack_sizes, pack_user

RECORD = "0d00393939313131333333000000000000000000000000000000016bb368230000000000ff000000"
EVENT = "3939393131313333330000000000000000000000000000000100120619112905"
F18 = (
    "00000000000000000000000000000000030000000000000003000000000000003a000000000000005a0000000000000002000000"
    "02000000b80b000088130000a0860100b50b00008513000066860100000000000000000000000000"
)


def test_a_record_is_laid_out_as_captured_but_for_the_reserved_bytes() -> None:
    packed = pack_record(13, "999111333", 1, datetime(2018, 6, 25, 17, 50, 35), 0)
    assert packed[:32] == bytes.fromhex(RECORD)[:32]
    assert len(packed) == 40


def test_an_event_is_laid_out_as_captured() -> None:
    moment = datetime(2018, 6, 25, 17, 41, 5)
    assert pack_event(32, "999111333", 1, 0, moment) == bytes.fromhex(EVENT)


def test_free_sizes_stand_where_the_captured_ones_do() -> None:
    packed = pack_sizes(
        users=3, fingers=3, records=58, user_capacity=5000, finger_capacity=3000, record_capacity=100_000
    )
    captured = bytes.fromhex(F18)
    assert len(packed) == len(captured)
    for offset in (16, 24, 32, 56, 60, 64, 68, 72, 76):
        assert packed[offset : offset + 4] == captured[offset : offset + 4], offset


@pytest.mark.parametrize("size", EVENT_SIZES)
def test_every_event_layout_has_the_length_it_is_named_by(size: int) -> None:
    assert len(pack_event(size, "123", 1, 255, datetime(2026, 11, 23, 7))) == size


def test_layouts_that_do_not_exist_and_pins_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="no terminal sends events of 33 bytes"):
        pack_event(33, "1", 1, 0, datetime(2026, 1, 1))
    with pytest.raises(ValueError, match="is no number"):
        pack_event(12, "A7", 1, 0, datetime(2026, 1, 1))


def test_a_long_name_is_cut_at_the_byte_as_terminals_do() -> None:
    packed = pack_user(1, "1001", ("Ñ" * 20).encode(), 0, 0)
    assert len(packed) == 72
    assert packed[11:35] == ("Ñ" * 12).encode()
    assert packed[48:52] == b"1001"
