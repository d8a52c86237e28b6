"""What terminals ask over HTTP, taken apart.

    GET  /iclock/cdata?SN=…&options=all&pushver=2.4.1&language=73&DeviceType=att      Handshake
    POST /iclock/cdata?SN=…&table=ATTLOG&Stamp=9999                                   AttLog
    POST /iclock/cdata?SN=…&table=rtlog   (and tabledata&tablename=transaction)       RealTimeLog
    POST /iclock/cdata?SN=…&table=OPERLOG&Stamp=… (or OpStamp)                        OperLog
    POST /iclock/cdata?SN=…&table=options                                             Options
    GET  /iclock/getrequest?SN=…&INFO=firmware,users,fingers,records,address,…        GetRequest
    POST /iclock/devicecmd?SN=…   (X100-C: /iclock/cdata without a table)             CommandResults
    POST /iclock/registry, /iclock/push; GET /iclock/rtdata?type=time, /iclock/ping   Security PUSH, ping
    anything else below /iclock/                                                      Ignored

Every path also with `.aspx`, with a trailing slash, and doubled (`/iclock/iclock/cdata`, a firmware's bug).
Bodies are read as raw bytes: old units send no Content-Type.
"""

from __future__ import annotations

from dataclasses import dataclass

from devices.adms.attlog import count_lines, parse_attlog
from devices.adms.errors import MalformedRequest
from devices.adms.facts import TerminalFacts, facts_from_info, facts_from_options
from devices.adms.operlog import PushUser, parse_operlog
from devices.adms.query import Query, parse_query
from devices.adms.results import CommandResult, is_command_results, parse_results
from devices.adms.rtlog import parse_rtlog
from devices.adms.text import read_number, read_pairs
from devices.driver import AttLogRecord, BadRecord

ROOT = "iclock"
ACCESS_CONTROL = "acc"
"""DeviceType of a unit that speaks Security PUSH."""


@dataclass(frozen=True, slots=True)
class Request:
    """Whoever calls says its serial number: its only identity."""

    serial: str


@dataclass(frozen=True, slots=True)
class Handshake(Request):
    """It asks how to behave; the first thing after every start."""

    push_version: str | None
    language: int | None
    """73 Indonesian, 69 English."""
    device_type: str | None
    key: str | None
    """Its pushcommkey."""
    takes_options: bool
    """It can be told in one answer what to send (PushOptionsFlag)."""

    @property
    def security(self) -> bool:
        """Whether it speaks Security PUSH."""
        return self.device_type == ACCESS_CONTROL


@dataclass(frozen=True, slots=True)
class AttLog(Request):
    """Punches. Acknowledge `lines` of them, and only once they are committed."""

    stamp: str | None
    items: tuple[AttLogRecord | BadRecord, ...]

    @property
    def lines(self) -> int:
        """All lines that came, unreadable ones included."""
        return len(self.items)


@dataclass(frozen=True, slots=True)
class RealTimeLog(Request):
    """Access events; `items` are the punches among them. Acknowledge them like punches."""

    stamp: str | None
    items: tuple[AttLogRecord | BadRecord, ...]
    ignored: int
    """Rows that are the door's own events, no person's."""
    table: str | None
    """Name of the table when it came as `tabledata`: the answer has to repeat it."""

    @property
    def lines(self) -> int:
        """All rows that came."""
        return len(self.items) + self.ignored


@dataclass(frozen=True, slots=True)
class OperLog(Request):
    """What was done at the terminal. Templates, passwords and photos are already left out."""

    stamp: str | None
    users: tuple[PushUser, ...]
    ignored: int

    @property
    def lines(self) -> int:
        """All lines that came."""
        return len(self.users) + self.ignored


@dataclass(frozen=True, slots=True)
class Options(Request):
    """It tells of itself."""

    facts: TerminalFacts


@dataclass(frozen=True, slots=True)
class GetRequest(Request):
    """Heartbeat: it asks for commands."""

    facts: TerminalFacts | None


@dataclass(frozen=True, slots=True)
class CommandResults(Request):
    """What became of commands. A terminal may confirm only its own."""

    results: tuple[CommandResult, ...]


@dataclass(frozen=True, slots=True)
class Registry(Request):
    """A Security PUSH unit wants to be registered."""

    facts: TerminalFacts
    key: str | None


@dataclass(frozen=True, slots=True)
class PushConfiguration(Request):
    """A registered Security PUSH unit asks how to behave."""


@dataclass(frozen=True, slots=True)
class TimeRequest(Request):
    """It asks what time it is."""


@dataclass(frozen=True, slots=True)
class Ping(Request):
    """It shows that it is there."""


@dataclass(frozen=True, slots=True)
class Ignored(Request):
    """Something that is acknowledged and not kept: templates, photos, door states, files."""

    kind: str
    """Table or path, for the log."""
    lines: int
    table: str | None = None
    """Name of the table when it came as `tabledata`: the answer has to repeat it."""


def parse_request(method: str, path: str, query: str | bytes, body: bytes = b"") -> Request:
    """Take one HTTP request apart. `query` is what follows the question mark, still encoded.

    Raises `MalformedRequest`, and nothing else, for a path that is not below /iclock, for a query without a
    usable serial number, and for any method but GET and POST. Unreadable lines of a body are no error.
    """
    endpoint = _endpoint(path)
    asked = parse_query(query)
    serial = asked.serial
    posted = method.upper() == "POST"
    if not posted and method.upper() != "GET":
        raise MalformedRequest(f"method {method[:20]!r}")
    if endpoint == "cdata":
        return _posted_data(serial, asked, body) if posted else _asked_data(serial, asked)
    if endpoint in {"getrequest", "getreq"}:
        return GetRequest(serial, facts_from_info(asked["info"]))
    if endpoint == "devicecmd":
        return CommandResults(serial, parse_results(body))
    if endpoint == "querydata":
        return _table_rows(serial, asked, endpoint, body)
    if endpoint == "registry":
        options = read_pairs(body.replace(b"\n", b","), b",")
        key = asked["pushcommkey"] or options.get("pushcommkey") or None
        return Registry(serial, facts_from_options(options), key)
    if endpoint == "push":
        return PushConfiguration(serial)
    if endpoint == "rtdata" and asked["type"].lower() == "time":
        return TimeRequest(serial)
    if endpoint == "ping":
        return Ping(serial)
    return Ignored(serial, endpoint, count_lines(body))


def _endpoint(path: str) -> str:
    """The last part of a path below /iclock, in lower case, without `.aspx`."""
    parts = [part for part in path.lower().split("/") if part]
    if len(parts) < 2 or parts[0] != ROOT:
        raise MalformedRequest(f"path {path[:60]!r}")
    return parts[-1].removesuffix(".aspx")[:40]


def _asked_data(serial: str, asked: Query) -> Request:
    if asked["table"]:
        return Ignored(serial, asked["table"].lower(), 0)
    return Handshake(
        serial,
        push_version=asked["pushver"] or None,
        language=read_number(asked["language"]),
        device_type=asked["devicetype"].lower() or None,
        key=asked["pushcommkey"] or None,
        takes_options=asked["pushoptionsflag"] == "1",
    )


def _posted_data(serial: str, asked: Query, body: bytes) -> Request:
    table = asked["table"].lower()
    if table == "attlog":
        return AttLog(serial, asked.stamp, tuple(parse_attlog(body)))
    if table in {"operlog", "userinfo"}:
        operations = parse_operlog(body)
        return OperLog(serial, asked.stamp, operations.users, operations.ignored)
    if table == "rtlog":
        events = parse_rtlog(body)
        return RealTimeLog(serial, asked.stamp, events.items, events.ignored, None)
    if table == "options":
        return Options(serial, facts_from_options(read_pairs(body.replace(b"\n", b","), b",")))
    if table == "tabledata":
        return _table_rows(serial, asked, table, body)
    if not table and is_command_results(body):
        return CommandResults(serial, parse_results(body))
    if not table and asked["options"]:
        return _asked_data(serial, asked)
    return Ignored(serial, table or "cdata", count_lines(body))


def _table_rows(serial: str, asked: Query, kind: str, body: bytes) -> Request:
    table = asked["tablename"].lower()
    if table == "transaction":
        events = parse_rtlog(body)
        return RealTimeLog(serial, asked.stamp, events.items, events.ignored, table)
    return Ignored(serial, kind, count_lines(body), table or None)
