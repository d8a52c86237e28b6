"""What a scripted peer that prepares buffers says: no more than is known of real terminals."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from datetime import datetime, timedelta

from devices.driver import AttLogRecord, UserRecord
from devices.zk.commands import Command
from devices.zk.frames import Packet
from devices.zk.layouts import LAYOUT_40, LogLayout, PinKind
from devices.zk.records import encode_record
from devices.zk.sizes import FreeSizes, encode_sizes
from devices.zk.users import encode_user
from tests.unit.devices.scripted_peer import Answer, Piece, reply

MORNING = datetime(2026, 11, 23, 7, 0)
USERS = [UserRecord(number, str(1000 + number), "", 0, 0) for number in range(1, 8)]
refuse: Answer = lambda packet: [reply(packet, code=Command.ACK_ERROR)]  # noqa: E731


def log_of(layout: LogLayout, records: int) -> bytes:
    return b"".join(encode_record(punch(position), layout) for position in range(records))


def punch(position: int) -> AttLogRecord:
    user = position % 7 + 1
    return AttLogRecord(str(1000 + user), MORNING + timedelta(seconds=20 * position), 1, 4, "", user)


def punches(layout: LogLayout, start: int, end: int) -> list[AttLogRecord]:
    numbers = layout.pin_kind is not PinKind.NUMBER
    return [punch(at)._replace(user_index=at % 7 + 1 if numbers else 0) for at in range(start, end)]


class Prepared:
    """A terminal that prepares buffers, as `contents` has them by the command asked for."""

    def __init__(self, contents: dict[int, bytes], *, middle: bool = True, count: int | None = None) -> None:
        self.contents = contents
        self.middle = middle
        self.count = count
        self.users = len(USERS)
        self.ranges = False
        self.slack = 0
        """Seconds by which a range is taken more widely than asked, on both sides."""
        self.buffer = b""
        self.last_end = 0

    @property
    def answers(self) -> dict[int, Answer]:
        return {
            Command.FREE_SIZES: self.sizes,
            Command.PREPARE_BUFFER: self.prepare,
            Command.READ_BUFFER: self.read,
        }

    def sizes(self, packet: Packet) -> Sequence[Piece]:
        count = self.count
        data = bytes(4) if count is None else encode_sizes(FreeSizes(records=count, users=self.users))
        return [reply(packet, data)]

    def prepare(self, packet: Packet) -> Sequence[Piece]:
        _, command, start, end = struct.unpack("<bhII", packet.data)
        if command == Command.ATTENDANCE_RANGE and self.ranges:
            log, size = self.contents[Command.ATTENDANCE_LOG], LAYOUT_40.size
            records = [log[at : at + size] for at in range(0, len(log), size)]
            slack = self.slack
            times = [struct.unpack_from("<I", record, LAYOUT_40.time)[0] for record in records]
            body = b"".join(
                r for r, time in zip(records, times, strict=True) if start - slack <= time <= end + slack
            )
        elif command in self.contents:
            body = self.contents[command]
        else:
            return [reply(packet, code=Command.ACK_UNKNOWN)]
        self.buffer = struct.pack("<I", len(body)) + body
        self.last_end = 0
        size = len(self.buffer)
        return [reply(packet, struct.pack("<xIII", size, size, 0))]

    def read(self, packet: Packet) -> Sequence[Piece]:
        start, size = struct.unpack("<ii", packet.data)
        if not self.middle and start not in (0, self.last_end):
            return [reply(packet, code=Command.ACK_ERROR)]
        self.last_end = start + size
        return [reply(packet, self.buffer[start : start + size], Command.DATA)]


def users_body(size: int = 72) -> bytes:
    return b"".join(encode_user(user, size) for user in USERS)


def times_asked(received: Sequence[Packet], command: int) -> int:
    return sum(packet.command == command for packet in received)


def prepared_for(received: Sequence[Packet]) -> list[int]:
    return [
        struct.unpack("<bhII", packet.data)[1]
        for packet in received
        if packet.command == Command.PREPARE_BUFFER
    ]
