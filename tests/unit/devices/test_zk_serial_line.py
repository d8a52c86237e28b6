"""Serial lines: their addresses, and what goes over them, noise and slowness included."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import datetime
from random import Random

import pytest
import serial
from serial.rfc2217 import PortManager

from devices import registry
from devices.driver import Target
from devices.errors import Busy, LinkClosed, MalformedFrame, Retry, Unreachable, UnusableAddress
from devices.zk.serial_line import BAUD_RATES, SerialAddress, SerialLine
from simulators.faults import Fault, Faults, When
from simulators.faults.layer import Layer, Piece
from simulators.line import TerminalLine
from simulators.serial_port import SerialServer, Wire
from simulators.terminal import SimUser, TerminalModel, TerminalSim
from tests.support.waiting import PATIENCE

NOON = datetime(2026, 11, 23, 12, 0, 1)
FAST = 921_600


class NoisyServer(SerialServer):
    """A line on which, once, a record's bytes change so that the checksum stays."""

    turned = 0
    """In which of the next frames with records; 0: in none."""

    @property
    def layers(self) -> list[Layer]:
        return [*super().layers, Unseen(self)]


class Unseen(Layer):
    def __init__(self, server: NoisyServer) -> None:
        super().__init__(When(), Random(1))
        self.server = server

    def outgoing(self, frames: list[Piece], line: TerminalLine) -> list[Piece]:
        return [self.damaged(frame) if frame.is_bulk else frame for frame in frames]

    def damaged(self, frame: Piece) -> Piece:
        if self.server.turned == 0 or len(frame.data) < 100:
            return frame
        self.server.turned -= 1
        if self.server.turned:
            return frame
        at = frame.data.index(b"1001")
        raw = bytearray(frame.data)
        raw[at : at + 4] = raw[at + 2 : at + 4] + raw[at : at + 2]
        return replace(frame, data=bytes(raw))


@asynccontextmanager
async def terminal(baud: int = FAST, wire: Wire = Wire.PTY, records: int = 0) -> AsyncIterator[NoisyServer]:
    sim = TerminalSim("SER0001", model=TerminalModel())
    sim.enrol([SimUser("1001", "Siti Rahayu")])
    for _ in range(records):
        sim.log.append(sim.pack("1001", NOON))
    server = NoisyServer(sim, lambda: NOON, wire=wire, baud=baud)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


def target(server: SerialServer) -> Target:
    return Target(server.address, 0, connect_timeout=6, reply_timeout=5, bulk_timeout=30)


class TestAddress:
    @pytest.mark.parametrize(
        ("text", "address"),
        [
            ("/dev/ttyUSB0", SerialAddress("/dev/ttyUSB0", 9600)),
            ("/dev/ttyS1?baud=115200", SerialAddress("/dev/ttyS1", 115_200)),
            (
                "/dev/serial/by-id/usb-x?baud=1200&rs485=yes",
                SerialAddress("/dev/serial/by-id/usb-x", 1200, True),
            ),
            ("socket://10.0.0.8:4001?baud=9600", SerialAddress("socket://10.0.0.8:4001", 9600)),
            ("rfc2217://conv.example:4001?baud=19200", SerialAddress("rfc2217://conv.example:4001", 19_200)),
        ],
    )
    def test_a_port_or_a_converter_with_its_speed(self, text: str, address: SerialAddress) -> None:
        assert SerialAddress.parse(text) == address

    @pytest.mark.parametrize(
        ("text", "why"),
        [
            ("", "neither"),
            ("10.0.0.8", "neither"),
            ("loop://", "neither"),
            ("spy:///dev/ttyUSB0?file=/etc/x", "neither"),
            ("alt:///dev/ttyUSB0", "neither"),
            ("hwgrep://0403", "neither"),
            ("file:///dev/ttyUSB0", "neither"),
            ("/dev/../etc/passwd", "neither"),
            ("//host/dev/tty", "neither"),
            ("socket://10.0.0.8", "HOST:PORT"),
            ("socket://user@10.0.0.8:4001", "HOST:PORT"),
            ("socket://10.0.0.8:4001/logging", "HOST:PORT"),
            ("socket://10.0.0.8:99999", "socket"),
            ("socket://10.0.0.8:4001?logging=debug", "'logging' is not known"),
            ("/dev/ttyUSB0?baud=fast", "baud is one of 1200"),
            ("/dev/ttyUSB0?baud=9601", "baud is one of 1200"),
            ("/dev/ttyUSB0?baud", "baud"),
            ("/dev/ttyUSB0?rs485=1", "rs485 is yes or no"),
            ("socket://10.0.0.8:4001?rs485=yes", "only for a port of this machine"),
            ("socket://[::1:4001", "socket"),
        ],
    )
    def test_anything_else_is_refused_with_its_reason(self, text: str, why: str) -> None:
        with pytest.raises(UnusableAddress, match=why) as caught:
            SerialAddress.parse(text)
        assert caught.value.retry is Retry.OPERATOR

    @pytest.mark.parametrize("baud", BAUD_RATES)
    def test_a_read_takes_about_a_second_at_most_and_is_waited_for_longer(self, baud: int) -> None:
        kind = SerialAddress("/dev/ttyS0", baud).kind
        assert kind.bytes_per_second == baud / 10
        assert 64 <= kind.read_bytes <= 1008
        assert kind.read_bytes / kind.bytes_per_second <= 1
        assert kind.resend_after is not None
        assert kind.resend_after > 1 + kind.read_bytes / kind.bytes_per_second


class TestLine:
    async def test_at_9600_baud_a_long_log_comes_in_pieces_that_follow_one_another(self) -> None:
        async with terminal(9600, records=700) as server:
            session = await registry.load("zk-serial").open(target(server))
            # What the line carries is what takes the time: from here on it is let go faster.
            server.baud = FAST
            first = await session.read_log()
            assert 0 < len(first.items) < first.total == 700
            second = await session.read_log(first.position_after(len(first.items)))
            assert second.first_index == len(first.items)
            assert second.total == 700
            await session.close()

    async def test_noise_between_frames_and_half_frames_lose_nothing(self) -> None:
        async with terminal(records=40) as server:
            session = await registry.load("zk-serial").open(target(server))
            server.transmit(b"\x00\xffnoise PP")
            assert await session.read_clock() == NOON
            server.transmit(b"PP\x82\x7d\x00\x10\x00\x00")
            started = time.monotonic()
            assert await session.read_clock() == NOON
            assert time.monotonic() - started < 3
            await session.close()

    async def test_lost_and_damaged_frames_are_asked_for_again(self) -> None:
        async with terminal(records=60) as server:
            session = await registry.load("zk-serial").open(target(server))
            server.faults = Faults(
                [Fault("lost", When(after=3, times=1)), Fault("bad-checksum", When(after=6, times=1))]
            )
            assert len((await session.read_log()).items) == 60
            assert sum(server.faults.struck.values()) == 2
            await session.close()

    async def test_damage_that_the_checksum_cannot_see_gives_nobody_anothers_punch(self) -> None:
        """Two words in each other's place: 1001 becomes 0110."""
        async with terminal(records=60) as server:
            session = await registry.load("zk-serial").open(target(server))
            truth = (await session.read_log()).raw
            for turned in range(1, 4):
                server.turned = turned
                assert (await session.read_log()).raw == truth
                assert server.turned == 0
            await session.close()

    async def test_a_port_in_use_is_busy_and_free_after_closing(self) -> None:
        async with terminal() as server:
            driver = registry.load("zk-serial")
            session = await driver.open(target(server))
            with pytest.raises(Busy, match="another program holds"):
                await driver.open(target(server))
            await session.close()
            again = await driver.open(target(server))
            await again.close()

    async def test_a_device_that_vanishes_is_link_closed(self) -> None:
        async with terminal() as server:
            session = await registry.load("zk-serial").open(target(server))
            waiting = asyncio.create_task(session.events(10))
            await asyncio.sleep(0.05)
            await server.cut()
            with pytest.raises(LinkClosed):
                await waiting
            with pytest.raises(Unreachable):
                await registry.load("zk-serial").open(target(server))

    async def test_a_quiet_line_is_unreachable_within_the_deadline(self) -> None:
        async with terminal() as server:
            await server.cut(silent=True)
            with pytest.raises(Unreachable, match=r"no reply within 0\.4 s"):
                await registry.load("zk-serial").open(replace(target(server), reply_timeout=0.4))

    async def test_noise_in_place_of_an_answer_asks_for_the_baud_rate(self) -> None:
        async with terminal() as server:
            server.silent = True
            opening = asyncio.create_task(
                registry.load("zk-serial").open(replace(target(server), reply_timeout=2.0))
            )
            await asyncio.sleep(0.2)
            server.transmit(b"\xf8\x00\xf8\x80")
            with pytest.raises(MalformedFrame, match="is the baud rate right"):
                await opening

    async def test_a_port_that_cannot_switch_direction_says_what_to_change(self) -> None:
        async with terminal() as server:
            with pytest.raises(UnusableAddress, match="leave rs485 out"):
                await registry.load("zk-serial").open(
                    replace(target(server), address=f"{server.address}&rs485=yes")
                )

    async def test_what_is_no_port_is_unreachable(self) -> None:
        for address in ("/dev/null", "/dev/presensi-has-no-such-port", "socket://127.0.0.1:1"):
            with pytest.raises(Unreachable):
                await SerialLine.connect(SerialAddress.parse(address), 6)

    async def test_no_thread_outlives_its_line(self) -> None:
        async with terminal() as server:
            session = await registry.load("zk-serial").open(target(server))
            assert any(thread.name.startswith("serial ") for thread in threading.enumerate())
            await session.close()
            broken = await registry.load("zk-serial").open(target(server))
            await server.cut()
            await broken.close()
        patience = time.monotonic() + PATIENCE
        while any(thread.name.startswith("serial ") for thread in threading.enumerate()):
            assert time.monotonic() < patience
            await asyncio.sleep(0.02)


class TestConverters:
    async def test_the_bytes_of_a_line_come_through_a_plain_converter(self) -> None:
        async with terminal(wire=Wire.SOCKET, records=50) as server:
            session = await registry.load("zk-serial").open(target(server))
            assert len((await session.read_log()).items) == 50
            await session.close()

    @pytest.mark.filterwarnings("ignore:set(Daemon|Name):DeprecationWarning")
    async def test_the_bytes_of_a_line_come_through_rfc_2217_and_its_speed_is_set(self) -> None:
        async with terminal(records=50) as server:
            port, _, _ = server.address.partition("?")
            with converter(port) as (number, line):
                address = f"rfc2217://127.0.0.1:{number}?baud=19200"
                session = await registry.load("zk-serial").open(replace(target(server), address=address))
                assert len((await session.read_log()).items) == 50
                assert line.baudrate == 19_200
                await session.close()


class Port(serial.Serial):
    """A pseudo-terminal has no modem lines; a converter tells and sets them."""

    cts = dsr = True
    ri = cd = False

    def _update_dtr_state(self) -> None: ...

    def _update_rts_state(self) -> None: ...


@contextmanager
def converter(port: str) -> Iterator[tuple[int, serial.Serial]]:
    """A serial-to-Ethernet converter as RFC 2217 has it, before the serial port; gives its TCP port."""
    line = Port(port, 9600, timeout=0.02)
    listener = socket.create_server(("127.0.0.1", 0))
    threads: list[threading.Thread] = []
    ended = threading.Event()

    def serve() -> None:
        client, _ = listener.accept()
        client.settimeout(0.02)
        sending = threading.Lock()

        class Answers:
            def write(self, data: bytes) -> None:
                with sending:
                    client.sendall(data)

        manager = PortManager(line, Answers())  # type: ignore[arg-type]

        def upwards() -> None:
            while not ended.is_set():
                if data := line.read(max(1, line.in_waiting)):
                    Answers().write(b"".join(manager.escape(data)))

        up = threading.Thread(target=upwards, daemon=True)
        threads.append(up)
        up.start()
        while not ended.is_set():
            try:
                if not (data := client.recv(1024)):
                    break
            except TimeoutError:
                continue
            line.write(b"".join(manager.filter(data)))
        client.close()

    down = threading.Thread(target=serve, daemon=True)
    threads.append(down)
    down.start()
    try:
        yield listener.getsockname()[1], line
    finally:
        ended.set()
        listener.close()
        for thread in threads:
            thread.join(2)
        line.close()
