"""One client's session with a simulated terminal: a packet in, frames out."""

from __future__ import annotations

import struct
from collections.abc import Callable
from datetime import datetime

from devices.errors import UnexpectedReply
from devices.zk.commands import Command, EventMask, parse_prepare, parse_read, scramble_key
from devices.zk.frames import Packet
from devices.zk.options import encode_option
from devices.zk.times import pack_time, unpack_time
from simulators.attendance_log import PreparedBuffer
from simulators.layouts import pack_event, pack_sizes
from simulators.terminal import TerminalSim

_PREPARED = struct.Struct("<BIII")
_TRANSFER = struct.Struct("<II")
_MASK = struct.Struct("<I")
_READY = 0x0023_EFCD
"""The last word of a captured answer to 1503; its meaning is not known."""

_Answer = tuple[Packet, ...]
_Handler = Callable[[Packet, datetime], _Answer]


class TerminalSession:
    """The protocol's state on one line. `respond` never raises: a terminal answers, or stays silent."""

    def __init__(self, terminal: TerminalSim) -> None:
        self.terminal = terminal
        self.restarting = False
        """The terminal was told to restart: after this answer all its lines break."""
        self.events_acknowledged = 0
        self._id = 0
        self._trusted = False
        self._mask = EventMask(0)
        self._buffer: PreparedBuffer | None = None
        self._next_read = 0
        self._handlers: dict[int, _Handler] = {
            Command.AUTH: self._auth,
            Command.EXIT: self._exit,
            Command.OPTION: self._option,
            Command.VERSION: self._version,
            Command.GET_TIME: self._get_time,
            Command.SET_TIME: self._set_time,
            Command.FREE_SIZES: self._free_sizes,
            Command.PREPARE_BUFFER: self._prepare,
            Command.READ_BUFFER: self._read,
            Command.FREE_BUFFER: self._free,
            Command.EVENT: self._register,
            Command.ENABLE: self._enable,
            Command.DISABLE: self._disable,
            Command.REFRESH: self._nothing,
            Command.CANCEL_CAPTURE: self._nothing,
            Command.VERIFY: self._nothing,
            Command.VOICE_TEST: self._voice,
            Command.RESTART: self._restart,
            Command.CLEAR_LOG: self._clear_log,
        }

    @property
    def live(self) -> bool:
        """Whether the client asked for live attendance events."""
        return bool(self._mask & EventMask.ATTENDANCE)

    def respond(self, packet: Packet, now: datetime) -> list[bytes]:
        """The terminal's answer to `packet` at city time `now` (naive, local), frame by frame."""
        if packet.command == Command.ACK_OK:
            self.events_acknowledged += 1
            return []
        self.terminal.commands[packet.command] += 1
        return [answer.to_frame() for answer in self._answer(packet, now)]

    def event(self, pin: str, verify: int, state: int, moment: datetime) -> bytes:
        """The live event's frame for a punch; empty when this session did not ask for it."""
        if not self.live:
            return b""
        data = pack_event(self.terminal.model.event_size, pin, verify, state, moment)
        # In an event the session field holds the event's code, and the reply field 0.
        return Packet(Command.EVENT, EventMask.ATTENDANCE, 0, data).to_frame()

    def close(self) -> None:
        """The line broke, or the client left."""
        self._trusted = False
        self._mask = EventMask(0)
        self._buffer = None
        self.terminal.closed(self)

    def _answer(self, packet: Packet, now: datetime) -> _Answer:
        if self.terminal.model.secure:
            return (Packet(Command.SECURE_FIRMWARE, 0, packet.reply),)
        if packet.command == Command.CONNECT:
            return self._connect(packet)
        if not self._id or packet.session != self._id:
            return ()
        if not self._trusted and packet.command != Command.AUTH:
            return self._say(Command.ACK_UNAUTH, packet)
        handler = self._handlers.get(packet.command)
        return handler(packet, now) if handler else self._say(Command.ACK_UNKNOWN, packet)

    def _say(self, command: Command, packet: Packet, data: bytes = b"") -> _Answer:
        return (Packet(command, self._id, packet.reply, data),)

    def _connect(self, packet: Packet) -> _Answer:
        self.close()
        if not self.terminal.opened(self):
            return (Packet(Command.ACK_ERROR, 0, packet.reply),)
        self._id = self.terminal.next_session_id()
        self._trusted = self.terminal.comm_key == 0
        return self._say(Command.ACK_OK if self._trusted else Command.ACK_UNAUTH, packet)

    def _auth(self, packet: Packet, _now: datetime) -> _Answer:
        self._trusted = packet.data[:4] == scramble_key(self.terminal.comm_key, self._id)
        return self._say(Command.ACK_OK if self._trusted else Command.ACK_UNAUTH, packet)

    def _exit(self, packet: Packet, _now: datetime) -> _Answer:
        answer = self._say(Command.ACK_OK, packet)
        self.close()
        self._id = 0
        return answer

    def _option(self, packet: Packet, _now: datetime) -> _Answer:
        name = packet.data.partition(b"\0")[0].decode("ascii", "replace")
        value = self.terminal.options.get(name)
        if value is None:
            return self._say(Command.ACK_ERROR, packet)
        return self._say(Command.ACK_OK, packet, encode_option(name, value))

    def _version(self, packet: Packet, _now: datetime) -> _Answer:
        return self._say(Command.ACK_OK, packet, self.terminal.model.firmware.encode() + b"\0")

    def _get_time(self, packet: Packet, now: datetime) -> _Answer:
        return self._say(Command.ACK_OK, packet, pack_time(self.terminal.clock(now)))

    def _set_time(self, packet: Packet, now: datetime) -> _Answer:
        try:
            moment = unpack_time(packet.data[:4])
        except UnexpectedReply:
            return self._say(Command.ACK_ERROR, packet)
        self.terminal.clock_offset = moment - now
        return self._say(Command.ACK_OK, packet)

    def _free_sizes(self, packet: Packet, _now: datetime) -> _Answer:
        terminal = self.terminal
        sizes = pack_sizes(
            users=len(terminal.users),
            records=len(terminal.log),
            user_capacity=terminal.model.user_capacity,
            record_capacity=terminal.model.log_capacity,
        )
        return self._say(Command.ACK_OK, packet, sizes)

    def _prepare(self, packet: Packet, _now: datetime) -> _Answer:
        match parse_prepare(packet.data):
            case Command.ATTENDANCE_LOG:
                buffer = self.terminal.log.prepare()
            case Command.USERS:
                buffer = self.terminal.prepare_users()
            case _:
                return self._say(Command.ACK_ERROR, packet)
        size = len(buffer)
        if size <= self.terminal.model.inline_up_to:
            return self._say(Command.DATA, packet, buffer.read(0, size))
        self._buffer = buffer
        self._next_read = 0
        return self._say(Command.ACK_OK, packet, _PREPARED.pack(0, size, size, _READY))

    def _read(self, packet: Packet, _now: datetime) -> _Answer:
        asked = parse_read(packet.data)
        if asked is None or self._buffer is None or asked[0] >= len(self._buffer):
            return self._say(Command.ACK_ERROR, packet)
        start, size = asked
        model = self.terminal.model
        if not model.tail_reads and start not in (0, self._next_read):
            return self._say(Command.ACK_ERROR, packet)
        body = self._buffer.read(start, size)
        self._next_read = start + len(body)
        if len(body) <= model.single_up_to:
            return self._say(Command.DATA, packet, body)
        frame = model.data_frame
        pieces = [body[at : at + frame] for at in range(0, len(body), frame)]
        # From here on the session field counts the pieces, as it does in captured transfers.
        return (
            Packet(Command.PREPARE_DATA, self._id, packet.reply, _TRANSFER.pack(len(body), frame)),
            *(Packet(Command.DATA, index, packet.reply, piece) for index, piece in enumerate(pieces)),
            Packet(Command.ACK_OK, len(pieces), packet.reply),
        )

    def _free(self, packet: Packet, _now: datetime) -> _Answer:
        self._buffer = None
        return self._say(Command.ACK_OK, packet)

    def _register(self, packet: Packet, _now: datetime) -> _Answer:
        if len(packet.data) < _MASK.size:
            return self._say(Command.ACK_ERROR, packet)
        self._mask = EventMask(_MASK.unpack_from(packet.data)[0] & EventMask.ATTENDANCE)
        return self._say(Command.ACK_OK, packet)

    def _enable(self, packet: Packet, _now: datetime) -> _Answer:
        self.terminal.disabled = False
        return self._say(Command.ACK_OK, packet)

    def _disable(self, packet: Packet, _now: datetime) -> _Answer:
        self.terminal.disabled = True
        return self._say(Command.ACK_OK, packet)

    def _nothing(self, packet: Packet, _now: datetime) -> _Answer:
        return self._say(Command.ACK_OK, packet)

    def _voice(self, packet: Packet, _now: datetime) -> _Answer:
        self.terminal.voices += 1
        return self._say(Command.ACK_OK, packet)

    def _restart(self, packet: Packet, _now: datetime) -> _Answer:
        self.restarting = True
        self.terminal.disabled = False
        return self._say(Command.ACK_OK, packet)

    def _clear_log(self, packet: Packet, _now: datetime) -> _Answer:
        self.terminal.log.clear()
        return self._say(Command.ACK_OK, packet)
