from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.errors import ProtocolError, UnexpectedReply
from devices.zk.times import decode_time, encode_time, pack_six, pack_time, unpack_six, unpack_time

moments = st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 31, 23, 59, 59)).map(
    lambda moment: moment.replace(microsecond=0)
)


def test_published_record_time() -> None:
    moment = datetime(2018, 6, 25, 17, 50, 35)
    assert unpack_time(bytes.fromhex("6bb36823")) == moment
    assert pack_time(moment) == bytes.fromhex("6bb36823")


def test_published_8b_record_time() -> None:
    assert unpack_time(bytes.fromhex("a8eba71e")) == datetime(2016, 1, 1, 19, 2)


@given(moments)
def test_a_time_survives_the_round_trip(moment: datetime) -> None:
    assert decode_time(encode_time(moment)) == moment
    assert unpack_six(pack_six(moment)) == moment


def test_the_31st_of_february_can_be_encoded_and_is_refused() -> None:
    day = ((24 * 12 + 2 - 1) * 31 + 31 - 1) * 86400
    with pytest.raises(UnexpectedReply, match="impossible date 2024-02-31"):
        decode_time(day)


def test_years_beyond_the_century_are_refused_both_ways() -> None:
    with pytest.raises(UnexpectedReply):
        decode_time(100 * 12 * 31 * 86400)
    with pytest.raises(ValueError, match="2100"):
        encode_time(datetime(2100, 1, 1))


@given(st.integers(0, 0xFFFFFFFF))
def test_any_u32_is_a_time_or_a_protocol_error(value: int) -> None:
    try:
        assert encode_time(decode_time(value)) == value
    except ProtocolError:
        return


@given(st.binary(max_size=8))
def test_any_bytes_are_a_time_or_a_protocol_error(raw: bytes) -> None:
    try:
        assert pack_time(unpack_time(raw)) == raw
    except ProtocolError:
        return


@given(st.binary(min_size=6, max_size=6))
def test_any_six_bytes_are_a_time_or_none(raw: bytes) -> None:
    moment = unpack_six(raw)
    assert moment is None or pack_six(moment) == raw


@pytest.mark.parametrize(
    "six", ["640101000000", "ff0c1f173b3b", "1a021f070000", "1a0d01070000", "1a0101180000"]
)
def test_a_live_time_that_never_was_or_is_past_2099_is_none(six: str) -> None:
    assert unpack_six(bytes.fromhex(six)) is None
