"""`presensi up`, `collect`, `judge`, `gateway`: the processes of an installation; `wall` is the fifth."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import click

from config.settings import Settings
from presensi import logs
from presensi.context import App, Command, pass_app
from presensi.notify import Notifier
from presensi.supervised import stop_with_supervisor

Run = Callable[[Settings, Callable[[], None], Callable[[], None]], int]


@click.command(cls=Command)
@pass_app
@click.pass_context
def up(context: click.Context, app: App) -> None:
    """Run everything on this machine: collector, keeper, wall and push gateway, supervised.

    A process that dies or hangs is started again. Ctrl-C or SIGTERM stops all in order.
    """
    from presensi.up import run

    with app.store():
        pass  # a wrong address or version is said here once, not by every child again and again
    context.exit(run(app.settings, app.settings_file, app.err))


@click.command(cls=Command)
@pass_app
@click.pass_context
def collect(context: click.Context, app: App) -> None:
    """Run the collector: holds a session with every terminal and stores their punches."""
    from collector.main import run

    context.exit(serve(app, run))


@click.command(cls=Command)
@pass_app
@click.pass_context
def judge(context: click.Context, app: App) -> None:
    """Run the keeper: stores each person's result of each day, and how it became so.

    It keeps every day from the first stored one on. Days before that are judged by `presensi recompute`.
    """
    from realtime.keeper_process import run

    context.exit(serve(app, run))


@click.command(cls=Command)
@click.option(
    "--trust-clock",
    is_flag=True,
    help="This machine's clock is right, although the store holds punches received later than it shows.",
)
@pass_app
@click.pass_context
def gateway(context: click.Context, app: App, trust_clock: bool) -> None:
    """Run the push gateway: terminals call it over HTTP (ADMS) and send their punches.

    A terminal is heard once it is registered with the driver "push"; see `presensi terminal pending`.
    """
    from collector.gateway.server import run

    context.exit(serve(app, partial(run, trust_clock=trust_clock)))


def serve(app: App, run: Run) -> int:
    """Run a process of the installation as its supervisor expects it; its exit code."""
    settings = app.settings
    logs.configure(settings.log)
    stop_with_supervisor()
    notifier = Notifier()
    try:
        return run(settings, notifier.ready, notifier.progress)
    finally:
        notifier.stopping()
