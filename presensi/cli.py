"""The `presensi` command: its groups, its help, and how an error becomes a sentence and an exit code."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

import click

from presensi.context import App, Group, common_options
from presensi.exits import ExitCode, explain
from presensi.version import version

_EPILOGUE = """\b
Exit codes: 0 done · 1 failed · 2 wrong command line · 3 settings ·
4 database · 5 terminal · 6 files to import."""


_COMMANDS = {
    "demo": "presensi.commands.demo:demo",
    "up": "presensi.commands.running:up",
    "collect": "presensi.commands.running:collect",
    "wall": "presensi.commands.wall:wall",
    "judge": "presensi.commands.running:judge",
    "gateway": "presensi.commands.running:gateway",
    "migrate": "presensi.commands.storage:migrate",
    "import": "presensi.commands.roster:import_group",
    "person": "presensi.commands.person:person",
    "excuse": "presensi.commands.excuse:excuse",
    "outage": "presensi.commands.outage:outage",
    "correct": "presensi.commands.correct:correct",
    "shift": "presensi.commands.shift:shift",
    "employment": "presensi.commands.employment:employment",
    "calendar": "presensi.commands.calendar:calendar",
    "terminal": "presensi.commands.terminals:terminal",
    "review": "presensi.commands.review:review",
    "recompute": "presensi.commands.recompute:recompute_command",
    "explain": "presensi.commands.explain:explain_command",
    "results": "presensi.commands.results:results",
    "simulate": "presensi.commands.simulate:simulate",
    "rules": "presensi.commands.rules:rules_group",
    "consequences": "presensi.commands.consequences:consequences",
    "deductions": "presensi.commands.deductions:deductions",
    "config": "presensi.commands.configuration:config_group",
    "doctor": "presensi.commands.health:doctor",
}
"""Imported when asked for: a collector that runs for months need not hold the wall's libraries."""


class Root(Group):
    """The command itself: turns every error into one sentence and an exit code."""

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.params += common_options()

    def list_commands(self, context: click.Context) -> list[str]:
        """In the order of use."""
        return list(_COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """The command, imported now."""
        if name not in _COMMANDS:
            return None
        module, _, attribute = _COMMANDS[name].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def invoke(self, context: click.Context) -> Any:
        """Run the command. A traceback is shown with --debug only."""
        app = context.ensure_object(App)  # before the command's own context is made, which then shares it
        try:
            return super().invoke(context)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except Exception as error:
            if app.debug:
                app.err.print_exception()
            code, sentence = explain(error) or (
                ExitCode.FAILED,
                f"Something unforeseen happened ({type(error).__name__}: {error}). "
                "Run the command again with --debug and report what it prints.",
            )
            click.echo(f"presensi: {sentence}", err=True)
            context.exit(code)


def _show_version(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not context.resilient_parsing:
        click.echo(f"presensi {version()}, Python {sys.version.split()[0]}")
        context.exit()


@click.group(cls=Root, epilog=_EPILOGUE, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="Show the version.",
)
def cli() -> None:
    """Tells a city, live and without ever accusing anyone wrongly, who is at work.

    Try `presensi demo` first: a simulated city and its wall, on this machine alone.
    """


def main() -> None:
    """The entry point."""
    cli(prog_name="presensi")
