"""What reading much from one terminal needs: how to ask, how much at once, and what is known of it."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from devices.zk.commands import READ_CHUNK, Request
from devices.zk.exchange import Reply
from devices.zk.traits import Traits

Ask = Callable[[Request], Awaitable[Reply]]
"""Sends a request and gives its reply, which agreed. Raises `DeviceError`."""


@dataclass(frozen=True, slots=True)
class Enrolled:
    """Who is enrolled on a terminal, by its own list of users."""

    by_number: Mapping[int, str]
    """User number → PIN."""
    pins: frozenset[str]
    count: int | None
    """How many users the terminal said it has when they were read."""
    read_at: float
    """When that was, by `time.monotonic`."""


NOT_READ = Enrolled(MappingProxyType({}), frozenset(), None, -math.inf)


@dataclass(slots=True)
class Access:
    """One session's way to a terminal's log and users."""

    ask: Ask
    traits: Traits = field(default_factory=Traits)
    chunk: int = READ_CHUNK
    """Most bytes asked for in one READ_BUFFER."""
    piece: int | None = None
    """Most bytes of records in one log read, because the line is slow; None: no need to think of it."""
    enrolled: Enrolled = NOT_READ
    """The users as they were last read in this session."""
