"""What a month's days take off the allowance (TPP), in per cent, one line for each reason.

- Only final results deduct. A day that is not final is told apart and deducts once it is final.
- A day without explanation is one line: its missed roll-call is not deducted beside it.
- Each day goes by the table of the pack in force on it; what a month deducts at most, by its last day's.
- A line of 0 per cent is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from attendance.day_result import DayResult, Forgot
from attendance.explanation import Explanation, number_en, number_id, rule_of
from attendance.ids import PersonId
from attendance.rules import Clause, DeductionTable, RuleBook, Rules


class DeductionKind(StrEnum):
    """Why something is taken off."""

    ABSENT = "absent"
    LATE = "late"
    EARLY = "early"
    FORGOT_IN = "forgot_in"
    FORGOT_OUT = "forgot_out"
    GATHERING = "gathering"


@dataclass(frozen=True, slots=True)
class Deduction:
    """One line of a person's month."""

    day: date
    kind: DeductionKind
    code: str
    """The class ("TL1"), the roll-call's code, "TK"; empty for a forgotten punch."""
    per_cent: Decimal
    """Of the month's allowance."""
    because: Explanation


@dataclass(frozen=True, slots=True)
class MonthDeductions:
    """One person's month."""

    person_id: PersonId
    lines: tuple[Deduction, ...]
    """By day."""
    pending: tuple[date, ...]
    """Days that are not final: nothing is deducted for them yet."""
    most: Decimal
    """Never more than this in a month, in per cent."""

    @property
    def total(self) -> Decimal:
        """The sum of the lines, in per cent."""
        return sum((line.per_cent for line in self.lines), Decimal())

    @property
    def deducted(self) -> Decimal:
        """What is taken off, in per cent."""
        return min(self.total, self.most)


class TableMissing(ValueError):
    """No deduction table holds on a day, or it lacks a class of minutes; the message names both."""


def month_deductions(
    results: Iterable[DayResult], book: RuleBook, table: DeductionTable | None = None
) -> dict[PersonId, MonthDeductions]:
    """Each person's deductions of the days that `results` hold, in their order, by person.

    `table` takes the place of the packs' own ones. Raises `TableMissing`.
    """
    lines: dict[PersonId, list[Deduction]] = {}
    pending: dict[PersonId, list[date]] = {}
    most: dict[PersonId, Decimal] = {}
    for result in results:
        rules = book.on(result.day)
        holds = table if table is not None else rules.deductions
        if holds is None:
            raise TableMissing(f"the rules in force on {result.day} ({rules.title}) have no deduction table")
        lines.setdefault(result.person_id, []).extend(_lines(result, rules, holds) if result.final else ())
        waiting = pending.setdefault(result.person_id, [])
        if not result.final:
            waiting.append(result.day)
        most[result.person_id] = _exact(holds.most)
    return {
        person_id: MonthDeductions(person_id, tuple(found), tuple(pending[person_id]), most[person_id])
        for person_id, found in lines.items()
    }


def _lines(result: DayResult, rules: Rules, table: DeductionTable) -> Iterator[Deduction]:
    for kind, code, number, said in _reasons(result, table):
        per_cent = _exact(number)
        if not per_cent:
            continue
        rule = rule_of(rules, Clause.DEDUCTIONS)
        because = Explanation(
            f"{said.id}: {number_id(per_cent)} % (tabel {table.name}; {rule.id})",
            f"{said.en}: {number_en(per_cent)} % (table {table.name}; {rule.en})",
        )
        yield Deduction(result.day, kind, code, per_cent, because)


def _reasons(
    result: DayResult, table: DeductionTable
) -> Iterator[tuple[DeductionKind, str, float, Explanation]]:
    if result.unexcused:
        said = Explanation("tanpa keterangan (TK)", "without explanation (TK)")
        yield DeductionKind.ABSENT, "TK", table.absent, said
        return
    if (code := result.late_grade) is not None:
        said = Explanation(f"terlambat {result.late} menit ({code})", f"{result.late} minutes late ({code})")
        yield DeductionKind.LATE, code, _of_class(table, code), said
    if (code := result.early_grade) is not None:
        said = Explanation(
            f"pulang {result.early} menit sebelum waktunya ({code})",
            f"left {result.early} minutes early ({code})",
        )
        yield DeductionKind.EARLY, code, _of_class(table, code), said
    if result.forgot is Forgot.IN:
        said = Explanation("lupa absen datang", "forgot to punch in")
        yield DeductionKind.FORGOT_IN, "", table.forgot_in, said
    elif result.forgot is Forgot.OUT:
        said = Explanation("lupa absen pulang", "forgot to punch out")
        yield DeductionKind.FORGOT_OUT, "", table.forgot_out, said
    for gathering in result.gatherings:
        if gathering.attended is False:
            said = Explanation(f"tidak mengikuti {gathering.name}", f"missed {gathering.name}")
            yield DeductionKind.GATHERING, gathering.code, table.gathering, said


def _of_class(table: DeductionTable, code: str) -> float:
    if code not in table.grades:
        raise TableMissing(f'the deduction table "{table.name}" has no percentage for the class {code}')
    return table.grades[code]


def _exact(number: float) -> Decimal:
    """The decimal number as the table writes it."""
    return Decimal(str(number))
