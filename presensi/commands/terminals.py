"""`presensi terminal`: try a terminal before it is registered, see how the registered ones are doing."""

from __future__ import annotations

import asyncio
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import click
from rich.table import Column, Table

from attendance.terminal import Terminal, TerminalHealth
from config.settings import make_clock
from devices import registry
from devices.driver import Identity, LogCounts, Target
from presensi.commands.terminal_admin import restart, users, voice
from presensi.context import App, Group, json_option, pass_app
from presensi.terminal_target import target_from, target_options


@dataclass(frozen=True, slots=True)
class Probed:
    """What a terminal told about itself."""

    identity: Identity
    counts: LogCounts
    clock: datetime
    """Naive, the terminal's own."""
    clock_offset: float
    """Seconds it is ahead of city time."""


@click.group("terminal", cls=Group)
def terminal() -> None:
    """Try a terminal, list the registered ones, administer one."""


@terminal.command("probe")
@target_options
@click.option("--driver", default="zk-tcp", show_default=True, help="How to speak to it.")
@json_option
@pass_app
def probe(
    app: App, *, address: str, comm_key_file: Path | None, ask_comm_key: bool, driver: str, as_json: bool
) -> None:
    """Ask the terminal at ADDRESS (host or host:port) who it is, and whether we can work with it.

    Changes nothing on the terminal. People may go on punching.
    """
    target = target_from(app.settings.collector, address, comm_key_file, ask_comm_key)
    probed = asyncio.run(_probe(app, driver, target))
    if as_json:
        app.emit(asdict(probed))
        return
    table = Table(show_header=False, title=f"{target.address}:{target.port}", title_justify="left")
    identity, counts = probed.identity, probed.counts
    table.add_row("Serial number", identity.serial)
    table.add_row("Model", identity.device_name or "not told")
    table.add_row("Firmware", f"{identity.firmware} on {identity.platform}")
    table.add_row("Clock", f"{probed.clock:%Y-%m-%d %H:%M:%S}, {_offset(probed.clock_offset)}")
    table.add_row("Log", _fill(counts.records, counts.records_capacity))
    table.add_row("Users", _fill(counts.users, counts.users_capacity))
    app.out.print(table)


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
            f"{item.address}:{item.port}",
            _state(item, found),
            f"{read:%d-%m %H:%M:%S}" if read else "–",
            f"{offset:+.0f} s" if offset is not None else "–",
            _fill(found.log_records, found.log_capacity) if found else "–",
        )
        if found and found.error:
            advice.append(
                f"{item.serial} {item.name}: {found.error_detail or found.error} {found.action or ''}"
            )
    app.out.print(table)
    for line in advice:
        app.out.print(line.rstrip(), markup=False, soft_wrap=True)


for command in (users, restart, voice):
    terminal.add_command(command)


async def _probe(app: App, driver: str, target: Target) -> Probed:
    session = await registry.load(driver).open(target)
    try:
        counts = await session.counts()
        clock = await session.read_clock()
        here = make_clock(app.settings.clock).now().astimezone(app.settings.city.zone).replace(tzinfo=None)
        return Probed(session.identity, counts, clock, (clock - here).total_seconds())
    finally:
        await session.close()


def _state(terminal: Terminal, health: TerminalHealth | None) -> str:
    if not terminal.active:
        return "not in use"
    if health is None:
        return "never tried"
    word = "[green]online[/]" if health.online else "[red]offline[/]"
    return f"{word} {health.error}" if health.error else word


def _fill(count: int | None, capacity: int | None) -> str:
    if count is None:
        return "not told"
    if not capacity:
        return f"{count}"
    return f"{count} of {capacity} ({count / capacity:.0%})"


def _offset(seconds: float) -> str:
    if abs(seconds) < 2:
        return "right"
    return f"{abs(seconds):.0f} s {'ahead' if seconds > 0 else 'behind'}"
