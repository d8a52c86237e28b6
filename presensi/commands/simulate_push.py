"""`presensi simulate push`: run a terminal that pushes to a gateway, until Ctrl-C."""

from __future__ import annotations

import click

from config.settings import make_clock
from presensi import logs
from presensi.commands.simulate_run import city_time
from presensi.context import App, Command, pass_app
from simulators.adms.dialects import DIALECTS
from simulators.adms.faults import LineFault


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
@click.option("--press-every", type=click.FloatRange(0.05), help="A finger every so many seconds; else none.")
@click.option(
    "--fault",
    "faults",
    multiple=True,
    type=click.Choice([fault.value for fault in LineFault]),
    help="What goes wrong with uploads; may be given several times.",
)
@click.option("--every", default=3, show_default=True, type=click.IntRange(1), help="Strikes one in so many.")
@click.option("--seed", default=0, show_default=True, help="Of the faults and the punches.")
@click.option(
    "--pace",
    default=1.0,
    show_default=True,
    type=click.FloatRange(0.1, 1000),
    help="How fast its waits pass.",
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
    press_every: float | None,
    faults: tuple[str, ...],
    every: int,
    seed: int,
    pace: float,
) -> None:
    """Run a terminal that pushes to the gateway at URL. What it holds and the gateway took is printed.

    A new terminal is refused (403) and keeps its punches until `presensi terminal approve`.
    """
    from simulators.adms.faults import PushFaults
    from simulators.adms.running import Progress, made_before, run_push_terminal
    from simulators.adms.terminal import PushTerminal
    from simulators.single import make_terminal

    logs.configure(app.settings.log)
    clock = make_clock(app.settings.clock)
    now, _ = city_time(clock, app.settings.city.zone)
    made = make_terminal(serial)
    try:
        terminal = PushTerminal(
            made,
            now,
            url,
            dialect=DIALECTS[dialect],
            faults=PushFaults([LineFault(fault) for fault in faults], every=every, seed=seed),
            key=key,
            pace=pace,
            sync_clock=clock.rate == 1,
            seed=seed,
        )
    except ValueError as error:
        raise click.BadParameter(str(error)) from error
    terminal.fill(made_before(now(), [user.pin for user in made.users], records, seed))

    def told(progress: Progress) -> None:
        state = "online" if progress.online else f"offline (last answer: {progress.status or 'none'})"
        click.echo(f"{serial} {state}, {progress.sent} of {progress.held} punches taken.")

    context.exit(run_push_terminal(terminal, told, press_every))
