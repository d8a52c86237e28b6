"""`presensi calendar`: which days are set apart, by which decree, and which of them a library computed."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date

import click
from rich.markup import escape
from rich.table import Table

from attendance.assembly import Assembler
from attendance.calendar import CalendarEntry
from presensi.context import App, Group, json_option, pass_app
from presensi.entering import Asked, Desk, entering_options
from presensi.exits import Failure
from realtime.city_calendar import whole_years, with_computed
from realtime.what_if import Effect
from store import Store


@click.group("calendar", cls=Group)
def calendar() -> None:
    """The city's holidays, joint leave, working days and fasting months. Decrees are imported."""


@calendar.command("list")
@click.option("--year", type=click.IntRange(1945, 2100), help="The year; left out: this one.")
@json_option
@pass_app
def list_entries(app: App, *, year: int | None, as_json: bool) -> None:
    """List a year's days: those entered, with their numbers, and those computed where no decree was."""
    with app.store() as store:
        wanted = year or Desk(app, store).today.year
        first, last = date(wanted, 1, 1), date(wanted, 12, 31)
        found = sorted(_whole(store, first, last), key=lambda entry: (entry.first_day, entry.id))
        units = {unit.id: unit for unit in store.roster.load(first).units}
    found = [entry for entry in found if entry.last_day >= first and entry.first_day <= last]
    if as_json:
        app.emit([asdict(entry) for entry in found])
        return
    table = Table("no.", "from", "to", "kind", "name", "for", "after")
    for entry in found:
        table.add_row(
            str(entry.id or "–"),
            f"{entry.first_day}",
            f"{entry.last_day}",
            entry.kind.value,
            escape(entry.name),
            "the city" if entry.unit_id is None else escape(units[entry.unit_id].name),
            escape(entry.reference),
        )
    app.out.print(table)


@calendar.command("remove")
@click.argument("number", type=click.IntRange(1))
@click.option("--reason", required=True, help="Why the entry is wrong.")
@entering_options
@pass_app
def remove(app: App, *, number: int, reason: str, asked: Asked) -> None:
    """Take the entry NUMBER away; the audit trail keeps it. What it set apart goes as if never entered."""
    if not reason.strip():
        raise click.UsageError("--reason is empty: say why the entry is wrong.")
    with app.store() as store:
        desk = Desk(app, store)
        entries = store.calendars.entries_between(date.min, date.max)
        entry = next((one for one in entries if one.id == number), None)
        if entry is None:
            raise Failure(f"The calendar has no entry number {number}: see `presensi calendar list`.")
        told = f"{entry.name}, {entry.kind.value} {entry.first_day} to {entry.last_day}, {entry.reference}."
        desk.enter(
            asked,
            told,
            _effects(desk, entry, entries),
            lambda: _removed(store.calendars.remove_entry(number, reason.strip(), by=desk.by, at=desk.now)),
        )


def _removed(entry: CalendarEntry) -> dict[str, object]:
    return {"removed": entry.id}


def _effects(desk: Desk, entry: CalendarEntry, entries: list[CalendarEntry]) -> list[Effect]:
    """A decree's last entry of a year brings the computed days of that whole year back."""
    first, last = date(entry.first_day.year, 1, 1), date(entry.last_day.year, 12, 31)

    def without_it(assembler: Assembler) -> Assembler:
        kept = [one for one in entries if one.id != entry.id]
        facts = assembler.facts
        calendar = with_computed(kept, facts.first, facts.last)
        return Assembler(replace(facts, calendar=calendar), assembler.book, assembler.zone)

    return desk.effects(first, last, without_it)


def _whole(store: Store, first: date, last: date) -> tuple[CalendarEntry, ...]:
    return with_computed(store.calendars.entries_between(*whole_years(first, last)), first, last)
