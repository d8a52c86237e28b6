from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.errors import ProtocolError, UnexpectedReply
from devices.zk.options import decode_option, decode_text, encode_option
from devices.zk.sizes import FreeSizes, decode_sizes, encode_sizes
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

    def test_the_112_bytes_tell_faces_and_the_80_do_not(self) -> None:
        with_faces = FreeSizes(**dict.fromkeys(FreeSizes.__slots__, 7))
        assert decode_sizes(encode_sizes(with_faces, 112)) == with_faces
        short = decode_sizes(encode_sizes(with_faces, 80))
        assert (short.records_left, short.faces, short.faces_capacity) == (7, None, None)

    @pytest.mark.parametrize("length", [81, 84, 91, 93, 100, 128, 200])
    def test_of_an_unknown_length_only_what_is_there_is_told(self, length: int) -> None:
        sizes = decode_sizes(encode_sizes(F18, 112)[:length].ljust(length, b"\0"))
        assert (sizes.users, sizes.records) == (3, 58)
        assert (sizes.faces is None) == (length < 84)

    def test_a_negative_number_is_unknown(self) -> None:
        data = bytearray(encode_sizes(F18))
        data[32:36] = b"\xff" * 4
        assert decode_sizes(bytes(data)).records is None

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
