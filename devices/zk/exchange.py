"""Requests and their replies, with live events in between: a state machine without I/O.

    request          what may come back, all with the request's reply id
    small            one packet
    READ_BUFFER      PREPARE_DATA {u32 total, u32 most per packet}, DATA …, ACK_OK      or one DATA
    PREPARE_BUFFER   ACK_OK {u8, u32 size, u32 size, u32}                              or DATA, all of it
    bare command     as READ_BUFFER; on a stream its DATA may carry another reply id (AK3750, WL10)

Between any two packets a live event (command 500) may stand. A reply is matched by its reply id and never by
its session field: terminals reuse that field as event code, as device state and as chunk index.
Source: adrobinoga/zk-protocol, captured frames.

On a lossy line (UDP, serial) a request may have to be sent again, with the same reply id, and anything may
come twice, late, in another order, damaged, or as the echo of what we sent.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Final, Literal

from devices.errors import ProtocolError
from devices.zk.commands import Command, EventMask, Request, is_command
from devices.zk.events import DecodedEvent, decode_events
from devices.zk.frames import CAPTURE_BYTES, MAGIC, NEED_DATA, FrameReader, NeedData, Packet
from devices.zk.transfer import Transfer, Whole, announced, stands_alone

_REPLY_IDS: Final = 0xFFFF
"""Reply ids wrap modulo 65535: 65535 itself is never sent."""
_SERIAL_PACKET: Final = 1 << 14
"""Longest packet believed on a line that brings noise. We never ask for more than 1,008 bytes there."""
_TOLD_THRICE: Final = 3
"""What looks like a piece of an unannounced transfer, and comes so often and alone, is no piece but the
answer.
"""
_MOST_EARLY: Final = 256
"""Pieces kept that came before their announcement; a read of 16 KiB has hardly more than sixteen."""
_CONNECT_ID: Final = 0
_RIVALS_WITHIN: Final = 64
"""For how many requests a second answer to CONNECT is looked for; later its reply id has another meaning."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the terminal answered. A transfer, in however many packets it came, is one `Command.DATA`."""

    code: int
    session: int
    """The field as it was sent: the session's number only in the reply to CONNECT."""
    data: bytes
    proved: bool = True
    """False: pieces that came on a disordering line without counting: ask again and compare."""


class Exchange:
    """One session's bookkeeping: give it requests and bytes, take from it replies, events and bytes to send.

    `feed` raises `ProtocolError` subclasses only; after that the line must be given up. On a lossy line it
    raises them only for a well-formed packet that is out of all reason.
    """

    def __init__(self, *, framed: bool = True, lossy: bool = False) -> None:
        self.session = 0
        """Set it from the reply to CONNECT."""
        self.stale_replies = 0
        """Replies that came after their request was given up or answered, and were dropped."""
        self.rival: int | None = None
        """A second session that the terminal opened because CONNECT reached it twice: one of the two is dead
        or forgotten, so leave both and begin anew.
        """
        self._framed = framed
        self._lossy = lossy
        self._reader = FrameReader(_SERIAL_PACKET, resync=True) if framed and lossy else FrameReader()
        self._noise = b""
        self._requests = 0
        self._awaited: int | None = None
        self._first_session: int | None = None
        self._asked: Packet | None = None
        self._early: Counter[Packet] = Counter()
        self._transfer: Transfer | None = None
        self._reply: Reply | None = None
        self._events: list[DecodedEvent] = []
        self._output: list[bytes] = []

    @property
    def progress(self) -> str:
        """Where a request stands, for an error's detail."""
        if self._transfer is not None:
            return f"in mid-transfer, {self._transfer.received} of {self._transfer.total} bytes received"
        if self._reader.buffered:
            return f"in mid-frame, {self._reader.buffered} bytes received"
        return "no reply" if self._awaited is not None else "nothing asked"

    @property
    def noise(self) -> bytes:
        """The first bytes that were no packets, nor damaged ones, on a line that is read on after them."""
        noise = self._noise or self._reader.noise
        return b"" if noise.startswith(MAGIC) else noise

    @property
    def has_events(self) -> bool:
        """True when `take_events` would give something."""
        return bool(self._events)

    def request(self, request: Request) -> None:
        """Start a request; an unanswered one before it is given up, and its late reply will be dropped."""
        self._awaited = self._requests % _REPLY_IDS
        self._requests += 1
        self._asked = Packet(request.command, self.session, self._awaited, request.data)
        self._drop_transfer()
        self._reply = None
        self._early.clear()
        self._output.append(self._packed(self._asked))

    def resend(self) -> None:
        """The answer does not come: ask again, under the same reply id. On a lossy line only."""
        self._reader.give_up_partial()
        self._drain()
        if self._awaited is not None and self._asked is not None:
            self._output.append(self._packed(self._asked))

    def take_output(self) -> list[bytes]:
        """What to send now, each a frame or a datagram: requests, and the acknowledgement of each event."""
        output, self._output = self._output, []
        return output

    def take_events(self) -> list[DecodedEvent]:
        """The live events that arrived, in order."""
        events, self._events = self._events, []
        return events

    def take_reply(self) -> Reply | Literal[NeedData.NEED_DATA]:
        """The reply to the running request, once; `NEED_DATA` until it is whole."""
        if self._reply is None:
            return NEED_DATA
        reply, self._reply = self._reply, None
        return reply

    def feed(self, data: bytes) -> None:
        """Take bytes as they arrived, cut anywhere; or, unframed, one datagram."""
        if self._framed:
            self._reader.feed(data)
            self._drain()
            return
        try:
            packet = Packet.from_bytes(data)
        except ProtocolError:
            if not is_command(int.from_bytes(data[:2], "little")):
                self._noise = self._noise or data[:CAPTURE_BYTES]
            return
        self._on_packet(packet)

    def _drain(self) -> None:
        while (packet := self._reader.next_packet()) is not NEED_DATA:
            self._on_packet(packet)

    def _packed(self, packet: Packet) -> bytes:
        return packet.to_frame() if self._framed else packet.to_bytes()

    def _on_packet(self, packet: Packet) -> None:
        transfer = self._transfer
        if self._lossy and packet == self._asked:
            return  # the echo of a half-duplex line
        if packet.command == Command.EVENT:
            self._on_event(packet)
        elif packet.reply == self._awaited:
            self._on_reply(packet)
        elif transfer is not None and packet.command == Command.DATA and not self._lossy:
            self._on_data(packet, transfer)
        else:
            self._on_stale(packet)

    def _on_event(self, packet: Packet) -> None:
        self._output.append(self._packed(Packet(Command.ACK_OK, self.session, 0)))
        if packet.session & EventMask.ATTENDANCE:
            self._events += decode_events(packet.data)

    def _on_stale(self, packet: Packet) -> None:
        self.stale_replies += 1
        if (
            self._lossy
            and packet.reply == _CONNECT_ID
            and self._requests < _RIVALS_WITHIN
            and packet.command in (Command.ACK_OK, Command.ACK_UNAUTH)
            and packet.session != self._first_session
        ):
            self.rival = packet.session

    def _on_reply(self, packet: Packet) -> None:
        transfer = self._transfer
        if packet.command == Command.PREPARE_DATA:
            self._begin(packet)
        elif transfer is not None and packet.command == Command.DATA:
            self._on_data(packet, transfer)
        elif transfer is not None and packet.command == Command.ACK_OK:
            self._end(packet, transfer.close())
        elif self._lossy and not self._is_answer(packet):
            if len(self._early) < _MOST_EARLY or packet in self._early:
                self._early[packet] += 1
        else:
            self._finish(Reply(packet.command, packet.session, packet.data))

    def _on_data(self, packet: Packet, transfer: Transfer) -> None:
        self._end(packet, transfer.add(packet))
        self._tell_missing()

    def _begin(self, packet: Packet) -> None:
        self._transfer = announced(packet, self._transfer, lossy=self._lossy)
        self._tell_missing()
        early = list(self._early)
        self._early.clear()
        for piece in early:
            if self._transfer is not None and piece.command == Command.DATA:
                self._on_data(piece, self._transfer)

    def _end(self, packet: Packet, whole: Whole | None) -> None:
        if whole is not None:
            self._finish(Reply(Command.DATA, packet.session, whole.data, whole.proved))

    def _is_answer(self, packet: Packet) -> bool:
        """Whether a packet outside of a transfer is the whole answer, and no piece of one."""
        if self._asked is None or stands_alone(self._asked, packet):
            return True
        others = any(one.command == Command.DATA and one != packet for one in self._early)
        return not others and self._early[packet] + 1 >= _TOLD_THRICE

    def _tell_missing(self) -> None:
        transfer = self._transfer
        strict = transfer is not None and not self._lossy
        self._reader.missing = transfer.total - transfer.received if transfer is not None and strict else 0

    def _drop_transfer(self) -> None:
        self._transfer = None
        self._tell_missing()

    def _finish(self, reply: Reply) -> None:
        if self._asked is not None and self._asked.command == Command.CONNECT:
            self._first_session = reply.session
        self._reply = reply
        self._awaited = None
        self._drop_transfer()
