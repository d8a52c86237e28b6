"""`presensi terminal`: try a terminal before it is registered, see how the registered ones are doing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import click
from rich.table import Column, Table

from attendance.terminal import Terminal, TerminalHealth
from devices.errors import WrongTerminal
from presensi.commands.push import approve, ask, pending, refuse
from presensi.commands.terminal_admin import message, restart, set_time, users, voice
from presensi.commands.terminal_find import find
from presensi.commands.terminal_probe import probe
from presensi.commands.terminal_users import copy_user, user_add, user_delete, user_update
from presensi.context import App, Group, json_option, pass_app
from presensi.words import fill


@click.group("terminal", cls=Group)
def terminal() -> None:
    """Try a terminal, list the registered ones, administer one."""


@terminal.command("list")
@json_option
@pass_app
def list_terminals(app: App, as_json: bool) -> None:
    """List the registered terminals and how each is doing, as the collector last saw it."""
    with app.store() as store:
        terminals = store.terminals.list(active_only=False)
        health = store.terminals.health()
    if as_json:
        app.emit(
            [
                {**asdict(item), "health": asdict(found) if (found := health.get(item.id)) else None}
                for item in terminals
            ]
        )
        return
    if not terminals:
        click.echo("No terminal is registered: import some with `presensi import roster terminals.csv`.")
        return
    zone = app.settings.city.zone
    table = Table(Column("serial", no_wrap=True), "name", "address", "state", "read through", "clock", "log")
    advice: list[str] = []
    for item in terminals:
        found = health.get(item.id)
        read = found.read_through.astimezone(zone) if found and found.read_through else None
        offset = found.clock_offset if found else None
        table.add_row(
            item.serial,
            item.name,
            item.place or item.driver,
            _state(item, found),
            f"{read:%d-%m %H:%M:%S}" if read else "–",
            f"{offset:+.0f} s" if offset is not None else "–",
            fill(found.log_records, found.log_capacity) if found else "–",
        )
        if found and found.error:
            advice.append(_advice(item, found, terminals))
    app.out.print(table)
    for line in advice:
        app.out.print(line.rstrip(), markup=False, soft_wrap=True)


for command in (probe, find, users, user_add, user_update, user_delete, copy_user):
    terminal.add_command(command)
for command in (set_time, message, restart, voice, pending, approve, refuse, ask):
    terminal.add_command(command)


def _advice(item: Terminal, health: TerminalHealth, terminals: Sequence[Terminal]) -> str:
    detail = health.error_detail or health.error or ""
    told = f"{item.serial} {item.name}: {detail} {health.action or ''}".rstrip()
    if health.error != WrongTerminal.__name__:
        return told
    moved = [other for other in terminals if other.serial != item.serial and other.serial in detail]
    if not moved:
        return f"{told} No registered terminal has that serial number: this one was replaced."
    return f"{told} That is {moved[0].name}, registered at {moved[0].place}: presensi terminal find"


def _state(terminal: Terminal, health: TerminalHealth | None) -> str:
    if not terminal.active:
        return "not in use"
    if health is None:
        return "never tried"
    word = "[green]online[/]" if health.online else "[red]offline[/]"
    return f"{word} {health.error}" if health.error else word
