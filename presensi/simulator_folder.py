"""Which running simulator a command speaks to: its folder, and the terminal in it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from presensi.demo_folder import DEFAULT_FOLDER
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


def tell(status: TerminalStatus) -> None:
    """Say how a terminal is now, in one line."""
    parts = [f"line {status.line.value}", f"{status.records} records"]
    if status.clock_offset:
        parts.append(f"clock {status.clock_offset:+.0f} s")
    if status.faults:
        parts.append(f"faults: {', '.join(status.faults)}")
    click.echo(f"{status.serial} {status.name}: {', '.join(parts)}.")
