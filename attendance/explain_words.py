"""The shape of a catalogue of explanations in one language; the texts are in `explain_words_id` and `_en`.

Texts are filled in with `str.format`. The names: arrival, leaving, starts, ends (clock times), over (whole
minutes from start to arrival), late, early, repaid (minutes), late_grade, early_grade, excuse, correction,
off, wait (a clause of `waits`), terminal, since, cause, name, code, span (first and last punch, in brackets),
uncounted (the clause of that name, or nothing).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from attendance.change_cause import Cause
from attendance.day_result import DayStatus, Flag, Forgot, Rule, WaitCode
from attendance.people import EmploymentState, ExcuseCode, ExcuseKind, OutageCause


@dataclass(frozen=True, slots=True)
class Words:
    """One language."""

    clock: str
    """What stands between hours and minutes."""
    months: Sequence[str]
    rules: Mapping[Rule, str]
    rules_of_status: Mapping[tuple[Rule, DayStatus], str]
    """Where a rule is told otherwise beside a status."""
    waits: Mapping[WaitCode, str]
    waits_without_since: Mapping[WaitCode, str]
    city_behind: str
    """Of BEHIND, where terminals away from home are."""
    site_outage: str
    causes: Mapping[OutageCause, str]
    flags: Mapping[Flag, str]
    forgot: Mapping[Forgot, str]
    excuses: Mapping[ExcuseCode, str]
    excuse_kinds: Mapping[ExcuseKind, str]
    states: Mapping[str, str]
    """Of `EmploymentState` values; "" is somebody without a placement."""
    elsewhere: str
    """In place of the state, on a wall."""
    statuses: Mapping[DayStatus, str]
    """For a change: "menunggu data"."""
    minutes: str
    """A status with its minutes: `said`, `minutes`."""
    schedule: str
    shift: str
    ramadan: str
    came: str
    left: str
    left_early: str
    uncounted: str
    """Between the start and the coming, or the leaving and the end: `minutes` that are excused."""
    beside: str
    corrected: str
    gathering: Mapping[bool | None, str]
    spell: str
    no_rule: str
    """In place of the pack when its figures are no longer at hand: its name alone."""
    final: str
    provisional: str
    changed: str
    """`before`, `after`, `why`."""
    stayed: str
    """The same outcome as before, for another reason."""
    first: str
    changes: Mapping[Cause, str]
    changes_at_terminal: Mapping[Cause, str]
    """The same where the terminal is known."""


def states(moved: str, retired: str, deceased: str, dismissed: str, seconded: str) -> dict[str, str]:
    """Words of the employment states in which nothing is expected."""
    return {
        EmploymentState.MOVED: moved,
        EmploymentState.RETIRED: retired,
        EmploymentState.DECEASED: deceased,
        EmploymentState.DISMISSED: dismissed,
        EmploymentState.SECONDED: seconded,
    }
