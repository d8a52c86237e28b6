"""`presensi terminal pending`, `approve`, `refuse`, `ask`: terminals that push to the gateway."""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import date, datetime, time
from ipaddress import ip_network

import click
from rich.table import Column, Table

from attendance.ids import SerialNumber
from attendance.terminal import PUSH_DRIVER
from config.settings import make_clock
from devices.adms import commands
from presensi.context import App, Command, json_option, operator, pass_app
from store.push import PushState

SERIAL = re.compile(r"[A-Za-z0-9._-]{1,32}")


class Serial(click.ParamType[str]):
    """A serial number as the push protocol allows it."""

    name = "serial"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The serial number itself."""
        if not SERIAL.fullmatch(value):
            self.fail(f'"{value}" is not a serial number: letters, digits, ".", "_" and "-", at most 32.')
        return value


class Network(click.ParamType[str]):
    """An address or a network, as CIDR."""

    name = "cidr"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The network, written out."""
        try:
            return str(ip_network(value))
        except ValueError as error:
            self.fail(f"{error}; write a network as in 10.4.0.0/24, or one address.")


@click.command("pending", cls=Command)
@json_option
@pass_app
def pending(app: App, as_json: bool) -> None:
    """List the terminals that called the push gateway and that nobody has decided about."""
    with app.store() as store:
        registered = {item.serial for item in store.terminals.list() if item.driver == PUSH_DRIVER}
        waiting = [
            row
            for row in store.push.registrations()
            if row.state is PushState.PENDING and row.serial not in registered
        ]
    if as_json:
        app.emit([asdict(row) for row in waiting])
        return
    if not waiting:
        click.echo("No terminal waits for approval.")
        return
    zone = app.settings.city.zone
    table = Table(Column("serial", no_wrap=True), "calls from", "first", "last")
    for row in waiting:
        first, last = row.first_seen_at.astimezone(zone), row.last_seen_at.astimezone(zone)
        table.add_row(row.serial, row.address, f"{first:%d-%m %H:%M:%S}", f"{last:%d-%m %H:%M:%S}")
    app.out.print(table)
    click.echo("`presensi terminal approve SERIAL --unit CODE --name NAME` lets one in.")


@click.command("approve", cls=Command)
@click.argument("serial", type=Serial())
@click.option("--unit", "unit_code", help="Code of the unit at whose site it hangs.")
@click.option("--name", help="What the wall calls it.")
@click.option("--district", help="The kecamatan where it hangs, for the wall's plan of terminals.")
@click.option("--network", type=Network(), help="The only address or network (CIDR) it may call from.")
@pass_app
def approve(
    app: App,
    *,
    serial: str,
    unit_code: str | None,
    name: str | None,
    district: str | None,
    network: str | None,
) -> None:
    """Let the terminal SERIAL push its punches; the gateway hears it within seconds.

    A terminal that is not registered yet needs --unit and --name. One that the collector called so far is no
    longer called. Without --network it may call from where it was allowed before, at first from anywhere;
    --network 0.0.0.0/0 allows anywhere again.
    """
    with app.store() as store:
        now = make_clock(app.settings.clock).now()
        number = SerialNumber(serial)
        terminal = store.push.approve(
            number, unit_code=unit_code, name=name, network=network, at=now, district=district
        )
        allowed = store.push.network(number)
        detail = f"network {allowed}" if allowed else "from any network"
        store.audit.append(operator(), "terminal.push_approved", f"terminal:{serial}", detail, at=now)
    click.echo(f"{terminal.name} ({serial}) may push, {detail}.")


@click.command("refuse", cls=Command)
@click.argument("serial", type=Serial())
@pass_app
def refuse(app: App, *, serial: str) -> None:
    """Let the terminal SERIAL push no longer; what it holds stays on it. `approve` takes it back."""
    with app.store() as store:
        now = make_clock(app.settings.clock).now()
        store.push.refuse(SerialNumber(serial), at=now)
        store.audit.append(operator(), "terminal.push_refused", f"terminal:{serial}", at=now)
    click.echo(f"{serial} is refused from now on.")


@click.command("ask", cls=Command)
@click.argument("serial", type=Serial())
@click.argument("what", type=click.Choice(["info", "check", "resend", "reboot"]))
@click.option("--from", "first", type=click.DateTime(["%Y-%m-%d"]), help="resend: first day.")
@click.option("--to", "last", type=click.DateTime(["%Y-%m-%d"]), help="resend: last day; else the first.")
@pass_app
def ask(app: App, *, serial: str, what: str, first: datetime | None, last: datetime | None) -> None:
    """Ask the pushing terminal SERIAL something with its next call.

    \b
    info     tell of itself
    check    begin anew, and send what is new
    resend   send the punches of some days again (--from, --to); what is stored stays one punch
    reboot   restart
    """
    command = {"info": commands.INFO, "check": commands.CHECK, "reboot": commands.REBOOT}.get(what)
    if command is None:
        command = _resend(first, last)
    with app.store() as store:
        now = make_clock(app.settings.clock).now()
        number = store.push.ask(SerialNumber(serial), command, operator(), now)
        store.audit.append(operator(), "terminal.asked", f"terminal:{serial}", command, at=now)
    click.echo(f"Asked with {serial}'s next call, as number {number}.")


def _resend(first: datetime | None, last: datetime | None) -> str:
    if first is None:
        raise click.UsageError("resend needs --from, as in --from 2026-11-23")
    begin, end = first.date(), (last or first).date()
    if end < begin:
        raise click.UsageError("--to is before --from")
    return commands.query_attlog(_at(begin, time.min), _at(end, time(23, 59, 59)))


def _at(day: date, moment: time) -> datetime:
    return datetime.combine(day, moment)
