"""How push terminals differ from one make to the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class PushDialect:
    """What one make sends, and what it takes for an acknowledgement."""

    name: str
    summary: str
    old_http: bool = False
    """HTTP/1.0, a connection for each request, no Content-Type; else HTTP/1.1, kept alive."""
    sends_host: bool = True
    user_agent: str = "iClock Proxy/1.09"
    push_version: str = "2.4.1"
    device_type: str | None = "att"
    language: int = 73
    columns: int = 10
    """Of an attendance line."""
    trailing_tab: bool = False
    """An attendance line ends in a TAB and has an empty work code."""
    line_end: bytes = b"\n"
    encoding: str = "utf-8"
    suffix: str = ""
    """Behind every path: ".aspx", or "/"."""
    stamp_is_time: bool = False
    """Its stamp is the last punch's packed time, and a handshake that names another makes it send everything
    again. Else it sends 9999 and keeps its own count.
    """
    counts_answer: bool = True
    """Takes an upload for received only when the answer counts every line of it; else `OK` will do."""
    results_path: str = "devicecmd"
    answers_commands: bool = True
    empty_query: int = -1
    """What it returns for a query that finds nothing."""
    batch: int = 128
    """Most punches in one upload."""

    @property
    def security(self) -> bool:
        """Whether it speaks Security PUSH."""
        return self.device_type == "acc"


OLD = PushDialect(
    "old",
    "HTTP/1.0, 7 columns, a packed time for a stamp",
    old_http=True,
    push_version="1.0",
    device_type=None,
    columns=7,
    stamp_is_time=True,
    counts_answer=False,
    empty_query=0,
)
NEW = PushDialect("new", "HTTP/1.1, 10 columns, wants every line counted")
SECURITY = PushDialect(
    "security",
    "Security PUSH: registers first, sends access events",
    device_type="acc",
    push_version="3.0.1",
)
X100_C = PushDialect(
    "x100-c",
    "CR LF, an empty work code, posts results where punches go",
    old_http=True,
    push_version="2.0.1",
    device_type=None,
    columns=7,
    trailing_tab=True,
    line_end=b"\r\n",
    counts_answer=False,
    results_path="cdata",
)
MB10 = PushDialect("mb10", "11 columns with a sequence number last, .aspx", columns=11, suffix=".aspx")
X105_ID = PushDialect("x105-id", "8 columns, never answers a command", columns=8, answers_commands=False)
NO_HOST = PushDialect(
    "no-host",
    "4 columns, no Host header",
    old_http=True,
    sends_host=False,
    columns=4,
    device_type=None,
    counts_answer=False,
)
CHINESE = PushDialect(
    "chinese", "names in GB2312, a slash behind every path", language=83, encoding="gb2312", suffix="/"
)

DIALECTS: Mapping[str, PushDialect] = MappingProxyType(
    {dialect.name: dialect for dialect in (OLD, NEW, SECURITY, X100_C, MB10, X105_ID, NO_HOST, CHINESE)}
)
