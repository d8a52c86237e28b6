"""`presensi deductions`: what a month's days take off each person's allowance (TPP), line by line."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path

import click
from rich.markup import escape
from rich.table import Column, Table

from attendance.deductions import MonthDeductions, TableMissing, month_deductions
from attendance.explanation import number_en, number_id
from attendance.ids import PersonId
from config.rules import load_deductions
from config.settings import make_clock
from presensi.context import App, Command, json_option, language_option, operator, pass_app
from presensi.exits import Failure
from presensi.past_results import Known, PastResults, names_of, told_unjudged
from presensi.private_csv import write_csv
from presensi.words import people
from realtime.rulebook import deductions_from, load_rulebook

COLUMNS = (
    "person",
    "nip",
    "name",
    "date",
    "kind",
    "code",
    "per_cent",
    "explanation_id",
    "explanation_en",
)
Names = Mapping[PersonId, Known]


@click.command("deductions", cls=Command)
@click.option("--month", "month", required=True, metavar="YYYY-MM", help="The month.")
@click.option(
    "--table",
    "table_name",
    metavar="NAME|FILE",
    help="Another deduction table than the rule pack's: common, regional, permentan-68-2012, or a TOML file.",
)
@click.option("--all", "everybody", is_flag=True, help="Also those of whom nothing is deducted.")
@language_option
@click.option("--csv", "file", type=click.Path(path_type=Path), help="Write a CSV file instead.")
@json_option
@pass_app
def deductions(
    app: App,
    *,
    month: str,
    table_name: str | None,
    everybody: bool,
    language: str,
    file: Path | None,
    as_json: bool,
) -> None:
    """List each person's deductions of a month, each with its date, per cent and reason.

    Days that are not final are named and deduct nothing yet. Nothing is stored. The list is an export of
    names: it goes into the audit log.
    """
    if file is not None and as_json:
        raise click.UsageError("Give --json or --csv, not both.")
    now = make_clock(app.settings.clock).now()
    first, last = _days(month, now.astimezone(app.settings.city.zone).date())
    book = load_rulebook(app.settings.board.rules)
    table = None if table_name is None else deductions_from(load_deductions(table_name))
    with app.store() as store:
        results = PastResults(store, first, last, app.err)
        try:
            found = month_deductions(results, book, table)
        except TableMissing as error:
            raise Failure(
                f"{error}. Write one below [deductions] in the rule pack, or name one with --table; "
                "see docs/rules.md."
            ) from error
        unjudged = results.unjudged(first)
        warning = told_unjudged(unjudged, first, last)
        names = names_of(store)
        listed = [it for _, it in sorted(found.items()) if everybody or it.lines or it.pending]
        deed = "deductions.viewed" if file is None else "deductions.exported"
        store.audit.append(operator(), deed, f"month:{month}", people(len(listed)), at=now)
    if warning:
        click.echo(warning, err=True)
    if file is not None:
        write_csv(file, COLUMNS, [row for it in listed for row in _rows(it, names[it.person_id])])
        click.echo(f"{file}: {people(len(listed))}.", err=True)
    elif as_json:
        app.emit(
            {
                "month": month,
                "unjudged_days": list(unjudged),
                "people": [_as_dict(it, names[it.person_id]) for it in listed],
            }
        )
    else:
        _show(app, listed, names, language)


def _days(month: str, today: date) -> tuple[date, date]:
    written = re.fullmatch(r"(\d{4})-(\d\d)", month)
    if written is None or not 1 <= int(written[2]) <= 12 or not 1946 <= int(written[1]) <= 9998:
        raise click.UsageError(f'--month {month} is not a month; write it as "2026-11".')
    year, number = int(written[1]), int(written[2])
    first, last = date(year, number, 1), date(year, number, monthrange(year, number)[1])
    if first > today:
        raise click.UsageError(f"--month {month} lies in the future: today is {today}.")
    return first, min(last, today)


def _show(app: App, listed: Sequence[MonthDeductions], names: Names, language: str) -> None:
    if not listed:
        click.echo("Nothing is deducted of anybody.")
        return
    english = language == "en"
    table = Table(
        Column("person", justify="right"), "name", "date", Column("per cent", justify="right"), "why"
    )
    for it in listed:
        name = escape(names[it.person_id].name)
        number = number_en if english else number_id
        for line in it.lines:
            why = line.because.en if english else line.because.id
            table.add_row(f"{it.person_id}", name, f"{line.day}", number(line.per_cent), escape(why))
        for day in it.pending:
            table.add_row(f"{it.person_id}", name, f"{day}", "", _pending(english))
        table.add_row(f"{it.person_id}", name, "", number(it.deducted), _total(it, english), end_section=True)
    app.out.print(table)


def _pending(english: bool) -> str:
    return "not final: nothing is deducted yet" if english else "belum final: belum dipotong"


def _total(it: MonthDeductions, english: bool) -> str:
    if it.deducted == it.total:
        return "together" if english else "jumlah"
    if english:
        return f"together {number_en(it.total)} %, at most {number_en(it.most)} %"
    return f"jumlah {number_id(it.total)} %, paling banyak {number_id(it.most)} %"


def _rows(it: MonthDeductions, known: Known) -> Iterator[tuple[object, ...]]:
    who = (it.person_id, known.nip or "", known.name)
    for line in it.lines:
        said = line.because
        yield (*who, line.day, line.kind.value, line.code, number_en(line.per_cent), said.id, said.en)
    for day in it.pending:
        yield (*who, day, "pending", "", "", _pending(english=False), _pending(english=True))
    yield (*who, "", "total", "", number_en(it.deducted), _total(it, False), _total(it, True))


def _as_dict(it: MonthDeductions, known: Known) -> dict[str, object]:
    return {
        "person": it.person_id,
        "nip": known.nip,
        "name": known.name,
        "deducted": float(it.deducted),
        "total": float(it.total),
        "most": float(it.most),
        "lines": [
            {
                "date": line.day,
                "kind": line.kind.value,
                "code": line.code,
                "per_cent": float(line.per_cent),
                "explanation": asdict(line.because),
            }
            for line in it.lines
        ],
        "pending": list(it.pending),
    }
