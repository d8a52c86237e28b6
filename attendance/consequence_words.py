"""What a year's consequences rest on, in words, Indonesian and English."""

from __future__ import annotations

from attendance.consequences import YearOutcome
from attendance.explanation import Explanation, date_en, date_id, days_en, days_id, rule_of
from attendance.ladder import span_en, span_id
from attendance.rules import Clause, Rules


def told(outcome: YearOutcome, rules: Rules) -> Explanation:
    """One sentence: what counts, which threshold it reaches, and by which rule. `rules` are those in force on
    the day up to which was asked.
    """
    return Explanation(_told_id(outcome, rules), _told_en(outcome, rules))


def _told_id(outcome: YearOutcome, rules: Rules) -> str:
    ladder = rules.ladder
    parts = [f"{len(outcome.absent)} hari kerja tanpa keterangan"]
    if outcome.absent:
        parts[0] += f" ({days_id(outcome.absent)})"
    if outcome.minute_days:
        parts.append(
            f"{outcome.minutes_counted} menit terlambat dan pulang cepat = {outcome.minute_days} hari "
            f"({ladder.minutes_per_day} menit = 1 hari); jumlah {outcome.days} hari"
        )
    if outcome.by_run and outcome.run is not None:
        parts.append(
            f"{outcome.run.days} hari kerja terus-menerus, {date_id(outcome.run.first_day)} sampai "
            f"{date_id(outcome.run.last_day)}"
        )
    if outcome.step is None:
        parts.append(f"di bawah ambang pertama {ladder.name} ({span_id(ladder.steps[0])})")
    else:
        span = f"{ladder.running} hari terus-menerus" if outcome.by_run else span_id(outcome.step)
        parts.append(f"memenuhi ambang untuk pemeriksaan: {outcome.step.sanction} ({ladder.name}, {span})")
    if outcome.pending:
        parts.append(f"belum final, belum dihitung: {days_id(outcome.pending)}")
    parts.append(rule_of(rules, Clause.SANCTIONS).id)
    return f"Sampai {date_id(outcome.through)}: {'; '.join(parts)}"


def _told_en(outcome: YearOutcome, rules: Rules) -> str:
    ladder = rules.ladder
    absent = len(outcome.absent)
    parts = [f"{absent} {'workday' if absent == 1 else 'workdays'} without explanation"]
    if outcome.absent:
        parts[0] += f" ({days_en(outcome.absent)})"
    if outcome.minute_days:
        parts.append(
            f"{outcome.minutes_counted} minutes late and early = {outcome.minute_days} days "
            f"({ladder.minutes_per_day} minutes = 1 day); {outcome.days} days together"
        )
    if outcome.by_run and outcome.run is not None:
        parts.append(
            f"{outcome.run.days} workdays in a row, {date_en(outcome.run.first_day)} to "
            f"{date_en(outcome.run.last_day)}"
        )
    if outcome.step is None:
        parts.append(f"below the first threshold of {ladder.name} ({span_en(ladder.steps[0])})")
    else:
        span = f"{ladder.running} days in a row" if outcome.by_run else span_en(outcome.step)
        parts.append(
            f"reaches the threshold for an examination: {outcome.step.sanction_en} ({ladder.name}, {span})"
        )
    if outcome.pending:
        parts.append(f"not final, not counted yet: {days_en(outcome.pending)}")
    parts.append(rule_of(rules, Clause.SANCTIONS).en)
    return f"Up to {date_en(outcome.through)}: {'; '.join(parts)}"
