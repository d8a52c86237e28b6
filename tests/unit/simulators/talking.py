"""Speaking to a simulated terminal by hand: packets in, packets out, no line between."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from datetime import datetime

from devices.zk import commands
from devices.zk.commands import Command, Request
from devices.zk.frames import NEED_DATA, FrameReader, Packet
from simulators.session import TerminalSession
from simulators.terminal import SimUser, TerminalModel, TerminalSim

NOW = datetime(2026, 11, 23, 7, 15, 30, 600_000)


def packets(frames: Sequence[bytes]) -> list[Packet]:
    reader = FrameReader()
    reader.feed(b"".join(frames))
    found = []
    while (packet := reader.next_packet()) is not NEED_DATA:
        found.append(packet)
    assert reader.buffered == 0
    return found


class Client:
    """Speaks to a session by hand."""

    def __init__(self, terminal: TerminalSim, most: int | None = None) -> None:
        self.session = TerminalSession(terminal, most)
        self.id = 0
        self.reply = 0

    def frames(self, command: int, data: bytes = b"", now: datetime = NOW) -> list[bytes]:
        """What comes back for a command, frame by frame as it leaves the terminal."""
        self.reply += 1
        return self.session.respond(Packet(command, self.id, self.reply, data), now)

    def ask(self, request: Request, now: datetime = NOW) -> list[Packet]:
        answers = packets(self.frames(request.command, request.data, now))
        assert {answer.reply for answer in answers} <= {self.reply}
        return answers

    def one(self, request: Request, now: datetime = NOW) -> Packet:
        (answer,) = self.ask(request, now)
        return answer

    def connect(self) -> Packet:
        self.id = 0
        answer = self.one(commands.connect())
        self.id = answer.session
        return answer


def terminal(model: TerminalModel | None = None, comm_key: int = 0) -> TerminalSim:
    sim = TerminalSim("SIM7", "Lobi", comm_key=comm_key, model=model or TerminalModel())
    sim.enrol([SimUser("1001", "Sutrisno", "n1"), SimUser("1002", "Siti")])
    return sim


def connected(model: TerminalModel | None = None, most: int | None = None) -> tuple[TerminalSim, Client]:
    sim = terminal(model)
    client = Client(sim, most)
    assert client.connect().command == Command.ACK_OK
    return sim, client


def read_all(client: Client, request: Request, chunk: int = 65_472) -> bytes:
    answer = client.one(request)
    if answer.command == Command.DATA:
        return answer.data
    assert answer.command == Command.ACK_OK
    zero, size, again, _ = struct.unpack("<BIII", answer.data)
    assert (zero, size) == (0, again)
    body = b""
    while len(body) < size:
        body += body_of(client.ask(commands.read_buffer(len(body), min(chunk, size - len(body)))))
    assert client.one(commands.free_buffer()).command == Command.ACK_OK
    return body


def body_of(answers: list[Packet]) -> bytes:
    if len(answers) == 1:
        assert answers[0].command == Command.DATA
        return answers[0].data
    first, *pieces, last = answers
    total, most = struct.unpack("<II", first.data)
    assert first.command == Command.PREPARE_DATA
    assert last.command == Command.ACK_OK
    assert all(piece.command == Command.DATA and len(piece.data) <= most for piece in pieces)
    # The session field of these counts the pieces: a client must not match it.
    assert [piece.session for piece in pieces] == list(range(len(pieces)))
    body = b"".join(piece.data for piece in pieces)
    assert len(body) == total
    return body
