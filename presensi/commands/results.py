"""`presensi results`: the stored results, for auditors."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import click
from rich.progress import Progress

from config.settings import make_clock
from presensi.context import App, Group, operator, pass_app
from presensi.day_options import day_options, days_from
from presensi.exits import Failure
from presensi.results_file import SUFFIX, ResultsFile
from presensi.version import version
from realtime.day_source import DaySource
from realtime.rulebook import load_rulebook


@click.group("results", cls=Group)
def results() -> None:
    """Each person's result of each day, as it is stored."""


@results.command("export")
@day_options
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@pass_app
def export(app: App, *, first: datetime, last: datetime | None, file: Path) -> None:
    """Write the results of --from through --to to FILE, a CSV file, each row with its explanation.

    FILE.sha256 beside it proves that nothing was changed since: `sha256sum -c FILE.sha256`. The same results
    give the same bytes. FILE holds names and NIPs: only its owner may read it.
    """
    settings = app.settings
    now = make_clock(settings.clock).now()
    zone = settings.city.zone
    begins, ends = days_from(first, last, now.astimezone(zone).date())
    if file.exists():
        raise Failure(f"{file} is there already: give another name, or remove it.")
    book = load_rulebook(settings.board.rules)
    with app.store() as store, Progress(console=app.err, transient=True) as bar:
        task = bar.add_task("Writing", total=(ends - begins).days + 1)

        def done(day: date) -> None:
            bar.update(task, advance=1, description=f"Wrote {day}")

        what = ResultsFile(store, DaySource(store, book, zone), begins, ends, progress=done)
        written = what.write(file, f"Presensi {version()}; {settings.city.name}; {begins} to {ends}")
        detail = f"{written.rows} rows, sha256 {written.sha256}"
        store.audit.append(operator(), "results.exported", f"days:{begins}..{ends}", detail, at=now)
    click.echo(f"{written.rows} results written to {file}.")
    click.echo(f"SHA-256 {written.sha256}, also in {file}{SUFFIX}.")
