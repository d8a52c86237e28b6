"""`presensi employment`: what became of people, by decree: retired, moved, studying…"""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path

import click
from rich.markup import escape
from rich.table import Table

from attendance.assembly import Assembler
from attendance.people import Employment, EmploymentState
from presensi.context import App, Group, json_option, pass_app
from presensi.day_options import DAY
from presensi.entering import Asked, Desk, entering_options
from presensi.person_target import person_from, person_options
from realtime.what_if import Effect


@click.group("employment", cls=Group)
def employment() -> None:
    """What became of people, dated: retired, moved, deceased, dismissed, seconded, study, active."""


@employment.command("set")
@click.argument("state", type=click.Choice([state.value for state in EmploymentState]))
@person_options
@click.option("--from", "first", type=DAY, required=True, help="First day of the state.")
@click.option(
    "--to", "last", type=DAY, help="Last day; left out: for good. Afterwards the state before holds."
)
@click.option("--reference", required=True, help="The decree, as in SK 888/2016.")
@entering_options
@pass_app
def set_state(
    app: App,
    *,
    state: str,
    person_id: int | None,
    nip_file: Path | None,
    first: datetime,
    last: datetime | None,
    reference: str,
    asked: Asked,
) -> None:
    """Enter a person's STATE from its first day on, after a decree.

    A state from the same first day is corrected. Only active people, those who study and those who are
    seconded stand on the roster; nothing is expected of who is seconded, and who studies is excused.
    """
    begins, ends = first.date(), None if last is None else last.date()
    if ends is not None and ends < begins:
        raise click.UsageError(f"--to {ends} lies before --from {begins}.")
    if not reference.strip():
        raise click.UsageError("--reference is empty: name the decree.")
    with app.store() as store:
        desk = Desk(app, store)
        person = person_from(store, None, person_id, nip_file)
        wanted = Employment(person.id, EmploymentState(state), begins, ends, reference.strip())
        known = store.employments.of_person(person.id)
        told = [f"{person.full_name}: {_words(wanted)}, {wanted.reference}."]
        told += [f"So far: {_words(one)}, {one.reference or 'no decree named'}." for one in known]
        desk.enter(
            asked,
            "\n".join(told),
            _effects(desk, wanted),
            lambda: store.employments.add(wanted, by=desk.by, at=desk.now),
        )


def _effects(desk: Desk, wanted: Employment) -> list[Effect]:
    def with_it(assembler: Assembler) -> Assembler:
        others = [one for one in assembler.facts.employments if not _replaced(one, wanted)]
        facts = replace(assembler.facts, employments=(*others, wanted))
        return Assembler(facts, assembler.book, assembler.zone)

    return desk.effects(wanted.valid_from, wanted.valid_to or desk.today, with_it, {wanted.person_id})


def _replaced(one: Employment, wanted: Employment) -> bool:
    return (one.person_id, one.valid_from) == (wanted.person_id, wanted.valid_from)


@employment.command("list")
@person_options
@json_option
@pass_app
def list_states(app: App, *, person_id: int | None, nip_file: Path | None, as_json: bool) -> None:
    """List a person's states in the order of time. Without any, somebody is active while placed."""
    with app.store() as store:
        person = person_from(store, None, person_id, nip_file)
        found = store.employments.of_person(person.id)
        Desk(app, store).seen("employments.viewed", f"person:{person.id}", f"{len(found)} states")
    if as_json:
        app.emit([asdict(one) for one in found])
        return
    if not found:
        click.echo(f"No state of {person.full_name} was entered: active while placed.")
        return
    table = Table("state", "from", "to", "decree", title=escape(person.full_name))
    for one in found:
        to = f"{one.valid_to}" if one.valid_to else "–"
        table.add_row(one.state.value, f"{one.valid_from}", to, escape(one.reference))
    app.out.print(table)


def _words(one: Employment) -> str:
    return f"{one.state.value} from {one.valid_from}" + (f" to {one.valid_to}" if one.valid_to else "")
