"""How a push terminal reads what the server answers: by its own rules, none of them forgiving."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

_TAKEN_FOR_HOURS = 25
_FAILURES = ("UN", "RETRY")


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer. Header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def is_well(self) -> bool:
        """Only 200 will do: 202, 204 and 301 are failures to the old client; an empty body is no server."""
        return self.status == 200 and bool(self.body)

    @property
    def is_plain(self) -> bool:
        """Whether it says that it is plain text; else neither its date nor a result's receipt counts."""
        return self.headers.get("content-type", "").startswith("text/plain")


def finished_lines(body: bytes) -> list[str]:
    """The lines that end in LF; what follows the last LF was never finished and is dropped."""
    *lines, _unfinished = body.decode("utf-8", "replace").replace("\r", "\n").split("\n")
    return [line for line in lines if line]


def read_options(answer: Answer | None) -> dict[str, str] | None:
    """What a handshake's answer says; None when it is no valid one."""
    if answer is None or not answer.is_well:
        return None
    options: dict[str, str] = {}
    for line in finished_lines(answer.body):
        if line.startswith(_FAILURES):
            return None
        key, equals, value = line.partition("=")
        if equals:
            options[key] = value
    return options if {"Stamp", "ServerVer", "ServerVersion", "RegistryCode"} & options.keys() else None


def read_commands(answer: Answer) -> list[tuple[str, str]]:
    """(id, command) of every finished command line."""
    commands = []
    for line in finished_lines(answer.body):
        head, _, rest = line.partition(":")
        identifier, colon, command = rest.partition(":")
        if head == "C" and colon:
            commands.append((identifier, command.strip(" ")))
    return commands


def is_received(answer: Answer | None, lines: int, *, counted: bool) -> bool:
    """Whether an upload of `lines` may be taken for received."""
    if answer is None or not answer.is_well:
        return False
    if counted:
        return answer.body.strip() == b"OK: %d" % lines
    return b"OK" in answer.body


def server_time(answer: Answer, time_zone: str) -> datetime | None:
    """Local time (naive) by the answer's date and the TimeZone option; None when it says no date.

    Without the option the terminal takes UTC for local: its clock jumps.
    """
    date = answer.headers.get("date")
    if date is None or not answer.is_plain:
        return None
    zone = int(time_zone or 0)
    offset = timedelta(hours=zone) if abs(zone) < _TAKEN_FOR_HOURS else timedelta(minutes=zone)
    return parsedate_to_datetime(date).replace(tzinfo=None) + offset
