"""Why a result became another one: the causes, and what is needed to tell one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from attendance.ids import TerminalId


class Cause(StrEnum):
    """What made a result another one. Stable: stored."""

    FIRST = "first"
    """Judged for the first time."""
    RULES = "rules"
    """Another rule pack holds."""
    PROGRAM = "program"
    """The same facts are judged otherwise: the judging itself was put right. Whoever stores results tells it,
    by their input hash.
    """
    CORRECTION = "correction"
    EXCUSE = "excuse"
    DUTY = "duty"
    """Hours, shift, holiday or service: what was expected is another thing."""
    PUNCH = "punch"
    """A punch came, or is no longer the person's."""
    TERMINAL_READ = "terminal_read"
    """A terminal for which the day waited was read."""
    TERMINAL_LOST = "terminal_lost"
    """A terminal that vouched does so no longer."""
    ENROLLMENT = "enrollment"
    """A terminal at home knows the finger, or no longer does."""
    SITE = "site"
    """The site has a terminal, or has none any more."""
    OUTAGE = "outage"
    """An outage was declared or found, withdrawn, or ended."""
    COMPLETE = "complete"
    """Every terminal was read past the end of the day."""
    CLOCK = "clock"
    """Time alone."""


@dataclass(frozen=True, slots=True)
class Change:
    """Why a result is another one."""

    cause: Cause
    terminal_id: TerminalId | None = None
    """The terminal of the punch, of the reading or of the outage."""
    at: datetime | None = None
    """Of a PUNCH or TERMINAL_READ: the punch that was found; of an OUTAGE: its start. Aware, UTC."""
    code: str = ""
    """Of RULES the pack, of CORRECTION its number, of EXCUSE its code, of OUTAGE its cause."""
