"""One client's session with a simulated terminal: a packet in, frames out."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable
from datetime import datetime

from devices.errors import UnexpectedReply
from devices.zk.commands import Command, EventMask, scramble_key
from devices.zk.frames import Packet
from devices.zk.options import encode_option
from devices.zk.times import pack_time, unpack_time
from simulators.administration import Admin, Administration
from simulators.attendance_log import PreparedBuffer
from simulators.layouts import SHORT_EVENTS, pack_event
from simulators.terminal import TerminalSim

_PREPARE = struct.Struct("<bhII")
_READ = struct.Struct("<ii")
_PREPARED = struct.Struct("<BIII")
_TRANSFER = struct.Struct("<II")
_MASK = struct.Struct("<I")
_LENGTH = struct.Struct("<I")
_PACKET_HEAD = 8
_READY = 0x0023_EFCD
"""The last word of a captured answer to 1503; its meaning is not known."""

_BARE_FRAME = 0x9FB0
"""Most bytes in one CMD_DATA of a model that knows only bare commands, as it says itself."""
_LEAST_LENGTH = _PACKET_HEAD + 1_024
"""The largest TCP length such a model writes in front of a CMD_DATA, however long that is."""
_GARBAGE = 1_000
_TEMPLATE_REQUEST = 3
_BARE_FIELD = 0x5A00
"""Such a model fills the session and reply fields of its CMD_DATA with something else."""

_Answer = tuple[Packet, ...]
_Handler = Callable[[Packet, datetime], _Answer]


class TerminalSession:
    """The protocol's state on one line. `respond` never raises: a terminal answers, or stays silent."""

    def __init__(self, terminal: TerminalSim, most: int | None = None) -> None:
        """`most`: the most bytes of data that one packet of this line can carry; None: any number."""
        self.terminal = terminal
        self._most = most
        self._administration = Administration(terminal)
        self.restarting = False
        """The terminal was told to restart: after this answer all its lines break."""
        self.events_acknowledged = 0
        self._id = 0
        self._trusted = False
        self._mask = EventMask(0)
        self._buffer: PreparedBuffer | None = None
        self._next_read = 0
        self._last_read = 0
        self._handlers: dict[int, _Handler] = {
            Command.AUTH: self._auth,
            Command.EXIT: self._exit,
            Command.OPTION: self._option,
            Command.VERSION: self._version,
            Command.GET_TIME: self._get_time,
            Command.SET_TIME: self._set_time,
            Command.FREE_SIZES: self._free_sizes,
            Command.ATTENDANCE_LOG: self._bare_log,
            Command.USERS: self._bare_users,
            Command.TEMPLATE_READ: self._read_template,
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
        return [self._framed(answer) for answer in self._answer(packet, now)]

    def event(self, pin: str, verify: int, state: int, moment: datetime) -> bytes:
        """The live event's frame for a punch; empty when this session did not ask for it."""
        if not self.live:
            return b""
        model = self.terminal.model
        if model.event_number and model.event_size in SHORT_EVENTS:
            pin = str(self.terminal.enrolled.number(pin))
        data = pack_event(model.event_size, pin, verify, state, moment)
        # In an event the session field holds the event's code, and the reply field 0.
        return Packet(Command.EVENT, EventMask.ATTENDANCE, 0, data).to_frame()

    def close(self) -> None:
        """The line broke, or the client left."""
        self._trusted = False
        self._mask = EventMask(0)
        self._buffer = None
        self._administration.forget_upload()
        self.terminal.closed(self)

    def _answer(self, packet: Packet, now: datetime) -> _Answer:
        if self.terminal.model.secure:
            return (Packet(Command.SECURE_FIRMWARE, 0, packet.reply),)
        if packet.command == Command.CONNECT:
            return self._connect(packet)
        if not self._id or packet.session != self._id:
            return ()
        if not self._trusted and packet.command not in (Command.AUTH, Command.EXIT):
            return self._say(Command.ACK_UNAUTH, packet)
        handler = self._handlers.get(packet.command)
        if handler is not None:
            return handler(packet, now)
        changed = self._administration.answer(packet.command, packet.data)
        if changed is None:
            return self._say(Command.ACK_UNKNOWN, packet)
        code, data = changed
        return self._say(code, packet, data)

    def _framed(self, answer: Packet) -> bytes:
        frame = answer.to_frame()
        if self.terminal.model.bulk or answer.command != Command.DATA:
            return frame
        said = min(len(frame) - 8, _LEAST_LENGTH)
        return frame[:4] + _LENGTH.pack(said) + frame[8:]

    def _say(self, command: int, packet: Packet, data: bytes = b"") -> _Answer:
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
        return self._say(Command.ACK_OK, packet, self.terminal.sizes())

    def _prepare(self, packet: Packet, _now: datetime) -> _Answer:
        model = self.terminal.model
        if not model.bulk or len(packet.data) != _PREPARE.size:
            return self._say(Command.ACK_ERROR, packet)
        _one, what, first, second = _PREPARE.unpack(packet.data)
        match what:
            case Command.ATTENDANCE_LOG:
                buffer = self.terminal.log.prepare()
            case Command.USERS:
                buffer = self.terminal.prepare_users()
            case Admin.TEMPLATES:
                buffer = self.terminal.prepare_templates()
            case Command.ATTENDANCE_RANGE if model.time_range:
                # Then the last two fields are the first and the last moment, packed.
                buffer = self.terminal.prepare_range(first, second)
            case Command.ATTENDANCE_RANGE:
                return self._say(model.range_refusal, packet)
            case _:
                return self._say(Command.ACK_ERROR, packet)
        size = len(buffer)
        if size <= self._fitting(model.inline_up_to, _PACKET_HEAD):
            return self._say(Command.DATA, packet, buffer.read(0, size))
        self._buffer = buffer
        self._next_read = self._last_read = 0
        return self._say(Command.ACK_OK, packet, _PREPARED.pack(0, size, size, _READY))

    def _read(self, packet: Packet, _now: datetime) -> _Answer:
        if self._buffer is None or len(packet.data) != _READ.size:
            return self._say(Command.ACK_ERROR, packet)
        start, size = _READ.unpack(packet.data)
        if not 0 <= start < len(self._buffer) or size < 0:
            return self._say(Command.ACK_ERROR, packet)
        # A request that came again, because its answer was lost, goes back to where it was and no further.
        if not self.terminal.model.tail_reads and start not in (0, self._next_read, self._last_read):
            return self._say(Command.ACK_ERROR, packet)
        body = self._buffer.read(start, size)
        self._last_read, self._next_read = start, start + len(body)
        return self._transfer(packet, body)

    def _transfer(self, packet: Packet, body: bytes) -> _Answer:
        model = self.terminal.model
        if len(body) <= self._fitting(model.single_up_to):
            return self._say(Command.DATA, packet, body)
        frame = self._fitting(model.data_frame)
        pieces = [body[at : at + frame] for at in range(0, len(body), frame)]
        # From here on the session field counts the pieces, as it does in captured transfers.
        return (
            Packet(Command.PREPARE_DATA, self._id, packet.reply, _TRANSFER.pack(len(body), frame)),
            *(Packet(Command.DATA, index, packet.reply, piece) for index, piece in enumerate(pieces)),
            Packet(Command.ACK_OK, len(pieces), packet.reply),
        )

    def _fitting(self, size: int, spare: int = 0) -> int:
        return size if self._most is None else min(size, self._most - spare)

    def _bare_log(self, packet: Packet, _now: datetime) -> _Answer:
        model = self.terminal.model
        if model.bulk:
            if not model.bare_garbage:
                return self._say(Command.ACK_UNKNOWN, packet)
            return self._say(Command.DATA, packet, random.Random(packet.reply).randbytes(_GARBAGE))
        return self._bare(packet, self.terminal.log.prepare())

    def _bare_users(self, packet: Packet, _now: datetime) -> _Answer:
        if len(packet.data) == _TEMPLATE_REQUEST:
            return self._read_template(packet, _now)
        if self.terminal.model.bulk:
            return self._say(Command.ACK_UNKNOWN, packet)
        return self._bare(packet, self.terminal.prepare_users())

    def _bare(self, packet: Packet, buffer: PreparedBuffer) -> _Answer:
        body = buffer.read(0, len(buffer))
        frame = self._fitting(_BARE_FRAME)
        pieces = [body[at : at + frame] for at in range(0, len(body), frame)]
        return (
            Packet(Command.PREPARE_DATA, self._id, packet.reply, _TRANSFER.pack(len(body), _BARE_FRAME)),
            *(
                Packet(Command.DATA, _BARE_FIELD + number, _BARE_FIELD, piece)
                for number, piece in enumerate(pieces)
            ),
            Packet(Command.ACK_OK, self._id, packet.reply),
        )

    def _read_template(self, packet: Packet, _now: datetime) -> _Answer:
        template = self._administration.template(packet.data)
        if template is None:
            return self._say(Command.ACK_ERROR, packet)
        return self._transfer(packet, template)

    def _free(self, packet: Packet, _now: datetime) -> _Answer:
        self._buffer = None
        self._administration.forget_upload()
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
