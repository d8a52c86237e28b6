"""Every parser on input that is whole, cut anywhere, or followed by junk: its own error, or a value."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from devices.errors import DeviceError, UnexpectedReply, Unsupported
from devices.zk.events import decode_events
from devices.zk.layouts import LAYOUTS, LogLayout
from devices.zk.options import decode_option, decode_text
from devices.zk.recognition import makes_sense, recognise
from devices.zk.records import decode_log
from devices.zk.sizes import decode_sizes
from devices.zk.text import read_name, read_pin
from devices.zk.times import unpack_time
from devices.zk.users import decode_users, is_users
from tests.unit.devices import vectors
from tests.unit.devices.prepared_peer import log_of, users_body

Parser = Callable[[bytes], object]
NOTHING: tuple[type[DeviceError], ...] = ()


def sense(layout: LogLayout, data: bytes) -> bool:
    return makes_sense(data, layout)


def records(layout: LogLayout, data: bytes) -> object:
    return decode_log(data[: len(data) // layout.size * layout.size], layout)


PARSERS: dict[str, tuple[Parser, bytes, tuple[type[DeviceError], ...]]] = {
    "sizes": (decode_sizes, vectors.FREE_SIZES_F18, NOTHING),
    "events": (decode_events, vectors.LIVE_EVENT_32[16:], NOTHING),
    "option": (
        lambda data: decode_option(data, "~Platform"),
        vectors.OPTION_REPLY[16:],
        (UnexpectedReply,),
    ),
    "text": (decode_text, b"Ver 6.60 Sep 27 2019\0", NOTHING),
    "time": (unpack_time, vectors.RECORD_8B[4:], (UnexpectedReply,)),
    "pin": (read_pin, vectors.RECORD_40[2:26], NOTHING),
    "name": (read_name, "Siti Nurhalizah é".encode(), NOTHING),
    "users": (lambda data: decode_users(data, 7), users_body(), (Unsupported,)),
    "users, short": (lambda data: decode_users(data, None), users_body(28), (Unsupported,)),
    "is users": (is_users, users_body(), NOTHING),
    **{
        f"log {name}": (lambda data: recognise(data, 6), log_of(layout, 6), (Unsupported,))
        for name, layout in LAYOUTS.items()
    },
    **{
        f"sense {name}": (partial(sense, layout), log_of(layout, 6), NOTHING)
        for name, layout in LAYOUTS.items()
    },
    **{
        f"records {name}": (
            partial(records, layout),
            log_of(layout, 6),
            NOTHING,
        )
        for name, layout in LAYOUTS.items()
    },
}


@pytest.mark.parametrize("name", PARSERS)
@pytest.mark.parametrize("junk", [b"", b"\0", b"\xff", b"\x50\x50\x82\x7d", bytes(range(256))])
def test_only_the_parsers_own_error_escapes(name: str, junk: bytes) -> None:
    parse, sound, allowed = PARSERS[name]
    for end in range(len(sound) + 1):
        try:
            parse(sound[:end] + junk)
        except allowed:
            continue


@pytest.mark.parametrize("name", PARSERS)
def test_the_whole_input_is_read(name: str) -> None:
    parse, sound, _ = PARSERS[name]
    assert parse(sound)
