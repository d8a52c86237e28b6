"""`presensi consequences`: whose absence without excuse reaches a threshold for an examination."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import click
from rich.markup import escape
from rich.table import Column, Table

from attendance.consequence_words import told
from attendance.consequences import RUN_MARGIN, YearOutcome, year_outcomes
from attendance.explanation import Explanation
from config.settings import make_clock
from presensi.context import App, Command, json_option, language_option, operator, pass_app
from presensi.day_options import DAY
from presensi.exits import Failure
from presensi.past_results import Known, PastResults, names_of, told_unjudged
from presensi.private_csv import write_csv
from presensi.words import people
from realtime.rulebook import load_rulebook

COLUMNS = (
    "person",
    "nip",
    "name",
    "days",
    "absent_days",
    "minutes_late",
    "minutes_early",
    "minute_days",
    "longest_run",
    "step",
    "threshold",
    "pending_days",
    "explanation_id",
    "explanation_en",
)


@dataclass(frozen=True, slots=True)
class Line:
    """One person of the list."""

    outcome: YearOutcome
    known: Known
    said: Explanation


@click.command("consequences", cls=Command)
@click.option("--year", type=click.IntRange(1946, 9998), required=True, help="The calendar year.")
@click.option("--as-of", "as_of", type=DAY, help="Count up to this day; else up to yesterday.")
@click.option("--reached", is_flag=True, help="Only those who reach a threshold.")
@language_option
@click.option("--csv", "file", type=click.Path(path_type=Path), help="Write a CSV file instead.")
@json_option
@pass_app
def consequences(
    app: App,
    *,
    year: int,
    as_of: datetime | None,
    reached: bool,
    language: str,
    file: Path | None,
    as_json: bool,
) -> None:
    """List whose workdays without excuse add up to a step of the regulation's ladder in a year.

    A step is a threshold for an examination; nothing is imposed, and nothing is stored. Only final results
    count. The list is an export of names: it goes into the audit log.
    """
    if file is not None and as_json:
        raise click.UsageError("Give --json or --csv, not both.")
    now = make_clock(app.settings.clock).now()
    today = now.astimezone(app.settings.city.zone).date()
    through = _through(year, as_of, today)
    book = load_rulebook(app.settings.board.rules)
    begins = date(year, 1, 1)
    with app.store() as store:
        results = PastResults(store, begins - RUN_MARGIN, through, app.err)
        outcomes = year_outcomes(results, book, year, through)
        unjudged = results.unjudged(begins)
        warning = told_unjudged(unjudged, begins, through)
        names = names_of(store)
        wanted = [it for it in outcomes.values() if it.step or (it.days and not reached)]
        wanted.sort(key=lambda it: (-(it.step.first if it.step else 0), -it.days, it.person_id))
        lines = [Line(it, names[it.person_id], told(it, book.on(through))) for it in wanted]
        deed = "consequences.viewed" if file is None else "consequences.exported"
        store.audit.append(
            operator(), deed, f"year:{year}", f"through {through}, {people(len(lines))}", at=now
        )
    if warning:
        click.echo(warning, err=True)
    if file is not None:
        write_csv(file, COLUMNS, [_row(line) for line in lines])
        click.echo(f"{file}: {people(len(lines))}.", err=True)
    elif as_json:
        ladder = book.on(through).ladder.name
        app.emit(
            {
                "year": year,
                "as_of": through,
                "ladder": ladder,
                "unjudged_days": list(unjudged),
                "people": [_as_dict(line) for line in lines],
            }
        )
    else:
        _show(app, lines, language)


def _through(year: int, as_of: datetime | None, today: date) -> date:
    last = date(year, 12, 31)
    through = min(today - timedelta(days=1), last) if as_of is None else as_of.date()
    if as_of is not None and through.year != year:
        raise click.UsageError(f"--as-of {through} is not of the year {year}.")
    if through > today:
        raise click.UsageError(f"--as-of {through} lies in the future: today is {today}.")
    if through.year != year:
        raise Failure(f"The year {year} has no day yet that is over: today is {today}.")
    return through


def _show(app: App, lines: Sequence[Line], language: str) -> None:
    if not lines:
        click.echo("Nobody.")
        return
    table = Table(
        Column("person", justify="right"), "name", Column("days", justify="right"), "threshold", "why"
    )
    for line in lines:
        step = line.outcome.step
        threshold = "–" if step is None else step.sanction_en if language == "en" else step.sanction
        why = line.said.en if language == "en" else line.said.id
        table.add_row(
            f"{line.outcome.person_id}",
            escape(line.known.name),
            f"{line.outcome.days}",
            escape(threshold),
            escape(why),
        )
    app.out.print(table)


def _row(line: Line) -> tuple[object, ...]:
    it = line.outcome
    return (
        it.person_id,
        line.known.nip or "",
        line.known.name,
        it.days,
        " ".join(map(str, it.absent)),
        it.minutes_late,
        it.minutes_early,
        it.minute_days,
        it.run.days if it.run else 0,
        it.step.code if it.step else "",
        it.step.sanction if it.step else "",
        " ".join(map(str, it.pending)),
        line.said.id,
        line.said.en,
    )


def _as_dict(line: Line) -> dict[str, object]:
    it = line.outcome
    return {
        "person": it.person_id,
        "nip": line.known.nip,
        "name": line.known.name,
        "days": it.days,
        "absent": list(it.absent),
        "minutes_late": it.minutes_late,
        "minutes_early": it.minutes_early,
        "minutes_counted": it.minutes_counted,
        "minute_days": it.minute_days,
        "run": asdict(it.run) if it.run else None,
        "step": asdict(it.step) if it.step else None,
        "by_run": it.by_run,
        "next_step": asdict(it.next_step) if it.next_step else None,
        "pending": list(it.pending),
        "explanation": asdict(line.said),
    }
