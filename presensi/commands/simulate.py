"""`presensi simulate`: terminals that are not real, and what a technician can do to them."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime, time
from pathlib import Path
from time import sleep as pause
from zoneinfo import ZoneInfo

import click
from rich.table import Column, Table

from config.clock import AHEAD_SECONDS, SimClock, SystemClock, set_rate, write_clock
from presensi.commands.simulate_faults import fault, faults, heal
from presensi.commands.simulate_push import run_push
from presensi.commands.simulate_run import models, run_city, run_one
from presensi.context import App, Group, json_option, pass_app
from presensi.demo_folder import CLOCK_FILE
from presensi.exits import Failure
from presensi.simulator_folder import aimed, folder_option, tell
from simulators.control import ControlClient
from simulators.stick import Tail


@click.group(cls=Group)
def simulate() -> None:
    """Run terminals that are not real, press fingers, cut lines, move clocks, let things go wrong.

    The commands reach a running `presensi demo`, `simulate fleet` or `simulate terminal` by its folder.
    docs/technician.md has a recipe for every model and every fault.
    """


for _command in (run_one, run_push, run_city, models, fault, heal, faults):
    simulate.add_command(_command)


@simulate.command("press")
@click.argument("who")
@click.option("--verify", default=1, show_default=True, help="How the terminal recognised the person.")
@click.option("--state", default=255, show_default=True, help="In/out key; 255: none pressed.")
@aimed
def press(who: str, verify: int, state: int, folder: Path, serial: str | None) -> None:
    """Press the finger of WHO, a PIN or a NIP."""
    report = ControlClient.of(folder).press(who, serial, verify=verify, state=state)
    who_it_is = report.name or "unknown there"
    click.echo(
        f"{report.serial} {report.device_time:%H:%M:%S}: PIN {report.pin} ({who_it_is}), "
        f"told {report.told} session(s)."
    )


@simulate.command("clock")
@click.option(
    "--ahead", type=float, help="Let the terminal's clock be so many seconds ahead; negative: behind."
)
@click.option("--city", is_flag=True, help="Steer the city's clock instead of one terminal's.")
@click.option("--pause", is_flag=True, help="Stop the city's clock.")
@click.option("--rate", type=click.FloatRange(0, 3600), help="City seconds in one real second.")
@click.option(
    "--at", "moment", help="Set the city's clock to HH:MM[:SS] of its day, or to YYYY-MM-DDTHH:MM[:SS]."
)
@click.option(
    "--file", "file", type=click.Path(path_type=Path), help="Clock file; else clock.json in the folder."
)
@aimed
@pass_app
def clock(
    app: App,
    *,
    ahead: float | None,
    city: bool,
    pause: bool,
    rate: float | None,
    moment: str | None,
    file: Path | None,
    folder: Path,
    serial: str | None,
) -> None:
    """Move a terminal's clock, or steer the city's.

    \b
    presensi simulate clock --ahead 90 -t SERIAL
    presensi simulate clock --city --pause
    presensi simulate clock --city --at 07:30:50 --rate 1
    """
    if city:
        if ahead is not None or not (pause or rate is not None or moment):
            raise click.UsageError("with --city give --pause, --rate or --at.")
        path = file or folder / CLOCK_FILE
        shown = steer(path, app.settings.city.zone, 0.0 if pause else rate, moment)
        click.echo(f"City time is {shown.astimezone(app.settings.city.zone):%Y-%m-%d %H:%M:%S}.")
        return
    if ahead is None or pause or rate is not None or moment:
        raise click.UsageError("give --ahead SECONDS for a terminal, or --city with --pause, --rate or --at.")
    tell(ControlClient.of(folder).move_clock(ahead, serial))


@simulate.command("cut")
@click.option("--silent", is_flag=True, help="Let it connect and answer nothing, instead of refusing.")
@aimed
def cut(silent: bool, folder: Path, serial: str | None) -> None:
    """Cut a terminal's line; fingers are still taken."""
    tell(ControlClient.of(folder).cut(serial, silent=silent))


@simulate.command("restore")
@aimed
def restore(folder: Path, serial: str | None) -> None:
    """Mend a terminal's line."""
    tell(ControlClient.of(folder).restore(serial))


@simulate.command("clear")
@aimed
def clear(folder: Path, serial: str | None) -> None:
    """Clear a terminal's log, as a careless hand at its menu would."""
    tell(ControlClient.of(folder).clear(serial))


@simulate.command("stick")
@click.argument("target", type=click.Path(path_type=Path, file_okay=False))
@click.option("--dialect", default="attlog", show_default=True, metavar="NAME", help="How it writes them.")
@click.option(
    "--device-id",
    default=1,
    show_default=True,
    type=click.IntRange(1, 9_999),
    help="Its number on the stick.",
)
@click.option(
    "--tail",
    type=click.Choice([tail.value for tail in Tail]),
    default=Tail.WHOLE.value,
    show_default=True,
    help="How the stick was pulled out.",
)
@aimed
def stick(*, target: Path, dialect: str, device_id: int, tail: str, folder: Path, serial: str | None) -> None:
    """Write a terminal's log to a USB stick: files in the folder TARGET, for `presensi import usb`."""
    client = ControlClient.of(folder)
    for file in client.write_stick(
        target.resolve(), serial, dialect=dialect, device_id=device_id, tail=Tail(tail)
    ):
        click.echo(file)


@simulate.command("fingers")
@aimed
@json_option
@pass_app
def fingers(app: App, *, folder: Path, serial: str | None, as_json: bool) -> None:
    """List whose fingers a terminal knows."""
    users = ControlClient.of(folder).fingers(serial)
    if as_json:
        app.emit([{"pin": user.pin, "name": user.name} for user in users])
        return
    table = Table("PIN", "name")
    for user in users:
        table.add_row(user.pin, user.name)
    app.out.print(table)


@simulate.command("status")
@folder_option
@json_option
@pass_app
def status(app: App, *, folder: Path, as_json: bool) -> None:
    """Show every terminal of a running simulator."""
    terminals = ControlClient.of(folder).status()
    if as_json:
        app.emit([asdict(terminal) for terminal in terminals])
        return
    table = Table(
        Column("serial", no_wrap=True), "name", "address", "line", "sessions", "log", "clock", "faults"
    )
    for it in terminals:
        table.add_row(
            it.serial,
            it.name,
            it.address,
            it.line.value,
            f"{it.clients} ({it.live_clients} live)",
            f"{it.records} of {it.capacity}",
            f"{it.clock:%H:%M:%S} ({it.clock_offset:+.0f} s)",
            ", ".join(f"{name} ({it.struck.get(name, 0)}×)" for name in it.faults),
        )
    app.out.print(table)


@simulate.command("console")
@folder_option
@click.option("--english", is_flag=True, help="In English; else Indonesian.")
def console(folder: Path, english: bool) -> None:
    """Steer the terminals of a running simulator on an interactive screen. Leaving it leaves them running."""
    from simulators.console import SimulatorConsole
    from simulators.texts import Language

    client = ControlClient.of(folder)
    SimulatorConsole(client, Language.ENGLISH if english else Language.INDONESIAN).run()


def steer(path: Path, zone: ZoneInfo, rate: float | None, moment: str | None) -> datetime:
    """Set the clock file's moment, its rate, or both; a missing file is made. The city time, aware."""
    running = SimClock(path) if path.exists() else None
    kept = rate if rate is not None else running.rate if running else 1.0
    if moment is None:
        if running is None:
            raise Failure(f"{path}: there is no clock file; give --at to make one.")
        city = set_rate(path, kept)
        pause(AHEAD_SECONDS)  # Whoever looks after the command sees what it did.
        return city
    here = (running or SystemClock()).now().astimezone(zone)
    at = _moment(moment, here.date()).replace(tzinfo=zone)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_clock(path, at, kept)
    return at


def _moment(text: str, day: date) -> datetime:
    try:
        if "T" in text:
            return datetime.fromisoformat(text).replace(tzinfo=None)
        return datetime.combine(day, time.fromisoformat(text))
    except ValueError:
        raise click.BadParameter(f'"{text}" is not HH:MM, HH:MM:SS or YYYY-MM-DDTHH:MM') from None
