"""`presensi up`: collector, keeper, wall and push gateway as supervised children of one process."""

from __future__ import annotations

import asyncio
import signal
from contextlib import suppress
from pathlib import Path

from rich.console import Console

from config.listening import local_host
from config.settings import Settings
from presensi.notify import Notifier
from presensi.process import Child, Supervisor, presensi

READY_SECONDS = 60.0
"""How long the children may take to become ready before we say which one is late."""

WATCH_SECONDS = 1.0

_COLLECTOR_WATCHDOG = 90.0
_WALL_WATCHDOG = 60.0
_GATEWAY_WATCHDOG = 60.0
_KEEPER_WATCHDOG = 60.0
_COLOURS = {
    "collect": "cyan",
    "judge": "red",
    "wall": "green",
    "gateway": "blue",
    "up": "yellow",
    "fleet": "magenta",
}


def services(settings: Settings, settings_file: Path | None) -> list[Child]:
    """The children of an installation, in the order of their start; `settings` are those of the file."""
    options = ["--config", str(settings_file.absolute())] if settings_file else []
    children = [
        Child("collect", presensi("collect", *options), watchdog=_COLLECTOR_WATCHDOG),
        Child("wall", presensi("wall", *options), watchdog=_WALL_WATCHDOG),
        Child("judge", presensi("judge", *options), watchdog=_KEEPER_WATCHDOG),
    ]
    if settings.gateway.enabled:
        children.append(Child("gateway", presensi("gateway", *options), watchdog=_GATEWAY_WATCHDOG))
    return children


def wall_address(settings: Settings) -> str:
    """Where a browser on this machine finds the wall."""
    return f"http://{local_host(settings.wall.host)}:{settings.wall.port}/"


def run(settings: Settings, settings_file: Path | None, console: Console) -> int:
    """Run until SIGTERM or Ctrl-C; the exit code."""

    def log(name: str, line: str) -> None:
        console.print(f"[{_COLOURS.get(name, 'white')}]{name:>7}[/] │ ", end="")
        console.print(line, markup=False, soft_wrap=True)

    asyncio.run(_run(settings, console, Supervisor(services(settings, settings_file), log)))
    return 0


async def _run(settings: Settings, console: Console, supervisor: Supervisor) -> None:
    stop = stop_on_signals()
    notifier = Notifier()
    await supervisor.start()
    try:
        ready = asyncio.create_task(supervisor.wait_ready(READY_SECONDS))
        stopped = asyncio.create_task(stop.wait())
        await asyncio.wait((ready, stopped), return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        if not stop.is_set():
            late = ready.result()
            if late:
                console.print(
                    f"Not ready after {READY_SECONDS:g} s: {', '.join(late)}. Still trying; see above."
                )
            else:
                console.print(f"The wall is at {wall_address(settings)}")
                if settings.gateway.enabled:
                    console.print(
                        f"Terminals that push call {settings.gateway.host}, port {settings.gateway.port}"
                    )
            notifier.ready()
        ready.cancel()
        while not stop.is_set():
            if not supervisor.silent():
                notifier.progress()
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), WATCH_SECONDS)
    finally:
        notifier.stopping()
        await supervisor.stop()


def stop_on_signals() -> asyncio.Event:
    """An event that SIGINT and SIGTERM set."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop
