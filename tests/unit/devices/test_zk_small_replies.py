from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.driver import UserRecord
from devices.errors import ProtocolError, UnexpectedReply, Unsupported
from devices.zk.options import decode_option, decode_text, encode_option
from devices.zk.sizes import FreeSizes, decode_sizes, encode_sizes
from devices.zk.users import decode_users, encode_user
from tests.unit.devices import vectors

F18 = FreeSizes(
    users=3,
    fingers=3,
    records=58,
    operations=90,
    admins=2,
    passwords=2,
    fingers_capacity=3000,
    users_capacity=5000,
    records_capacity=100_000,
    fingers_left=2997,
    users_left=4997,
    records_left=99_942,
    faces=0,
    faces_capacity=0,
)
SITI = UserRecord(7, "1007", "Siti Nurhaliza", 0, 12345)
counts = st.integers(0, 0x7FFFFFFF)


class TestFreeSizes:
    def test_published_reply_decodes_and_encodes_exactly(self) -> None:
        assert decode_sizes(vectors.FREE_SIZES_F18) == F18
        assert encode_sizes(F18) == vectors.FREE_SIZES_F18

    @pytest.mark.parametrize("data", [b"", bytes(4), bytes(79)])
    def test_a_terminal_that_does_not_say_is_unknown_and_not_empty(self, data: bytes) -> None:
        assert decode_sizes(data) == FreeSizes()
        assert decode_sizes(data).records is None

    @pytest.mark.parametrize("length", [80, 92, 112])
    def test_every_known_length_tells_the_log(self, length: int) -> None:
        sizes = decode_sizes(encode_sizes(F18, length))
        assert (sizes.records, sizes.records_capacity) == (58, 100_000)

    @given(st.binary(max_size=130))
    def test_arbitrary_bytes_never_raise(self, data: bytes) -> None:
        assert (decode_sizes(data).records or 0) >= 0

    @given(counts, counts)
    def test_sizes_survive_the_round_trip(self, users: int, records: int) -> None:
        sizes = FreeSizes(**dict.fromkeys(FreeSizes.__slots__, 0) | {"users": users, "records": records})
        assert decode_sizes(encode_sizes(sizes)) == sizes


class TestOptions:
    def test_published_reply_decodes_and_encodes_exactly(self) -> None:
        data = vectors.OPTION_REPLY[16:]
        assert decode_option(data, "~Platform") == "ZEM760_TFT"
        assert encode_option("~Platform", "ZEM760_TFT") == data

    def test_a_reply_about_another_option_is_refused(self) -> None:
        with pytest.raises(UnexpectedReply, match="~SerialNumber"):
            decode_option(b"~Platform=ZEM760_TFT\0", "~SerialNumber")

    @given(st.binary(max_size=60))
    def test_arbitrary_bytes_raise_protocol_errors_only(self, data: bytes) -> None:
        decode_text(data)
        try:
            decode_option(data, "~SerialNumber")
        except ProtocolError:
            return


class TestUsers:
    @pytest.mark.parametrize("size", [28, 72])
    def test_both_sizes_survive_the_round_trip(self, size: int) -> None:
        short = UserRecord(7, "1007", "Siti", 14, 12345)
        assert decode_users(encode_user(short, size) * 3, 3) == [short] * 3

    def test_504_bytes_are_told_apart_by_the_count(self) -> None:
        assert len(decode_users(encode_user(SITI, 28) * 18, 18)) == 18
        assert len(decode_users(encode_user(SITI, 72) * 7, 7)) == 7

    def test_a_name_cut_in_mid_character_keeps_its_whole_characters(self) -> None:
        user = UserRecord(1, "5", "a" * 23 + "é", 0, 0)
        assert decode_users(encode_user(user), 1)[0].name == "a" * 23

    def test_garbage_after_the_names_end_is_not_part_of_it(self) -> None:
        raw = bytearray(encode_user(SITI))
        raw[30:35] = b"\xff\xfejun"
        assert decode_users(bytes(raw), 1) == [SITI]

    def test_a_user_without_a_pin_cannot_punch_and_is_left_out(self) -> None:
        assert decode_users(bytes(72) + encode_user(SITI), 2) == [SITI]

    def test_another_size_is_unsupported(self) -> None:
        with pytest.raises(Unsupported, match="90 bytes for 2 users"):
            decode_users(bytes(90), 2)

    @given(st.binary(max_size=300), st.none() | st.integers(0, 20))
    def test_arbitrary_bytes_raise_unsupported_only(self, body: bytes, count: int | None) -> None:
        try:
            decode_users(body, count)
        except Unsupported:
            return
