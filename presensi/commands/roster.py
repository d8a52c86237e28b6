"""`presensi import`: bring files into the store, after showing what they would change."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click
from rich.table import Table

from config.settings import make_clock
from presensi.commands.stick import import_usb
from presensi.context import App, Group, json_option, pass_app
from presensi.exits import ExitCode
from presensi.preview import preview_table
from presensi.roster_import import perform_roster, prepare_roster
from realtime.rulebook import load_rulebook
from store.importing import (
    Action,
    FactKind,
    Plan,
    Prepared,
    Problem,
    RosterRejected,
    SheetKind,
)


@click.group("import", cls=Group)
def import_group() -> None:
    """Import files into the store."""


@import_group.command("roster")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--sheet",
    type=click.Choice([kind.value for kind in SheetKind]),
    help="What the files hold, when their names do not say it.",
)
@click.option("--yes", is_flag=True, help="Import without asking.")
@click.option("--dry-run", is_flag=True, help="Only show what would change.")
@json_option
@pass_app
@click.pass_context
def import_roster(
    context: click.Context,
    app: App,
    *,
    files: tuple[Path, ...],
    sheet: str | None,
    yes: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Import people, terminals, leave, calendars and shift rosters from CSV or XLSX FILES.

    A CSV's name, or a workbook's sheet name, says what it holds: units, terminals, people, employments,
    enrollments, excuses, calendar, patterns, shifts, rotations, rotation_periods, roster. Give files that
    refer to one another together. First comes a preview; everything is imported, or nothing. Who or what is
    not in a file is not removed: give a person a valid_to instead.

    \b
    presensi import roster units.csv people.csv enrollments.csv terminals.csv
    presensi import roster roster-2027-01.xlsx --dry-run
    """
    if as_json and not (yes or dry_run):
        raise click.UsageError("--json does not ask: add --yes or --dry-run.")
    now, kind = make_clock(app.settings.clock).now(), SheetKind(sheet) if sheet else None
    with app.store() as store:
        try:
            prepared = prepare_roster(
                store, files, app.settings.city.zone, now, kind=kind, hours=_known_hours(app)
            )
        except RosterRejected as error:
            _show_problems(app, error.problems, as_json)
            context.exit(ExitCode.FILES)
        if not as_json:
            _show_preview(app, prepared)
        wanted = bool(prepared.plan.changes) and not dry_run
        if wanted and not yes and not click.confirm("Import this?"):
            click.echo("Nothing was imported.")
            context.exit(ExitCode.FAILED)
        if wanted:
            perform_roster(store, prepared, now, app.err)
        if as_json:
            app.emit({"imported": wanted, "notes": list(prepared.notes), **_counts(prepared.plan)})
        elif wanted:
            click.echo("Imported.")


import_group.add_command(import_usb)


def _known_hours(app: App) -> set[str]:
    """The names of working hours in any pack of the rules in force."""
    return {name for pack in load_rulebook(app.settings.board.rules).packs for name in pack.hours}


def _show_preview(app: App, prepared: Prepared) -> None:
    for note in prepared.notes:
        app.out.print(f"Note: {note}.", markup=False)
    if prepared.plan.changes:
        app.out.print(preview_table(prepared.plan, app.settings.city.zone))
    elif any(prepared.plan.unchanged.values()):
        click.echo("The store already holds all of this: nothing to import.")
    else:
        click.echo("The files hold no rows that say anything: nothing to import.")


def _show_problems(app: App, problems: tuple[Problem, ...], as_json: bool) -> None:
    if as_json:
        app.emit({"imported": False, "problems": [asdict(problem) for problem in problems]})
        return
    table = Table("file", "row", "column", "value", "what is wrong", "what to do")
    for problem in problems:
        row = "" if problem.row is None else str(problem.row)
        cells = (problem.source, row, problem.column or "", problem.value, problem.reason, problem.remedy)
        table.add_row(*(cell.replace("[", "\\[") for cell in cells))
    app.err.print(table)
    click.echo(
        f"presensi: {len(problems)} problem(s), nothing was imported: correct them and run it again.",
        err=True,
    )


def _counts(plan: Plan) -> dict[str, dict[str, dict[str, int]]]:
    return {
        "changes": {
            kind.value: {action.value: plan.count(kind, action) for action in Action}
            | {"unchanged": plan.unchanged[kind]}
            for kind in FactKind
        }
    }
