"""`presensi explain`: why one person's day is what it is, and how it became so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path

import click
from rich.markup import escape
from rich.table import Table

from attendance.day_result import DayResult, SpellResult, Used
from attendance.explain import TerminalName, explain
from attendance.facts import Mark
from attendance.history import tell
from attendance.ids import TerminalId
from attendance.people import Person
from config.settings import make_clock
from presensi.context import App, Command, json_option, language_option, operator, pass_app
from presensi.day_options import DAY
from presensi.explain_labels import LABELS, Labels
from presensi.person_target import person_from, person_options
from realtime.day_source import DaySource
from realtime.judging import load_days, verdict
from realtime.rulebook import load_rulebook
from store.results import PastChange


@dataclass(frozen=True, slots=True)
class _Case:
    """What is known of one person's day."""

    person: Person
    result: DayResult
    stored: bool
    differs: bool
    """Whether the facts say something else now than what is stored."""
    marks: Sequence[Mark]
    history: Sequence[PastChange]


@click.command("explain", cls=Command)
@person_options
@click.option("--date", "on", type=DAY, required=True, help="The work date.")
@language_option
@json_option
@pass_app
def explain_command(
    app: App, *, person_id: int | None, nip_file: Path | None, on: datetime, language: str, as_json: bool
) -> None:
    """Say what one person's day is, which punches and which rules it rests on, and how it became so.

    Without --person the NIP is asked for. Who asked about whom is kept in the audit log.

    \b
    presensi explain --person 12 --date 2017-01-03
    """
    settings = app.settings
    now = make_clock(settings.clock).now()
    zone, day = settings.city.zone, on.date()
    book = load_rulebook(settings.board.rules)
    with app.store() as store:
        person = person_from(store, None, person_id, nip_file)
        stamp = store.results.stamps(day, day, [person.id]).get((day, person.id))
        facts = load_days(DaySource(store, book, zone), store, day, day, [person.id]).facts(person.id, day)
        judged = verdict(facts, now, settings.board.freshness).judged.result
        result = judged if stamp is None else stamp.result
        history = store.results.changes_of(person.id, day, day)
        names = {terminal.id: terminal.name for terminal in store.terminals.list(active_only=False)}
        store.audit.append(operator(), "result.explained", f"person:{person.id}", f"{day}", at=now)
    case = _Case(person, result, stamp is not None, result != judged, facts.marks, history)
    rules = book.by_id(result.pack)

    def named(terminal_id: TerminalId) -> str:
        return names.get(terminal_id, f"{terminal_id}")

    said = explain(result, rules, zone, named)
    if as_json:
        app.emit(_as_json(case, {"id": said.id, "en": said.en}, zone, named))
        return
    labels = LABELS[language]
    title = None if rules is None else (rules.title if language == "id" else rules.title_en)
    table = Table.grid(padding=(0, 2))
    table.add_row(labels.person, escape(person.full_name))
    table.add_row(labels.day, f"{day}")
    table.add_row(labels.result, escape(said.id if language == "id" else said.en))
    table.add_row(labels.state, _state(case, labels))
    table.add_row(labels.rules, escape(f"{title} ({result.pack})" if title else result.pack))
    app.out.print(table)
    app.out.print(_punches(case, labels, zone, named))
    if history:
        app.out.print(_history(case, labels, zone, named, language))


def _state(case: _Case, labels: Labels) -> str:
    words = [labels.final if case.result.final else labels.provisional]
    if not case.stored:
        words.append(labels.not_stored)
    elif case.differs:
        words.append(labels.differs)
    return "; ".join(words)


def _roles(result: DayResult) -> dict[int, str]:
    """Which punch was taken for what: "arrival" or "leaving", by the punch's number."""
    parts: list[DayResult | SpellResult] = [result, *result.spells]
    roles: dict[int, str] = {}
    for part in parts:
        for role, used in (("arrival", part.arrival), ("leaving", part.leaving)):
            if used is not None and used.punch_id is not None:
                roles.setdefault(used.punch_id, role)
    return roles


def _punches(case: _Case, labels: Labels, zone: tzinfo, named: TerminalName) -> Table:
    roles = _roles(case.result)
    table = Table(labels.time, labels.terminal, labels.taken_for, title=labels.punches, title_justify="left")
    for mark in case.marks:
        role = roles.get(mark.punch_id)
        table.add_row(
            f"{mark.at.astimezone(zone):%Y-%m-%d %H:%M:%S}",
            escape(named(mark.terminal_id)),
            labels.roles[role] if role else "–",
        )
    for role, used in (("arrival", case.result.arrival), ("leaving", case.result.leaving)):
        if used is not None and used.punch_id is None:
            table.add_row(
                f"{used.at.astimezone(zone):%Y-%m-%d %H:%M:%S}", labels.correction, labels.roles[role]
            )
    return table


def _history(case: _Case, labels: Labels, zone: tzinfo, named: TerminalName, language: str) -> Table:
    table = Table(labels.noted, labels.what, title=labels.history, title_justify="left")
    for line in case.history:
        said = tell(line.change, line.before, line.after, zone, named)
        table.add_row(
            f"{line.at.astimezone(zone):%Y-%m-%d %H:%M:%S}", escape(said.id if language == "id" else said.en)
        )
    return table


def _as_json(case: _Case, said: dict[str, str], zone: tzinfo, named: TerminalName) -> dict[str, object]:
    result, roles = case.result, _roles(case.result)
    history = [(line, tell(line.change, line.before, line.after, zone, named)) for line in case.history]
    return {
        "person": case.person.id,
        "day": result.day,
        "status": result.status.value,
        "rule": result.rule.value,
        "explanation": said,
        "final": result.final,
        "stored": case.stored,
        "differs": case.differs,
        "pack": result.pack,
        "arrival": _local(result.arrival, zone),
        "leaving": _local(result.leaving, zone),
        "punches": [
            {
                "at": mark.at.astimezone(zone).isoformat(),
                "terminal": named(mark.terminal_id),
                "taken_for": roles.get(mark.punch_id),
            }
            for mark in case.marks
        ],
        "history": [
            {
                "at": line.at.astimezone(zone).isoformat(),
                "before": None if line.before is None else line.before.status.value,
                "after": line.after.status.value,
                "cause": line.change.cause.value,
                "explanation": {"id": words.id, "en": words.en},
            }
            for line, words in history
        ],
    }


def _local(used: Used | None, zone: tzinfo) -> str | None:
    return None if used is None else used.at.astimezone(zone).isoformat()
