"""How a fact is entered by hand: shown with the results it would change, asked about, then done."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from functools import wraps
from typing import Any

import click
from rich.markup import escape
from rich.table import Table

from attendance.assembly import Assembler
from attendance.city_facts import PeopleFacts
from attendance.day_result import DayResult
from attendance.ids import PersonId
from config.settings import make_clock
from presensi.context import App, operator
from presensi.day_options import InOurTime
from presensi.exits import ExitCode
from realtime.day_source import DaySource
from realtime.rulebook import load_rulebook
from realtime.what_if import Effect, WhatIf
from store import Store

MOST_DAYS = 31
"""Days of a long fact whose results are shown: the last ones before today."""
SHOWN = 20
"""Changed results that are spelled out."""

MOMENT = InOurTime(["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"])
CLOCK = click.DateTime(["%H:%M", "%H.%M"])

Change = Callable[[Assembler], Assembler]
"""The assembler with other facts; it may be the same one."""


@dataclass(frozen=True, slots=True)
class Asked:
    """How the command line wants it done."""

    yes: bool
    dry_run: bool
    as_json: bool

    def __post_init__(self) -> None:
        if self.as_json and not (self.yes or self.dry_run):
            raise click.UsageError("--json does not ask: add --yes or --dry-run.")


def entering_options(command: Callable[..., None]) -> Callable[..., None]:
    """--yes, --dry-run and --json: the argument `asked`."""

    @wraps(command)
    def with_asked(*arguments: Any, yes: bool, dry_run: bool, as_json: bool, **others: Any) -> None:
        command(*arguments, asked=Asked(yes, dry_run, as_json), **others)

    with_yes = click.option("--yes", is_flag=True, help="Do it without asking.")
    with_dry = click.option("--dry-run", is_flag=True, help="Only show what would change.")
    with_json = click.option("--json", "as_json", is_flag=True, help="Print JSON, for a script.")
    return with_yes(with_dry(with_json(with_asked)))


@dataclass(slots=True)
class Desk:
    """Where facts are entered: the open store, the city's time, and who enters."""

    app: App
    store: Store
    now: datetime = field(init=False)
    """City time, aware."""
    by: str = field(init=False)
    _shown_from: date | None = field(init=False, default=None)
    """Where a fact begins earlier: the first day whose results were tried."""

    def __post_init__(self) -> None:
        self.now = make_clock(self.app.settings.clock).now()
        self.by = operator()

    @property
    def zone(self) -> tzinfo:
        """The city's."""
        return self.app.settings.city.zone

    @property
    def today(self) -> date:
        """The city's."""
        return self.now.astimezone(self.zone).date()

    def moment(self, naive: datetime) -> datetime:
        """What the command line means by a time: city time."""
        return naive.replace(tzinfo=self.zone)

    def seen(self, what: str, subject: str, detail: str) -> None:
        """Keep in the audit log who looked at leave, reasons or decrees."""
        self.store.audit.append(self.by, what, subject, detail, at=self.now)

    def of_people(
        self,
        first: date,
        last: date,
        people: Collection[PersonId],
        change: Callable[[PeopleFacts], PeopleFacts],
    ) -> list[Effect]:
        """The results that would differ if these people's facts were as `change` makes them."""

        def take(assembler: Assembler) -> Assembler:
            facts = assembler.facts
            assembler.take_people(change(self.store.day_facts.of_people(facts.first, facts.last, people)))
            return assembler

        return self.effects(first, last, take, people)

    def effects(
        self, first: date, last: date, change: Change, people: Collection[PersonId] | None = None
    ) -> list[Effect]:
        """The results from `first` through `last`, but not after today, that would differ after `change`."""
        last = min(last, self.today)
        shown = last - timedelta(days=MOST_DAYS - 1)
        if first < shown:
            first = self._shown_from = shown
        if last < first:
            return []
        board = self.app.settings.board
        source = DaySource(self.store, load_rulebook(board.rules), self.zone)
        what_if = WhatIf(source, self.store, first, last, now=self.now, freshness=board.freshness)
        return what_if.effects(change, people)

    def enter(
        self,
        asked: Asked,
        told: str,
        effects: list[Effect],
        commit: Callable[[], Mapping[str, object] | None],
    ) -> None:
        """Show `told` and the effects, ask, `commit`, and say so. What `commit` gives goes into the JSON."""
        app = self.app
        if not asked.as_json:
            click.echo(told)
            self._show(effects)
            if self._shown_from is not None:
                click.echo(f"Days before {self._shown_from} change too, but are not shown.")
        done = not asked.dry_run
        if done and not asked.yes and not click.confirm("Enter this?"):
            click.echo("Nothing was entered.")
            click.get_current_context().exit(ExitCode.FAILED)
        extra = (commit() if done else None) or {}
        if asked.as_json:
            app.emit(
                {
                    "entered": done,
                    **extra,
                    "effects_from": self._shown_from,
                    "effects": [_as_json(effect) for effect in effects],
                }
            )
        elif done:
            click.echo(" ".join(["Entered", *(f"as number {value}" for value in extra.values())]) + ".")

    def _show(self, effects: list[Effect]) -> None:
        if not effects:
            since = "" if self._shown_from is None else f" from {self._shown_from}"
            click.echo(f"No result of a day{since} until today changes by it.")
            return
        names = self.store.people.names()
        table = Table("day", "who", "now", "then")
        for effect in effects[:SHOWN]:
            name = names.get(effect.person_id, "")
            table.add_row(
                f"{effect.day}", escape(name), result_words(effect.before), result_words(effect.after)
            )
        self.app.out.print(table)
        if len(effects) > SHOWN:
            click.echo(f"… and {len(effects) - SHOWN} more results.")


def result_words(result: DayResult | None) -> str:
    """A result in a few words."""
    if result is None:
        return "not on the roster"
    words = result.status.value.replace("_", " ")
    for grade, minutes in ((result.late_grade, result.late), (result.early_grade, result.early)):
        if grade is not None:
            words += f" {grade} ({minutes} min)"
    if result.excuse is not None:
        words += f" {result.excuse}"
    if result.reason is not None:
        words += f" ({result.reason.code.value.replace('_', ' ')})"
    return words


def _as_json(effect: Effect) -> dict[str, object]:
    return {
        "person": effect.person_id,
        "day": effect.day.isoformat(),
        "before": effect.before and effect.before.status.value,
        "after": effect.after and effect.after.status.value,
        "now": result_words(effect.before),
        "then": result_words(effect.after),
    }
