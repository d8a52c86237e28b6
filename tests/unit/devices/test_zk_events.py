from __future__ import annotations

import time
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.driver import AttLogRecord, BadRecord
from devices.zk.events import (
    EVENT_LAYOUTS,
    MOST_BYTES,
    DecodedEvent,
    NumberedEvent,
    decode_events,
    encode_event,
)
from tests.unit.devices import vectors
from tests.unit.devices.test_zk_times import moments

PUBLISHED = AttLogRecord("999111333", datetime(2018, 6, 25, 17, 41, 5), 1, 0, "", 0)
SMALL = AttLogRecord("1007", datetime(2026, 11, 23, 7, 12, 33), 1, 255, "", 0)
sizes = st.sampled_from(sorted(EVENT_LAYOUTS))
text_sizes = st.sampled_from([32, 36, 37, 52])
events = st.builds(
    AttLogRecord,
    st.integers(1, 0xFFFF).map(str),
    moments,
    st.integers(0, 255),
    st.integers(0, 255),
    st.just(""),
    st.just(0),
)


def named(items: list[DecodedEvent]) -> list[AttLogRecord | BadRecord]:
    """As if every u16 were the PIN."""
    return [
        AttLogRecord(str(item.number), item.device_time, item.verify, item.state, "", 0)
        if isinstance(item, NumberedEvent)
        else item
        for item in items
    ]


def test_published_event_decodes_and_encodes_exactly() -> None:
    data = vectors.LIVE_EVENT_32[16:]
    assert decode_events(data) == [PUBLISHED]
    assert encode_event(PUBLISHED, 32) == data


@pytest.mark.parametrize("size", sorted(EVENT_LAYOUTS))
def test_every_row_of_the_table_is_read(size: int) -> None:
    data = encode_event(SMALL, size)
    assert len(data) == size
    assert named(decode_events(data)) == [SMALL]


@given(events, sizes)
def test_one_event_survives_the_round_trip(event: AttLogRecord, size: int) -> None:
    assert named(decode_events(encode_event(event, size))) == [event]


@given(st.lists(events, min_size=1, max_size=5), text_sizes)
def test_concatenated_events_are_all_read(sent: list[AttLogRecord], size: int) -> None:
    assert decode_events(b"".join(encode_event(event, size) for event in sent)) == sent


@pytest.mark.parametrize("size", [10, 12, 14])
def test_two_short_events_in_one_packet_are_two(size: int) -> None:
    later = SMALL._replace(pin="1008", device_time=datetime(2026, 11, 23, 7, 12, 34))
    assert named(decode_events(encode_event(SMALL, size) + encode_event(later, size))) == [SMALL, later]


def test_an_alphanumeric_pin_stays_text() -> None:
    event = SMALL._replace(pin="00A-17")
    assert decode_events(encode_event(event, 36)) == [event]


def test_an_impossible_time_is_kept_raw_beside_its_good_neighbour() -> None:
    bad = encode_event(SMALL, 32)[:26] + bytes((26, 2, 31, 7, 0, 0))
    assert decode_events(encode_event(SMALL, 32) + bad) == [
        SMALL,
        BadRecord(-1, bad, "impossible time 1a 02 1f 07 00 00"),
    ]


def test_an_event_of_unknown_length_is_kept_raw() -> None:
    assert decode_events(b"\xff" * 41) == [BadRecord(-1, b"\xff" * 41, "a live event of 41 bytes")]


@pytest.mark.parametrize("size", [10, 14])
def test_a_u16_is_not_yet_a_pin(size: int) -> None:
    data = encode_event(SMALL, size)
    assert decode_events(data) == [NumberedEvent(1007, SMALL.device_time, 1, 255, data)]


@pytest.mark.parametrize("size", [10, 12, 14])
def test_nobody_has_number_0(size: int) -> None:
    data = encode_event(SMALL._replace(pin="0"), size)
    assert decode_events(data) == [BadRecord(-1, data, "no readable PIN")]


@given(st.lists(st.tuples(events, sizes), min_size=1, max_size=6))
def test_events_of_several_sizes_in_one_packet_are_all_read(sent: list[tuple[AttLogRecord, int]]) -> None:
    data = b"".join(encode_event(event, size) for event, size in sent)
    found = named(decode_events(data))
    assert [item.device_time for item in found if isinstance(item, AttLogRecord)] == [
        event.device_time for event, _ in sent
    ]


@pytest.mark.parametrize("size", [32, 36, 37, 52])
def test_an_unknown_event_does_not_take_the_next_with_it(size: int) -> None:
    unknown, event = b"\x07\x00" + b"\xfe" * 39, encode_event(SMALL, size)
    assert decode_events(unknown + event) == [BadRecord(-1, unknown, "a live event of 41 bytes"), SMALL]
    before = decode_events(event + unknown)
    assert before[0] == SMALL
    assert isinstance(before[1], BadRecord)
    assert before[1].raw.endswith(unknown)
    assert decode_events(event * 2 + unknown + event)[-1] == SMALL
    assert decode_events(event * 2 + unknown + event)[:2] == [SMALL, SMALL]


@given(st.binary(max_size=60).filter(lambda junk: len(junk) not in EVENT_LAYOUTS))
def test_no_punch_is_made_of_an_unknown_size(junk: bytes) -> None:
    for item in decode_events(junk):
        assert not isinstance(item, NumberedEvent) or len(junk) % 10 == 0 or len(junk) % 14 == 0


def test_a_packet_longer_than_any_number_of_events_is_kept_whole() -> None:
    data = encode_event(SMALL, 32) * (MOST_BYTES // 32 + 1)
    assert decode_events(data) == [BadRecord(-1, data, f"a live event of {len(data)} bytes")]
    assert decode_events(data[:MOST_BYTES]) == [SMALL] * 128


def test_the_worst_packet_takes_time_in_proportion_to_its_length() -> None:
    def seconds(data: bytes) -> float:
        started = time.process_time()
        decode_events(data)
        return time.process_time() - started

    worst = encode_event(SMALL, 37) * (MOST_BYTES // 2 // 37)
    half, whole = worst + b"\xff", worst * 2 + b"\xff"
    seconds(half)
    assert min(seconds(whole) for _ in range(3)) < 2 * 4 * min(seconds(half) for _ in range(3))


@given(st.binary(max_size=160))
def test_arbitrary_bytes_never_raise_and_never_vanish(data: bytes) -> None:
    items = decode_events(data)
    assert items
    for item in items:
        if isinstance(item, BadRecord | NumberedEvent):
            assert item.raw in data


@given(events, st.binary(max_size=20))
def test_a_readable_event_of_36_bytes_is_one_and_never_three_of_12(event: AttLogRecord, tail: bytes) -> None:
    assert decode_events(encode_event(event, 32) + tail[:4].ljust(4, b"\0")) == [event]
