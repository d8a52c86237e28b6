"""`presensi terminal users`, `restart`, `voice`, `message`, `set-time`: asked of one terminal, seldom."""

from __future__ import annotations

import click
from rich.markup import escape
from rich.table import Column, Table

from collector.errands import ListUsers, Restart, SetTime, ShowMessage, TestVoice
from devices.driver import UserRecord
from presensi.administering import Access, access_options, administration, say
from presensi.context import App, Command, json_option, pass_app
from presensi.exits import ExitCode

DISABLED = 1
PRIVILEGES = {0: "user", 2: "enroller", 6: "manager", 14: "administrator"}
SCREEN_LINES = 8

terminal_argument = click.argument("terminal", metavar="SERIAL|ADDRESS")
dry_run_option = click.option("--dry-run", is_flag=True, help="Only say what would be done.")


@click.command("users", cls=Command)
@terminal_argument
@access_options
@json_option
@pass_app
def users(app: App, *, terminal: str, access: Access, as_json: bool) -> None:
    """List who is registered on a terminal, without passwords or cards.

    Changes nothing there. A collector at work lists them in its own session; else this command opens one.
    """
    with administration(app, access) as desk:
        found = desk.do(ListUsers(), desk.choose(terminal)).users
    if as_json:
        app.emit(
            [
                {
                    "user_index": user.user_index,
                    "pin": user.pin,
                    "name": user.name,
                    "privilege": _privilege(user),
                    "disabled": bool(user.privilege & DISABLED),
                }
                for user in found
            ]
        )
        return
    table = Table(
        Column("user index", justify="right"), "PIN", "name", "privilege", title=f"{len(found)} users"
    )
    for user in found:
        disabled = ", disabled" if user.privilege & DISABLED else ""
        table.add_row(
            f"{user.user_index}", escape(user.pin), escape(user.name), f"{_privilege(user)}{disabled}"
        )
    app.out.print(table)


@click.command("restart", cls=Command)
@terminal_argument
@access_options
@click.option("--yes", is_flag=True, help="Restart without asking.")
@dry_run_option
@pass_app
@click.pass_context
def restart(
    context: click.Context,
    app: App,
    *,
    terminal: str,
    access: Access,
    yes: bool,
    dry_run: bool,
) -> None:
    """Restart a terminal. Its log stays as it is.

    Nobody can punch there for about a minute. A collector at work connects anew afterwards.
    """
    with administration(app, access) as desk:
        chosen = desk.choose(terminal)
        question = f"Restart {chosen.shown}? Nobody can punch there for about a minute."
        agreed(context, question, yes or dry_run)
        report = desk.do(Restart(), chosen, dry_run=dry_run)
    if dry_run:
        say(report, dry_run=True)
    else:
        click.echo(f"{chosen.shown} restarts, it will be back in about a minute.")


@click.command("voice", cls=Command)
@terminal_argument
@access_options
@dry_run_option
@pass_app
def voice(app: App, *, terminal: str, access: Access, dry_run: bool) -> None:
    """Let a terminal say "thank you", to find it in a building.

    Changes nothing there.
    """
    with administration(app, access) as desk:
        chosen = desk.choose(terminal)
        report = desk.do(TestVoice(), chosen, dry_run=dry_run)
    if dry_run:
        say(report, dry_run=True)
    else:
        click.echo(f"{chosen.shown} spoke.")


@click.command("message", cls=Command)
@terminal_argument
@click.argument("text", default="")
@click.option(
    "--line",
    type=click.IntRange(0, SCREEN_LINES - 1),
    default=0,
    show_default=True,
    help="Which line of the screen, from 0.",
)
@access_options
@dry_run_option
@pass_app
def message(
    app: App,
    *,
    terminal: str,
    text: str,
    line: int,
    access: Access,
    dry_run: bool,
) -> None:
    """Write TEXT on a line of a terminal's screen, at most 24 plain letters; without TEXT clear the screen.

    The terminal shows it until somebody uses it. Nobody can read a screen back from here.
    """
    with administration(app, access) as desk:
        report = desk.do(ShowMessage(line, text), desk.choose(terminal), dry_run=dry_run)
    say(report, dry_run=dry_run)


@click.command("set-time", cls=Command)
@terminal_argument
@click.option(
    "--over-recorded",
    is_flag=True,
    help="Also set the clock back over punches that are recorded already. A second punch of the same person "
    "at the same second would then be lost.",
)
@access_options
@dry_run_option
@pass_app
def set_time(
    app: App,
    *,
    terminal: str,
    over_recorded: bool,
    access: Access,
    dry_run: bool,
) -> None:
    """Set a terminal's clock to city time, and read it back.

    It is not set back over punches that are recorded already. A collector at work does it by itself in the
    quiet hours (`[collector] set_clocks`).
    """
    with administration(app, access) as desk:
        report = desk.do(SetTime(over_recorded), desk.choose(terminal), dry_run=dry_run)
    say(report, dry_run=dry_run)


def agreed(context: click.Context, question: str, yes: bool) -> None:
    """Go on only if somebody agrees; else the command ends."""
    if not yes and not click.confirm(question):
        click.echo("Nothing was done.")
        context.exit(ExitCode.FAILED)


def _privilege(user: UserRecord) -> str:
    code = user.privilege & ~DISABLED
    return PRIVILEGES.get(code, f"code {code}")
