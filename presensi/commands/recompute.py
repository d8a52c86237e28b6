"""`presensi recompute`: judge days of the past anew."""

from __future__ import annotations

from datetime import date, datetime

import click
from rich.progress import Progress
from rich.table import Table

from attendance.ids import PersonId
from attendance.roster import RosterIndex
from config.settings import make_clock
from presensi.context import App, Command, json_option, operator, pass_app
from presensi.day_options import day_options, days_from
from presensi.exits import Failure
from realtime.day_source import DaySource
from realtime.recompute import Summary, recompute
from realtime.rulebook import load_rulebook


@click.command("recompute", cls=Command)
@day_options
@click.option("--unit", "unit", metavar="CODE", help="Only the people of this unit and all below it.")
@click.option("--dry-run", is_flag=True, help="Store nothing; say what would change.")
@json_option
@pass_app
def recompute_command(
    app: App, *, first: datetime, last: datetime | None, unit: str | None, dry_run: bool, as_json: bool
) -> None:
    """Judge each day from --from through --to anew, by the rules that were in force on it.

    Stores what differs and keeps how it was before. A second run changes nothing.
    """
    settings = app.settings
    clock = make_clock(settings.clock)
    zone = settings.city.zone
    begins, ends = days_from(first, last, clock.now().astimezone(zone).date())
    book = load_rulebook(settings.board.rules)
    with app.store() as store, Progress(console=app.err, disable=as_json) as bar:
        source = DaySource(store, book, zone)
        people = None if unit is None else _people_of(source, unit, begins, ends)
        task = bar.add_task("Judging", total=(ends - begins).days + 1)

        def done(day: date) -> None:
            bar.update(task, advance=1, description=f"Judged {day}")

        summary = recompute(
            source,
            store,
            begins,
            ends,
            clock=clock.now,
            freshness=settings.board.freshness,
            person_ids=people,
            progress=done,
            dry_run=dry_run,
        )
        if not dry_run:
            what = f"{summary.judged} judged, {summary.changed} changed" + (f", unit {unit}" if unit else "")
            store.audit.append(
                operator(), "results.recomputed", f"days:{begins}..{ends}", what, at=clock.now()
            )
    _tell(app, summary, as_json=as_json, dry_run=dry_run)


def _people_of(source: DaySource, code: str, first: date, last: date) -> set[PersonId]:
    """Who serves in the unit, or below it, on any of the days."""
    people: set[PersonId] = set()
    known = False
    for span in source.load(first, last).facts.rosters:
        index = RosterIndex(span.roster)
        known = known or any(unit.code == code for unit in index.units.values())
        for person_id in index.people:
            unit_id = index.unit_of(person_id)
            if unit_id is not None and any(unit.code == code for unit in index.path(unit_id)):
                people.add(person_id)
    if not known:
        raise Failure(f"No unit has the code {code}. Give a code as in the units sheet of the roster.")
    return people


def _tell(app: App, summary: Summary, *, as_json: bool, dry_run: bool) -> None:
    turned = sorted(
        (before.value if before else "", after.value, count)
        for (before, after), count in summary.saved.turned.items()
    )
    if as_json:
        app.emit(
            {
                "judged": summary.judged,
                "changed": summary.changed,
                "unchanged": summary.saved.unchanged,
                "overtaken": summary.saved.overtaken,
                "turned": [
                    {"before": before or None, "after": after, "count": count}
                    for before, after, count in turned
                ],
                "dry_run": dry_run,
            }
        )
        return
    would = "would change" if dry_run else "changed"
    app.out.print(f"{summary.judged} judged, {summary.changed} {would}.")
    if summary.saved.overtaken:
        app.out.print(f"{summary.saved.overtaken} left alone: they were stored anew meanwhile.")
    if turned:
        table = Table("before", "after", "how many")
        for before, after, count in turned:
            table.add_row(before or "–", after, str(count))
        app.out.print(table)
