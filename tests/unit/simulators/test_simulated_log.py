from __future__ import annotations

import struct
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.attendance_log import AttendanceLog

SIZE = 40


def record(number: int) -> bytes:
    return struct.pack("<I", number) * 10


def numbers(log: AttendanceLog) -> list[int]:
    return [struct.unpack_from("<I", raw)[0] for raw in log.records()]


def test_a_full_log_loses_its_oldest_records() -> None:
    log = AttendanceLog(3, SIZE)
    for number in range(5):
        log.append(record(number))
    assert numbers(log) == [2, 3, 4]
    assert len(log) == 3


def test_a_prepared_buffer_stays_as_it_was_whatever_happens_to_the_log() -> None:
    log = AttendanceLog(3, SIZE)
    log.append(record(0) + record(1))
    before = log.prepare()
    log.append(b"".join(record(n) for n in range(2, 9)))
    log.clear()
    log.append(record(99))
    assert before.read(0, 1000) == struct.pack("<I", 2 * SIZE) + record(0) + record(1)
    assert len(before) == 4 + 2 * SIZE


def test_buffers_stay_right_when_a_wrapped_log_moves_house() -> None:
    log = AttendanceLog(100, SIZE)
    log.append(b"".join(record(n) for n in range(100)))
    held = []
    for start in range(100, 60_000, 997):
        log.append(b"".join(record(n) for n in range(start, start + 997)))
        held.append((start + 996, log.prepare()))
    for last, buffer in held:
        assert buffer.read(4 + 99 * SIZE, SIZE) == record(last)
    assert numbers(log) == list(range(held[-1][0] - 99, held[-1][0] + 1))


@given(st.integers(0, 20), st.integers(0, 900), st.integers(0, 900))
def test_reading_anywhere_gives_the_same_as_slicing_the_whole(count: int, start: int, size: int) -> None:
    log = AttendanceLog(10, SIZE)
    log.append(b"".join(record(n) for n in range(count)))
    buffer = log.prepare()
    whole = buffer.read(0, len(buffer))
    assert whole == struct.pack("<I", len(whole) - 4) + b"".join(log.records())
    assert buffer.read(start, size) == whole[start : start + size]


def test_preparing_a_hundred_thousand_records_copies_nothing() -> None:
    log = AttendanceLog(100_000, SIZE)
    log.append(record(7) * 100_000)
    tracemalloc.start()
    log.prepare().read(4 + 99_999 * SIZE, SIZE)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 1000 * SIZE


def test_broken_records_are_refused() -> None:
    with pytest.raises(ValueError, match="not whole records"):
        AttendanceLog(1, SIZE).append(b"123")
