"""Requests over a line that loses, doubles, damages and disorders: datagrams, or frames on a serial line."""

from __future__ import annotations

import random
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.driver import BadRecord
from devices.errors import ProtocolError, UnexpectedReply
from devices.zk import commands
from devices.zk.commands import Command, Request
from devices.zk.exchange import Exchange, Reply
from devices.zk.frames import NEED_DATA, Packet
from devices.zk.transfer import MAX_TRANSFER
from tests.unit.devices import vectors
from tests.unit.devices.test_zk_events import PUBLISHED

SESSION = 0x3C5C
BODY = random.Random(2).randbytes(2500)
READ = commands.read_buffer(0, len(BODY))
BARE = Request(Command.ATTENDANCE_LOG)


def asked(request: Request = READ, *, framed: bool = False) -> tuple[Exchange, int]:
    """An exchange after CONNECT, with one request under way, and that request's reply id."""
    exchange = Exchange(framed=framed, lossy=True)
    exchange.request(commands.connect())
    connected = Packet(Command.ACK_OK, SESSION, 0)
    exchange.feed(connected.to_frame() if framed else connected.to_bytes())
    reply = exchange.take_reply()
    assert reply is not NEED_DATA
    exchange.session = reply.session
    exchange.request(request)
    exchange.take_output()
    return exchange, 1


def transfer(reply: int, body: bytes = BODY, most: int = 1000, *, counted: bool = True) -> list[bytes]:
    """PREPARE_DATA, the pieces, ACK_OK, each a datagram."""
    pieces = [body[at : at + most] for at in range(0, len(body), most)]
    return [
        Packet(Command.PREPARE_DATA, SESSION, reply, struct.pack("<II", len(body), most)).to_bytes(),
        *(
            Packet(Command.DATA, index if counted else SESSION, reply, piece).to_bytes()
            for index, piece in enumerate(pieces)
        ),
        Packet(Command.ACK_OK, len(pieces), reply).to_bytes(),
    ]


def feed(exchange: Exchange, datagrams: list[bytes]) -> Reply | None:
    for datagram in datagrams:
        exchange.feed(datagram)
    reply = exchange.take_reply()
    return None if reply is NEED_DATA else reply


def test_a_request_sent_again_keeps_its_reply_id() -> None:
    exchange = Exchange(framed=False, lossy=True)
    exchange.request(commands.get_time())
    first = exchange.take_output()
    exchange.resend()
    assert exchange.take_output() == first == [Packet(Command.GET_TIME, 0, 0).to_bytes()]


def test_an_answered_request_is_not_sent_again() -> None:
    exchange, reply = asked(commands.get_time())
    assert feed(exchange, [Packet(Command.ACK_OK, SESSION, reply, b"time").to_bytes()])
    exchange.resend()
    assert exchange.take_output() == []


def test_the_second_answer_to_a_request_sent_twice_is_dropped() -> None:
    exchange, reply = asked(commands.get_time())
    answer = Packet(Command.ACK_OK, SESSION, reply, b"time").to_bytes()
    assert feed(exchange, [answer, answer]) == Reply(Command.ACK_OK, SESSION, b"time")
    exchange.request(commands.free_sizes())
    assert feed(exchange, [answer]) is None
    assert exchange.stale_replies == 2


def test_a_damaged_datagram_is_passed_over_and_kept_to_be_told() -> None:
    exchange, reply = asked(commands.get_time())
    assert feed(exchange, [b"\xaa\x01panel", b""]) is None
    assert exchange.noise == b"\xaa\x01panel"
    assert feed(exchange, [Packet(Command.ACK_OK, SESSION, reply, b"time").to_bytes()])


def test_a_damaged_packet_of_ours_is_not_told_as_another_protocol() -> None:
    exchange, reply = asked(commands.get_time())
    damaged = bytearray(Packet(Command.ACK_OK, SESSION, reply, b"time").to_bytes())
    damaged[-1] ^= 1
    assert feed(exchange, [bytes(damaged)]) is None
    assert exchange.noise == b""


@pytest.mark.parametrize("framed", [False, True])
def test_the_echo_of_a_half_duplex_line_is_no_answer(framed: bool) -> None:
    exchange, reply = asked(commands.get_time(), framed=framed)
    echo = Packet(Command.GET_TIME, SESSION, reply)
    answer = Packet(Command.ACK_OK, SESSION, reply, b"time")
    both = [echo.to_frame(), answer.to_frame()] if framed else [echo.to_bytes(), answer.to_bytes()]
    assert feed(exchange, both) == Reply(Command.ACK_OK, SESSION, b"time")


def test_events_are_acknowledged_in_datagrams_of_their_own() -> None:
    exchange, _ = asked(commands.get_time())
    exchange.feed(vectors.LIVE_EVENT_32[8:])
    exchange.feed(vectors.LIVE_EVENT_32[8:])
    assert exchange.take_events() == [PUBLISHED] * 2
    assert exchange.take_output() == [Packet(Command.ACK_OK, SESSION, 0).to_bytes()] * 2


class TestTransfers:
    def test_pieces_in_any_order_are_put_in_theirs(self) -> None:
        for seed in range(200):
            exchange, reply = asked()
            datagrams = transfer(reply)
            random.Random(seed).shuffle(datagrams)
            whole = feed(exchange, datagrams)
            assert whole is not None, seed
            assert (whole.data == BODY, whole.proved) == (True, True), seed

    @pytest.mark.parametrize("lost", range(5))
    def test_a_lost_packet_is_made_good_by_the_second_sending(self, lost: int) -> None:
        exchange, reply = asked()
        datagrams = transfer(reply)
        whole = feed(exchange, datagrams[:lost] + datagrams[lost + 1 :])
        if whole is None:
            exchange.resend()
            whole = feed(exchange, datagrams)
        assert whole is not None
        assert whole.data == BODY

    @settings(deadline=None)
    @given(
        st.lists(st.integers(0, 4), max_size=40),
        st.sampled_from([READ, BARE, commands.prepare_log()]),
        st.booleans(),
    )
    def test_whatever_is_lost_doubled_and_disordered_no_byte_is_wrong(
        self, order: list[int], request: Request, counted: bool
    ) -> None:
        exchange, reply = asked(request)
        datagrams = transfer(reply, counted=counted)
        whole = feed(exchange, [datagrams[index] for index in order])
        # What cannot be proved is left to the conversation, which reads it twice.
        if whole is not None and whole.proved and max(map(order.count, order)) < 3:
            assert (whole.code, whole.data) == (Command.DATA, BODY)

    def test_one_piece_alone_is_the_answer_when_it_is_what_was_asked(self) -> None:
        exchange, reply = asked(commands.read_buffer(0, 1000))
        datagrams = transfer(reply, BODY[:1000])
        assert feed(exchange, datagrams[1:2]) == Reply(Command.DATA, 0, BODY[:1000])
        assert feed(exchange, [datagrams[0], datagrams[2]]) is None

    def test_a_piece_whose_announcement_was_lost_is_not_taken_for_the_answer(self) -> None:
        exchange, reply = asked()
        assert feed(exchange, transfer(reply)[1:]) is None

    def test_a_short_answer_that_comes_three_times_is_the_answer(self) -> None:
        exchange, reply = asked()
        short = Packet(Command.DATA, 0, reply, b"short").to_bytes()
        assert feed(exchange, [short, short]) is None
        assert feed(exchange, [short]) == Reply(Command.DATA, 0, b"short")

    def test_pieces_that_do_not_count_are_taken_as_they_came_and_marked(self) -> None:
        exchange, reply = asked(BARE)
        whole = feed(exchange, transfer(reply, counted=False))
        assert whole is not None
        assert (whole.data, whole.proved) == (BODY, False)

    def test_a_log_that_grew_between_two_sendings_is_begun_anew(self) -> None:
        exchange, reply = asked(BARE)
        assert feed(exchange, transfer(reply)[:2]) is None
        exchange.resend()
        whole = feed(exchange, transfer(reply, BODY + b"grown"))
        assert whole is not None
        assert whole.data == BODY + b"grown"

    def test_beyond_all_reason_is_an_error(self) -> None:
        exchange, reply = asked()
        data = struct.pack("<II", MAX_TRANSFER + 1, 1008)
        with pytest.raises(UnexpectedReply):
            exchange.feed(Packet(Command.PREPARE_DATA, 0, reply, data).to_bytes())


class TestTwoSessions:
    def test_a_second_session_for_one_connect_is_noticed(self) -> None:
        exchange, _ = asked(commands.get_time())
        exchange.feed(Packet(Command.ACK_OK, SESSION, 0).to_bytes())
        assert exchange.rival is None
        exchange.feed(Packet(Command.ACK_OK, SESSION + 1, 0).to_bytes())
        assert exchange.rival == SESSION + 1

    def test_much_later_the_reply_id_of_connect_means_nothing(self) -> None:
        exchange, _ = asked(commands.get_time())
        for _ in range(70):
            exchange.request(commands.get_time())
        exchange.feed(Packet(Command.ACK_OK, 1, 0).to_bytes())
        assert exchange.rival is None


def test_the_end_of_a_long_log_that_came_first_is_no_empty_log() -> None:
    """The last record's reserved bytes are zero, and so is the length of an empty log."""
    body = struct.pack("<I", 1996) + BODY[:1992] + bytes(4)
    exchange, reply = asked(BARE)
    announcement, *pieces = transfer(reply, body, most=998)
    assert pieces[-2].endswith(bytes(4))
    assert feed(exchange, [pieces[-2]]) is None
    assert feed(exchange, [announcement, *pieces[:2]]) == Reply(Command.DATA, 1, body)


def test_an_empty_log_is_believed_when_it_is_all_that_comes_again_and_again() -> None:
    exchange, reply = asked(BARE)
    empty = Packet(Command.DATA, SESSION, reply, bytes(4)).to_bytes()
    assert feed(exchange, [empty, empty]) is None
    assert feed(exchange, [empty]) == Reply(Command.DATA, SESSION, bytes(4))
    lost, reply = asked(BARE)
    piece = Packet(Command.DATA, 0, reply, BODY[:1000]).to_bytes()
    last = Packet(Command.DATA, 1, reply, bytes(4)).to_bytes()
    assert feed(lost, [last, piece, last, last, last]) is None


packets = st.builds(
    lambda command, session, reply, data: Packet(command, session, reply, data).to_bytes(),
    st.sampled_from([500, 1500, 1501, 2000, 2001, 2005, 6001]) | st.integers(0, 0xFFFF),
    st.integers(0, 4),
    st.integers(0, 2),
    st.binary(max_size=80) | st.just(struct.pack("<II", 30, 10)) | st.just(bytes(10)),
)


@given(st.lists(packets | st.binary(max_size=20), max_size=20), st.sampled_from([READ, BARE]))
def test_arbitrary_datagrams_raise_protocol_errors_only(stream: list[bytes], request: Request) -> None:
    exchange, _ = asked(request)
    for piece in stream:
        try:
            exchange.feed(piece)
        except ProtocolError:
            return
        exchange.take_reply()
        assert all(isinstance(event, tuple | BadRecord) for event in exchange.take_events())
