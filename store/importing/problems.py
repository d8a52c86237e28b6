"""What is wrong in roster files: every problem with its place, its reason, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from attendance.errors import RosterError

SHOWN = 3
"""Problems that the one-sentence form spells out; a report lists them all."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong, at one place."""

    source: str
    """File, with its sheet in brackets when it has sheets."""
    row: int | None
    """As the spreadsheet numbers it: the header is row 1. None: the whole file."""
    column: str | None
    value: str
    """What stands there; of a NIP its last digits only."""
    reason: str
    remedy: str

    def __str__(self) -> str:
        place = self.source
        if self.row is not None:
            place += f", row {self.row}"
        if self.column is not None:
            place += f", column {self.column}"
        value = f' "{self.value}":' if self.value else ""
        return f"{place}:{value} {self.reason}; {self.remedy}."


@dataclass(slots=True)
class Findings:
    """Collects what is wrong, and what was passed over, while files are read."""

    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """For the operator to know; they stop nothing."""

    def file(self, source: str, reason: str, remedy: str) -> None:
        """A problem of a whole file or sheet."""
        self.problems.append(Problem(source, None, None, "", reason, remedy))


class RosterRejected(RosterError):
    """Roster files cannot be imported; nothing was changed."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        more = len(problems) - SHOWN
        shown = "\n".join(str(problem) for problem in problems[:SHOWN])
        super().__init__(
            f"the roster files have {len(problems)} problem(s), nothing was imported:\n{shown}"
            + (f"\n… and {more} more" if more > 0 else "")
        )
