"""A push terminal's mind: what it asks next, and what it makes of the answer. No socket, no clock of its own.

    start → handshake → (Security PUSH: register, configuration) → uploads, results, heartbeats
              ^                                                          |
              +---------- offline: nothing until ErrorDelay <--- the third failure of one request

An upload that is not acknowledged is sent again after five seconds, three times in all. What is acknowledged
stays in the log. Times called `at` are seconds on any clock that only goes forwards.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import quote

from devices.adms.attlog import encode_attlog_line
from devices.adms.operlog import PushUser, encode_user_line
from devices.adms.rtlog import encode_rtlog_line
from devices.driver import AttLogRecord
from devices.zk.times import encode_time
from simulators.adms.dialects import PushDialect
from simulators.adms.http_line import HttpRequest
from simulators.adms.orders import Orders
from simulators.adms.reading import Answer, is_received, read_commands, read_options, server_time
from simulators.terminal import SimUser, TerminalSim

RESEND_AFTER = 5.0
TRIES = 3
DEFAULT_DELAY = 10
DEFAULT_ERROR_DELAY = 30
CLOCK_TOLERANCE = timedelta(seconds=10)
"""A terminal sets its clock when the server's date differs by more."""
_SENT_BY_COUNT = "9999"
_GARBAGE = b"\xff\xfe not a punch"


class Purpose(StrEnum):
    """What a request is for."""

    HANDSHAKE = "handshake"
    REGISTER = "register"
    CONFIGURE = "configure"
    PUNCHES = "punches"
    ROWS = "rows"
    """Punches asked for again."""
    USERS = "users"
    RESULTS = "results"
    HEARTBEAT = "heartbeat"


UPLOADS = frozenset({Purpose.PUNCHES, Purpose.ROWS, Purpose.USERS})


@dataclass(frozen=True, slots=True)
class Errand:
    """One request to make, and how many lines its body has."""

    purpose: Purpose
    request: HttpRequest
    lines: int = 0

    def with_garbage(self) -> Errand:
        """The same with a line that is no punch in front."""
        body = _GARBAGE + b"\n" + (self.request.body or b"")
        return Errand(self.purpose, HttpRequest(self.request.target, body), self.lines + 1)


class PushUnit:
    """The state of one push terminal; its users and its clock are `terminal`'s."""

    def __init__(
        self,
        terminal: TerminalSim,
        dialect: PushDialect,
        *,
        root: str = "/iclock/",
        key: str | None = None,
        sync_clock: bool = True,
    ) -> None:
        """`sync_clock` False: it leaves its clock alone, as when the city's time is simulated."""
        self.terminal = terminal
        self.dialect = dialect
        self.key = key
        self.sync_clock = sync_clock
        self.log: list[AttLogRecord] = []
        """Every punch it holds, oldest first; `user_index` is the punch's number."""
        self.sent = 0
        """How many of them the server acknowledged."""
        self._under_way = 0
        self.online = False
        self.options: dict[str, str] = {}
        self.done: Counter[Purpose] = Counter()
        self.clock_settings = 0
        self.orders = Orders(self)
        self.rows: deque[list[AttLogRecord]] = deque()
        """Batches to send again because the server asked."""
        self.results: list[bytes] = []
        self.users_to_tell: list[SimUser] = []
        self._root = root
        self._stage = Purpose.HANDSHAKE
        self._failures = 0
        self._not_before = 0.0
        self._heartbeat_due = 0.0
        self._tell_facts = True

    @property
    def idle(self) -> bool:
        """Whether it is online and has nothing left to send."""
        waiting = self.sent < len(self.log) or self.rows or self.results or self.users_to_tell
        return self.online and not waiting

    def add(self, records: Iterable[AttLogRecord]) -> None:
        """Punches into its log; they get their numbers here."""
        first = len(self.log)
        self.log.extend(record._replace(user_index=first + place) for place, record in enumerate(records))

    def clear(self) -> None:
        """Empty the log."""
        self.log.clear()
        self.sent = self._under_way = 0

    def next_errand(self, at: float) -> Errand | None:
        """What to ask now; None when nothing is due before `due`."""
        if at < self._not_before:
            return None
        if not self.online:
            return self._opening()
        if self.rows:
            return self._upload(Purpose.ROWS, self.rows[0])
        if self.results:
            body = b"".join(self.results)
            table = self._target(self.dialect.results_path)
            return Errand(Purpose.RESULTS, HttpRequest(table, body), len(self.results))
        if self.sent < len(self.log):
            records = self.log[self.sent : self.sent + self.dialect.batch]
            # Fingers pressed until the answer comes are not in it.
            self._under_way = len(records)
            return self._upload(Purpose.PUNCHES, records)
        if self.users_to_tell:
            return self._tell_users()
        if at >= self._heartbeat_due:
            return Errand(Purpose.HEARTBEAT, HttpRequest(self._heartbeat_target()))
        return None

    def due(self, at: float) -> float:
        """Seconds from `at` until there may be something to ask; a press changes that."""
        nothing_new = self.idle
        return max(
            0.0, (max(self._not_before, self._heartbeat_due) if nothing_new else self._not_before) - at
        )

    def heard(self, errand: Errand, answer: Answer | None, at: float, now: datetime) -> None:
        """Take the answer to `errand` in, None when there was none. `now` is city time, naive."""
        if answer is not None and self._is_success(errand, answer):
            self._failures = 0
            self._not_before = at
            self.done[errand.purpose] += 1
            self._proceed(errand, answer, at)
            self._set_clock(answer, now)
            return
        self._failures += 1
        if not self.online or self._failures >= TRIES:
            self.go_offline(at)
        else:
            self._not_before = at + RESEND_AFTER

    def go_offline(self, at: float) -> None:
        """Ask nothing until ErrorDelay is over, and then begin with a handshake."""
        self.online = False
        self._failures = 0
        self._stage = Purpose.HANDSHAKE
        self._not_before = at + int(self.options.get("ErrorDelay", DEFAULT_ERROR_DELAY))

    def restart(self) -> None:
        """Power off and on: the log and how much of it was sent survive, nothing else does."""
        self.online = False
        self._stage = Purpose.HANDSHAKE
        self._failures, self._not_before, self._heartbeat_due = 0, 0.0, 0.0
        self._tell_facts = True
        self.rows.clear()

    def facts(self) -> str:
        """What it says of itself in a heartbeat."""
        terminal = self.terminal
        users = len(terminal.users)
        return f"{terminal.model.firmware},{users},{users},{len(self.log)},192.168.1.201,10,7,0,0,111"

    def _opening(self) -> Errand:
        if self._stage is Purpose.REGISTER:
            body = (
                f"DeviceType=acc,~DeviceName={self.terminal.model.device_name},FirmVer=1.0,PushVersion=3.0.1"
            )
            return Errand(Purpose.REGISTER, HttpRequest(self._target("registry"), body.encode()))
        if self._stage is Purpose.CONFIGURE:
            return Errand(Purpose.CONFIGURE, HttpRequest(self._target("push"), b""))
        dialect = self.dialect
        query = f"options=all&pushver={dialect.push_version}&language={dialect.language}"
        if dialect.device_type is not None:
            query += f"&DeviceType={dialect.device_type}&PushOptionsFlag=1"
        if self.key is not None:
            query += f"&pushcommkey={quote(self.key)}"
        return Errand(Purpose.HANDSHAKE, HttpRequest(self._target("cdata", query)))

    def _is_success(self, errand: Errand, answer: Answer) -> bool:
        if errand.purpose in UPLOADS:
            counted = self.dialect.counts_answer and errand.purpose is not Purpose.USERS
            return is_received(answer, errand.lines, counted=counted)
        if errand.purpose is Purpose.HANDSHAKE and not self.dialect.security:
            return read_options(answer) is not None
        if not answer.is_well:
            return False
        return errand.purpose is not Purpose.RESULTS or answer.is_plain

    def _proceed(self, errand: Errand, answer: Answer, at: float) -> None:
        match errand.purpose:
            case Purpose.PUNCHES:
                self.sent += self._under_way
            case Purpose.ROWS:
                self.rows.popleft()
            case Purpose.RESULTS:
                del self.results[: errand.lines]
            case Purpose.USERS:
                self.users_to_tell.clear()
            case Purpose.HEARTBEAT:
                self._tell_facts = False
                self._heartbeat_due = at + int(self.options.get("Delay", DEFAULT_DELAY))
                if self.dialect.answers_commands:
                    self.orders.carry_out(read_commands(answer))
            case Purpose.HANDSHAKE | Purpose.REGISTER | Purpose.CONFIGURE:
                self._opened(errand.purpose, answer)

    def _opened(self, purpose: Purpose, answer: Answer) -> None:
        options = read_options(answer) or {}
        self.options.update(options)
        if "RequestDelay" in options:
            self.options["Delay"] = options["RequestDelay"]
        if not self.dialect.security or options.get("registry") == "ok" or purpose is Purpose.CONFIGURE:
            self.online = True
            self._stage = Purpose.HANDSHAKE
            self._heed_stamp(options.get("ATTLOGStamp") or options.get("Stamp"))
        elif purpose is Purpose.HANDSHAKE:
            self._stage = Purpose.REGISTER
        elif "RegistryCode" in options:
            self._stage = Purpose.CONFIGURE
        else:
            self._stage = Purpose.HANDSHAKE

    def _heed_stamp(self, stamp: str | None) -> None:
        """An old unit that is told another stamp than its last one begins from the first punch."""
        if self.dialect.stamp_is_time and self.sent and stamp != self._stamp(self.sent):
            self.sent = 0

    def _set_clock(self, answer: Answer, now: datetime) -> None:
        """By the server's date, once the handshake told the time zone. Security PUSH asks for the time."""
        if not self.sync_clock or self.dialect.security:
            return
        told = server_time(answer, self.options.get("TimeZone", ""))
        if told is not None and abs(told - self.terminal.clock(now)) > CLOCK_TOLERANCE:
            self.terminal.clock_offset = told - now
            self.clock_settings += 1

    def _upload(self, purpose: Purpose, records: list[AttLogRecord]) -> Errand:
        if self.dialect.security:
            table, body = "rtlog", b"".join(encode_rtlog_line(record) for record in records)
        else:
            table, body = "ATTLOG", b"".join(self._attlog_line(record) for record in records)
        # An old unit keeps the place of what it sends in the log; rows asked for again do not move it.
        stamp = (
            self._stamp(min(len(self.log), self.sent + len(records))) if purpose is Purpose.PUNCHES else "0"
        )
        target = self._target("cdata", f"table={table}&Stamp={stamp}")
        return Errand(purpose, HttpRequest(target, body), len(records))

    def _attlog_line(self, record: AttLogRecord) -> bytes:
        line = encode_attlog_line(record, self.dialect.columns).rstrip(b"\n")
        return line + b"\t" * self.dialect.trailing_tab + self.dialect.line_end

    def _stamp(self, sent: int) -> str:
        if not self.dialect.stamp_is_time:
            return _SENT_BY_COUNT
        return str(encode_time(self.log[sent - 1].device_time)) if sent else "0"

    def _tell_users(self) -> Errand:
        lines = [
            encode_user_line(PushUser(user.pin, user.name, user.privilege, f"[{user.card:010}]"))
            for user in self.users_to_tell
        ]
        body = b"".join(lines).decode().encode(self.dialect.encoding, "replace")
        target = self._target(
            "cdata", "table=OPERLOG&OpStamp=0" if self.dialect.old_http else "table=OPERLOG&Stamp=0"
        )
        return Errand(Purpose.USERS, HttpRequest(target, body), len(lines))

    def _heartbeat_target(self) -> str:
        return self._target("getrequest", f"INFO={quote(self.facts())}" if self._tell_facts else "")

    def _target(self, endpoint: str, query: str = "") -> str:
        more = f"&{query}" if query else ""
        return f"{self._root}{endpoint}{self.dialect.suffix}?SN={self.terminal.serial}{more}"
