from __future__ import annotations

import random
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.driver import AttLogRecord
from devices.errors import Unsupported
from devices.zk.layouts import LAYOUT_8A, LAYOUT_8B, LAYOUT_16, LAYOUT_40, LAYOUTS, LogLayout, layouts_of
from devices.zk.recognition import makes_sense, recognise
from devices.zk.records import encode_record
from devices.zk.times import encode_time
from tests.unit.devices import vectors
from tests.unit.devices.test_zk_records import IMPOSSIBLE, SITI

SEED = 20261123
NEVER = (encode_time(datetime(2026, 3, 1)) - 86_400).to_bytes(4, "little")
"""31 February 2026."""
layouts = pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS.keys())


def city_log(layout: LogLayout, records: int, seed: int, start: datetime = datetime(2024, 1, 2)) -> bytes:
    """A log as a terminal keeps it: some people, in the order of time."""
    rng = random.Random(f"{SEED} {layout.name} {records} {seed}")
    people, most = rng.choice([3, 40, 900]), rng.choice([999, 99_999, 999_999])
    moment, raw = start + timedelta(days=rng.randrange(900)), []
    for _ in range(records):
        moment += timedelta(seconds=int(rng.expovariate(1 / rng.choice([3, 300, 3000]))))
        user = rng.randrange(1, people + 1)
        state, verify = rng.choice([0, 1, 4, 15 if layout.nibbles else 255]), rng.choice([1, 1, 3, 15])
        record = AttLogRecord(str(user * 7 % most + 1), moment, verify, state, "", user)
        raw.append(encode_record(record, layout, b"\xff" + bytes(7) if layout is LAYOUT_40 else b""))
    return b"".join(raw)


@layouts
@pytest.mark.parametrize("records", [1, 2, 3, 4, 5, 10, 11, 20, 22, 40, 49, 88, 196, 245, 440, 1000, 2000])
def test_every_layout_is_told_by_its_records_whatever_the_count_says(layout: LogLayout, records: int) -> None:
    for seed in range(6):
        body = city_log(layout, records, seed)
        lies = {None, records, records + 3, *(len(body) // size for size in (8, 16, 22, 40, 49)), 0}
        for count in lies:
            assert recognise(body, count) is layout, (layout.name, records, count, seed)


@layouts
def test_a_dead_battery_hides_no_layout_where_the_count_or_the_past_tells_it(layout: LogLayout) -> None:
    body = city_log(layout, 30, 1, start=datetime(2000, 1, 1))
    body = city_log(layout, 10, 2) + body
    assert recognise(body, 40) is layout


@pytest.mark.parametrize("layout", [LAYOUT_8A, LAYOUT_8B], ids=["8a", "8b"])
@pytest.mark.parametrize(("bad", "good"), [(3, 2), (3, 0), (2, 1)])
def test_a_few_records_with_impossible_dates_are_not_taken_for_the_other_layout_of_their_size(
    layout: LogLayout, bad: int, good: int
) -> None:
    """Read as the other one they showed dates in 2070, and three punches were lost under wrong ones."""
    body = b"".join(
        encode_record(record, layout)[: layout.time]
        + NEVER
        + encode_record(record, layout)[layout.time + 4 :]
        for record in (SITI._replace(user_index=user) for user in range(1, bad + 1))
    )
    body += city_log(layout, good, 3) if good else b""
    for count in (None, bad + good):
        for usual in (False, True):
            with suppress(Unsupported):
                assert recognise(body, count, candidates=layouts_of(8), usual=usual) is layout
    assert recognise(body + city_log(layout, 10, 4), None, candidates=layouts_of(8), usual=True) is layout


def test_times_of_a_dead_battery_alone_do_not_tell_a_layout_where_only_usual_ones_may() -> None:
    dead = encode_record(SITI._replace(device_time=datetime(2000, 1, 1, 0, 5)), LAYOUT_8B)
    with pytest.raises(Unsupported):
        recognise(dead * 3, None, candidates=layouts_of(8), usual=True)


def test_the_published_records_are_told_apart() -> None:
    assert recognise(vectors.RECORD_8B, 1) is LAYOUT_8B
    assert recognise(vectors.RECORD_8B * 5, 5) is LAYOUT_8B
    assert recognise(vectors.RECORD_40, 1) is LAYOUT_40


def test_8a_and_8b_are_told_apart_by_plausible_times() -> None:
    for layout in (LAYOUT_8A, LAYOUT_8B):
        one = encode_record(SITI, layout)
        assert recognise(one, 1) is layout
        assert recognise(one, 1, candidates=layouts_of(8)) is layout


@pytest.mark.parametrize("count", [0, 3, 7, None])
def test_a_count_that_lies_does_not_mislead(count: int | None) -> None:
    assert recognise(vectors.RECORD_40 * 5, count) is LAYOUT_40


def test_a_count_that_agrees_decides_even_when_every_record_is_bad() -> None:
    assert recognise(IMPOSSIBLE * 2, 2) is LAYOUT_40


def test_what_the_terminal_had_before_decides_when_the_records_do_not() -> None:
    nothing = bytes(80)
    assert recognise(nothing, 5) is recognise(nothing, 5, known=LAYOUT_40)
    assert recognise(nothing, 10, known=LAYOUT_8A) is LAYOUT_8A
    assert recognise(city_log(LAYOUT_16, 20, 0), None, known=LAYOUT_8B) is LAYOUT_16


def test_an_empty_log_is_of_the_common_size_or_of_the_one_before() -> None:
    assert recognise(b"", 0) is LAYOUT_40
    assert recognise(b"", None, known=LAYOUT_16) is LAYOUT_16


def test_the_beginning_of_a_log_tells_its_layout() -> None:
    body = city_log(LAYOUT_40, 500, 3)
    assert recognise(body[:1000], 500, length=len(body)) is LAYOUT_40


def test_bytes_that_no_known_size_divides_are_unsupported() -> None:
    with pytest.raises(
        Unsupported, match="a log of 141 bytes, said to be 3 records; record sizes known: 8, 16"
    ):
        recognise(bytes(141), 3)


@layouts
def test_a_log_that_is_mostly_garbage_makes_no_sense(layout: LogLayout) -> None:
    noise = random.Random(SEED).randbytes(60 * layout.size)
    assert not makes_sense(noise, layout)
    assert makes_sense(city_log(layout, 60, 0), layout)


@given(st.binary(max_size=500), st.none() | st.integers(0, 100), st.sampled_from([None, *LAYOUTS.values()]))
def test_arbitrary_bodies_raise_unsupported_only(
    body: bytes, count: int | None, known: LogLayout | None
) -> None:
    try:
        layout = recognise(body, count, known=known)
    except Unsupported:
        return
    assert len(body) % layout.size == 0


def test_recognition_takes_the_same_time_for_any_length() -> None:
    def seconds(bodies: Sequence[bytes]) -> float:
        started = time.process_time()
        for body in bodies:
            recognise(body, None)
        return time.process_time() - started

    short, long = city_log(LAYOUT_40, 1960, 0), city_log(LAYOUT_40, 1960, 0) * 20
    seconds([short])
    assert min(seconds([long] * 5) for _ in range(3)) < 5 * max(seconds([short] * 5) for _ in range(3))
