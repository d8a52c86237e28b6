"""Requests and their replies, with live events in between: a state machine without I/O.

    request          what may come back, all with the request's reply id
    small            one packet
    READ_BUFFER      PREPARE_DATA {u32 total, u32 most per packet}, DATA …, ACK_OK      or one DATA
    PREPARE_BUFFER   ACK_OK {u8, u32 size, u32 size, u32}                              or DATA, all of it

Between any two packets a live event (command 500) may stand. A reply is matched by its reply id and never by
its session field: terminals reuse that field as event code, as device state and as chunk index.
Source: adrobinoga/zk-protocol, captured frames.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import Final, Literal

from devices.errors import UnexpectedReply
from devices.zk.commands import Command, EventMask, Request, code_name
from devices.zk.events import EventItem, decode_events
from devices.zk.frames import NEED_DATA, FrameReader, NeedData, Packet

MAX_TRANSFER: Final = 1 << 26
"""Most bytes accepted in one transfer; a full log of 200,000 records is an eighth of it."""
_REPLY_IDS: Final = 0xFFFF
"""Reply ids wrap modulo 65535: 65535 itself is never sent."""
_U32 = struct.Struct("<I")


@dataclass(frozen=True, slots=True)
class Reply:
    """What the terminal answered. A transfer, in however many packets it came, is one `Command.DATA`."""

    code: int
    session: int
    """The field as it was sent: the session's number only in the reply to CONNECT."""
    data: bytes


@dataclass(slots=True)
class _Transfer:
    total: int
    received: int = 0
    parts: list[bytes] = field(default_factory=list)


class Exchange:
    """One session's bookkeeping: give it requests and bytes, take from it replies, events and bytes to send.

    `feed` raises `ProtocolError` subclasses only; after that the line must be given up.
    """

    def __init__(self) -> None:
        self.session = 0
        """Set it from the reply to CONNECT."""
        self.stale_replies = 0
        """Replies that came after their request was given up, and were dropped."""
        self._reader = FrameReader()
        self._next_id = 0
        self._awaited: int | None = None
        self._transfer: _Transfer | None = None
        self._reply: Reply | None = None
        self._events: list[EventItem] = []
        self._output = bytearray()

    @property
    def progress(self) -> str:
        """Where a request stands, for an error's detail."""
        if self._transfer is not None:
            return f"in mid-transfer, {self._transfer.received} of {self._transfer.total} bytes received"
        if self._reader.buffered:
            return f"in mid-frame, {self._reader.buffered} bytes received"
        return "no reply" if self._awaited is not None else "nothing asked"

    @property
    def has_events(self) -> bool:
        """True when `take_events` would give something."""
        return bool(self._events)

    def request(self, request: Request) -> None:
        """Start a request; an unanswered one before it is given up, and its late reply will be dropped."""
        self._awaited = self._next_id
        self._next_id = (self._next_id + 1) % _REPLY_IDS
        self._transfer = None
        self._reply = None
        self._output += Packet(request.command, self.session, self._awaited, request.data).to_frame()

    def take_output(self) -> bytes:
        """The bytes to send now: requests, and the acknowledgement that each live event wants."""
        output = bytes(self._output)
        self._output.clear()
        return output

    def take_events(self) -> list[EventItem]:
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
        """Take bytes as they arrived, cut anywhere."""
        self._reader.feed(data)
        while (packet := self._reader.next_packet()) is not NEED_DATA:
            if packet.command == Command.EVENT:
                self._on_event(packet)
            elif packet.reply == self._awaited:
                self._on_reply(packet)
            else:
                self.stale_replies += 1

    def _on_event(self, packet: Packet) -> None:
        self._output += Packet(Command.ACK_OK, self.session, 0).to_frame()
        if packet.session & EventMask.ATTENDANCE:
            self._events += decode_events(packet.data)

    def _on_reply(self, packet: Packet) -> None:
        transfer = self._transfer
        if packet.command == Command.PREPARE_DATA:
            self._begin(packet)
        elif transfer is not None and packet.command == Command.DATA:
            transfer.parts.append(packet.data)
            transfer.received += len(packet.data)
            if transfer.received > transfer.total:
                raise UnexpectedReply(f"{transfer.received} bytes in a transfer of {transfer.total}")
        elif transfer is not None and packet.command == Command.ACK_OK:
            if transfer.received < transfer.total:
                raise UnexpectedReply(f"a transfer ended after {transfer.received} of {transfer.total} bytes")
            self._finish(Reply(Command.DATA, packet.session, b"".join(transfer.parts)))
        else:
            self._finish(Reply(packet.command, packet.session, packet.data))

    def _begin(self, packet: Packet) -> None:
        if self._transfer is not None or len(packet.data) < _U32.size:
            raise UnexpectedReply(
                f"{code_name(packet.command)} out of place, {len(packet.data)} bytes",
                capture=packet.data[:64],
            )
        total = _U32.unpack_from(packet.data)[0]
        if total > MAX_TRANSFER:
            raise UnexpectedReply(f"a transfer of {total} bytes", capture=packet.data[:64])
        self._transfer = _Transfer(total)

    def _finish(self, reply: Reply) -> None:
        self._reply = reply
        self._awaited = None
        self._transfer = None
