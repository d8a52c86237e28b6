"""`presensi simulate push`: run a terminal that pushes to a gateway, until Ctrl-C."""

from __future__ import annotations

from pathlib import Path

import click

from config.settings import make_clock
from presensi import logs
from presensi.commands.simulate_run import city_time
from presensi.context import App, Command, pass_app
from presensi.notify import Notifier
from simulators.adms.dialects import DIALECTS


@click.command("push", cls=Command)
@click.argument("url", default="http://127.0.0.1:8081")
@click.option("--serial", default="SIMPUSH001", show_default=True, help="Its serial number.")
@click.option(
    "--dialect",
    type=click.Choice(list(DIALECTS)),
    default="new",
    show_default=True,
    help="; ".join(f"{name}: {dialect.summary}" for name, dialect in DIALECTS.items()) + ".",
)
@click.option("--key", help="The pushcommkey it gives.")
@click.option("--records", default=0, type=click.IntRange(0, 100_000), help="Punches to send first.")
@click.option(
    "--pace",
    default=1.0,
    show_default=True,
    type=click.FloatRange(0.1, 1000),
    help="How fast its waits pass.",
)
@click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path),
    default=Path("var/push"),
    show_default=True,
    help="Folder for the address of its control.",
)
@pass_app
@click.pass_context
def run_push(
    context: click.Context,
    app: App,
    *,
    url: str,
    serial: str,
    dialect: str,
    key: str | None,
    records: int,
    pace: float,
    folder: Path,
) -> None:
    """Run a terminal that pushes to the gateway at URL, and tell what it holds and the gateway took.

    A new terminal is refused (403) and keeps its punches until `presensi terminal approve`.
    """
    from simulators.adms.running import Progress, made_before, watch
    from simulators.adms.terminal import PushTerminal
    from simulators.carrier import Carrier
    from simulators.faults import Transport
    from simulators.single import make_terminal, run_terminal
    from simulators.station import Station

    logs.configure(app.settings.log)
    clock = make_clock(app.settings.clock)
    now, _ = city_time(clock, app.settings.city.zone)
    terminal = make_terminal(serial)

    def told(progress: Progress) -> None:
        stands = "online" if progress.online else f"offline (last answer: {progress.status or 'none'})"
        click.echo(f"{serial} {stands}, {progress.sent} of {progress.held} punches taken.")

    def ready(station: Station, _control: int) -> None:
        assert isinstance(station, PushTerminal)
        station.fill(made_before(terminal.clock(now()), [user.pin for user in terminal.users], records))
        station.soon(0.0, lambda: watch(station, told))
        click.echo(f"{serial} ({dialect}) calls {url}. Try: presensi simulate press 1001 --dir {folder}")
        Notifier().ready()

    carrier = Carrier(
        Transport.PUSH,
        url=url,
        dialect=DIALECTS[dialect],
        key=key,
        pace=pace,
        sync_clock=clock.rate == 1,
    )
    try:
        code = run_terminal(terminal, now, directory=folder, carrier=carrier, ready=ready)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error
    context.exit(code)
