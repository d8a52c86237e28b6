"""Rule packs as the domain judges by them."""

from __future__ import annotations

from collections.abc import Sequence

from attendance.people import ExcuseCode, UnitKind
from attendance.rules import (
    Clause,
    DayHours,
    DeductionTable,
    Deviation,
    Figures,
    GatheringRule,
    Grade,
    Hours,
    Ladder,
    LadderStep,
    PackId,
    RuleBook,
    Rules,
    Week,
)
from config.rule_consequences import Deductions, Sanctions
from config.rule_gatherings import Gathering
from config.rule_hours import WEEKDAYS, KindOfHours
from config.rule_hours import Week as WeekSection
from config.rule_minutes import Deviation as DeviationSection
from config.rule_pack import RulePack
from config.rules import load_series


def load_rulebook(name: str) -> RuleBook:
    """The rule book of the series `name`, as [board] rules names it.

    Raises `ConfigError` naming file, line, key and reason.
    """
    return rulebook_from(load_series(name))


def rulebook_from(packs: Sequence[RulePack]) -> RuleBook:
    """The packs of one series as a rule book."""
    return RuleBook([_rules(pack) for pack in packs])


def deductions_from(table: Deductions) -> DeductionTable:
    """A deduction table as the domain computes by it."""
    return DeductionTable(
        name=table.name,
        absent=table.absent,
        grades=dict(table.grades),
        forgot_in=table.forgot_in,
        forgot_out=table.forgot_out,
        gathering=table.gathering,
        most=table.most,
    )


def _rules(pack: RulePack) -> Rules:
    return Rules(
        id=PackId(pack.id),
        title=pack.pack.title,
        title_en=pack.pack.title_en,
        valid_from=pack.pack.valid_from,
        hours={name: _hours(name, kind) for name, kind in pack.hours.items()},
        usual_hours=pack.pack.usual_hours,
        opens=pack.window.opens,
        closes=pack.window.closes,
        shift_before=pack.window.shift_before,
        shift_after=pack.window.shift_after,
        figures=Figures(
            late=_deviation(pack.late),
            early=_deviation(pack.early),
            apart=pack.early.apart,
            flexi=pack.flexi.minutes,
            leaving_from=pack.forgot.leaving_from,
        ),
        gatherings=tuple(_gathering(entry) for entry in pack.gatherings),
        excuse_order=tuple(ExcuseCode(code) for code in pack.excuses.order),
        ladder=_ladder(pack.sanctions),
        deductions=None if pack.deductions is None else deductions_from(pack.deductions),
        clauses={Clause(clause): said[0] for clause, said in pack.clauses.items()},
        clauses_en={Clause(clause): said[1] for clause, said in pack.clauses.items()},
        basis=pack.pack.basis,
    )


def _hours(name: str, kind: KindOfHours) -> Hours:
    return Hours(name, _week(kind), None if kind.ramadan is None else _week(kind.ramadan))


def _week(week: WeekSection) -> Week:
    return tuple(None if work is None else DayHours(*work) for work in week.days)


def _deviation(section: DeviationSection) -> Deviation:
    return Deviation(section.tolerance, tuple(Grade(entry.code, entry.to) for entry in section.classes))


def _gathering(entry: Gathering) -> GatheringRule:
    return GatheringRule(
        code=entry.code,
        name=entry.name,
        weekdays=frozenset(WEEKDAYS.index(day) for day in entry.weekdays),
        dates=frozenset(entry.dates),
        starts=entry.starts,
        opens=entry.opens,
        closes=entry.closes,
        unit_codes=frozenset(entry.units),
        unit_kinds=frozenset(UnitKind(kind) for kind in entry.kinds),
        on_days_off=entry.on_days_off,
    )


def _ladder(sanctions: Sanctions) -> Ladder:
    return Ladder(
        name=sanctions.name,
        steps=tuple(
            LadderStep(step.first, step.last, step.code, step.sanction, step.sanction_en)
            for step in sanctions.steps
        ),
        minutes_per_day=sanctions.minutes_per_day,
        running=sanctions.running,
    )
