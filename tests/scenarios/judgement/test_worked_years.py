"""What a year and a month come to, from punches through every day's judgement to threshold and deduction."""

from __future__ import annotations

from decimal import Decimal

import pytest

from attendance.deductions import Deduction, DeductionKind
from tests.support.worked_examples import FOLDER
from tests.support.worked_years import Month, Year, deductions_of, outcome_of, read_months, read_years

YEARS = read_years(FOLDER / "29_sanksi.toml")
MONTHS = read_months(FOLDER / "30_potongan_tpp.toml")
WORDS = {DeductionKind.FORGOT_IN: "lupa masuk", DeductionKind.FORGOT_OUT: "lupa pulang"}


@pytest.mark.parametrize("year", YEARS, ids=[year.judul for year in YEARS])
def test_the_threshold_that_the_officer_wrote_is_reached(year: Year) -> None:
    found, wanted = outcome_of(year), year.hasil
    assert (found.days, found.minute_days) == (wanted.hari, wanted.menit_hari)
    assert (None if found.step is None else found.step.code) == wanted.ambang
    assert found.by_run is wanted.karena_berturut
    assert len(found.pending) == wanted.menunggu
    if wanted.berturut is not None:
        assert found.run is not None
        assert found.run.days == wanted.berturut


@pytest.mark.parametrize("month", MONTHS, ids=[month.judul for month in MONTHS])
def test_the_month_deducts_the_lines_that_the_officer_wrote(month: Month) -> None:
    found, wanted = deductions_of(month), month.hasil
    assert [_line(line) for line in found.lines] == wanted.baris
    assert found.deducted == Decimal(wanted.potongan)
    assert len(found.pending) == wanted.menunggu
    assert all(line.because.id and line.because.en for line in found.lines)


def _line(line: Deduction) -> str:
    number = f"{line.per_cent:f}"
    number = number.rstrip("0").rstrip(".") if "." in number else number
    return f"{line.day} {line.code or WORDS[line.kind]} {number}"
