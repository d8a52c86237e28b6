from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.errors import ChecksumMismatch, MalformedFrame, ProtocolError
from devices.zk.frames import MAX_PACKET, NEED_DATA, FrameReader, Packet, checksum
from tests.unit.devices import vectors

words = st.integers(0, 0xFFFF)
packets = st.builds(Packet, words, words, words, st.binary(max_size=300))


def all_packets(reader: FrameReader) -> list[Packet]:
    found = []
    while (packet := reader.next_packet()) is not NEED_DATA:
        found.append(packet)
    return found


def standard_checksum(packet: bytes) -> int:
    """The textbook's loop, as RFC 1071 has it, over little-endian words."""
    total = 0
    padded = packet + b"\0" * (len(packet) % 2)
    for at in range(0, len(padded), 2):
        total += padded[at] | padded[at + 1] << 8
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


@pytest.mark.parametrize("frame", vectors.FRAMES)
def test_published_frames_decode_and_encode_exactly(frame: bytes) -> None:
    reader = FrameReader()
    reader.feed(frame)
    packet = reader.next_packet()
    assert packet is not NEED_DATA
    assert packet.to_frame() == frame
    assert reader.next_packet() is NEED_DATA


def test_published_connect_reply_gives_its_session() -> None:
    assert Packet.from_bytes(vectors.CONNECT_REPLY[8:]) == Packet(2000, 64303, 0)


def test_published_packet_has_checksum_175a() -> None:
    raw = vectors.OPTION_REQUEST_PACKET
    assert checksum(raw[:2] + b"\0\0" + raw[4:]) == 0x175A
    assert Packet.from_bytes(raw).to_bytes() == raw
    assert Packet.from_bytes(raw).data == b"ZKFaceVersion\0"


@given(st.binary(max_size=200))
def test_checksum_is_the_standard_one(raw: bytes) -> None:
    assert checksum(raw) == standard_checksum(raw)


@given(packets)
def test_a_packet_survives_the_round_trip(packet: Packet) -> None:
    assert Packet.from_bytes(packet.to_bytes()) == packet


def test_either_form_of_a_zero_sum_is_accepted() -> None:
    blank = Packet(0xFFFF, 0, 0).to_bytes()
    assert blank[2:4] == b"\0\0"
    assert Packet.from_bytes(b"\xff\xff\xff\xff\0\0\0\0") == Packet(0xFFFF, 0, 0)


@given(st.lists(packets, max_size=4), st.lists(st.integers(1, 40), min_size=1, max_size=20))
def test_frames_are_the_same_however_they_are_cut(sent: list[Packet], cuts: list[int]) -> None:
    stream = b"".join(packet.to_frame() for packet in sent)
    reader, got, at, turn = FrameReader(), [], 0, 0
    while at < len(stream):
        step = cuts[turn % len(cuts)]
        reader.feed(stream[at : at + step])
        got += all_packets(reader)
        at, turn = at + step, turn + 1
    assert got == sent
    assert reader.buffered == 0


def test_byte_by_byte_gives_nothing_before_the_last_byte() -> None:
    frame = vectors.OPTION_REPLY
    reader = FrameReader()
    for byte in frame[:-1]:
        reader.feed(bytes([byte]))
        assert reader.next_packet() is NEED_DATA
    reader.feed(frame[-1:])
    assert reader.next_packet() == Packet.from_bytes(frame[8:])


def test_trailing_junk_gives_the_whole_frame_first_and_then_an_error_for_good() -> None:
    reader = FrameReader()
    reader.feed(vectors.CONNECT_REPLY + b"\x50\x50HTTP/1.1 400")
    assert reader.next_packet() == Packet(2000, 64303, 0)
    with pytest.raises(MalformedFrame) as first:
        reader.next_packet()
    assert first.value.capture == b"PPHTTP/1.1 400"
    reader.feed(vectors.CONNECT_REPLY)
    with pytest.raises(MalformedFrame):
        reader.next_packet()


def test_garbage_is_refused_at_its_first_byte() -> None:
    reader = FrameReader()
    reader.feed(b"\xaa")
    with pytest.raises(MalformedFrame, match="starts with aa"):
        reader.next_packet()


@pytest.mark.parametrize("length", [0, 7, MAX_PACKET + 1, 0xFFFFFFFF])
def test_an_impossible_length_is_refused_before_its_bytes_are_awaited(length: int) -> None:
    reader = FrameReader()
    reader.feed(b"\x50\x50\x82\x7d" + length.to_bytes(4, "little"))
    with pytest.raises(MalformedFrame, match=str(length)):
        reader.next_packet()


def test_a_damaged_byte_is_a_checksum_mismatch() -> None:
    frame = bytearray(vectors.OPTION_REPLY)
    frame[-3] ^= 0x10
    reader = FrameReader()
    reader.feed(bytes(frame))
    with pytest.raises(ChecksumMismatch):
        reader.next_packet()


@given(st.lists(st.binary(max_size=60), max_size=6), st.booleans())
def test_arbitrary_bytes_raise_protocol_errors_only(chunks: list[bytes], framed: bool) -> None:
    reader = FrameReader()
    if framed:
        reader.feed(b"\x50\x50\x82\x7d\x10\x00\x00\x00")
    for chunk in chunks:
        reader.feed(chunk)
        try:
            all_packets(reader)
        except ProtocolError:
            return
