"""What a terminal reports of commands it was given, several a body.

    ID=17&Return=0&CMD=DATA LF
    ID=18&Return=0&CMD=VERIFY SUM ATTLOG&StartTime=2026-11-23 00:00:00&EndTime=…&AttlogCount=412 LF
    ID=19&Return=0&CMD=INFO LF FWVersion=Ver 8.0.4 LF TransactionCount=44718 LF …

The vendor's document names the count of a VERIFY SUM `AttlogSum`; the old client sends `AttlogCount`. Some
commands are answered with one `key=value` a line, `ID=` first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from devices.adms.facts import TerminalFacts, facts_from_options
from devices.adms.text import read_number, read_pairs

_START = re.compile(rb"(?:^|(?<=\n))ID=", re.IGNORECASE)
_ID = re.compile(r"[A-Za-z0-9]{1,16}")


@dataclass(frozen=True, slots=True)
class CommandResult:
    """One command's outcome."""

    id: str
    code: int | None
    """See `commands.meaning`; None when it gave none."""
    command: str
    """The terminal's own word for it, e.g. "DATA" or "VERIFY SUM ATTLOG"."""
    punches: int | None = None
    """Answer to VERIFY SUM: how many punches it holds of the time asked for."""
    facts: TerminalFacts | None = None
    """Answer to INFO."""

    @property
    def done(self) -> bool:
        """Whether it was carried out. DATA QUERY reports how many rows it sends: not below zero is well."""
        return self.code is not None and self.code >= 0


def is_command_results(body: bytes) -> bool:
    """Whether `body` reads like results: one model posts them where its punches go."""
    return body.lstrip()[:3].upper() == b"ID="


def parse_results(body: bytes) -> tuple[CommandResult, ...]:
    """Every result in `body`, in order; never fails. What has no usable id is left out."""
    body = body.replace(b"\r\n", b"\n")
    starts = [match.start() for match in _START.finditer(body)]
    results = []
    for start, end in pairwise([*starts, len(body)]):
        result = _read_result(body[start:end])
        if result is not None:
            results.append(result)
    return tuple(results)


def encode_result(result: CommandResult) -> bytes:
    """The line, LF included, with which a terminal reports `result`; without its facts."""
    count = "" if result.punches is None else f"&AttlogCount={result.punches}"
    return f"ID={result.id}&Return={result.code}&CMD={result.command}{count}\n".encode()


def _read_result(raw: bytes) -> CommandResult | None:
    head, _, rest = raw.partition(b"\n")
    pairs = read_pairs(head, b"&")
    more = read_pairs(rest, b"\n")
    identifier = pairs.get("id", "")
    if not _ID.fullmatch(identifier):
        return None
    both = more | pairs
    command = both.get("cmd", "")
    return CommandResult(
        identifier,
        read_number(both.get("return", "")),
        command,
        read_number(both.get("attlogcount") or both.get("attlogsum", "")),
        facts_from_options(more) if command.upper().startswith("INFO") else None,
    )
