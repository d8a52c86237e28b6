"""A rule pack's figures as the schedule that the domain judges by."""

from __future__ import annotations

from attendance.schedule import Deviation, Grade, Schedule
from config.rules import Deviation as DeviationRules
from config.rules import RulePack


def schedule_from(rules: RulePack) -> Schedule:
    """The working week of a rule pack."""
    return Schedule(
        week=rules.week.days,
        opens=rules.window.opens,
        closes=rules.window.closes,
        late=_deviation(rules.late),
        early=_deviation(rules.early),
        apart=rules.early.apart,
    )


def _deviation(rules: DeviationRules) -> Deviation:
    return Deviation(rules.tolerance, tuple(Grade(entry.code, entry.to) for entry in rules.classes))
