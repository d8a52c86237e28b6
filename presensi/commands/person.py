"""`presensi person`: whom a number means."""

from __future__ import annotations

import click
from rich.markup import escape
from rich.table import Column, Table

from attendance.roster import RosterIndex
from config.settings import make_clock
from presensi.context import App, Group, json_option, operator, pass_app
from presensi.exits import Failure
from store.people import MOST_FOUND


@click.group("person", cls=Group)
def person() -> None:
    """Find the number by which other commands name a person."""


@person.command("find")
@click.argument("name")
@json_option
@pass_app
def find(app: App, *, name: str, as_json: bool) -> None:
    """List people whose name holds NAME, with their numbers and where they serve today. It is logged."""
    if len(name.strip()) < 2:
        raise click.UsageError("Give at least two letters of the name.")
    now = make_clock(app.settings.clock).now()
    today = now.astimezone(app.settings.city.zone).date()
    with app.store() as store:
        found = store.people.named(name)
        index = RosterIndex(store.roster.load(today))
        store.audit.append(operator(), "names.viewed", "person", f"{len(found)} found by name", at=now)
    if not found:
        raise Failure("Nobody's name holds that: try a shorter part of it.")
    rows = []
    for one in found:
        unit_id = index.unit_of(one.id)
        unit = None if unit_id is None else index.units[unit_id]
        rows.append((one.id, one.full_name, None if unit is None else unit.code, unit.name if unit else ""))
    if as_json:
        app.emit([{"person": row[0], "name": row[1], "unit": row[2]} for row in rows])
        return
    table = Table(Column("person", justify="right"), "name", "unit today")
    for number, full_name, _, unit_name in rows:
        table.add_row(f"{number}", escape(full_name), escape(unit_name) or "–")
    app.out.print(table)
    if len(found) == MOST_FOUND:
        click.echo(f"Only the first {MOST_FOUND}: give more of the name.")
