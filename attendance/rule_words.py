"""A rule pack's figures in words, Indonesian and English: what an officer checks before it holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time, timedelta
from decimal import Decimal

from attendance.explanation import Explanation, days_en, days_id, number_en, number_id
from attendance.ladder import span_en, span_id
from attendance.rules import Clause, DeductionTable, Deviation, GatheringRule, Hours, Rules, Week

DAYS_ID = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
DAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_HOURS = {
    "five_day": Explanation("lima hari kerja", "five working days"),
    "six_day": Explanation("enam hari kerja", "six working days"),
}
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One figure, or a few that belong together."""

    clause: Clause
    said: Explanation


def rule_lines(rules: Rules) -> Iterator[RuleLine]:
    """Everything that a pack says, in the order in which one reads it."""
    for hours in rules.hours.values():
        yield from _hours(hours, usual=hours.name == rules.usual_hours)
    yield from _deviation(Clause.LATE, Explanation("Terlambat", "Late"), rules.figures.late)
    yield from _deviation(
        Clause.EARLY, Explanation("Pulang sebelum waktunya", "Leaving early"), rules.figures.early
    )
    yield from _punches(rules)
    for gathering in rules.gatherings:
        yield RuleLine(Clause.GATHERINGS, _gathering(gathering))
    order = ", ".join(rules.excuse_order)
    yield RuleLine(
        Clause.EXCUSES,
        Explanation(
            f"Bila keterangan bertumpuk, urutannya: {order}", f"Of overlapping excuses the first: {order}"
        ),
    )
    yield from _ladder(rules)
    if rules.deductions is None:
        yield RuleLine(
            Clause.DEDUCTIONS,
            Explanation("Potongan TPP: belum ada tabel yang dipilih", "Deductions: no table is chosen"),
        )
    else:
        yield from deduction_lines(rules.deductions)


def deduction_lines(table: DeductionTable) -> Iterator[RuleLine]:
    """What a deduction table says."""
    figures = (
        ("tanpa keterangan", "absent", table.absent),
        *((code, code, per_cent) for code, per_cent in table.grades.items()),
        ("lupa absen datang", "forgot to punch in", table.forgot_in),
        ("lupa absen pulang", "forgot to punch out", table.forgot_out),
        ("tidak ikut apel", "missed a roll-call", table.gathering),
        ("paling banyak sebulan", "at most in a month", table.most),
    )
    exact = [(indonesian, english, Decimal(str(number))) for indonesian, english, number in figures]
    said_id = ", ".join(f"{name} {number_id(number)} %" for name, _, number in exact)
    said_en = ", ".join(f"{name} {number_en(number)} %" for _, name, number in exact)
    yield RuleLine(
        Clause.DEDUCTIONS,
        Explanation(
            f"Potongan TPP, tabel {table.name}: {said_id}", f"Deductions, table {table.name}: {said_en}"
        ),
    )


def _hours(hours: Hours, *, usual: bool) -> Iterator[RuleLine]:
    name = _HOURS.get(hours.name, Explanation(hours.name, hours.name))
    mark = Explanation(", yang biasa", ", the usual ones") if usual else Explanation("", "")
    yield RuleLine(
        Clause.HOURS,
        Explanation(
            f"Jam kerja, {name.id}{mark.id}: {_week(hours.week, DAYS_ID, '.', 'libur')}",
            f"Hours, {name.en}{mark.en}: {_week(hours.week, DAYS_EN, ':', 'off')}",
        ),
    )
    if hours.ramadan is not None:
        yield RuleLine(
            Clause.HOURS,
            Explanation(
                f"Jam kerja Ramadan, {name.id}: {_week(hours.ramadan, DAYS_ID, '.', 'libur')}",
                f"Hours in Ramadan, {name.en}: {_week(hours.ramadan, DAYS_EN, ':', 'off')}",
            ),
        )


def _week(week: Week, names: tuple[str, ...], mark: str, free: str) -> str:
    """ "Senin–Kamis 07.30–16.00, Jumat 07.30–16.30, Sabtu–Minggu libur"."""
    parts: list[str] = []
    first = 0
    for day in range(len(week)):
        if day + 1 < len(week) and week[day + 1] == week[first]:
            continue
        hours = week[first]
        span = names[first] if first == day else f"{names[first]}–{names[day]}"
        said = free if hours is None else f"{_clock(hours.start, mark)}–{_clock(hours.end, mark)}"
        parts.append(f"{span} {said}")
        first = day + 1
    return ", ".join(parts)


def _deviation(clause: Clause, name: Explanation, deviation: Deviation) -> Iterator[RuleLine]:
    spans = []
    low = deviation.tolerance + 1
    for grade in deviation.grades:
        if grade.to is None:
            spans.append((grade.code, f"> {low - 1}"))
        elif grade.to >= low:
            spans.append((grade.code, f"{low}–{grade.to}"))
            low = grade.to + 1
    said = ", ".join(f"{code} {span}" for code, span in spans)
    yield RuleLine(
        clause,
        Explanation(
            f"{name.id}, dalam menit: {said}; dimaafkan {deviation.tolerance}",
            f"{name.en}, in minutes: {said}; forgiven {deviation.tolerance}",
        ),
    )


def _punches(rules: Rules) -> Iterator[RuleLine]:
    figures = rules.figures
    before, after = rules.shift_before // _MINUTE, rules.shift_after // _MINUTE
    yield RuleLine(
        Clause.WINDOW,
        Explanation(
            f"Rekaman dihitung dari {_clock(rules.opens, '.')} sampai sebelum {_clock(rules.closes, '.')}; "
            f"sif: dari {before} menit sebelum mulai sampai sebelum {after} menit sesudah selesai",
            f"Punches count from {_clock(rules.opens, ':')} until before {_clock(rules.closes, ':')}; "
            f"shifts: from {before} minutes before the start until before {after} minutes after the end",
        ),
    )
    yield RuleLine(
        Clause.FLEXI,
        Explanation(
            f"Fleksi: terlambat sampai {figures.flexi} menit dapat diganti pada hari yang sama",
            f"Flexible: up to {figures.flexi} minutes late may be made up the same day",
        )
        if figures.flexi
        else Explanation("Fleksi: tidak ada", "Flexible minutes: none"),
    )
    apart, leaving = figures.apart // _MINUTE, figures.leaving_from // _MINUTE
    yield RuleLine(
        Clause.FORGOT,
        Explanation(
            f"Rekaman terakhir berarti pulang bila berjarak {apart} menit atau lebih dari yang pertama; "
            f"satu-satunya rekaman berarti pulang sejak {leaving} menit sebelum jam pulang",
            f"The last punch is a leaving when it comes {apart} minutes or more after the first; "
            f"a single punch is a leaving from {leaving} minutes before the end of work on",
        ),
    )


def _gathering(rule: GatheringRule) -> Explanation:
    weekdays, dates = sorted(rule.weekdays), sorted(rule.dates)
    when_id = "; ".join(filter(None, (", ".join(DAYS_ID[day] for day in weekdays), days_id(dates))))
    when_en = "; ".join(filter(None, (", ".join(DAYS_EN[day] for day in weekdays), days_en(dates))))
    if rule.on_days_off:
        when_id, when_en = f"{when_id}, juga bila libur,", f"{when_en}, on days off too,"
    whom = ", ".join(sorted([*rule.unit_codes, *(kind.value for kind in rule.unit_kinds)]))
    return Explanation(
        f"{rule.name} ({rule.code}): {when_id} pukul {_clock(rule.starts, '.')}, rekaman "
        f"{_clock(rule.opens, '.')}–{_clock(rule.closes, '.')}; untuk {whom or 'semua'}",
        f"{rule.name} ({rule.code}): {when_en} at {_clock(rule.starts, ':')}, punches "
        f"{_clock(rule.opens, ':')}–{_clock(rule.closes, ':')}; for {whom or 'everybody'}",
    )


def _ladder(rules: Rules) -> Iterator[RuleLine]:
    ladder = rules.ladder
    adds = ladder.minutes_per_day
    yield RuleLine(
        Clause.SANCTIONS,
        Explanation(
            f"Ambang pemeriksaan menurut {ladder.name}; menit terlambat dan pulang cepat "
            + (f"dijumlahkan, {adds} menit = 1 hari" if adds else "tidak dijumlahkan menjadi hari")
            + (f"; {ladder.running} hari terus-menerus mencapai jenjang terakhir" if ladder.running else ""),
            f"Thresholds for an examination by {ladder.name}; minutes late and early "
            + (f"add up, {adds} minutes = 1 day" if adds else "do not add up to days")
            + (f"; {ladder.running} days in a row reach the last step" if ladder.running else ""),
        ),
    )
    for step in ladder.steps:
        yield RuleLine(
            Clause.SANCTIONS,
            Explanation(f"  {span_id(step)}: {step.sanction}", f"  {span_en(step)}: {step.sanction_en}"),
        )


def _clock(at: time, mark: str) -> str:
    return f"{at:%H}{mark}{at:%M}"
