"""`presensi doctor`: is everything here fit to run?"""

from __future__ import annotations

from dataclasses import asdict

import click
from rich.table import Table

from presensi.context import App, Command, json_option, pass_app
from presensi.doctor import Level, examine
from presensi.exits import ExitCode

_MARKS = {Level.OK: "[green]✓ ok[/]", Level.WARN: "[yellow]! warn[/]", Level.FAIL: "[red]✗ fail[/]"}


@click.command(cls=Command)
@json_option
@pass_app
@click.pass_context
def doctor(context: click.Context, app: App, as_json: bool) -> None:
    """Check this machine, the settings, the database and the terminals; say what to do about each fault.

    Ends with code 1 when anything fails; warnings do not count.
    """
    answers = list(examine(app.settings_file))
    if as_json:
        app.emit([asdict(answer) for answer in answers])
    else:
        table = Table("", "what", "found", "what to do")
        for answer in answers:
            finding = answer.finding.replace("[", "\\[")
            table.add_row(_MARKS[answer.level], answer.name, finding, answer.remedy.replace("[", "\\["))
        app.out.print(table)
    if any(answer.level is Level.FAIL for answer in answers):
        context.exit(ExitCode.FAILED)
