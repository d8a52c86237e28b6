from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.driver import BadRecord, UserRecord
from devices.errors import Unsupported
from devices.zk.users import UserTable, decode_users, encode_user, is_users

SITI = UserRecord(7, "1007", "Siti Nurhaliza", 0, 12345)
SHORT = UserRecord(7, "1007", "Siti", 14, 12345)
both_sizes = pytest.mark.parametrize("size", [28, 72])


def with_name(raw: bytes, size: int, name: bytes) -> bytes:
    at, width = (11, 24) if size == 72 else (8, 8)
    return raw[:at] + name.ljust(width, b"\0")[:width] + raw[at + width :]


@both_sizes
def test_both_sizes_survive_the_round_trip(size: int) -> None:
    assert decode_users(encode_user(SHORT, size) * 3, 3) == UserTable([SHORT] * 3, [])


def test_the_layout_of_72_bytes_is_as_drawn() -> None:
    raw = "0700 0e" + "00" * 8 + b"Siti".hex() + "00" * 20 + "39300000 00" + "31" + "00" * 6 + "00"
    raw += b"1007".hex() + "00" * 20
    assert decode_users(bytes.fromhex(raw), 1).users == [SHORT]


def test_the_layout_of_28_bytes_is_as_drawn() -> None:
    raw = "0700 0e" + "00" * 5 + b"Siti".hex() + "00" * 4 + "39300000 00 01 0000 ef030000"
    assert decode_users(bytes.fromhex(raw), 1).users == [SHORT]


@pytest.mark.parametrize("count", [None, 0, 5])
def test_504_bytes_are_told_apart_by_their_records_where_the_count_does_not_tell(count: int | None) -> None:
    assert len(decode_users(encode_user(SITI, 28) * 18, count).users) == 18
    assert len(decode_users(encode_user(SITI, 72) * 7, count).users) == 7
    assert len(decode_users(encode_user(SITI, 28) * 18, 18).users) == 18
    assert len(decode_users(encode_user(SITI, 72) * 7, 7).users) == 7


def test_a_name_cut_in_mid_character_keeps_its_whole_characters() -> None:
    user = UserRecord(1, "5", "a" * 23 + "é", 0, 0)
    assert decode_users(encode_user(user), 1).users[0].name == "a" * 23


@both_sizes
@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("Émile".encode(), "Émile"),
        ("王小明".encode("gb2312"), "王小明"),
        ("José".encode("cp1252"), "José"),
        ("Núñez".encode("cp1252"), "Núñez"),
        (b"Dewi\x01\x7f", "Dewi"),
        (b"", ""),
    ],
)
def test_a_name_is_read_in_the_encoding_its_bytes_suggest(size: int, name: bytes, read: str) -> None:
    raw = with_name(encode_user(SHORT, size), size, name)
    assert decode_users(raw, 1).users[0].name == read


def test_a_chinese_name_cut_in_mid_character_keeps_its_whole_characters() -> None:
    raw = with_name(encode_user(SHORT, 28), 28, b"a" + "王小明王".encode("gb2312"))
    assert decode_users(raw, 1).users[0].name == "a王小明"


def test_garbage_after_the_names_end_is_not_part_of_it() -> None:
    raw = bytearray(encode_user(SITI))
    raw[30:35] = b"\xff\xfejun"
    assert decode_users(bytes(raw), 1).users == [SITI]


def test_a_record_that_names_nobody_is_not_a_user_and_does_not_vanish() -> None:
    nameless = bytes(48) + b"\xff\xfe" + bytes(22)
    table = decode_users(nameless + encode_user(SITI), 2)
    assert table == UserTable([SITI], [BadRecord(0, nameless, "no readable PIN")])


def test_a_short_record_with_pin_0_names_nobody() -> None:
    table = decode_users(encode_user(SHORT, 28)[:24] + bytes(4), 1)
    assert [bad.reason for bad in table.unreadable] == ["no readable PIN"]


def test_a_template_between_the_users_is_not_a_user() -> None:
    template = b"\x03\0\x31" + encode_user(SITI)[3:]
    table = decode_users(template + encode_user(SITI), 2)
    assert table.users == [SITI]
    assert [bad.reason for bad in table.unreadable] == ["privilege 49: not a user"]


@both_sizes
def test_no_password_leaves_the_decoder(size: int) -> None:
    raw = bytearray(encode_user(SHORT, size))
    raw[3 : 11 if size == 72 else 8] = b"12345678"[: 8 if size == 72 else 5]
    raw[-24 if size == 72 else -4 :] = bytes(24 if size == 72 else 4)
    table = decode_users(bytes(raw), 1)
    assert b"1234" not in table.unreadable[0].raw
    assert len(table.unreadable[0].raw) == size


def test_no_users_are_no_users() -> None:
    assert decode_users(b"", 0) == UserTable([], [])


def test_another_size_is_unsupported() -> None:
    with pytest.raises(Unsupported, match="90 bytes for 2 users"):
        decode_users(bytes(90), 2)


def test_garbage_is_no_list_of_users() -> None:
    assert not is_users(b"\xff" * 504)
    assert not is_users(b"\x01" * 75)
    assert is_users(encode_user(SITI) * 3)
    assert is_users(encode_user(SHORT, 28) * 3)


@given(st.binary(max_size=600), st.none() | st.integers(0, 20))
def test_arbitrary_bytes_raise_unsupported_only_and_account_for_every_record(
    body: bytes, count: int | None
) -> None:
    try:
        table = decode_users(body, count)
    except Unsupported:
        return
    records = len(table.users) + len(table.unreadable)
    assert records in {len(body) // 72, len(body) // 28}


def test_decoding_takes_time_in_proportion_to_the_users() -> None:
    def seconds(users: int) -> float:
        body = encode_user(SITI) * users
        started = time.process_time()
        decode_users(body, users)
        return time.process_time() - started

    seconds(500)
    assert min(seconds(4000) for _ in range(3)) < 8 * 5 * min(seconds(500) for _ in range(3))
