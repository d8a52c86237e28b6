"""A sentence for a reader, in both languages, and how dates and numbers are written in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from attendance.rules import Clause, Rules

MONTHS_ID = (
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
)
MONTHS_EN = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


@dataclass(frozen=True, slots=True)
class Explanation:
    """The same sentence in Indonesian and in English."""

    id: str
    en: str


def date_id(day: date) -> str:
    """ "3 Januari 2017"."""
    return f"{day.day} {MONTHS_ID[day.month - 1]} {day.year}"


def date_en(day: date) -> str:
    """ "3 January 2017"."""
    return f"{day.day} {MONTHS_EN[day.month - 1]} {day.year}"


def days_id(days: Sequence[date]) -> str:
    """Days in a row of words, those of a month together: "3, 4 Januari; 1 Februari 2017"."""
    return _days(days, MONTHS_ID)


def days_en(days: Sequence[date]) -> str:
    """The same in English."""
    return _days(days, MONTHS_EN)


def number_id(number: Decimal) -> str:
    """With a decimal comma and no needless zeros: "1,25"."""
    return number_en(number).replace(".", ",")


def number_en(number: Decimal) -> str:
    """With a decimal point and no needless zeros: "1.25"."""
    return f"{number.normalize():f}"


def rule_of(rules: Rules, clause: Clause) -> Explanation:
    """Where a figure stands: "aturan Standar 2023 butir 9"."""
    paragraph, paragraph_en = rules.clauses.get(clause, ""), rules.clauses_en.get(clause, "")
    return Explanation(
        f"aturan {rules.title} {paragraph}".rstrip(), f"rule {rules.title_en} {paragraph_en}".rstrip()
    )


def _days(days: Sequence[date], months: Sequence[str]) -> str:
    parts: list[str] = []
    for position, day in enumerate(days):
        following = days[position + 1] if position + 1 < len(days) else None
        if following is None or following.year != day.year:
            ends = f" {months[day.month - 1]} {day.year}" + ("; " if following else "")
        elif following.month != day.month:
            ends = f" {months[day.month - 1]}; "
        else:
            ends = ", "
        parts.append(f"{day.day}{ends}")
    return "".join(parts)
