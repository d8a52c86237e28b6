"""`presensi review`: punches whose time somebody should look at, as their terminal's clock was not right."""

from __future__ import annotations

from dataclasses import asdict

import click
from rich.markup import escape
from rich.table import Column, Table

from attendance.ids import SerialNumber, TerminalId
from config.settings import make_clock
from presensi.context import App, Group, json_option, operator, pass_app
from presensi.exits import Failure
from store import Store

AT_ONCE = 1000
"""Marks that one transaction settles."""

terminal_option = click.option("--terminal", "serial", metavar="SERIAL", help="Only those of this terminal.")


@click.group("review", cls=Group)
def review() -> None:
    """See and settle punches whose time is doubted. The punches themselves are never changed."""


@review.command("list")
@terminal_option
@click.option("--limit", type=click.IntRange(1), default=200, show_default=True, help="At most so many.")
@json_option
@pass_app
def list_reviews(app: App, *, serial: str | None, limit: int, as_json: bool) -> None:
    """List the marks that nobody has settled, oldest first."""
    with app.store() as store:
        serials = {terminal.id: terminal.serial for terminal in store.terminals.list(active_only=False)}
        found = store.reviews.open(_terminal(store, serial), limit)
        total = store.reviews.count_open()
    if as_json:
        app.emit(
            [
                {
                    "id": one.id,
                    "serial": serials[one.review.terminal_id],
                    **{key: value for key, value in asdict(one.review).items() if key != "terminal_id"},
                    "at": one.at,
                }
                for one in found
            ]
        )
        return
    if not found:
        click.echo("Nothing is waiting for review.")
        return
    zone = app.settings.city.zone
    table = Table(
        Column("number", justify="right"),
        Column("terminal", no_wrap=True),
        "PIN",
        "recorded as",
        "counts as",
        "why",
        title=f"{len(found)} of {total}",
    )
    for one in found:
        counts = one.at.astimezone(zone) if one.at else None
        table.add_row(
            f"{one.id}",
            serials[one.review.terminal_id],
            escape(one.review.pin),
            f"{one.review.device_time:%Y-%m-%d %H:%M:%S}",
            f"{counts:%Y-%m-%d %H:%M:%S}" if counts else "–",
            f"{one.review.reason.value}: {escape(one.review.detail)}",
        )
    app.out.print(table)


@review.command("settle")
@click.argument("numbers", nargs=-1, type=int, metavar="[NUMBER]...")
@click.option("--terminal", "serial", metavar="SERIAL", help="Settle all of this terminal.")
@click.option("--remark", default="", help="What was found, for the audit log. No names.")
@pass_app
def settle(app: App, *, numbers: tuple[int, ...], serial: str | None, remark: str) -> None:
    """Settle marks by their NUMBERs, or all of one terminal: somebody has looked, and the punch may stay so.

    A punch that is wrong is not changed here; what it means for a person is a correction of its own.
    """
    if bool(numbers) == bool(serial):
        raise click.UsageError("Give numbers, or --terminal.")
    now = make_clock(app.settings.clock).now()
    settled = 0
    with app.store() as store:
        terminal_id = _terminal(store, serial)
        wanted = list(numbers)
        while wanted or serial:
            if serial:
                wanted = [one.id for one in store.reviews.open(terminal_id, AT_ONCE)]
                if not wanted:
                    break
            part, wanted = wanted[:AT_ONCE], wanted[AT_ONCE:]
            settled += store.reviews.settle(part, actor=operator(), at=now, remark=remark)
    if not settled:
        raise Failure("Nothing was settled: nobody waits for a review of these.")
    click.echo(f"{settled} settled.")


def _terminal(store: Store, serial: str | None) -> TerminalId | None:
    if serial is None:
        return None
    found = store.terminals.by_serial(SerialNumber(serial))
    if found is None:
        raise Failure(f"No terminal {serial} is registered: see `presensi terminal list`.")
    return found.id
