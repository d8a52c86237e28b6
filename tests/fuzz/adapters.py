"""Parsers as functions of bytes alone: where one takes more, the input chooses the rest."""

from __future__ import annotations

from collections.abc import Coroutine
from datetime import datetime
from typing import Final

from devices.adms.requests import parse_request
from devices.driver import AttLogRecord, LogPosition
from devices.errors import LinkClosed
from devices.usb import DateOrder, parse
from devices.usb.glg import parse_glg
from devices.zk.access import Access
from devices.zk.commands import Command, Request, prepare_log, read_buffer
from devices.zk.exchange import Exchange, Reply
from devices.zk.frames import NEED_DATA, FrameReader, Packet
from devices.zk.layouts import LAYOUT_16, LogLayout
from devices.zk.logread import read_tail, read_whole
from devices.zk.options import decode_option, decode_text
from devices.zk.recognition import recognise
from devices.zk.records import decode_log, encode_record
from devices.zk.serial_line import SerialAddress
from devices.zk.times import unpack_six, unpack_time
from devices.zk.users import decode_users
from tests.fuzz.parser import Run

_ENROLLED: Final = {number: str(1000 + number) for number in range(64)}
PUNCH: Final = AttLogRecord("1001", datetime(2026, 11, 23, 7, 29, 31), 1, 0, "", 7)
SMALL: Final = encode_record(PUNCH, LAYOUT_16)
"""One record of the log whose tail is read."""
_TRICKLE: Final = 61
"""Bytes fed at once where a line's bytes arrive cut."""
COMMANDS: Final = (Command.ACK_OK, Command.DATA, Command.PREPARE_DATA, Command.EVENT, Command.ACK_ERROR)


def frames(data: bytes, resync: bool = False) -> None:
    reader = FrameReader(resync=resync)
    for at in range(0, len(data), _TRICKLE):
        reader.feed(data[at : at + _TRICKLE])
        while reader.next_packet() is not NEED_DATA:
            pass


def noisy_frames(data: bytes) -> None:
    frames(data, resync=True)


def _packets(data: bytes) -> list[Packet]:
    """Sound packets whose fields the input chooses: one for every five bytes and what follows them."""
    packets, at = [], 0
    while at + 5 <= len(data):
        choice, session, reply, shape, length = data[at : at + 5]
        payload = data[at + 5 : at + 5 + length]
        if shape & 1:
            payload = payload[:1] * 4 + payload
        command = COMMANDS[choice] if choice < len(COMMANDS) else choice << 4
        packets.append(Packet(command, session, reply % 4, payload))
        at += 5 + length
    return packets


def _talk(data: bytes, *, framed: bool, lossy: bool) -> None:
    """A conversation in which the terminal answers with whatever the input says."""
    exchange = Exchange(framed=framed, lossy=lossy)
    for number, packet in enumerate(_packets(data)):
        if number % 4 == 0:
            exchange.request(read_buffer(0, 64) if number % 8 else prepare_log())
        sent = packet.to_frame() if framed else packet.to_bytes()
        if packet.session & 0x80:
            sent = sent[: packet.session & 0x3F] + data[:3]
        exchange.feed(sent)
        exchange.take_reply()
        exchange.take_events()
        exchange.take_output()
        if lossy and packet.session & 0x40:
            exchange.resend()


def stream(data: bytes) -> None:
    _talk(data, framed=True, lossy=False)


def datagrams(data: bytes) -> None:
    _talk(data, framed=False, lossy=True)


def serial(data: bytes) -> None:
    _talk(data, framed=True, lossy=True)


def raw_datagrams(data: bytes) -> None:
    """Pieces of a transfer that nobody announced."""
    exchange = Exchange(framed=False, lossy=True)
    exchange.request(prepare_log())
    for at in range(0, len(data), _TRICKLE):
        exchange.feed(Packet(Command.DATA, 0, 0, data[at : at + _TRICKLE]).to_bytes())


def raw_stream(data: bytes) -> None:
    """The bytes as they are, in the middle of a transfer."""
    exchange = Exchange()
    exchange.request(read_buffer(0, 1 << 20))
    exchange.feed(Packet(Command.PREPARE_DATA, 0, 0, (1 << 22).to_bytes(4, "little")).to_frame())
    for at in range(0, len(data), _TRICKLE):
        exchange.feed(data[at : at + _TRICKLE])


def records(layout: LogLayout) -> Run:
    """Decoding a log in this layout."""

    def run(data: bytes) -> None:
        whole = data[: len(data) // layout.size * layout.size]
        assert len(decode_log(whole, layout, users=_ENROLLED)) == len(whole) // layout.size

    return run


def record_layout(data: bytes) -> None:
    recognise(data[1:], data[0] if data else None)


def _answers(data: bytes) -> Access:
    """A terminal whose answers to a log's reader are the input, packet by packet."""
    replies = [Reply(packet.command, packet.session, packet.data) for packet in _packets(data)]
    replies.reverse()

    async def ask(request: Request) -> Reply:
        if not replies:
            raise LinkClosed
        return replies.pop()

    return Access(ask)


def _finish(work: Coroutine[object, object, object]) -> None:
    """Run what never waits."""
    try:
        work.send(None)
    except StopIteration:
        return
    finally:
        work.close()


def whole_log(data: bytes) -> None:
    _finish(read_whole(_answers(data), data[0] if data else None))


def tail_of_log(data: bytes) -> None:
    _finish(read_tail(_answers(data), LogPosition(4, SMALL * 4)))


def users(data: bytes) -> None:
    decode_users(data[1:], data[0] if data else None)


def options(data: bytes) -> None:
    decode_text(data)
    decode_option(data, "~SerialNumber")


def times(data: bytes) -> None:
    unpack_six(data[:6].ljust(6, b"\0"))
    unpack_time(data)


def push_request(data: bytes) -> None:
    head, _, body = data.partition(b"\n")
    method, _, target = head.partition(b" ")
    path, _, query = target.partition(b"?")
    parse_request(method.decode("latin-1"), path.decode("latin-1"), query, body)


def glg(data: bytes) -> None:
    parse_glg(data[1:], [None, *DateOrder][data[0] % 3] if data else None)


def stick_file(data: bytes) -> None:
    name, _, content = data.partition(b"\n")
    parse(content, name.decode("latin-1"))


def serial_address(data: bytes) -> None:
    SerialAddress.parse(data.decode("utf-8", "replace"))
