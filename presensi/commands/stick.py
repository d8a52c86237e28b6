"""`presensi import usb`: punches that a USB stick brought from a terminal without a line."""

from __future__ import annotations

from pathlib import Path

import click
from rich.markup import escape
from rich.progress import Progress
from rich.table import Table

from attendance.ids import SerialNumber
from attendance.terminal import Terminal
from collector.stick import FilePreview, Imported, Preview, commit, preview
from collector.stick_doubts import Doubt, DoubtKind
from config.settings import make_clock
from devices.usb import AmbiguousDates, DateOrder
from devices.usb.files import LARGEST
from presensi.context import App, Command, json_option, operator, pass_app
from presensi.exits import ExitCode, Failure
from store import Store

SHOWN_PINS = 10


@click.command("usb", cls=Command)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--terminal", "serial", required=True, help="Serial number of the terminal they come from.")
@click.option(
    "--date-order",
    type=click.Choice([order.value for order in DateOrder]),
    help="Which comes first where a file's dates can be read both ways: the day or the month.",
)
@click.option("--anyway", is_flag=True, help="Import even if a file seems to be another terminal's.")
@click.option("--yes", is_flag=True, help="Import without asking.")
@click.option("--dry-run", is_flag=True, help="Only show what would be imported.")
@json_option
@pass_app
@click.pass_context
def import_usb(
    context: click.Context,
    app: App,
    *,
    files: tuple[Path, ...],
    serial: str,
    date_order: str | None,
    anyway: bool,
    yes: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Import punches from a terminal's USB stick: ..._attlog.dat, GLG_....TXT, AGL_....TXT.

    First comes a preview. Importing the same file twice adds nothing, nor does a punch that was already read
    over the network. Lines that cannot be read are kept aside; the others are imported. A user.dat is only
    compared with the roster.

    \b
    presensi import usb /media/stick/1_attlog.dat --terminal CGKK223862906
    """
    if as_json and not (yes or dry_run):
        raise click.UsageError("--json does not ask: add --yes or --dry-run.")
    contents = [(_printable(path.name), _content(path)) for path in files]
    with app.store() as store:
        terminal = _terminal(store, serial)
        now = make_clock(app.settings.clock).now()

        def look(order: DateOrder | None) -> Preview:
            zone = app.settings.city.zone
            with _bar(app) as bar:
                bar.add_task("Looking at the files", total=None)
                return preview(store, terminal, contents, zone=zone, now=now, date_order=order)

        try:
            looked = look(DateOrder(date_order) if date_order else None)
        except AmbiguousDates as error:
            if yes or dry_run:
                raise Failure(f"{error}. Add --date-order dmy or mdy.", ExitCode.FILES) from error
            looked = look(_asked(error))
        if not as_json:
            _show(app, looked)
        if looked.refused and not anyway and not dry_run:
            raise Failure(
                f"{_words(looked.refused[0])} Nothing was imported: "
                "name the right terminal, or add --anyway.",
                ExitCode.FILES,
            )
        wanted = looked.worth and not dry_run
        if wanted and not yes and not click.confirm(f"Import this for {terminal.serial} {terminal.name}?"):
            click.echo("Nothing was imported.")
            context.exit(ExitCode.FAILED)
        done = _commit(app, store, looked) if wanted else None
        if as_json:
            app.emit(_as_json(looked, done))
        elif done is not None:
            click.echo(
                f"Imported: {done.inserted} new, {done.already} already there, {done.quarantined} kept aside."
            )


def _commit(app: App, store: Store, looked: Preview) -> Imported:
    with _bar(app) as bar:
        task = bar.add_task("Importing", total=None)
        return commit(
            store,
            looked,
            actor=operator(),
            at=make_clock(app.settings.clock).now(),
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )


def _bar(app: App) -> Progress:
    """A bar where somebody watches."""
    return Progress(console=app.err, transient=True, disable=not app.err.is_terminal)


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(LARGEST + 1)
    except OSError as error:
        raise Failure(
            f"{_printable(str(path))} cannot be read ({error.strerror}): is the stick still in?",
            ExitCode.FILES,
        ) from error


def _printable(name: str) -> str:
    """A name that a stick brought, without what would steer the screen or cannot be written down."""
    return "".join(character if character.isprintable() else "?" for character in name)


def _terminal(store: Store, serial: str) -> Terminal:
    terminal = store.terminals.by_serial(SerialNumber(serial))
    if terminal is None:
        raise Failure(
            f"No terminal with the serial number {serial} is registered: see `presensi terminal list`.",
            ExitCode.FILES,
        )
    return terminal


def _asked(error: AmbiguousDates) -> DateOrder:
    click.echo(f"{error} In {error.rows} line(s) day and month could be exchanged.")
    answer = click.prompt(
        f'Which comes first in "{error.example}"? d: the day, m: the month', type=click.Choice(["d", "m"])
    )
    return DateOrder.DMY if answer == "d" else DateOrder.MDY


def _show(app: App, looked: Preview) -> None:
    table = Table("file", "new", "already held", "repeated", "unreadable", "from", "to")
    for file in looked.files:
        cells = (file.new, file.held, file.repeated, file.unreadable, file.first or "–", file.last or "–")
        table.add_row(escape(file.name), *map(str, cells))
    app.out.print(table)
    for file in looked.files:
        for line in _remarks(file):
            app.out.print(f"{file.name}: {line}", markup=False, soft_wrap=True)
    if not looked.worth:
        punches = any(file.first for file in looked.files)
        reason = "The store already holds all of this" if punches else "There is no punch in this"
        click.echo(f"{reason}: nothing to import.")


def _remarks(file: FilePreview) -> list[str]:
    told = [_words(doubt) for doubt in file.doubts]
    if file.date_order is not None:
        told.append(f"Its dates are read as {file.date_order.value}.")
    if file.users:
        told.append(f"{file.users} users, to compare only: nothing of them is stored.")
    if file.unreadable_users:
        told.append(f"{file.unreadable_users} user records cannot be read.")
    if file.strangers:
        more = len(file.strangers) - SHOWN_PINS
        pins = ", ".join(file.strangers[:SHOWN_PINS]) + (f" and {more} more" if more > 0 else "")
        told.append(f"Nobody is enrolled with PIN {pins}.")
    return told + [f"Unreadable, {example}" for example in file.examples]


def _words(doubt: Doubt) -> str:
    match doubt.kind:
        case DoubtKind.OTHER_SERIAL:
            return f"This seems to be a file of terminal {doubt.said}."
        case DoubtKind.HELD_ELSEWHERE:
            return f"Of a sample of its punches, the store has {doubt.of} as terminal {doubt.said}'s."
        case DoubtKind.NOTHING_IN_COMMON:
            return (
                f"It has none of the {doubt.of} punches that the store has of this terminal "
                "from the same days: is it this terminal's, and is the date order right?"
            )
        case DoubtKind.OTHER_DEVICE_ID:
            return f"Device ids differ between its name, its lines and earlier files: {doubt.said}."
        case DoubtKind.IMPOSSIBLE_TIMES:
            return (
                f"{doubt.said} of {doubt.of} punches lie in the future or before such terminals were made: "
                "they will be marked for review. Was the terminal's clock right?"
            )


def _as_json(looked: Preview, done: Imported | None) -> dict[str, object]:
    return {
        "imported": done is not None,
        "terminal": looked.terminal.serial,
        "inserted": done.inserted if done else 0,
        "files": [
            {
                "name": file.name,
                "kind": file.kind.value,
                "new": file.new,
                "held": file.held,
                "repeated": file.repeated,
                "unreadable": file.unreadable,
                "first": file.first,
                "last": file.last,
                "date_order": file.date_order,
                "users": file.users,
                "strangers": list(file.strangers),
                "remarks": _remarks(file),
            }
            for file in looked.files
        ],
    }
