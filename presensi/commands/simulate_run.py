"""`presensi simulate terminal` and `fleet`: run terminals that are not real until Ctrl-C."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from rich.table import Table

from config.clock import Clock
from config.settings import make_clock
from presensi import logs
from presensi.context import App, Command, json_option, pass_app
from presensi.demo_folder import SEED, working_day
from presensi.notify import Notifier
from presensi.simulator_folder import folder_option
from presensi.supervised import stop_with_supervisor
from simulators.city.build import PEOPLE, TERMINALS
from simulators.scenario import HISTORY_DAYS
from simulators.scenarios import SCENARIOS

_SAYS_NOTHING = {"firmware", "platform", "device_name"}


@click.command("terminal", cls=Command)
@click.option("--serial", default="SIM0000001", show_default=True, help="Its serial number.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=4370, show_default=True, type=click.IntRange(0, 65535), help="0: any free one."
)
@click.option("--comm-key", default=0, type=click.IntRange(0, 999_999), help="The key it asks for.")
@click.option("--records", default=0, type=click.IntRange(0, 1_000_000), help="Punches already in its log.")
@click.option(
    "--model",
    default="x100-c",
    show_default=True,
    metavar="NAME",
    help="The make it is; `simulate models` lists them.",
)
@click.option(
    "--transport",
    type=click.Choice(["tcp", "udp", "serial"]),
    default="tcp",
    show_default=True,
    help="What carries its frames.",
)
@click.option(
    "--converter",
    is_flag=True,
    help="With serial: a TCP port, as a serial-to-Ethernet converter has it, instead of a device.",
)
@click.option(
    "--baud", default=9_600, show_default=True, type=click.IntRange(300), help="With serial: bits a second."
)
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
    model: str,
    transport: str,
    converter: bool,
    baud: int,
    ahead: float,
    delivery: str,
    gap: float,
    folder: Path,
) -> None:
    """Run one terminal until Ctrl-C."""
    from simulators.carrier import Carrier
    from simulators.faults import Delivery, Mode, Transport
    from simulators.models import MODELS
    from simulators.serial_port import Wire
    from simulators.single import fill_log, make_terminal, run_terminal
    from simulators.station import Station

    if model not in MODELS:
        raise click.BadParameter(f"there is no model {model}; there are {', '.join(MODELS)}.")
    carrier = Carrier(Transport(transport), Wire.SOCKET if converter else Wire.PTY, baud)

    logs.configure(app.settings.log)
    now, _ = city_time(make_clock(app.settings.clock), app.settings.city.zone)
    terminal = make_terminal(serial, comm_key=comm_key, clock_offset=ahead, model=MODELS[model])
    if records:
        fill_log(terminal, records, terminal.clock(now()))

    def ready(server: Station, _control: int) -> None:
        click.echo(
            f"{serial} ({model}) listens on {server.whereabouts} ({server.driver}). "
            f"Try: presensi simulate press 1001 --dir {folder}"
        )
        Notifier().ready()

    code = run_terminal(
        terminal,
        now,
        host=host,
        port=port,
        directory=folder,
        delivery=Delivery(Mode(delivery), gap),
        carrier=carrier,
        ready=ready,
    )
    context.exit(code)


@click.command("models", cls=Command)
@json_option
@pass_app
def models(app: App, *, as_json: bool) -> None:
    """List the makes that `simulate terminal --model` can be, and what is unlike the others in each."""
    from simulators.models import MODELS
    from simulators.terminal import TerminalModel

    usual = asdict(TerminalModel())
    odd = {
        name: {key: value for key, value in asdict(model).items() if value != usual[key]}
        for name, model in MODELS.items()
    }
    if as_json:
        app.emit(odd)
        return
    table = Table("model", "device", "unlike the others")
    for name, model in MODELS.items():
        told = (f"{key}={value}" for key, value in odd[name].items() if key not in _SAYS_NOTHING)
        table.add_row(name, model.device_name, ", ".join(told))
    app.out.print(table)


@click.command("fleet", cls=Command)
@click.option("--seed", default=SEED, show_default=True, help="Chooses people and their day.")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="City day; else today, or the next Monday.")
@click.option("--people", default=PEOPLE, show_default=True, type=click.IntRange(1), help="How many people.")
@click.option(
    "--terminals", default=TERMINALS, show_default=True, type=click.IntRange(1), help="How many terminals."
)
@click.option("--scenario", type=click.Choice(list(SCENARIOS)), help="A day that really happened instead.")
@click.option(
    "--history",
    default=HISTORY_DAYS,
    show_default=True,
    type=click.IntRange(0, 60),
    help="Working days before it whose punches are in the logs.",
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
    scenario: str | None,
    history: int,
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
        played = (
            SCENARIOS[scenario](seed)
            if scenario
            else build(seed, city_day, people=people, terminals=terminals, history_days=history)
        )
    except ValueError as error:
        raise click.UsageError(f"{error}; choose other --people and --terminals.") from error
    folder.mkdir(parents=True, exist_ok=True)

    def ready() -> None:
        size = f"{len(played.city.terminals)} terminals of {len(played.city.people)} people"
        click.echo(f"{size} run for {played.day}; see {folder}.")
        Notifier().ready()

    context.exit(run_fleet(played, folder, now, real_wait, base_port=base_port, ready=ready))


def city_time(clock: Clock, zone: ZoneInfo) -> tuple[Callable[[], datetime], Callable[[datetime], float]]:
    """City time as simulators take it: naive and local; and the real seconds until such a moment."""

    def now() -> datetime:
        return clock.now().astimezone(zone).replace(tzinfo=None)

    def real_wait(moment: datetime) -> float:
        return clock.real_seconds_until(moment.replace(tzinfo=zone))

    return now, real_wait
