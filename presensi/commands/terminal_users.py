"""`presensi terminal user-add`, `user-update`, `user-delete` and `copy-user`: who a terminal knows."""

from __future__ import annotations

from collections.abc import Sequence

import click

from attendance.ids import SerialNumber
from collector.errands import AddUser, CopyUser, DeleteUser, UpdateUser
from devices.errors import DeviceError
from presensi.administering import Access, Administration, access_options, administration, say
from presensi.commands.terminal_admin import PRIVILEGES, agreed, dry_run_option, terminal_argument
from presensi.context import App, Command, pass_app
from presensi.exits import ExitCode, Failure

CODES = {word: code for code, word in PRIVILEGES.items()}
MOST_CARD = 0xFFFF_FFFF

privilege_option = click.option("--privilege", type=click.Choice(list(CODES)), help="What the person may do.")
card_option = click.option("--card", type=click.IntRange(0, MOST_CARD), help="Number of the card; 0: none.")


@click.command("user-add", cls=Command)
@terminal_argument
@click.argument("pin")
@click.argument("name")
@privilege_option
@card_option
@access_options
@dry_run_option
@pass_app
def user_add(
    app: App,
    *,
    terminal: str,
    pin: str,
    name: str,
    privilege: str | None,
    card: int | None,
    access: Access,
    dry_run: bool,
) -> None:
    """Register NAME with PIN on a terminal. The finger is enrolled there, or copied by `copy-user`.

    A PIN that somebody else has there is refused. The terminal is asked afterwards if it knows the person.
    """
    task = AddUser(pin, name, CODES[privilege or "user"], card or 0)
    with administration(app, access) as desk:
        report = desk.do(task, desk.choose(terminal), dry_run=dry_run)
    say(report, dry_run=dry_run)


@click.command("user-update", cls=Command)
@terminal_argument
@click.argument("pin")
@click.option("--name", help="The new name.")
@privilege_option
@card_option
@access_options
@dry_run_option
@pass_app
def user_update(
    app: App,
    *,
    terminal: str,
    pin: str,
    name: str | None,
    privilege: str | None,
    card: int | None,
    access: Access,
    dry_run: bool,
) -> None:
    """Change whoever has PIN on a terminal. Fingers and password stay."""
    if name is None and privilege is None and card is None:
        raise click.UsageError("Say what to change: --name, --privilege or --card.")
    task = UpdateUser(pin, name, None if privilege is None else CODES[privilege], card)
    with administration(app, access) as desk:
        report = desk.do(task, desk.choose(terminal), dry_run=dry_run)
    say(report, dry_run=dry_run)


@click.command("user-delete", cls=Command)
@terminal_argument
@click.argument("pin")
@click.option("--yes", is_flag=True, help="Delete without asking.")
@access_options
@dry_run_option
@pass_app
@click.pass_context
def user_delete(
    context: click.Context,
    app: App,
    *,
    terminal: str,
    pin: str,
    yes: bool,
    access: Access,
    dry_run: bool,
) -> None:
    """Delete whoever has PIN on a terminal, with all fingers. Punches already made stay."""
    with administration(app, access) as desk:
        chosen = desk.choose(terminal)
        question = f"Delete PIN {pin} and all fingers from {chosen.shown}?"
        agreed(context, question, yes or dry_run)
        report = desk.do(DeleteUser(pin), chosen, dry_run=dry_run)
    say(report, dry_run=dry_run)


@click.command("copy-user", cls=Command)
@click.argument("pins", metavar="PIN...", nargs=-1, required=True)
@click.option("--from", "source", required=True, metavar="SERIAL|ADDRESS", help="Where the people are known.")
@click.option("--to", "target", required=True, metavar="SERIAL|ADDRESS", help="Where they are to be known.")
@click.option(
    "--over",
    is_flag=True,
    help="Replace whoever has the PIN there, even under another name, and delete fingers not copied.",
)
@access_options
@dry_run_option
@pass_app
def copy_user(
    app: App,
    *,
    pins: Sequence[str],
    source: str,
    target: str,
    over: bool,
    access: Access,
    dry_run: bool,
) -> None:
    """Copy people with their fingers from one terminal to another, as after a transfer.

    Fingerprints pass through memory only: they are never stored and never written to a log. Faces, palms and
    photos are not copied. Both terminals are asked afterwards; a copy that differs is an error. One person
    that cannot be copied does not keep the next from it.
    """
    with administration(app, access) as desk:
        failed = [pin for pin in pins if not _copied(desk, pin, source, target, over=over, dry_run=dry_run)]
    if failed:
        raise Failure(f"Not copied: {', '.join(failed)}.", ExitCode.TERMINAL)


def _copied(desk: Administration, pin: str, source: str, target: str, *, over: bool, dry_run: bool) -> bool:
    here, there = desk.choose(source), desk.choose(target)
    if here.target.address == there.target.address and here.target.port == there.target.port:
        raise click.UsageError("--from and --to are the same terminal.")
    task = CopyUser(pin, SerialNumber(here.serial or here.shown), over)
    try:
        report = desk.do(task, there, here, dry_run=dry_run)
    except DeviceError as error:
        click.echo(f"PIN {pin}: {error} {error.action or ''}".rstrip(), err=True)
        return False
    except Failure as error:
        if error.code is not ExitCode.TERMINAL:
            raise
        click.echo(f"PIN {pin}: {error}", err=True)
        return False
    say(report, dry_run=dry_run)
    return True
