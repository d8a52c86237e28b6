"""`presensi terminal find`: which terminals answer in a range of addresses, and which of ours have moved."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path

import click
from rich.markup import escape
from rich.progress import Progress
from rich.table import Table

from attendance.ids import SerialNumber
from attendance.terminal import UNCALLED_DRIVERS, Terminal
from config.settings import make_clock
from devices import registry
from devices.driver import Target
from devices.errors import MalformedFrame, UnusableAddress
from devices.find import Asked, addresses
from devices.find import find as ask
from presensi.context import App, Command, json_option, operator, pass_app
from presensi.exits import ExitCode
from presensi.terminal_target import key_options, target_at
from store import Store, StoreError
from store.terminals import Move

CONNECT_SECONDS, REPLY_SECONDS = 1.0, 2.0
"""How long one address is waited for, at most."""
ALIVE = timedelta(seconds=30)
"""A collector that showed itself within this city time is at work: what it holds online needs no asking."""


class Standing(StrEnum):
    """What an address that gave something means to us."""

    HERE = "registered"
    MOVED = "moved"
    TWICE = "answers at two addresses"
    UNCALLED = "registered, not called"
    NEW = "new"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Found:
    """One line of the list."""

    address: str
    port: int
    serial: str
    model: str
    standing: Standing
    note: str


@click.command("find", cls=Command)
@click.argument("network", metavar="RANGE")
@key_options
@click.option("--driver", default="zk-tcp", show_default=True, help="zk-tcp or zk-udp.")
@click.option("--port", default=4370, show_default=True, type=click.IntRange(1, 65_535))
@click.option("--apply", "apply_moves", is_flag=True, help="Correct the addresses of terminals that moved.")
@click.option("--yes", is_flag=True, help="Do not ask before correcting.")
@json_option
@pass_app
@click.pass_context
def find(
    context: click.Context,
    app: App,
    *,
    network: str,
    comm_key_file: Path | None,
    ask_comm_key: bool,
    driver: str,
    port: int,
    apply_moves: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Ask every address of RANGE (such as 192.0.2.0/24, at most 1024 addresses) for its terminal.

    Gently: a few at a time, one question each, and not those that the collector holds online just now.
    Changes nothing on the terminals, and nothing else without --apply.
    """
    try:
        hosts = addresses(network)
    except UnusableAddress as error:
        raise click.BadParameter(error.detail) from error
    pattern = replace(
        target_at(app.settings.collector, "", port, comm_key_file, ask_comm_key),
        connect_timeout=CONNECT_SECONDS,
        reply_timeout=REPLY_SECONDS,
    )
    with ExitStack() as stack:
        store = _store(app, stack, needed=apply_moves)
        terminals = store.terminals.list() if store is not None else []
        held = _held(app, store) if store is not None else frozenset()
        skipped = {it.address for it in terminals if it.id in held and it.port == port} & set(hosts)
        asked = asyncio.run(_ask(app, driver, [host for host in hosts if host not in skipped], pattern))
        found = _judged(asked, terminals, port)
        moves = [
            Move(SerialNumber(it.serial), it.address, it.port)
            for it in found
            if it.standing is Standing.MOVED
        ]
        if as_json:
            app.emit({"found": [_as_dict(it) for it in found], "not_asked": sorted(skipped)})
        else:
            _show(app, found, len(skipped), len(hosts))
        if store is None or not apply_moves or not moves:
            if moves and not as_json:
                click.echo("Correct these addresses with --apply.")
            return
        if not yes and not click.confirm(f"Correct the address of {len(moves)}?", err=as_json):
            click.echo("Nothing was changed.", err=as_json)
            context.exit(ExitCode.FAILED)
        store.terminals.move(moves, actor=operator(), at=make_clock(app.settings.clock).now())
        click.echo(f"{len(moves)} corrected. A running collector takes it up within seconds.", err=as_json)


def _store(app: App, stack: ExitStack, *, needed: bool) -> Store | None:
    """The store; without one everything found is new, unless it is `needed`."""
    try:
        return stack.enter_context(app.store())
    except StoreError:
        if needed:
            raise
        return None


def _held(app: App, store: Store) -> frozenset[int]:
    """The terminals with which a running collector has a session, or had one a moment ago."""
    alive = store.terminals.collector_alive()
    if alive is None or make_clock(app.settings.clock).now() - alive > ALIVE:
        return frozenset()
    return frozenset(number for number, health in store.terminals.health().items() if health.online)


async def _ask(app: App, driver: str, hosts: Sequence[str], pattern: Target) -> list[Asked]:
    chosen = registry.load(driver)
    answered = []
    with Progress(console=app.err, transient=True, disable=not app.err.is_terminal) as bar:
        task = bar.add_task("Asking", total=len(hosts))
        async for asked in ask(chosen, hosts, pattern):
            bar.advance(task)
            answered.append(asked)
    return answered


def _judged(asked: Sequence[Asked], terminals: Sequence[Terminal], port: int) -> list[Found]:
    by_serial = {terminal.serial: terminal for terminal in terminals}
    places: dict[str, set[str]] = {}
    for one in asked:
        if one.identity is not None:
            places.setdefault(one.identity.serial, set()).add(one.address)
    found = []
    for one in sorted(asked, key=lambda it: int(ip_address(it.address))):
        if one.identity is not None:
            known = by_serial.get(SerialNumber(one.identity.serial))
            standing, note = _standing(one.address, port, known, len(places[one.identity.serial]))
            model = one.identity.device_name
            found.append(Found(one.address, port, one.identity.serial, model, standing, note))
        elif one.error is not None and not isinstance(one.error, MalformedFrame):
            found.append(Found(one.address, port, "", "", Standing.UNCLEAR, str(one.error)))
    return found


def _standing(address: str, port: int, known: Terminal | None, places: int) -> tuple[Standing, str]:
    if known is None:
        return Standing.NEW, ""
    if known.driver in UNCALLED_DRIVERS:
        return Standing.UNCALLED, f"{known.name}, driver {known.driver}"
    if (known.address, known.port) == (address, port):
        return Standing.HERE, known.name
    if places > 1:
        return Standing.TWICE, f"{known.name}, registered at {known.place}"
    return Standing.MOVED, f"{known.name}, from {known.place}"


def _show(app: App, found: Sequence[Found], skipped: int, total: int) -> None:
    if found:
        table = Table("address", "serial", "model", "is", "")
        for one in found:
            table.add_row(one.address, *map(escape, (one.serial, one.model, one.standing, one.note)))
        app.out.print(table)
    held = f", {skipped} not asked because the collector holds them online" if skipped else ""
    click.echo(f"{total} addresses{held}: {len(found)} gave something.")


def _as_dict(found: Found) -> dict[str, str | int]:
    return {
        "address": found.address,
        "port": found.port,
        "serial": found.serial,
        "model": found.model,
        "standing": found.standing.name.lower(),
        "note": found.note,
    }
