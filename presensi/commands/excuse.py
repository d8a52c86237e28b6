"""`presensi excuse`: leave, duty travel, study, training and permits of people."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime, timedelta
from pathlib import Path

import click
from rich.markup import escape
from rich.table import Column, Table

from attendance.city_facts import PeopleFacts
from attendance.people import Excuse, ExcuseCode, ExcuseKind
from presensi.context import NUMBER, App, Group, json_option, pass_app
from presensi.day_options import DAY, day_options, in_order
from presensi.entering import CLOCK, Asked, Desk, entering_options
from presensi.exits import Failure
from presensi.person_target import person_from, person_options
from presensi.unit_target import unit_from

MOST = timedelta(days=3653)
"""No letter excuses for longer: a year was mistyped."""


@click.group("excuse", cls=Group)
def excuse() -> None:
    """Leave, duty travel, study, training and permits: enter, list, withdraw."""


@excuse.command("add")
@click.argument("code", type=click.Choice(list(ExcuseCode), case_sensitive=False))
@person_options
@day_options
@click.option("--first-time", type=CLOCK, help="On the first day only from this time on, as in 10:00.")
@click.option("--last-time", type=CLOCK, help="On the last day only until this time.")
@click.option(
    "--place", metavar="CODE", help="Unit where the person serves meanwhile: punches there are at home."
)
@click.option("--reference", required=True, help="The letter it rests on, as in ST 094/12/2017.")
@entering_options
@pass_app
def add(
    app: App,
    *,
    code: str,
    person_id: int | None,
    nip_file: Path | None,
    first: datetime,
    last: datetime | None,
    first_time: datetime | None,
    last_time: datetime | None,
    place: str | None,
    reference: str,
    asked: Asked,
) -> None:
    """Enter an excuse: CODE is CT, CB, CAP, CS, CM, CBer, CLTN, CUTI (leave), DL, TB, DIKLAT or IZIN.

    Excuses of different codes may share days: the rule pack says which one decides. Without --person the NIP
    is asked for.

    \b
    presensi excuse add DL --person 12 --from 2017-01-03 --first-time 10:00 --reference "ST 4/2017"
    """
    begins, ends = first.date(), (last or first).date()
    in_order(begins, ends)
    if ends - begins > MOST:
        raise click.UsageError(f"--to {ends} lies more than ten years after --from {begins}: correct it.")
    since = None if first_time is None else first_time.time()
    until = None if last_time is None else last_time.time()
    if begins == ends and since and until and until <= since:
        raise click.UsageError("--last-time is not after --first-time.")
    if not reference.strip():
        raise click.UsageError("--reference is empty: name the letter that the excuse rests on.")
    with app.store() as store:
        desk = Desk(app, store)
        person = person_from(store, begins, person_id, nip_file)
        where = None if place is None else unit_from(store, begins, place)
        wanted = Excuse(
            person_id=person.id,
            code=ExcuseCode(code),
            first_day=begins,
            last_day=ends,
            reference=reference.strip(),
            first_time=since,
            last_time=until,
            place=None if where is None else where.id,
            entered_at=desk.now,
            entered_by=desk.by,
        )
        if where is not None and wanted.kind is ExcuseKind.LEAVE:
            raise click.UsageError("--place has no meaning beside leave: leave it out, or correct the code.")
        clash = next(
            (
                one
                for one in store.facts.excuses_of(person.id)
                if one.code is wanted.code and one.overlaps(wanted)
            ),
            None,
        )
        if clash is not None:
            raise Failure(
                f"{person.full_name} has {excuse_words(clash)} already (number {clash.id}): "
                f"correct the days, or withdraw it with `presensi excuse withdraw {clash.id}`."
            )

        def with_it(facts: PeopleFacts) -> PeopleFacts:
            return replace(facts, excuses=(*facts.excuses, wanted))

        effects = desk.of_people(begins, ends, {person.id}, with_it)
        told = f"{person.full_name}: {excuse_words(wanted)}, {wanted.reference}."
        desk.enter(asked, told, effects, lambda: {"number": store.facts.add_excuse(wanted)})


@excuse.command("list")
@click.option("--from", "first", type=DAY, help="First day; else today.")
@click.option("--to", "last", type=DAY, help="Last day; else the first.")
@click.option("--person", "person_id", type=NUMBER, metavar="ID", help="Only of this person.")
@json_option
@pass_app
def list_excuses(
    app: App, *, first: datetime | None, last: datetime | None, person_id: int | None, as_json: bool
) -> None:
    """List the excuses that hold on any of the days, with their numbers."""
    with app.store() as store:
        desk = Desk(app, store)
        begins = first.date() if first else desk.today
        ends = last.date() if last else begins
        in_order(begins, ends)
        found = [
            one
            for one in store.facts.excuses_between(begins, ends)
            if person_id is None or one.person_id == person_id
        ]
        names = store.people.names()
        whose = "everybody" if person_id is None else f"person:{person_id}"
        desk.seen("excuses.viewed", whose, f"{begins}..{ends}: {len(found)} excuses")
    if as_json:
        app.emit([asdict(one) for one in found])
        return
    if not found:
        click.echo(f"No excuse holds from {begins} to {ends}.")
        return
    table = Table(Column("number", justify="right"), "who", "person", "excuse", "letter", "entered by")
    for one in found:
        who = escape(names.get(one.person_id, ""))
        letter, by = escape(one.reference), escape(one.entered_by or "–")
        table.add_row(f"{one.id}", who, f"{one.person_id}", excuse_words(one), letter, by)
    app.out.print(table)


@excuse.command("withdraw")
@click.argument("number", type=NUMBER)
@click.option("--reason", required=True, help="Why it shall not count; goes into the audit log. No names.")
@entering_options
@pass_app
def withdraw(app: App, *, number: int, reason: str, asked: Asked) -> None:
    """Let the excuse NUMBER (see `list`) count no longer. It stays stored, with who withdrew it and why."""
    if not reason.strip():
        raise click.UsageError("--reason is empty: say why it shall not count.")
    with app.store() as store:
        desk = Desk(app, store)
        found = store.facts.excuse(number)
        if found is None:
            raise Failure(f"No excuse {number} holds: see `presensi excuse list`.")

        def without(facts: PeopleFacts) -> PeopleFacts:
            return replace(facts, excuses=tuple(one for one in facts.excuses if one.id != number))

        effects = desk.of_people(found.first_day, found.last_day, {found.person_id}, without)
        name = store.people.names().get(found.person_id, "")
        told = f"Withdraw of {name}: {excuse_words(found)}, {found.reference}."

        def commit() -> None:
            store.facts.withdraw_excuse(number, reason.strip(), by=desk.by, at=desk.now)

        desk.enter(asked, told, effects, commit)


def excuse_words(one: Excuse) -> str:
    """An excuse in a few words."""
    since = f" {one.first_time:%H:%M}" if one.first_time else ""
    until = f" {one.last_time:%H:%M}" if one.last_time else ""
    if one.first_day == one.last_day:
        times = f", from{since}" if since else ""
        return f"{one.code} on {one.first_day}{times}" + (f" until{until}" if until else "")
    return f"{one.code} from {one.first_day}{since} to {one.last_day}{until}"
