"""`presensi simulate`: terminals that are not real, and what a technician can do to them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import click
from rich.table import Table

from config.clock import Clock, SimClock, SystemClock, set_rate, write_clock
from config.settings import make_clock
from presensi import logs
from presensi.context import App, Group, json_option, pass_app
from presensi.demo_folder import CLOCK_FILE, DEFAULT_FOLDER, SEED, working_day
from presensi.exits import Failure
from presensi.notify import Notifier
from presensi.process import stop_with_supervisor
from simulators.city.build import PEOPLE, TERMINALS
from simulators.control import ControlClient
from simulators.site import TerminalStatus

F = TypeVar("F", bound=Callable[..., Any])

folder_option = click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path),
    default=DEFAULT_FOLDER,
    show_default=True,
    help="Folder of the running simulator.",
)


def aimed(command: F) -> F:
    """A command for one terminal of a running simulator."""
    named = click.option("-t", "--terminal", "serial", help="Serial number; not needed where only one runs.")
    return folder_option(named(command))


@click.group(cls=Group)
def simulate() -> None:
    """Run terminals that are not real, press fingers, cut lines, move clocks.

    The commands reach a running `presensi demo`, `simulate fleet` or `simulate terminal` by its folder.
    """


@simulate.command("terminal")
@click.option("--serial", default="SIM0000001", show_default=True, help="Its serial number.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=4370, show_default=True, type=click.IntRange(0, 65535), help="0: any free one."
)
@click.option("--comm-key", default=0, type=click.IntRange(0, 999_999), help="The key it asks for.")
@click.option("--records", default=0, type=click.IntRange(0, 1_000_000), help="Punches already in its log.")
@click.option("--ahead", default=0.0, help="Seconds its clock is ahead of city time; negative: behind.")
@click.option(
    "--delivery",
    type=click.Choice(["whole", "coalesced", "split", "bytewise"]),
    default="whole",
    show_default=True,
    help="How its bytes arrive.",
)
@click.option("--gap", default=0.0, help="Seconds of silence after each write.")
@click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path),
    default=Path("var/terminal"),
    show_default=True,
    help="Folder for the address of its control.",
)
@pass_app
@click.pass_context
def run_one(
    context: click.Context,
    app: App,
    *,
    serial: str,
    host: str,
    port: int,
    comm_key: int,
    records: int,
    ahead: float,
    delivery: str,
    gap: float,
    folder: Path,
) -> None:
    """Run one terminal until Ctrl-C."""
    from simulators.faults import Delivery, Mode
    from simulators.single import fill_log, make_terminal, run_terminal

    logs.configure(app.settings.log)
    now, _ = city_time(make_clock(app.settings.clock), app.settings.city.zone)
    terminal = make_terminal(serial, comm_key=comm_key, clock_offset=ahead)
    if records:
        fill_log(terminal, records, terminal.clock(now()))

    def ready(bound: int, _control: int) -> None:
        click.echo(f"{serial} listens on {host}:{bound}. Try: presensi simulate press 1001 --dir {folder}")
        Notifier().ready()

    code = run_terminal(
        terminal,
        now,
        host=host,
        port=port,
        directory=folder,
        delivery=Delivery(Mode(delivery), gap),
        ready=ready,
    )
    context.exit(code)


@simulate.command("fleet")
@click.option("--seed", default=SEED, show_default=True, help="Chooses people and their day.")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="City day; else today, or the next Monday.")
@click.option("--people", default=PEOPLE, show_default=True, type=click.IntRange(1), help="How many people.")
@click.option(
    "--terminals", default=TERMINALS, show_default=True, type=click.IntRange(1), help="How many terminals."
)
@click.option("--base-port", default=0, type=click.IntRange(0, 65000), help="First port; 0: any free ones.")
@folder_option
@pass_app
@click.pass_context
def run_city(
    context: click.Context,
    app: App,
    *,
    seed: int,
    day: datetime | None,
    people: int,
    terminals: int,
    base_port: int,
    folder: Path,
) -> None:
    """Run a whole city's terminals through a day, as the city's clock goes.

    Writes the roster files, the terminals' addresses and the ground truth (truth.json) into the folder.
    """
    from simulators.fleet import run_fleet
    from simulators.scenario import build

    settings = app.settings
    logs.configure(settings.log)
    stop_with_supervisor()
    clock = make_clock(settings.clock)
    now, real_wait = city_time(clock, settings.city.zone)
    city_day = day.date() if day else working_day(now().date())
    try:
        scenario = build(seed, city_day, people=people, terminals=terminals)
    except ValueError as error:
        raise click.UsageError(f"{error}; choose other --people and --terminals.") from error
    folder.mkdir(parents=True, exist_ok=True)

    def ready() -> None:
        click.echo(f"{terminals} terminals of {people} people run for {city_day}; see {folder}.")
        Notifier().ready()

    context.exit(run_fleet(scenario, folder, now, real_wait, base_port=base_port, ready=ready))


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
    _tell(ControlClient.of(folder).move_clock(ahead, serial))


@simulate.command("cut")
@click.option("--silent", is_flag=True, help="Let it connect and answer nothing, instead of refusing.")
@aimed
def cut(silent: bool, folder: Path, serial: str | None) -> None:
    """Cut a terminal's line; fingers are still taken."""
    _tell(ControlClient.of(folder).cut(serial, silent=silent))


@simulate.command("restore")
@aimed
def restore(folder: Path, serial: str | None) -> None:
    """Mend a terminal's line."""
    _tell(ControlClient.of(folder).restore(serial))


@simulate.command("clear")
@aimed
def clear(folder: Path, serial: str | None) -> None:
    """Clear a terminal's log, as a careless hand at its menu would."""
    _tell(ControlClient.of(folder).clear(serial))


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
    table = Table("serial", "name", "address", "line", "sessions", "log", "clock")
    for it in terminals:
        table.add_row(
            it.serial,
            it.name,
            f"{it.host}:{it.port}",
            it.line.value,
            f"{it.clients} ({it.live_clients} live)",
            f"{it.records} of {it.capacity}",
            f"{it.clock:%H:%M:%S} ({it.clock_offset:+.0f} s)",
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


def city_time(clock: Clock, zone: ZoneInfo) -> tuple[Callable[[], datetime], Callable[[datetime], float]]:
    """City time as simulators take it: naive and local; and the real seconds until such a moment."""

    def now() -> datetime:
        return clock.now().astimezone(zone).replace(tzinfo=None)

    def real_wait(moment: datetime) -> float:
        return clock.real_seconds_until(moment.replace(tzinfo=zone))

    return now, real_wait


def steer(path: Path, zone: ZoneInfo, rate: float | None, moment: str | None) -> datetime:
    """Set the clock file's moment, its rate, or both; a missing file is made. The city time, aware."""
    running = SimClock(path) if path.exists() else None
    kept = rate if rate is not None else running.rate if running else 1.0
    if moment is None:
        if running is None:
            raise Failure(f"{path}: there is no clock file; give --at to make one.")
        return set_rate(path, kept)
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


def _tell(status: TerminalStatus) -> None:
    offset = timedelta(seconds=status.clock_offset)
    ahead = f", clock {offset.total_seconds():+.0f} s" if offset else ""
    click.echo(f"{status.serial} {status.name}: line {status.line.value}, {status.records} records{ahead}.")
