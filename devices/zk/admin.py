"""The edge to pyzk: what it does well and seldom, administration. The only importer of that library.

pyzk blocks, so each visit runs in a thread of its own, under a deadline that ends by pulling the socket from
under it. Its known faults are kept from us: it is given lines of our own (`devices.zk.admin_line`), no second
connection to try the port, and our own reading of the user list. Left to itself it would take a terminal that
does not tell how many users it has for empty and write over user 1, make an enroller or a disabled person an
ordinary user, lose bytes of names, and take a template cut short for a whole one.

`devices.zk.administrator` says what can be done with it.
"""

from __future__ import annotations

import asyncio
import struct
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Final, Literal, TypeVar

from zk import ZK
from zk.exception import ZKErrorConnection, ZKErrorResponse, ZKNetworkError
from zk.finger import Finger
from zk.user import User

from devices.driver import Target
from devices.errors import (
    DeadlineExceeded,
    DeviceError,
    DeviceRefused,
    LinkClosed,
    ProtocolError,
    UnexpectedReply,
    Unreachable,
    Unsupported,
    VerificationFailed,
    WrongTerminal,
)
from devices.zk.admin_line import AdminLine, TcpAdminLine, UdpAdminLine
from devices.zk.commands import Command, Request
from devices.zk.exchange import Reply
from devices.zk.refusals import refusal
from devices.zk.sizes import decode_sizes
from devices.zk.user_entry import UserEntry, UserList, read_list
from devices.zk.users import LONG_USER

Result = TypeVar("Result")
Progress = Callable[[int, int], None]
"""Steps done, and of how many. Called in the event loop's thread."""

FINGERS: Final = range(10)
"""How terminals number fingers."""
_FUNCTION_USERS: Final = 5
_ENCODING: Final = "latin-1"
"""Bytes ↔ text without loss: names are decoded by us."""
_PADDING: Final = bytes(6)
"""May follow a template; pyzk cuts it off, so do we."""
_INDEX = struct.Struct("<H")
_FINGER = struct.Struct("<HB")
_SIZE = struct.Struct("<I")
_LINES: Final[Mapping[str, Literal["tcp", "udp"]]] = {"zk-tcp": "tcp", "zk-udp": "udp"}
"""Driver key → the line pyzk has for it."""


def nobody(_done: int, _total: int) -> None:
    """Nobody asked for progress."""


async def visit(
    target: Target, driver: str, work: Callable[[Zk, Progress], Result], progress: Progress = nobody
) -> Result:
    """Do `work` in a session with the terminal, within the target's bulk deadline. Raises `DeviceError`."""
    if driver not in _LINES:
        raise Unsupported(f"users are administered over TCP and UDP, not by the driver {driver}")
    loop = asyncio.get_running_loop()
    outcome: asyncio.Future[Result] = loop.create_future()
    terminal = Zk(target, udp=_LINES[driver] == "udp")

    def settle(result: Result | None, error: DeviceError | None) -> None:
        if outcome.done():
            return
        if error is not None:
            outcome.set_exception(error)
        else:
            outcome.set_result(result)  # type: ignore[arg-type]

    def tell(done: int, total: int) -> None:
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(progress, done, total)

    def run() -> None:
        result: Result | None = None
        error: DeviceError | None = None
        try:
            terminal.open()
            result = work(terminal, tell)
        except Exception as vendor:
            error = _translated(vendor)
        with suppress(Exception):
            if terminal.is_connect:
                terminal.disconnect()
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(settle, result, error)

    threading.Thread(target=run, name=f"zk-admin {target.address}", daemon=True).start()
    try:
        async with asyncio.timeout(target.connect_timeout + target.bulk_timeout):
            return await outcome
    except TimeoutError as error:
        raise DeadlineExceeded(f"{target.address}:{target.port}") from error
    finally:
        terminal.pull_socket()


class _Untried:
    """In place of pyzk's helper, which would open and drop a connection to see whether there is TCP."""

    def test_tcp(self) -> int:
        """There is."""
        return 0


class Zk(ZK):  # type: ignore[misc]
    """pyzk over our lines. It offers no way to bring one, hence its private names. For one thread."""

    user_packet_size: int
    _ZK__sock: AdminLine

    def __init__(self, target: Target, *, udp: bool) -> None:
        super().__init__(
            target.address,
            port=target.port,
            timeout=target.reply_timeout,
            password=target.comm_key,
            force_udp=udp,
            ommit_ping=True,
            encoding=_ENCODING,
        )
        self._ZK__sock.close()
        self._line: AdminLine | None = None
        self._target = target
        self._pulled = False
        self.helper = _Untried()

    def _ZK__create_socket(self) -> None:  # noqa: N802
        target = self._target
        address = (target.address, target.port)
        line: AdminLine = (
            UdpAdminLine(address, target.reply_timeout)
            if self.force_udp
            else TcpAdminLine(address, target.connect_timeout, target.reply_timeout)
        )
        self._line = self._ZK__sock = line
        if self._pulled:
            line.close()

    def pull_socket(self) -> None:
        """End whatever it is doing, from another thread."""
        self._pulled = True
        if self._line is not None:
            self._line.close()

    def open(self) -> None:
        """Connect, authenticate, and see that it is the terminal that is meant."""
        try:
            self.connect()
        except ZKErrorResponse as error:
            refused = refusal(Request(Command.CONNECT), Reply(self._ZK__response, 0, b""))
            raise refused or DeviceRefused(str(error)) from error
        expected = self._target.expected_serial
        if expected is not None and (found := self.get_serialnumber()) != expected:
            raise WrongTerminal(f"{found} answers, {expected} is registered")

    def ask(self, command: Command, data: bytes = b"") -> bytes:
        """One small request; its answer's data. Raises `DeviceRefused`."""
        answer = self._ZK__send_command(command, data, 1024)
        reply = Reply(answer["code"], 0, self._ZK__data)
        refused = refusal(Request(command, data), reply)
        if refused is not None:
            raise refused
        return reply.data

    def user_list(self) -> UserList:
        """Everybody registered there. What is written afterwards has the size of what was read."""
        body = self._alike(self._user_bytes)
        users = read_list(body, decode_sizes(self.ask(Command.FREE_SIZES)).users)
        self.user_packet_size = users.size or self.user_packet_size
        return users

    def size_to_write(self, users: UserList) -> int:
        """Bytes of a user record here. Raises `Unsupported` over UDP where nobody is registered to tell it
        by: old and new models meet there, and a record of the wrong size would be written as garbage.
        """
        if users.size is None and self.force_udp:
            raise Unsupported("nobody is registered there yet: enrol the first user at the terminal itself")
        return users.size or LONG_USER

    def write_user(self, entry: UserEntry, size: int) -> None:
        """Write one user, over whoever has the number, and prove it. Fingers stay."""
        self.ask(Command.USER_WRITE, entry.pack(size))
        self.refresh_data()
        self.prove_user(entry)

    def save_person(self, entry: UserEntry, templates: Mapping[int, bytes]) -> None:
        """Write one user and templates in one command, all or nothing as far as the terminal is able to."""
        user = User(
            entry.index,
            entry.name.decode(_ENCODING),
            entry.privilege,
            entry.password.decode(_ENCODING),
            entry.group,
            entry.pin,
            entry.card,
        )
        fingers = [Finger(entry.index, finger, 1, template) for finger, template in templates.items()]
        self.save_user_template(user, fingers)
        self.prove_user(entry)

    def prove_user(self, entry: UserEntry) -> None:
        """Raises `VerificationFailed` when the user does not read back as written."""
        found = self.user_list().by_pin(entry.pin)
        if found is None:
            raise VerificationFailed(f"user {entry.index} is not there")
        different = entry.shows_as(found)
        if different:
            raise VerificationFailed(f"the {' and the '.join(different)} of user {entry.index} differs")

    def remove_user(self, index: int) -> None:
        """Delete a user; the punches in the log stay."""
        self.ask(Command.USER_DELETE, _INDEX.pack(index))
        self.refresh_data()

    def read_finger(self, index: int, finger: int) -> bytes | None:
        """One template; None when there is none."""
        return self._alike(lambda: self._template(index, finger))

    def read_fingers(self, index: int, progress: Progress) -> dict[int, bytes]:
        """Every template of one user, by finger."""
        found: dict[int, bytes] = {}
        for finger in FINGERS:
            template = self.read_finger(index, finger)
            if template is not None:
                found[finger] = template
            progress(finger + 1, len(FINGERS))
        return found

    def drop_fingers(self, index: int, fingers: Iterable[int]) -> None:
        """Delete templates and prove it. Raises `VerificationFailed`."""
        for finger in fingers:
            self.ask(Command.TEMPLATE_DELETE, _FINGER.pack(index, finger))
            if self.read_finger(index, finger) is not None:
                raise VerificationFailed(f"finger {finger} of user {index} is still there")

    def _user_bytes(self) -> bytes:
        data, size = self.read_with_buffer(Command.USERS, _FUNCTION_USERS)
        announced = _SIZE.unpack_from(data)[0] if len(data) >= _SIZE.size else 0
        if len(data) != size or announced > size - _SIZE.size:
            raise UnexpectedReply(f"{len(data)} bytes of users, announced {size}")
        return bytes(data[_SIZE.size : _SIZE.size + announced])

    def _template(self, index: int, finger: int) -> bytes | None:
        answer = self._ZK__send_command(Command.TEMPLATE_READ, _FINGER.pack(index, finger), 1024 + 8)
        if not answer["status"]:
            refused = refusal(Request(Command.TEMPLATE_READ), Reply(answer["code"], 0, b""))
            if type(refused) is DeviceRefused:
                return None
            raise refused or UnexpectedReply(f"a template answered with {answer['code']}")
        if answer["code"] == Command.ACK_OK:
            return None
        announced = self._ZK__get_data_size()
        data = self._ZK__recieve_chunk()
        if not data or (announced and len(data) != announced):
            raise UnexpectedReply(f"{len(data or b'')} bytes of a template, announced {announced}")
        return bytes(data[:-1]).removesuffix(_PADDING)

    def _alike(self, read: Callable[[], Result]) -> Result:
        """Over UDP pieces may come in another order and pyzk does not look: believe only the same twice."""
        first = read()
        if self.force_udp and read() != first:
            raise UnexpectedReply("two readings differ: the line mixes up its packets")
        return first


def _translated(vendor: Exception) -> DeviceError:
    """pyzk's errors, and those that escape it by mistake, as ours."""
    if isinstance(vendor, DeviceError):
        return vendor
    # pyzk turns what happens on the line into an error of its own that holds only the text.
    line = vendor.__context__ if isinstance(vendor, ZKNetworkError) else vendor
    error: DeviceError
    if isinstance(line, ConnectionResetError | BrokenPipeError):
        error = LinkClosed(str(line))
    elif isinstance(line, TimeoutError):
        error = DeadlineExceeded(str(line))
    elif isinstance(line, OSError):
        error = Unreachable(str(line))
    elif isinstance(vendor, ZKErrorResponse | ZKErrorConnection):
        error = DeviceRefused(str(vendor))
    elif isinstance(vendor, ZKNetworkError | struct.error):
        error = ProtocolError(f"a reply that pyzk cannot read: {vendor}")
    else:
        error = ProtocolError(f"pyzk failed: {type(vendor).__name__}: {vendor}")
    error.__cause__ = vendor
    return error
