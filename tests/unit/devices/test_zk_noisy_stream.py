"""A stream that brings noise and half frames, as a serial line does; and frames that lie of their length."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.errors import ChecksumMismatch
from devices.zk.commands import Command
from devices.zk.frames import MAGIC, NEED_DATA, FrameReader, Packet

FIRST = Packet(2000, 1, 7, b"first")
SECOND = Packet(2000, 1, 8, b"second")


def read(stream: bytes, step: int = 1, *, missing: int = 0, resync: bool = True) -> list[Packet]:
    reader = FrameReader(1 << 14, resync=resync)
    reader.missing = missing
    found = []
    for at in range(0, len(stream), step):
        reader.feed(stream[at : at + step])
        while (packet := reader.next_packet()) is not NEED_DATA:
            found.append(packet)
    return found


@pytest.mark.parametrize("step", [1, 5, 1000])
@pytest.mark.parametrize(
    "noise",
    [
        b"\x00\xff\x13",
        b"PP",
        b"P" * 30,
        MAGIC,
        MAGIC + b"\xff\xff\xff\xff",
        FIRST.to_frame()[:-1] + b"\x00",
        MAGIC + (9).to_bytes(4, "little") + b"no packet",
    ],
)
def test_what_is_no_frame_is_skipped_up_to_the_next_magic(noise: bytes, step: int) -> None:
    assert read(noise + FIRST.to_frame() + noise + SECOND.to_frame(), step) == [FIRST, SECOND]


def test_the_first_skipped_bytes_are_kept_to_tell_what_they_were() -> None:
    reader = FrameReader(resync=True)
    reader.feed(b"login: " + FIRST.to_frame())
    assert reader.next_packet() == FIRST
    assert reader.noise == b"login: "


def test_a_frame_whose_rest_never_came_is_given_up_and_the_next_is_read() -> None:
    reader = FrameReader(resync=True)
    reader.feed(FIRST.to_frame()[:-2])
    assert reader.next_packet() is NEED_DATA
    reader.give_up_partial()
    reader.feed(SECOND.to_frame())
    assert reader.next_packet() == SECOND


def test_frames_swallowed_by_a_damaged_length_come_out_when_it_is_given_up() -> None:
    damaged = bytearray(FIRST.to_frame())
    damaged[5] = 0x20
    reader = FrameReader(1 << 14, resync=True)
    reader.feed(bytes(damaged) + SECOND.to_frame())
    assert reader.next_packet() is NEED_DATA
    reader.give_up_partial()
    assert reader.next_packet() == SECOND


@given(st.lists(st.binary(max_size=20) | st.sampled_from([MAGIC, FIRST.to_frame()]), max_size=20))
def test_no_noise_raises(pieces: list[bytes]) -> None:
    assert all(packet.to_bytes() for packet in read(b"".join(pieces), 3))


def test_skipping_takes_linear_time() -> None:
    took = []
    for times in (1, 8):
        stream = (MAGIC + (16_000).to_bytes(4, "little")) * (8_000 * times)
        started = time.process_time()
        assert read(stream, 4096) == []
        took.append(time.process_time() - started)
    assert took[1] < 8 * took[0] * 4 + 0.1


class TestUnderReportedLength:
    BODY = random.Random(1).randbytes(3000)
    DATA = Packet(Command.DATA, 999, 77, BODY)

    def frame(self, said: int) -> bytes:
        return MAGIC + said.to_bytes(4, "little") + self.DATA.to_bytes()

    @pytest.mark.parametrize("step", [1, 700, 10_000])
    def test_a_frame_of_a_transfer_is_read_in_the_length_that_is_missing(self, step: int) -> None:
        stream = self.frame(1032) + FIRST.to_frame()
        assert read(stream, step, missing=len(self.BODY), resync=False) == [self.DATA, FIRST]

    def test_a_right_length_stays_right(self) -> None:
        assert read(self.frame(3008), missing=5000, resync=False) == [self.DATA]

    def test_a_damaged_frame_before_another_is_damaged_at_once(self) -> None:
        damaged = bytearray(FIRST.to_frame())
        damaged[-1] ^= 1
        with pytest.raises(ChecksumMismatch):
            read(bytes(damaged) + SECOND.to_frame(), 1000, missing=5000, resync=False)

    def test_a_damaged_frame_is_damaged_in_any_length(self) -> None:
        damaged = bytearray(self.frame(1032))
        damaged[-1] ^= 1
        with pytest.raises(ChecksumMismatch):
            read(bytes(damaged), 1000, missing=len(self.BODY), resync=False)

    def test_outside_of_a_transfer_nothing_is_guessed(self) -> None:
        with pytest.raises(ChecksumMismatch):
            read(self.frame(1032), 10_000, resync=False)

    def test_waiting_for_the_rest_takes_linear_time(self) -> None:
        took = []
        for times in (1, 8):
            damaged = MAGIC + (20_000 * times).to_bytes(4, "little") + bytes([1]) * (100_000 * times)
            reader = FrameReader()
            reader.missing = 200_000 * times
            started = time.process_time()
            for at in range(0, len(damaged), 64):
                reader.feed(damaged[at : at + 64])
                assert reader.next_packet() is NEED_DATA
            took.append(time.process_time() - started)
        assert took[1] < 8 * took[0] * 4 + 0.1
