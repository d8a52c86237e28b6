"""`presensi shift`: who works which shift when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date, datetime, timedelta
from pathlib import Path

import click
from rich.markup import escape
from rich.table import Table

from attendance.city_facts import PeopleFacts
from attendance.ids import PersonId
from attendance.roster import RosterIndex
from attendance.shifts import ShiftEntry
from presensi.context import NUMBER, App, Group, json_option, pass_app
from presensi.day_options import DAY, InOurTime
from presensi.entering import Asked, Desk, entering_options
from presensi.exits import Failure
from presensi.person_target import person_from, person_options
from presensi.unit_target import unit_from
from realtime.what_if import Effect
from store import Store
from store.importing.day_cells import day_words, read_shifts

_DAY = timedelta(days=1)

day_option = click.option(
    "--day", type=DAY, required=True, help="The date: a night's is that of its evening."
)
reference_option = click.option("--reference", required=True, help="The roster or letter that says so.")


@click.group("shift", cls=Group)
def shift() -> None:
    """Shift rosters: set a day, swap two people's, show a month. `presensi import roster` brings months."""


@shift.command("set")
@click.argument("codes")
@person_options
@day_option
@reference_option
@entering_options
@pass_app
def set_shifts(
    app: App,
    *,
    codes: str,
    person_id: int | None,
    nip_file: Path | None,
    day: datetime,
    reference: str,
    asked: Asked,
) -> None:
    """Say what a person works on a date, in place of what stood there.

    CODES is as in a roster's cell: P, P+S (a double shift), SIAGA (on call), P+SIAGA, free. A command line
    takes no "-" for a free day: write "free".

    \b
    presensi shift set P+S --person 12 --day 2017-01-03 --reference "Jadwal IGD Januari, perubahan 2"
    """
    found = ((), False) if codes.casefold() == "free" else read_shifts(codes)
    if isinstance(found, str):
        raise click.UsageError(f'"{codes}" {found}: write P, P+S, SIAGA or free.')
    with app.store() as store:
        desk = Desk(app, store)
        person = person_from(store, day.date(), person_id, nip_file)
        wanted = ShiftEntry(person.id, day.date(), *found, _filled(reference))
        check_codes(store, wanted)
        before = store.shifts.entries_between(day.date(), day.date(), {person.id})
        so_far = shift_words(before[0]) if before else "nothing said"
        told = f"{person.full_name}, {day.date()}: {shift_words(wanted)} (so far: {so_far})."
        effects = effects_of(desk, [wanted])

        def commit() -> None:
            store.shifts.set_entries([wanted], by=desk.by, at=desk.now)

        desk.enter(asked, told, effects, commit)


@shift.command("swap")
@person_options
@click.option(
    "--with", "other_id", type=NUMBER, metavar="ID", required=True, help="The other person's number."
)
@day_option
@reference_option
@entering_options
@pass_app
def swap(
    app: App,
    *,
    person_id: int | None,
    nip_file: Path | None,
    other_id: int,
    day: datetime,
    reference: str,
    asked: Asked,
) -> None:
    """Let two people work each other's shifts on a date (tukar dinas). Both must stand in its roster."""
    with app.store() as store:
        desk = Desk(app, store)
        on, why = day.date(), _filled(reference)
        one = person_from(store, on, person_id, nip_file)
        other = person_from(store, on, other_id, None)
        if one.id == other.id:
            raise click.UsageError("--with names the same person.")
        entries = {
            entry.person_id: entry for entry in store.shifts.entries_between(on, on, {one.id, other.id})
        }
        for person in (one, other):
            if person.id not in entries:
                raise Failure(
                    f"The roster does not say what {person.full_name} works on {on}: enter it first with "
                    f"`presensi shift set CODES --person {person.id} --day {on}`."
                )
        swapped = [
            replace(entries[theirs.id], person_id=mine.id, reference=why)
            for mine, theirs in ((one, other), (other, one))
        ]
        told = "\n".join(
            f"{person.full_name}, {on}: {shift_words(entry)} (so far: {shift_words(entries[person.id])})."
            for person, entry in zip((one, other), swapped, strict=True)
        )

        def commit() -> None:
            store.shifts.swap(one.id, other.id, on, why, by=desk.by, at=desk.now)

        desk.enter(asked, told, effects_of(desk, swapped), commit)


@shift.command("show")
@click.option("--month", type=InOurTime(["%Y-%m"]), help="As in 2017-01; left out: this month.")
@click.option("--unit", "unit_code", metavar="CODE", help="The people of this unit and all below it.")
@click.option("--person", "person_id", type=NUMBER, metavar="ID", help="Only this person.")
@json_option
@pass_app
def show(
    app: App, *, month: datetime | None, unit_code: str | None, person_id: int | None, as_json: bool
) -> None:
    """Show a month's roster as it was entered. Of an empty day rotation or unit hours decide."""
    with app.store() as store:
        desk = Desk(app, store)
        first = (month.date() if month else desk.today).replace(day=1)
        last = (first + 31 * _DAY).replace(day=1) - _DAY
        people = _shown(store, first, unit_code, person_id)
        entries = store.shifts.entries_between(first, last, people)
        names = store.people.names()
    if as_json:
        app.emit([asdict(entry) for entry in entries])
        return
    if not entries:
        click.echo(f"No roster was entered for {first:%Y-%m}.")
        return
    table = Table("who", *(str(number) for number in range(1, last.day + 1)), title=f"{first:%Y-%m}")
    said = {(entry.person_id, entry.day.day): shift_words(entry) for entry in entries}
    for number in sorted({entry.person_id for entry in entries}, key=lambda one: names.get(one, "")):
        table.add_row(
            escape(f"{names.get(number, '')} ({number})"),
            *(said.get((number, day), "") for day in range(1, last.day + 1)),
        )
    app.out.print(table)


def effects_of(desk: Desk, wanted: Sequence[ShiftEntry]) -> list[Effect]:
    """The results that would differ with these entries; of the neighbouring dates too, because of nights."""
    told = {(entry.person_id, entry.day) for entry in wanted}

    def with_them(facts: PeopleFacts) -> PeopleFacts:
        others = [entry for entry in facts.shift_entries if (entry.person_id, entry.day) not in told]
        return replace(facts, shift_entries=(*others, *wanted))

    days = [entry.day for entry in wanted]
    people = {entry.person_id for entry in wanted}
    return desk.of_people(min(days) - _DAY, max(days) + _DAY, people, with_them)


def check_codes(store: Store, wanted: ShiftEntry) -> None:
    """Raises `Failure` for a shift that is not known on the day."""
    known = {one.code for one in store.shifts.shifts() if one.valid_from <= wanted.day}
    for code in wanted.codes:
        if code not in known:
            told = ", ".join(sorted(known)) or "none"
            raise Failure(
                f"{code} is no shift on {wanted.day}; the known ones are {told}. "
                "`presensi import roster shifts.csv` adds one."
            )


def shift_words(entry: ShiftEntry) -> str:
    """A day as its cell says it."""
    return day_words(entry.codes, entry.on_call)


def _filled(reference: str) -> str:
    if not reference.strip():
        raise click.UsageError("--reference is empty: name the roster or letter that says so.")
    return reference.strip()


def _shown(
    store: Store, day: date, unit_code: str | None, person_id: int | None
) -> frozenset[PersonId] | None:
    if person_id is not None:
        return frozenset({PersonId(person_id)})
    if unit_code is None:
        return None
    unit = unit_from(store, day, unit_code)
    index = RosterIndex(store.roster.load(day))
    return frozenset(one for one in index.people if _below(index, one, unit.code))


def _below(index: RosterIndex, person_id: PersonId, code: str) -> bool:
    unit_id = index.unit_of(person_id)
    return unit_id is not None and any(unit.code == code for unit in index.path(unit_id))
