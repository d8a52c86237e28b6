"""`presensi outage`: times in which a terminal, or a whole site, could not be used; declared by letter."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

import click
from rich.markup import escape
from rich.table import Column, Table

from attendance.assembly import Assembler
from attendance.ids import SerialNumber
from attendance.people import Outage, OutageCause, SiteOutage
from attendance.terminal import Terminal
from presensi.context import NUMBER, App, Group, json_option, pass_app
from presensi.day_options import DAY, in_order
from presensi.entering import MOMENT, Asked, Desk, entering_options
from presensi.exits import Failure
from presensi.unit_target import unit_from
from realtime.what_if import Effect
from store import Store

DECLARED = tuple(cause for cause in OutageCause if not cause.found)
"""The other causes are found by the collector."""

SiteOutages = tuple[SiteOutage, ...]
Outages = tuple[Outage, ...]
Other = Callable[[Outages, SiteOutages], tuple[Outages, SiteOutages]]
"""The outages as they would be."""

_DAY = timedelta(days=1)
_NUMBERED = re.compile(r"([Tt]?)([1-9][0-9]{0,17})")
"""Greater numbers no database takes."""


@dataclass(frozen=True, slots=True)
class OutageNumber:
    """The number of an outage as people read and type it: "7" of a site, "T7" of a terminal."""

    of_terminal: bool
    value: int

    def __str__(self) -> str:
        return f"T{self.value}" if self.of_terminal else f"{self.value}"


class _NumberType(click.ParamType[OutageNumber]):
    name = "number"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> OutageNumber:
        match = _NUMBERED.fullmatch(value)
        if match is None:
            self.fail(f"{value!r} is no number of an outage: see `presensi outage list`.", param, ctx)
        return OutageNumber(bool(match[1]), int(match[2]))


@click.group("outage", cls=Group)
def outage() -> None:
    """Outages of terminals and sites: declare, end, list, withdraw. They suspend accusation."""


@outage.command("add")
@click.option("--terminal", "serial", metavar="SERIAL", help="Of this terminal.")
@click.option("--unit", "unit_code", metavar="CODE", help="Of this unit and all below it.")
@click.option("--cause", type=click.Choice([cause.value for cause in DECLARED]), required=True, help="Why.")
@click.option("--from", "first", type=MOMENT, required=True, help='City time, as in "2017-02-06 07:00".')
@click.option("--to", "last", type=MOMENT, help="City time; left out: it lasts.")
@click.option("--reference", required=True, help="The evidence: the office's letter.")
@entering_options
@pass_app
def add(
    app: App,
    *,
    serial: str | None,
    unit_code: str | None,
    cause: str,
    first: datetime,
    last: datetime | None,
    reference: str,
    asked: Asked,
) -> None:
    """Declare an outage of a terminal or of a site, with the evidence.

    \b
    presensi outage add --unit smpn3 --cause power --from "2017-02-06 06:30" --to "2017-02-06 09:10" \\
        --reference "421/18/2017"
    """
    if (serial is None) == (unit_code is None):
        raise click.UsageError("Give --terminal or --unit.")
    if not reference.strip():
        raise click.UsageError("--reference is empty: name the letter that tells of the outage.")
    if last is not None and last <= first:
        raise click.UsageError("--to is not after --from.")
    with app.store() as store:
        desk = Desk(app, store)
        starts, ends = desk.moment(first), None if last is None else desk.moment(last)
        reason, why = OutageCause(cause), reference.strip()
        told = f"{{}}: {reason.value}, {_span(desk, starts, ends)}, {why}."
        if serial is not None:
            terminal = _terminal(store, serial)
            known = store.facts.outages_between(starts, starts + _DAY)
            _refuse_twice(desk, (one for one in known if one.terminal_id == terminal.id), starts, reason)
            cut = Outage(terminal.id, reason, starts, ends, why)

            def declare() -> dict[str, object]:
                number = store.facts.add_outage(cut, by=desk.by, at=desk.now)
                return {"number": f"{OutageNumber(True, number)}"}

            effects = _effects(desk, starts, ends, lambda mine, sites: ((*mine, cut), sites))
            desk.enter(asked, told.format(terminal.name), effects, declare)
            return
        assert unit_code is not None
        unit = unit_from(store, first.date(), unit_code)
        declared = store.facts.site_outages_between(starts, starts + _DAY)
        _refuse_twice(desk, (one for one in declared if one.unit_id == unit.id), starts, reason)
        site = SiteOutage(unit.id, reason, starts, ends, why)
        effects = _effects(desk, starts, ends, lambda mine, sites: (mine, (*sites, site)))
        desk.enter(
            asked,
            told.format(unit.name),
            effects,
            lambda: {"number": store.facts.add_site_outage(site, by=desk.by, at=desk.now)},
        )


@outage.command("end")
@click.argument("number", type=NUMBER, required=False)
@click.option("--terminal", "serial", metavar="SERIAL", help="The open ones of this terminal.")
@click.option("--at", "at", type=MOMENT, help="City time; left out: now.")
@entering_options
@pass_app
def end(app: App, *, number: int | None, serial: str | None, at: datetime | None, asked: Asked) -> None:
    """End an open outage: that of a site by its NUMBER (see `list`), or those of a terminal."""
    if (serial is None) == (number is None):
        raise click.UsageError("Give the number of a site's outage, or --terminal.")
    with app.store() as store:
        desk = Desk(app, store)
        ends = desk.now if at is None else desk.moment(at)
        if serial is not None:
            _end_terminal(desk, asked, _terminal(store, serial), ends)
            return
        assert number is not None
        found = store.facts.site_outage(number)
        if found is None or found.ends_at is not None:
            raise Failure(f"No open outage {number}: see `presensi outage list`.")
        _in_order(desk, found.starts_at, ends)
        ended = replace(found, ends_at=ends)

        def other(mine: Outages, sites: SiteOutages) -> tuple[Outages, SiteOutages]:
            return mine, tuple(ended if one.id == number else one for one in sites)

        def commit() -> None:
            store.facts.end_site_outage(number, ends, by=desk.by, at=desk.now)

        effects = _effects(desk, found.starts_at, None, other)
        desk.enter(asked, f"End of {_told(desk, ended)}", effects, commit)


@outage.command("list")
@click.option("--from", "first", type=DAY, help="First day; else today.")
@click.option("--to", "last", type=DAY, help="Last day; else the first.")
@json_option
@pass_app
def list_outages(app: App, *, first: datetime | None, last: datetime | None, as_json: bool) -> None:
    """List outages that touch any of the days: declared ones, and those that the collector found."""
    with app.store() as store:
        desk = Desk(app, store)
        begins = first.date() if first else desk.today
        ends = last.date() if last else begins
        in_order(begins, ends)
        start = datetime(begins.year, begins.month, begins.day, tzinfo=desk.zone)
        stop = datetime(ends.year, ends.month, ends.day, tzinfo=desk.zone) + _DAY
        mine, sites = store.facts.outages_between(start, stop), store.facts.site_outages_between(start, stop)
        terminals = {terminal.id: terminal for terminal in store.terminals.list(active_only=False)}
        units = {unit.id: unit for unit in store.roster.load(begins).units}
    if as_json:
        of_terminals = (
            {"serial": terminals[one.terminal_id].serial, "number": _number(one), **asdict(one)}
            for one in mine
        )
        of_sites = ({"unit": units[one.unit_id].code, "number": one.id, **asdict(one)} for one in sites)
        app.emit([*of_terminals, *of_sites])
        return
    if not mine and not sites:
        click.echo(f"No outage from {begins} to {ends}.")
        return
    table = Table(Column("number", justify="right"), "where", "cause", "when", "evidence")
    for site in sites:
        where, when = units[site.unit_id].name, _span(desk, site.starts_at, site.ends_at)
        table.add_row(f"{site.id}", escape(where), site.cause, when, escape(site.reference))
    for one in mine:
        terminal = terminals[one.terminal_id]
        where, when = f"{terminal.name} ({terminal.serial})", _span(desk, one.starts_at, one.ends_at)
        table.add_row(_number(one) or "–", escape(where), one.cause, when, escape(one.reference))
    app.out.print(table)


@outage.command("withdraw")
@click.argument("number", type=_NumberType())
@click.option("--reason", required=True, help="Why it shall not count; goes into the audit log. No names.")
@entering_options
@pass_app
def withdraw(app: App, *, number: OutageNumber, reason: str, asked: Asked) -> None:
    """Let the declared outage NUMBER count no longer, as in 7 (a site's) or T7 (a terminal's), see `list`. It
    stays stored, with who withdrew it.

    What the collector found is not withdrawn: presses of that time are lost or bear a wrong time, and without
    the outage people would be called absent or late for want of them.
    """
    if not reason.strip():
        raise click.UsageError("--reason is empty: say why it shall not count.")
    with app.store() as store:
        desk = Desk(app, store)
        if number.of_terminal:
            _withdraw_terminals(desk, asked, number, reason.strip())
        else:
            _withdraw_sites(desk, asked, number, reason.strip())


def _withdraw_sites(desk: Desk, asked: Asked, number: OutageNumber, reason: str) -> None:
    found = desk.store.facts.site_outage(number.value)
    if found is None:
        raise Failure(
            f"No outage of a site has number {number} and holds: see `presensi outage list`. "
            "Numbers of terminals' outages begin with T."
        )

    def without(mine: Outages, sites: SiteOutages) -> tuple[Outages, SiteOutages]:
        return mine, tuple(one for one in sites if one.id != number.value)

    def commit() -> None:
        desk.store.facts.withdraw_site_outage(number.value, reason, by=desk.by, at=desk.now)

    effects = _effects(desk, found.starts_at, found.ends_at, without)
    desk.enter(asked, f"Withdraw of {_told(desk, found)}", effects, commit)


def _withdraw_terminals(desk: Desk, asked: Asked, number: OutageNumber, reason: str) -> None:
    found = desk.store.facts.outage(number.value)
    if found is None:
        raise Failure(f"No outage of a terminal has number {number} and holds: see `presensi outage list`.")
    terminals = {terminal.id: terminal for terminal in desk.store.terminals.list(active_only=False)}
    terminal = terminals[found.terminal_id]
    told = f"{terminal.name} ({terminal.serial}): {found.cause.value}, "
    told += f"{_span(desk, found.starts_at, found.ends_at)}, {found.reference}."
    if found.cause.found:
        raise Failure(
            f"{told} This was found by the collector, and is not withdrawn: presses of that time are lost or "
            "bear a wrong time, and people would be called absent or late for want of them. What is known of "
            "one person's day is entered with `presensi correct`."
        )

    def without(mine: Outages, sites: SiteOutages) -> tuple[Outages, SiteOutages]:
        return tuple(one for one in mine if one != found), sites

    def commit() -> None:
        desk.store.facts.withdraw_outage(number.value, reason, by=desk.by, at=desk.now)

    effects = _effects(desk, found.starts_at, found.ends_at, without)
    desk.enter(asked, f"Withdraw of {told}", effects, commit)


def _end_terminal(desk: Desk, asked: Asked, terminal: Terminal, ends: datetime) -> None:
    facts = desk.store.facts
    open_ones = [
        one
        for one in facts.outages_between(desk.now - 10_000 * _DAY, desk.now + _DAY)
        if one.terminal_id == terminal.id and one.ends_at is None
    ]
    if not open_ones:
        raise Failure(f"{terminal.name} has no open outage: see `presensi outage list`.")
    starts = min(one.starts_at for one in open_ones)
    _in_order(desk, max(one.starts_at for one in open_ones), ends)

    def other(mine: Outages, sites: SiteOutages) -> tuple[Outages, SiteOutages]:
        return tuple(replace(one, ends_at=ends) if one in open_ones else one for one in mine), sites

    def commit() -> None:
        facts.end_outage(terminal.id, ends, by=desk.by, at=desk.now)

    effects = _effects(desk, starts, None, other)
    desk.enter(asked, f"{terminal.name}: ends, {_span(desk, starts, ends)}.", effects, commit)


def _effects(desk: Desk, starts: datetime, ends: datetime | None, change: Other) -> list[Effect]:
    """The results that differ once the outages are as `change` makes them, from the date before, because of
    nights.
    """

    def take(assembler: Assembler) -> Assembler:
        assembler.take_outages(*change(assembler.facts.outages, assembler.facts.site_outages))
        return assembler

    last = desk.now if ends is None else ends
    return desk.effects(starts.astimezone(desk.zone).date() - _DAY, last.astimezone(desk.zone).date(), take)


def _terminal(store: Store, serial: str) -> Terminal:
    found = store.terminals.by_serial(SerialNumber(serial))
    if found is None:
        raise Failure(f"No terminal {serial} is registered: see `presensi terminal list`.")
    return found


def _number(outage: Outage) -> str | None:
    """Of a terminal's outage, where it can be withdrawn."""
    return None if outage.cause.found else f"{OutageNumber(True, outage.id)}"


def _in_order(desk: Desk, starts: datetime, ends: datetime) -> None:
    if ends < starts:
        began = starts.astimezone(desk.zone)
        raise Failure(f"It began at {began:%Y-%m-%d %H:%M}: give a later --at.")


def _told(desk: Desk, site: SiteOutage) -> str:
    names = {unit.id: unit.name for unit in desk.store.roster.load(desk.today).units}
    span = _span(desk, site.starts_at, site.ends_at)
    return f"{names[site.unit_id]}: {site.cause.value}, {span}, {site.reference}."


def _refuse_twice(
    desk: Desk, known: Iterable[Outage | SiteOutage], starts: datetime, cause: OutageCause
) -> None:
    """Who withdrew or ended one of two would believe that the other did not stand."""
    for one in known:
        if one.starts_at == starts and one.cause is cause:
            number = f" (number {one.id})" if isinstance(one, SiteOutage) else ""
            raise Failure(
                f"This outage is declared already{number}, {_span(desk, one.starts_at, one.ends_at)}: "
                "see `presensi outage list`."
            )


def _span(desk: Desk, starts: datetime, ends: datetime | None) -> str:
    told = f"from {starts.astimezone(desk.zone):%Y-%m-%d %H:%M}"
    return told + (f" to {ends.astimezone(desk.zone):%Y-%m-%d %H:%M}" if ends else ", still")
