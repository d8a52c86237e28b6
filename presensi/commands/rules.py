"""`presensi rules`: which figures hold on a day, and whether a pack can be used."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime

import click

from attendance.explanation import Explanation
from attendance.rule_words import RuleLine, rule_lines
from attendance.rules import Rules
from config.settings import make_clock
from presensi.context import App, Group, json_option, language_option, pass_app
from presensi.day_options import DAY
from realtime.rulebook import load_rulebook


@click.group("rules", cls=Group)
def rules_group() -> None:
    """See which rules hold on a day, and check rule packs before they are put in force."""


@rules_group.command("show")
@click.option("--date", "day", type=DAY, help="The day; else today.")
@click.option("--series", metavar="NAME", help="Another series, folder or file than [board] rules names.")
@language_option
@json_option
@pass_app
def show(app: App, *, day: datetime | None, series: str | None, language: str, as_json: bool) -> None:
    """Print the pack in force on a day, its figures in words."""
    on = day.date() if day else _today(app)
    book = load_rulebook(series or app.settings.board.rules)
    rules = book.on(on)
    until = next((pack.valid_from for pack in book.packs if pack.valid_from > rules.valid_from), None)
    lines = list(rule_lines(rules))
    if as_json:
        app.emit(_as_dict(rules, until, lines))
        return
    for sentence in (_head(rules, until), *(line.said for line in lines)):
        click.echo(sentence.en if language == "en" else sentence.id)


@rules_group.command("check")
@click.argument("name", required=False, metavar="[NAME|FOLDER|FILE]")
@json_option
@pass_app
def check(app: App, *, name: str | None, as_json: bool) -> None:
    """Check a series that comes with Presensi, a folder of packs, or one file; else what [board] rules names.

    Every mistake is named with its file, line and key, the reason, and the nearest valid key.
    """
    chosen = name or app.settings.board.rules
    packs = load_rulebook(chosen).packs
    if as_json:
        app.emit([{"id": pack.id, "title": pack.title, "valid_from": pack.valid_from} for pack in packs])
        return
    for pack in packs:
        click.echo(f"{pack.valid_from}  {pack.title}  ({pack.id})")
    click.echo(f"{chosen}: {len(packs)} {'pack' if len(packs) == 1 else 'packs'}, valid.")


def _today(app: App) -> date:
    return make_clock(app.settings.clock).now().astimezone(app.settings.city.zone).date()


def _head(rules: Rules, until: date | None) -> Explanation:
    ends_id, ends_en = (f" sampai sebelum {until}", f" until before {until}") if until else ("", "")
    return Explanation(
        f"{rules.title}, berlaku sejak {rules.valid_from}{ends_id} ({rules.id}). Dasar: {rules.basis}",
        f"{rules.title_en}, in force from {rules.valid_from}{ends_en} ({rules.id}). Basis: {rules.basis}",
    )


def _as_dict(rules: Rules, until: date | None, lines: list[RuleLine]) -> dict[str, object]:
    return {
        "id": rules.id,
        "title": rules.title,
        "title_en": rules.title_en,
        "valid_from": rules.valid_from,
        "until_before": until,
        "basis": rules.basis,
        "lines": [
            {
                "clause": line.clause.value,
                "paragraph": rules.clauses.get(line.clause, ""),
                **{key: said.strip() for key, said in asdict(line.said).items()},
            }
            for line in lines
        ],
    }
