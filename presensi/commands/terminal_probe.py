"""`presensi terminal probe`: who a terminal is, and how it would be worked with, before it is registered."""

from __future__ import annotations

import asyncio
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

import click
from rich.markup import escape
from rich.table import Table

from attendance.ids import SerialNumber
from attendance.terminal import Terminal
from config.settings import make_clock
from devices import registry
from devices.driver import Capabilities, Identity, LogCounts, Session, Target
from devices.errors import DeadlineExceeded, Unreachable
from presensi.context import App, Command, json_option, pass_app
from presensi.terminal_target import target_from, target_options
from presensi.words import fill
from store import StoreError

HASTE = 1.5
"""Real seconds to wait for a first answer where another way to speak is left to be tried."""
RIGHT = 2.0
"""A clock no further off, in seconds, is called right: it tells whole seconds only."""
READING = {
    "tail": "only what is new, from where it was left",
    "time range": "by time range",
    "whole": "whole, whenever it grew",
    "bare": "whole, by the bare command, whenever it grew",
}


@dataclass(frozen=True, slots=True)
class Probed:
    """What a terminal told about itself."""

    identity: Identity
    driver: str
    """How it was spoken to."""
    remark: str
    """Why not otherwise; empty where there is nothing to say."""
    capabilities: Capabilities
    counts: LogCounts
    clock: datetime
    """Naive, the terminal's own."""
    clock_offset: float
    """Seconds it is ahead of city time."""


@click.command("probe", cls=Command)
@target_options
@click.option("--driver", help="How to speak to it; else TCP is tried, then UDP.")
@json_option
@pass_app
def probe(
    app: App,
    *,
    address: str,
    comm_key_file: Path | None,
    ask_comm_key: bool,
    driver: str | None,
    as_json: bool,
) -> None:
    """Ask the terminal at ADDRESS who it is, and whether we can work with it.

    ADDRESS is host, host:port or a serial line such as /dev/ttyUSB0?baud=9600. Changes nothing on the
    terminal. People may go on punching.
    """
    target = target_from(app.settings.collector, address, comm_key_file, ask_comm_key)
    probed = asyncio.run(_probe(app, driver, target))
    registered = _registered(app, probed.identity.serial)
    if as_json:
        place = None if registered is None else {"name": registered.name, "address": registered.place}
        app.emit({**asdict(probed), "reading": probed.capabilities.reading, "registered": place})
        return
    app.out.print(_table(target, probed, registered))


def _table(target: Target, probed: Probed, registered: Terminal | None) -> Table:
    identity, can = probed.identity, probed.capabilities
    table = Table(show_header=False, title=escape(target.place), title_justify="left")
    rows = {
        "Serial number": identity.serial,
        "Model": identity.device_name or "not told",
        "Firmware": f"{identity.firmware} on {identity.platform or 'a platform not told'}",
        "Registered": _registration(target, registered),
        "Speaks": f"{can.transport}, driver {probed.driver}{probed.remark and f': {probed.remark}'}",
        "Clock": f"{probed.clock:%Y-%m-%d %H:%M:%S}, {_offset(probed.clock_offset)}",
        "Log": fill(probed.counts.records, probed.counts.records_capacity),
        "Users": fill(probed.counts.users, probed.counts.users_capacity),
        "Record": "not known yet" if can.record_size is None else f"{can.record_size} bytes",
        "Prepares its log": _known(can.bulk),
        "Reads from the middle": _known(can.tail),
        "Reads a time range": _known(can.time_range),
        "Tells punches live": _known(can.live),
        "Will be read": READING[can.reading],
    }
    for name, value in rows.items():
        table.add_row(name, escape(value))
    return table


async def _probe(app: App, driver: str | None, target: Target) -> Probed:
    session, used, remark = await _open(driver, target)
    try:
        counts = await session.counts()
        clock = await session.read_clock()
        here = make_clock(app.settings.clock).now().astimezone(app.settings.city.zone).replace(tzinfo=None)
        found = await session.probe()
        return Probed(session.identity, used, remark, found, counts, clock, (clock - here).total_seconds())
    finally:
        await session.close()


async def _open(driver: str | None, target: Target) -> tuple[Session, str, str]:
    """A session, the driver that gave it, and why that one."""
    if driver is not None or not target.port:
        chosen = driver or "zk-serial"
        return await registry.load(chosen).open(target), chosen, ""
    hasty = replace(
        target,
        connect_timeout=min(HASTE, target.connect_timeout),
        reply_timeout=min(HASTE, target.reply_timeout),
    )
    try:
        return await registry.load("zk-tcp").open(hasty), "zk-tcp", ""
    except (Unreachable, DeadlineExceeded) as error:
        mute = isinstance(error, DeadlineExceeded)
        try:
            session = await registry.load("zk-udp").open(hasty)
        except Unreachable:
            raise error from None
    remark = "it accepts TCP but is mute there" if mute else "it does not answer over TCP"
    return session, "zk-udp", remark


def _registered(app: App, serial: str) -> Terminal | None:
    """Under which name; a terminal must be reachable before there is a store."""
    try:
        with app.store() as store:
            return store.terminals.by_serial(SerialNumber(serial))
    except StoreError:
        return None


def _registration(target: Target, registered: Terminal | None) -> str:
    if registered is None:
        return "no"
    if registered.place == target.place:
        return f"as {registered.name}"
    elsewhere = f"at {registered.place}" if registered.place else f"with driver {registered.driver}"
    return f"as {registered.name}, {elsewhere}"


def _known(capability: bool | None) -> str:
    return {True: "yes", False: "no", None: "not known yet"}[capability]


def _offset(seconds: float) -> str:
    if abs(seconds) < RIGHT:
        return "right"
    return f"{abs(seconds):.0f} s {'ahead' if seconds > 0 else 'behind'}"
