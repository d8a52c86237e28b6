"""Which step of a ladder a number of days without excuse reaches: a threshold, never a sanction."""

from __future__ import annotations

from attendance.rules import Ladder, LadderStep


def step_at(ladder: Ladder, days: int) -> LadderStep | None:
    """The step that `days` in a year reach; None below the first one."""
    return next((step for step in reversed(ladder.steps) if days >= step.first), None)


def step_after(ladder: Ladder, days: int) -> LadderStep | None:
    """The next step that is not reached yet; None on the last one."""
    return next((step for step in ladder.steps if days < step.first), None)


def span_id(step: LadderStep) -> str:
    """Its days, Indonesian: "3 hari", "4–6 hari", "28 hari atau lebih"."""
    if step.last is None:
        return f"{step.first} hari atau lebih"
    return f"{_days(step)} hari"


def span_en(step: LadderStep) -> str:
    """The same in English."""
    if step.last is None:
        return f"{step.first} days or more"
    return f"{_days(step)} days"


def _days(step: LadderStep) -> str:
    return f"{step.first}" if step.last == step.first else f"{step.first}–{step.last}"
