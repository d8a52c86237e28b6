"""`presensi correct`: signed corrections beside the punches, and their undoing."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date, datetime, timedelta
from pathlib import Path

import click
from rich.markup import escape
from rich.table import Column, Table

from attendance.assembly import Assembler
from attendance.city_facts import PeopleFacts
from attendance.corrections import Correction, CorrectionId, CorrectionKind, in_force
from attendance.ids import PunchId
from attendance.people import Person
from presensi.context import NUMBER, App, Group, json_option, pass_app
from presensi.day_options import DAY
from presensi.entering import CLOCK, Asked, Desk, entering_options
from presensi.exits import Failure
from presensi.person_target import person_from, person_options
from realtime.day_source import DaySource
from realtime.rulebook import load_rulebook
from store.corrections import check
from store.punches import StoredPunch

ENTERED = tuple(kind for kind in CorrectionKind if kind is not CorrectionKind.UNDO)
NOT_YET = CorrectionId(2**62)
"""Number of a correction that is only tried."""

_DAY = timedelta(days=1)

day_option = click.option(
    "--day", type=DAY, required=True, help="The work date: a night's is that of its evening."
)


@click.group("correct", cls=Group)
def correct() -> None:
    """Correct a person's day with reason and evidence, list corrections, undo one. Punches never change."""


@correct.command("add")
@click.argument("kind", type=click.Choice([kind.value for kind in ENTERED]))
@person_options
@day_option
@click.option("--at", "at", type=CLOCK, help="arrival, departure: city time, as in 07:25.")
@click.option(
    "--next-day", is_flag=True, help="departure: --at is on the date after --day, as after a night."
)
@click.option(
    "--punch", type=NUMBER, metavar="NUMBER", help="void: the punch that does not count, see `list`."
)
@click.option("--code", default="", help="gathering: the roll-call's code.")
@click.option("--reason", required=True, help="Why, in words. No names.")
@click.option("--reference", required=True, help="The evidence: a letter's number, or where it is kept.")
@entering_options
@pass_app
def add(
    app: App,
    *,
    kind: str,
    person_id: int | None,
    nip_file: Path | None,
    day: datetime,
    at: datetime | None,
    next_day: bool,
    punch: int | None,
    code: str,
    reason: str,
    reference: str,
    asked: Asked,
) -> None:
    """Enter a correction of a work date. KIND is one of:

    \b
    arrival    came at --at, though no punch says so
    departure  left at --at
    present    was at work as expected the whole day
    void       the punch --punch does not count: another pressed, or it was recorded wrongly
    gathering  attended the roll-call --code
    """
    what = CorrectionKind(kind)
    _check_options(what, at, punch, code, next_day)
    with app.store() as store:
        desk = Desk(app, store)
        work_date = day.date()
        if work_date > desk.today:
            raise click.UsageError(f"--day {work_date} lies in the future: correct a day once it is there.")
        person = person_from(store, work_date, person_id, nip_file)
        if punch is not None and punch not in {one.id for one in _punches(desk, person, work_date)}:
            raise Failure(
                f"Punch {punch} is none of {person.full_name} around {work_date}: see `presensi correct list "
                f"--person {person.id} --day {work_date}`."
            )
        moment = None
        if at is not None:
            stands_on = work_date + _DAY if next_day else work_date
            moment = datetime.combine(stands_on, at.time(), desk.zone)
            if moment > desk.now:
                raise click.UsageError(f"--at {moment:%Y-%m-%d %H:%M} lies in the future: correct it then.")
        if what is CorrectionKind.GATHERING:
            code = _gathering(desk, person, work_date, code)
        wanted = Correction(
            id=CorrectionId(0),
            person_id=person.id,
            day=work_date,
            kind=what,
            at=moment,
            punch_id=None if punch is None else PunchId(punch),
            code=code,
            undoes=None,
            reason=reason.strip(),
            reference=reference.strip(),
            entered_at=desk.now,
            entered_by=desk.by,
        )
        _refuse_twice(desk, person, wanted)
        _enter(desk, asked, person, wanted)


@correct.command("list")
@person_options
@day_option
@json_option
@pass_app
def list_corrections(
    app: App, *, person_id: int | None, nip_file: Path | None, day: datetime, as_json: bool
) -> None:
    """List the corrections of a person's work date, undone ones too, and the punches around it."""
    with app.store() as store:
        desk = Desk(app, store)
        person = person_from(store, day.date(), person_id, nip_file)
        found = store.corrections.of_person(person.id, day.date())
        punches = _punches(desk, person, day.date())
        serials = {terminal.id: terminal.serial for terminal in store.terminals.list(active_only=False)}
        desk.seen("corrections.viewed", f"person:{person.id}", f"{day.date()}")
    held = {one.id for one in in_force(found)}
    if as_json:
        app.emit(
            {
                "person": person.id,
                "day": day.date().isoformat(),
                "corrections": [{**asdict(one), "in_force": one.id in held} for one in found],
                "punches": [
                    {"number": one.id, "at": one.at, "serial": serials[one.terminal_id]} for one in punches
                ],
            }
        )
        return
    table = Table(Column("number", justify="right"), "correction", "reason", "evidence", "by", "holds")
    for one in found:
        reason, evidence, by = (escape(text) for text in (one.reason, one.reference, one.entered_by))
        table.add_row(f"{one.id}", _words(desk, one), reason, evidence, by, "yes" if one.id in held else "no")
    click.echo(f"{person.full_name}, {day.date()}")
    app.out.print(table) if found else click.echo("No correction was entered.")
    recorded = Table(Column("punch", justify="right"), "city time", "terminal")
    for punch in punches:
        recorded.add_row(
            f"{punch.id}", f"{punch.at.astimezone(desk.zone):%Y-%m-%d %H:%M:%S}", serials[punch.terminal_id]
        )
    app.out.print(recorded) if punches else click.echo("No punch is known around that date.")


@correct.command("undo")
@click.argument("number", type=NUMBER)
@person_options
@click.option("--reason", required=True, help="Why it shall hold no more. No names.")
@click.option("--reference", default="", help="The evidence, where there is any.")
@entering_options
@pass_app
def undo(
    app: App,
    *,
    number: int,
    person_id: int | None,
    nip_file: Path | None,
    reason: str,
    reference: str,
    asked: Asked,
) -> None:
    """Undo the correction NUMBER of a person (see `list`) by another correction. An undo can be undone."""
    with app.store() as store:
        desk = Desk(app, store)
        person = person_from(store, None, person_id, nip_file)
        found = next((one for one in store.corrections.of_person(person.id) if one.id == number), None)
        if found is None:
            raise Failure(f"{person.full_name} has no correction {number}: see `presensi correct list`.")
        wanted = Correction(
            id=CorrectionId(0),
            person_id=person.id,
            day=found.day,
            kind=CorrectionKind.UNDO,
            at=None,
            punch_id=None,
            code="",
            undoes=found.id,
            reason=reason.strip(),
            reference=reference.strip(),
            entered_at=desk.now,
            entered_by=desk.by,
        )
        _enter(desk, asked, person, wanted)


def _refuse_twice(desk: Desk, person: Person, wanted: Correction) -> None:
    """Who undid one of two would believe that none holds."""
    for one in in_force(desk.store.corrections.of_person(person.id, wanted.day)):
        if (one.kind, one.at, one.punch_id, one.code) == (
            wanted.kind,
            wanted.at,
            wanted.punch_id,
            wanted.code,
        ):
            raise Failure(
                f"Correction {one.id} says so already: nothing was entered. See `presensi correct list`."
            )


def _enter(desk: Desk, asked: Asked, person: Person, wanted: Correction) -> None:
    check(wanted)

    def with_it(facts: PeopleFacts) -> PeopleFacts:
        return replace(facts, corrections=(*facts.corrections, replace(wanted, id=NOT_YET)))

    effects = desk.of_people(wanted.day, wanted.day, {person.id}, with_it)
    told = f"{person.full_name}, {wanted.day}: {_words(desk, wanted)}. {wanted.reason}. {wanted.reference}"
    desk.enter(asked, told.rstrip(), effects, lambda: {"number": desk.store.corrections.add(wanted)})


def _check_options(
    kind: CorrectionKind, at: datetime | None, punch: int | None, code: str, next_day: bool
) -> None:
    wanted = {
        CorrectionKind.ARRIVAL: "--at",
        CorrectionKind.DEPARTURE: "--at",
        CorrectionKind.VOID: "--punch",
        CorrectionKind.GATHERING: "--code",
    }.get(kind)
    given = {"--at": at is not None, "--punch": punch is not None, "--code": bool(code)}
    if wanted is not None and not given[wanted]:
        raise click.UsageError(f"{kind.value} needs {wanted}.")
    for option, is_given in given.items():
        if is_given and option != wanted:
            raise click.UsageError(f"{option} has no meaning for {kind.value}: leave it out.")
    if next_day and kind is not CorrectionKind.DEPARTURE:
        raise click.UsageError("--next-day belongs to departure.")


def _punches(desk: Desk, person: Person, day: date) -> list[StoredPunch]:
    """The person's punches that may count for the work date, and those of the date itself."""
    assembler = _assembler(desk, day)
    start, end = assembler.span(person.id, day)
    return [
        one
        for one in desk.store.punches.between(start, end)
        if assembler.owner(one.terminal_id, one.pin, one.at) == person.id
    ]


def _gathering(desk: Desk, person: Person, day: date, code: str) -> str:
    """The roll-call's code as the rules write it. Raises `Failure` where the person has no such duty."""
    duty = _assembler(desk, day).duty_day(person.id, day)
    codes = {one.code.casefold(): one.code for one in duty.gatherings}
    if code.casefold() not in codes:
        told = f"only {', '.join(sorted(codes.values()))}" if codes else "nor any other"
        raise Failure(
            f"{person.full_name} has no roll-call {code} on {day}, {told}: see `presensi rules show`."
        )
    return codes[code.casefold()]


def _assembler(desk: Desk, day: date) -> Assembler:
    return DaySource(desk.store, load_rulebook(desk.app.settings.board.rules), desk.zone).load(day, day)


def _words(desk: Desk, one: Correction) -> str:
    words = str(one.kind.value)
    if one.at is not None:
        words += f" {one.at.astimezone(desk.zone):%Y-%m-%d %H:%M}"
    if one.punch_id is not None:
        words += f" punch {one.punch_id}"
    if one.code:
        words += f" {one.code}"
    return words if one.undoes is None else f"{words} of {one.undoes}"
