"""`presensi demo`: a simulated city and its wall."""

from __future__ import annotations

from datetime import datetime, time
from pathlib import Path

import click
from click.core import ParameterSource

from presensi.context import App, Command, pass_app
from presensi.demo import run_demo
from presensi.demo_folder import DEFAULT_FOLDER, HISTORY_DAYS, RATE, SEED, DemoOptions
from presensi.demo_screen import DemoScreen
from simulators.city.build import PEOPLE, TERMINALS
from simulators.scenarios import SCENARIOS

_TIME = click.DateTime(["%H:%M", "%H:%M:%S"])


@click.command(cls=Command)
@click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path),
    default=DEFAULT_FOLDER,
    show_default=True,
    help="Where its data goes; what an earlier demo left there is replaced.",
)
@click.option(
    "--rate",
    type=click.FloatRange(0, 600),
    default=RATE,
    show_default=True,
    help="City seconds a second; 0: the city's clock stands still until somebody moves it.",
)
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="City day; else today, or the next Monday.")
@click.option("--start", type=_TIME, default="06:45", show_default=True, help="City time at the start.")
@click.option("--until", type=_TIME, help="City time at which the demo ends by itself.")
@click.option("--people", type=click.IntRange(1), default=PEOPLE, show_default=True, help="How many people.")
@click.option(
    "--terminals", type=click.IntRange(1), default=TERMINALS, show_default=True, help="How many terminals."
)
@click.option(
    "--history",
    type=click.IntRange(0, 60),
    default=HISTORY_DAYS,
    show_default=True,
    help="Working days before it that are in the logs: what is usual rests on them.",
)
@click.option("--seed", default=SEED, show_default=True, help="Chooses people and their day.")
@click.option(
    "--scenario",
    type=click.Choice(list(SCENARIOS)),
    help="A day that really happened, with its own date, people and terminals.",
)
@click.option(
    "--database", help="URL of an empty PostgreSQL or SQLite database, instead of a file in the folder."
)
@click.option(
    "--port", type=click.IntRange(0, 65535), help="The wall's port, 0 for any; else the first free from 8080."
)
@click.option(
    "--count-check", help="How often a terminal is asked for its count, as in 2s; else by the rate."
)
@pass_app
@click.pass_context
def demo(
    context: click.Context,
    app: App,
    *,
    folder: Path,
    rate: float,
    day: datetime | None,
    start: datetime,
    until: datetime | None,
    people: int,
    terminals: int,
    history: int,
    seed: int,
    scenario: str | None,
    database: str | None,
    port: int | None,
    count_check: str | None,
) -> None:
    """Run a simulated city of 135 terminals and its wall, on this machine alone.

    City time starts at 06:45 and goes 15 times as fast: 07:30 passes after three minutes. One terminal is
    dark from the start; one drops at 07:20 and comes back at 07:50 with its punches.
    """
    end: time | None = until.time() if until else None
    if end is not None and end <= start.time():
        raise click.UsageError("--until must be later than --start.")
    if scenario is not None and any(
        context.get_parameter_source(name) is ParameterSource.COMMANDLINE
        for name in ("day", "people", "terminals", "history")
    ):
        raise click.UsageError(
            "--scenario has its own --day, --people, --terminals and --history: leave them out."
        )
    options = DemoOptions(
        folder=folder,
        rate=rate,
        day=day.date() if day else None,
        start=start.time(),
        until=end,
        people=people,
        terminals=terminals,
        history=history,
        seed=seed,
        scenario=scenario,
        database=database,
        port=port,
        count_check=count_check,
    )
    context.exit(run_demo(options, DemoScreen(app.out)))
