from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.driver import AttLogRecord, BadRecord
from devices.errors import ProtocolError, UnexpectedReply
from devices.zk import commands
from devices.zk.commands import Command
from devices.zk.exchange import Exchange, Reply
from devices.zk.frames import NEED_DATA, FrameReader, NeedData, Packet
from devices.zk.transfer import MAX_TRANSFER
from tests.unit.devices import vectors
from tests.unit.devices.test_zk_events import PUBLISHED

SESSION = 0x3C5C


READ = commands.read_buffer(0, 3000)


def asked(request: commands.Request = READ) -> tuple[Exchange, int]:
    """An exchange with one request under way, and that request's reply id."""
    exchange = Exchange()
    exchange.session = SESSION
    exchange.request(request)
    return exchange, sent(exchange)[-1].reply


def sent(exchange: Exchange) -> list[Packet]:
    reader = FrameReader()
    reader.feed(b"".join(exchange.take_output()))
    packets = []
    while (packet := reader.next_packet()) is not NEED_DATA:
        packets.append(packet)
    return packets


def transfer(reply: int, pieces: list[bytes]) -> list[bytes]:
    """A transfer as captured ones look: the session field counts the pieces."""
    total = sum(map(len, pieces))
    return [
        Packet(Command.PREPARE_DATA, SESSION, reply, struct.pack("<II", total, 1008)).to_frame(),
        *(Packet(Command.DATA, index, reply, piece).to_frame() for index, piece in enumerate(pieces)),
        Packet(Command.ACK_OK, len(pieces), reply).to_frame(),
    ]


def outcome(exchange: Exchange, stream: bytes, step: int) -> Reply | NeedData:
    for at in range(0, len(stream), step):
        exchange.feed(stream[at : at + step])
    return exchange.take_reply()


def test_a_request_carries_the_session_and_its_own_reply_id() -> None:
    exchange, _ = asked(commands.get_time())
    exchange.request(commands.free_sizes())
    assert [(packet.command, packet.session, packet.reply) for packet in sent(exchange)] == [
        (Command.FREE_SIZES, SESSION, 1)
    ]


def test_reply_ids_wrap_before_65535() -> None:
    exchange = Exchange()
    for _ in range(65_537):
        exchange.request(commands.get_time())
    ids = [packet.reply for packet in sent(exchange)]
    assert ids[65_534:] == [65_534, 0, 1]


def test_a_reply_is_taken_once() -> None:
    exchange, reply = asked(commands.get_time())
    exchange.feed(Packet(Command.ACK_OK, SESSION, reply, b"abcd").to_frame())
    assert exchange.take_reply() == Reply(Command.ACK_OK, SESSION, b"abcd")
    assert exchange.take_reply() is NEED_DATA


def test_a_reply_is_matched_by_its_id_whatever_its_session_field_says() -> None:
    exchange, reply = asked(commands.get_time())
    exchange.feed(Packet(Command.ACK_OK, 1, reply, b"abcd").to_frame())
    assert exchange.take_reply() == Reply(Command.ACK_OK, 1, b"abcd")


@pytest.mark.parametrize("step", [1, 2, 7, 1008, 100_000])
def test_a_transfer_is_one_reply_however_it_arrives(step: int) -> None:
    exchange, reply = asked()
    pieces = [b"a" * 1008, b"b" * 1008, b"c" * 984]
    assert outcome(exchange, b"".join(transfer(reply, pieces)), step) == Reply(
        Command.DATA, 3, b"".join(pieces)
    )


def test_published_transfer_frames_are_followed() -> None:
    exchange = Exchange()
    for _ in range(0x15 + 1):
        exchange.request(commands.prepare_log())
    exchange.feed(vectors.PREPARED_5044)
    prepared = exchange.take_reply()
    assert isinstance(prepared, Reply)
    assert struct.unpack_from("<xI", prepared.data)[0] == 5044
    exchange.request(commands.read_buffer(0, 5044))
    exchange.feed(vectors.PREPARE_DATA_5044)
    assert exchange.progress == "in mid-transfer, 0 of 5044 bytes received"


@pytest.mark.parametrize("command", [commands.read_buffer(0, 100), commands.prepare_log()])
def test_inline_data_is_the_whole_reply(command: commands.Request) -> None:
    exchange, reply = asked(command)
    exchange.feed(Packet(Command.DATA, 0, reply, b"x" * 100).to_frame())
    assert exchange.take_reply() == Reply(Command.DATA, 0, b"x" * 100)


def test_an_empty_transfer_is_an_empty_reply() -> None:
    exchange, reply = asked()
    assert outcome(exchange, b"".join(transfer(reply, [])), 1000) == Reply(Command.DATA, 0, b"")


@pytest.mark.parametrize("step", [1, 1000])
def test_events_between_all_packets_of_a_transfer_disturb_nothing(step: int) -> None:
    exchange, reply = asked()
    pieces = [b"a" * 500, b"b" * 500]
    stream = vectors.LIVE_EVENT_32 + vectors.LIVE_EVENT_32.join(transfer(reply, pieces))
    assert outcome(exchange, stream, step) == Reply(Command.DATA, 2, b"".join(pieces))
    assert exchange.take_events() == [PUBLISHED] * 4
    assert exchange.take_events() == []


def test_every_event_is_acknowledged_with_the_session_and_reply_0() -> None:
    exchange, _ = asked(commands.get_time())
    exchange.feed(vectors.LIVE_EVENT_32 * 2)
    assert sent(exchange) == [Packet(Command.ACK_OK, SESSION, 0)] * 2


def test_an_event_with_reply_0_is_not_the_answer_to_the_request_with_id_0() -> None:
    exchange, reply = asked(commands.get_time())
    assert reply == 0
    exchange.feed(vectors.LIVE_EVENT_32)
    assert exchange.take_reply() is NEED_DATA
    assert exchange.has_events


def test_an_event_of_another_kind_is_acknowledged_and_is_no_punch() -> None:
    exchange, _ = asked(commands.get_time())
    exchange.feed(Packet(Command.EVENT, 0x10, 0, b"\1\0\0\0").to_frame())
    assert sent(exchange) == [Packet(Command.ACK_OK, SESSION, 0)]
    assert not exchange.has_events


def test_an_unreadable_event_is_kept_raw() -> None:
    exchange, _ = asked(commands.get_time())
    exchange.feed(Packet(Command.EVENT, 1, 0, b"\xff" * 41).to_frame())
    assert isinstance(exchange.take_events()[0], BadRecord)


def test_the_late_reply_of_a_request_given_up_is_dropped() -> None:
    exchange, late = asked(commands.get_time())
    exchange.request(commands.free_sizes())
    exchange.feed(Packet(Command.ACK_OK, SESSION, late, b"late").to_frame())
    assert exchange.take_reply() is NEED_DATA
    assert exchange.stale_replies == 1
    exchange.feed(Packet(Command.ACK_OK, SESSION, late + 1, b"mine").to_frame())
    assert exchange.take_reply() == Reply(Command.ACK_OK, SESSION, b"mine")


def test_the_rest_of_a_transfer_given_up_is_dropped() -> None:
    exchange, late = asked()
    frames = transfer(late, [b"a" * 500, b"b" * 500])
    exchange.feed(frames[0] + frames[1])
    exchange.request(commands.get_time())
    exchange.feed(frames[2] + frames[3] + Packet(Command.ACK_OK, 9, late + 1, b"time").to_frame())
    assert exchange.take_reply() == Reply(Command.ACK_OK, 9, b"time")
    assert exchange.stale_replies == 2


def test_a_refusal_in_mid_transfer_is_the_reply() -> None:
    exchange, reply = asked()
    exchange.feed(transfer(reply, [b"a" * 500])[0])
    exchange.feed(Packet(Command.ACK_ERROR, 0, reply).to_frame())
    assert exchange.take_reply() == Reply(Command.ACK_ERROR, 0, b"")


def test_a_transfer_closed_too_early_is_an_error() -> None:
    exchange, reply = asked()
    frames = transfer(reply, [b"a" * 500, b"b" * 500])
    with pytest.raises(UnexpectedReply, match="after 500 of 1000 bytes"):
        exchange.feed(frames[0] + frames[1] + frames[3])


def test_more_bytes_than_announced_are_an_error() -> None:
    exchange, reply = asked()
    frames = transfer(reply, [b"a" * 500])
    with pytest.raises(UnexpectedReply, match="1000 bytes in a transfer of 500"):
        exchange.feed(frames[0] + frames[1] * 2)


def test_a_transfer_beyond_all_reason_is_refused_before_its_bytes_are_kept() -> None:
    exchange, reply = asked()
    data = struct.pack("<II", MAX_TRANSFER + 1, 1008)
    with pytest.raises(UnexpectedReply, match="a transfer of"):
        exchange.feed(Packet(Command.PREPARE_DATA, 0, reply, data).to_frame())


def test_a_second_announcement_within_a_transfer_is_an_error() -> None:
    exchange, reply = asked()
    with pytest.raises(UnexpectedReply, match="PREPARE_DATA"):
        exchange.feed(transfer(reply, [b"a" * 500])[0] * 2)


def test_progress_says_where_a_request_stands() -> None:
    exchange, reply = asked()
    assert exchange.progress == "no reply"
    frames = transfer(reply, [b"a" * 500, b"b" * 500])
    exchange.feed(frames[0] + frames[1])
    assert exchange.progress == "in mid-transfer, 500 of 1000 bytes received"


packets = st.builds(
    lambda command, session, reply, data: Packet(command, session, reply, data).to_frame(),
    st.sampled_from([500, 1500, 1501, 2000, 2001, 2005, 6001]) | st.integers(0, 0xFFFF),
    st.integers(0, 3),
    st.integers(0, 2),
    st.binary(max_size=80),
)


@given(st.lists(packets | st.binary(max_size=20), max_size=12))
def test_arbitrary_packets_raise_protocol_errors_only(stream: list[bytes]) -> None:
    exchange, _ = asked()
    for piece in stream:
        try:
            exchange.feed(piece)
        except ProtocolError:
            return
        exchange.take_reply()
        for event in exchange.take_events():
            assert isinstance(event, AttLogRecord | BadRecord)
