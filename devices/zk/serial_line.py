"""The serial transport: a port, or a serial-to-Ethernet converter, by way of pyserial.

No public document says how ZK terminals frame their packets on RS-232 or RS-485; the vendor's text is one
sentence. What goes over the line here is the framing of TCP. It is ours, proved against our simulator only,
and to be confirmed on a real unit. Sources: pyserial's documentation; for the rates, the terminals' option
`RS232BaudRate`.
"""

from __future__ import annotations

import asyncio
import errno
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Final
from urllib.parse import parse_qsl, urlsplit

import serial
from serial.rs485 import RS485Settings

from devices.errors import Busy, DeviceError, LinkClosed, Unreachable, UnusableAddress
from devices.zk.inbox import Inbox
from devices.zk.line import LineKind

BAUD_RATES: Final = (1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600)
"""Terminals go up to 115,200; converters further."""
USUAL_BAUD: Final = 9600
BITS_A_BYTE: Final = 10
"""A start bit, eight data bits, a stop bit."""

_CONVERTERS: Final = frozenset({"socket", "rfc2217"})
_MOST_READ: Final = 1008
_LEAST_READ: Final = 64
_LONGEST_SMALL: Final = 200
"""Bytes of a small request and its reply, roughly."""
_BURST: Final = 4096
_LOOK_SECONDS: Final = 0.2
"""How soon the reading thread notices that it shall end."""
_CLOSE_SECONDS: Final = 2.0
_IN_USE: Final = frozenset({errno.EAGAIN, errno.EBUSY, errno.EACCES})


@dataclass(frozen=True, slots=True)
class SerialAddress:
    """Where a serial line is, and how fast. 8 data bits, no parity, 1 stop bit, as all terminals have it."""

    port: str
    """A device, e.g. `/dev/ttyUSB0`, or a converter, `socket://host:port` or `rfc2217://host:port`."""
    baud: int = USUAL_BAUD
    rs485: bool = False
    """Let the system switch the direction of a half-duplex RS-485 port; adapters mostly do it themselves."""

    @classmethod
    def parse(cls, text: str) -> SerialAddress:
        """Read `/dev/ttyUSB0?baud=9600&rs485=yes`, `socket://10.0.0.8:4001?baud=9600` or `rfc2217://…`.

        Only these: pyserial knows other schemes, some of which open files or load what nobody meant.
        Raises `UnusableAddress`.
        """
        try:
            parts = urlsplit(text)
            options = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
            host, tcp_port = parts.hostname, parts.port
        except ValueError as error:
            raise UnusableAddress(f"{text!r}: {error}") from error
        if parts.scheme in _CONVERTERS:
            if not host or not tcp_port or parts.path or parts.username or parts.fragment:
                raise UnusableAddress(f"{text!r} is not {parts.scheme}://HOST:PORT?baud=9600")
            port = f"{parts.scheme}://{parts.netloc}"
        elif not parts.scheme and not parts.netloc and _is_device(parts.path) and not parts.fragment:
            port = parts.path
        else:
            raise UnusableAddress(
                f"{text!r} is neither /dev/… nor socket://HOST:PORT nor rfc2217://HOST:PORT"
            )
        if unknown := sorted(set(options) - {"baud", "rs485"}):
            raise UnusableAddress(f"{text!r}: {unknown[0]!r} is not known, only baud and rs485")
        baud, rs485 = options.get("baud", str(USUAL_BAUD)), options.get("rs485", "no")
        if baud not in map(str, BAUD_RATES):
            raise UnusableAddress(f"{text!r}: baud is one of {', '.join(map(str, BAUD_RATES))}")
        if rs485 not in {"yes", "no"} or (rs485 == "yes" and parts.scheme):
            raise UnusableAddress(f"{text!r}: rs485 is yes or no, and yes only for a port of this machine")
        return cls(port, int(baud), rs485 == "yes")

    @property
    def kind(self) -> LineKind:
        """A line of this speed: reads of about a second each, and time enough for each to arrive."""
        rate = self.baud / BITS_A_BYTE
        read_bytes = int(min(_MOST_READ, max(_LEAST_READ, rate)))
        patience = 1.0 + 1.25 * (read_bytes + _LONGEST_SMALL) / rate
        return LineKind("serial", True, read_bytes, patience, patience, rate)


class SerialLine:
    """An open serial line. A `devices.zk.line.Line`. Two threads do what may block, one reads, one writes."""

    def __init__(self, address: SerialAddress) -> None:
        self.kind = address.kind
        self._address = address
        self._loop = asyncio.get_running_loop()
        self._inbox = Inbox()
        self._outbox: SimpleQueue[bytes | None] = SimpleQueue()
        self._opened: asyncio.Future[None] = self._loop.create_future()
        self._closed = asyncio.Event()
        self._ending = threading.Event()

    @classmethod
    async def connect(cls, address: SerialAddress, timeout: float) -> SerialLine:
        """Open within `timeout` real seconds. Raises `Unreachable`, `Busy` or `UnusableAddress`."""
        line = cls(address)
        threading.Thread(target=line._read, name=f"serial read {address.port}", daemon=True).start()
        try:
            async with asyncio.timeout(timeout):
                await line._opened
        except TimeoutError as error:
            line.abort()
            raise Unreachable(f"{address.port}, not open within {timeout:g} s") from error
        except BaseException:
            line.abort()
            raise
        return line

    def send(self, message: bytes) -> None:
        """Hand a frame to the writing thread."""
        self._outbox.put(message)

    async def receive(self) -> bytes:
        """Whatever has arrived, at least one byte. Raises `LinkClosed`."""
        return await self._inbox.get()

    def abort(self) -> None:
        """Let both threads end; the reading one closes the port."""
        self._ending.set()
        self._outbox.put(None)

    async def close(self) -> None:
        """Send what is queued, then close; at most two seconds, then without waiting for it."""
        self._outbox.put(None)
        try:
            async with asyncio.timeout(_CLOSE_SECONDS):
                await self._closed.wait()
        except TimeoutError:
            self.abort()

    def _read(self) -> None:
        """The reading thread: opens the port, brings what arrives, and closes the port."""
        try:
            port = self._open()
        except DeviceError as error:
            self._call(self._refuse, error)
            return
        threading.Thread(
            target=self._write, args=(port,), name=f"serial write {port.port}", daemon=True
        ).start()
        self._call(self._let_in)
        try:
            while not self._ending.is_set():
                if first := port.read(1):
                    self._call(self._inbox.put, first + self._waiting(port))
            self._call(self._inbox.end, LinkClosed())
        except Exception as error:
            self._lost(error)
        finally:
            self._ending.set()
            self._outbox.put(None)
            port.close()
            self._call(self._closed.set)

    def _write(self, port: serial.Serial) -> None:
        """The writing thread; its end ends the reading one."""
        try:
            while (message := self._outbox.get()) is not None:
                port.write(message)
            if not self._ending.is_set():
                port.flush()
        except Exception as error:
            self._lost(error)
        finally:
            self._ending.set()
            if hasattr(port, "cancel_read"):
                # The reading thread may have closed the port already.
                with suppress(OSError, TypeError):
                    port.cancel_read()

    def _open(self) -> serial.Serial:
        address = self._address
        local = "://" not in address.port
        try:
            port = serial.serial_for_url(
                address.port, baudrate=address.baud, timeout=_LOOK_SECONDS, exclusive=True if local else None
            )
        except Exception as error:
            if isinstance(error, OSError) and error.errno in _IN_USE and "lock" in str(error):
                raise Busy(f"another program holds {address.port}") from error
            raise Unreachable(f"{address.port}, {error}") from error
        if address.rs485:
            try:
                port.rs485_mode = RS485Settings()
            except (OSError, ValueError) as error:
                port.close()
                detail = "cannot switch RS-485 direction; leave rs485 out if its adapter does it"
                raise UnusableAddress(f"{address.port} {detail}") from error
        return port

    def _waiting(self, port: serial.Serial) -> bytes:
        if not self._address.port.startswith("socket:"):
            return port.read(port.in_waiting)
        # Of a socket pyserial knows only whether there is more, so it is read without waiting instead.
        port.timeout = 0
        try:
            return port.read(_BURST)
        finally:
            port.timeout = _LOOK_SECONDS

    def _lost(self, cause: Exception) -> None:
        error = LinkClosed(str(cause))
        error.__cause__ = cause
        self._call(self._inbox.end, error)

    def _let_in(self) -> None:
        if not self._opened.done():
            self._opened.set_result(None)

    def _refuse(self, error: DeviceError) -> None:
        if not self._opened.done():
            self._opened.set_exception(error)

    def _call(self, callback: Callable[..., object], *arguments: object) -> None:
        """Run in the event loop's thread, if the loop still runs."""
        if not self._loop.is_closed():
            try:
                self._loop.call_soon_threadsafe(callback, *arguments)
            except RuntimeError:  # it was closed just now
                self._ending.set()


def _is_device(path: str) -> bool:
    return path.startswith("/") and ".." not in path.split("/")
