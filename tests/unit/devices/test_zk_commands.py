from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from zk.base import make_commkey

from devices.zk import commands
from devices.zk.commands import parse_read
from devices.zk.frames import Packet
from tests.unit.devices import vectors


def test_published_auth_frame_for_key_12_is_made_exactly() -> None:
    request = commands.authenticate(12, 0x45CF)
    assert Packet(request.command, 0x45CF, 1, request.data).to_frame() == vectors.AUTH_KEY_12


@given(st.integers(0, 999_999), st.integers(0, 0xFFFF))
def test_the_scramble_is_that_of_the_independent_client(key: int, session: int) -> None:
    assert commands.scramble_key(key, session) == make_commkey(key, session)


def test_published_option_request_is_made_exactly() -> None:
    request = commands.option("ZKFaceVersion")
    assert Packet(request.command, 0x8DF3, 3, request.data).to_bytes() == vectors.OPTION_REQUEST_PACKET


def test_prepare_requests_hold_command_function_and_zeros() -> None:
    assert commands.prepare_log().data == bytes.fromhex("010d000000000000000000")
    assert commands.prepare_users().data == bytes.fromhex("0109000500000000000000")


def test_a_range_request_holds_both_packed_times() -> None:
    assert commands.prepare_range(0x1EA7EBA8, 0x7FFFFFFF).data == bytes.fromhex("011427a8eba71effffff7f")


def test_bare_requests_carry_nothing() -> None:
    assert (commands.bare_log().command, commands.bare_log().data) == (13, b"")
    assert (commands.bare_users().command, commands.bare_users().data) == (9, b"")


@given(st.integers(0, 0x7FFFFFFF), st.integers(0, 0x7FFFFFFF))
def test_read_requests_survive_the_round_trip(start: int, size: int) -> None:
    assert parse_read(commands.read_buffer(start, size).data) == (start, size)


@given(st.binary(max_size=20))
def test_parsing_a_request_never_raises(data: bytes) -> None:
    parse_read(data)


def test_an_unknown_code_is_named_by_its_number() -> None:
    assert commands.code_name(2000) == "ACK_OK (2000)"
    assert commands.code_name(4991) == "4991"
