"""Whom a command is about: by the store's number, or by a NIP that shows up in no list of processes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import click

from attendance.errors import RosterError
from attendance.ids import PersonId
from attendance.nip import check_nip
from attendance.people import Person
from presensi.context import NUMBER
from presensi.exits import ExitCode, Failure
from store import Store

F = TypeVar("F", bound=Callable[..., Any])


def person_options(command: F) -> F:
    """--person and --nip-file: arguments for `person_from`."""
    number = click.option(
        "--person",
        "person_id",
        type=NUMBER,
        metavar="ID",
        help="The person's number; else the NIP is asked for.",
    )
    file = click.option(
        "--nip-file", type=click.Path(path_type=Path), help="File whose first line is the person's NIP."
    )
    return number(file(command))


def person_from(store: Store, day: date | None, person_id: int | None, nip_file: Path | None) -> Person:
    """The person who is meant, as on the roster of `day`; None: whoever was ever registered. Asks for the NIP
    where nothing was given.

    A NIP holds birth date and sex, so that it is no argument of a command. Raises `Failure` where nobody is
    meant, or the file cannot be read.
    """
    if person_id is not None:
        found, called = store.people.by_id(PersonId(person_id)), f"number {person_id}"
    else:
        text = _first_line(nip_file) if nip_file is not None else click.prompt("NIP", err=True)
        try:
            found, called = store.people.by_nip(check_nip(text)), "this NIP"
        except RosterError as error:
            raise Failure(f"{error}: correct the NIP, or name the person by number.") from error
    if found is None:
        raise Failure(f"Nobody has {called}: see `presensi person find NAME`.")
    if day is not None and found.id not in {person.id for person in store.roster.load(day).people}:
        raise Failure(f"{found.full_name} is not on the roster of {day}: check the day, or the placement.")
    return found


def _first_line(path: Path) -> str:
    try:
        return (path.read_text("utf-8").splitlines() or [""])[0].strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Failure(f"{path}: cannot be read ({error})", ExitCode.FILES) from error
