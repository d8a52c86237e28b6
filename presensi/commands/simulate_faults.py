"""`presensi simulate fault`, `heal` and `faults`: let a simulated terminal go wrong, by name, and end it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click
from rich.table import Table

from config.duration import parse_duration
from presensi.context import App, Command, json_option, pass_app
from presensi.simulator_folder import aimed, tell
from simulators.control import ControlClient
from simulators.site import TerminalStatus

_every_terminal = click.option("--all", "everywhere", is_flag=True, help="Every terminal that runs there.")


def _seconds(_context: click.Context, _parameter: click.Parameter, text: str | None) -> float | None:
    try:
        return None if text is None else parse_duration(text).total_seconds()
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


@click.command("fault", cls=Command)
@click.argument("name")
@click.option(
    "--for",
    "hold",
    callback=_seconds,
    help='How long it lasts, as "30s"; else until healed or spent.',
)
@click.option("--after", type=click.IntRange(0), help="So many frames pass unharmed first.")
@click.option("--every", type=click.IntRange(1), help="Then every so many-th is struck.")
@click.option("--times", type=click.IntRange(1), help="After so many strikes it is over.")
@_every_terminal
@aimed
def fault(
    name: str,
    serial: str | None,
    *,
    hold: float | None,
    after: int | None,
    every: int | None,
    times: int | None,
    everywhere: bool,
    folder: Path,
) -> None:
    """Let fault NAME strike a terminal.

    `presensi simulate faults` lists them. The same faults in the same order strike the same way.
    """
    client = ControlClient.of(folder)

    def strike(at: str | None) -> TerminalStatus:
        return client.strike(name, at, hold=hold, after=after, every=every, times=times)

    _each(client, serial, everywhere, strike)


@click.command("heal", cls=Command)
@click.option("--fault", "name", help="Only the fault of this name.")
@_every_terminal
@aimed
def heal(serial: str | None, *, name: str | None, everywhere: bool, folder: Path) -> None:
    """End what is wrong with a terminal; what it changed is put back."""
    client = ControlClient.of(folder)
    _each(client, serial, everywhere, lambda at: client.heal(at, name))


@click.command("faults", cls=Command)
@json_option
@pass_app
def faults(app: App, *, as_json: bool) -> None:
    """List every fault there is, and on which lines it can happen."""
    from simulators.faults import FAULTS

    if as_json:
        app.emit(
            [
                {"name": it.name, "id": it.indonesian, "en": it.english, "lines": sorted(it.transports)}
                for it in FAULTS.values()
            ]
        )
        return
    table = Table("fault", "what happens", "lines")
    for it in FAULTS.values():
        table.add_row(it.name, f"{it.indonesian}\n[dim]{it.english}[/dim]", ", ".join(sorted(it.transports)))
    app.out.print(table)


def _each(
    client: ControlClient, serial: str | None, everywhere: bool, act: Callable[[str | None], TerminalStatus]
) -> None:
    if everywhere and serial is not None:
        raise click.UsageError("give --terminal or --all, not both.")
    for at in [it.serial for it in client.status()] if everywhere else [serial]:
        tell(act(at))
