"""Importing a roster as this program does it: with its drivers, in its user's name, with a bar."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from devices import registry
from presensi.context import operator
from store import Store
from store.importing import Prepared, SheetKind, perform, prepare


def prepare_roster(store: Store, files: tuple[Path, ...], kind: SheetKind | None = None) -> Prepared:
    """Check the files, with the terminal drivers that this program knows."""
    return prepare(store, files, drivers=registry.names(), kind=kind)


def perform_roster(store: Store, prepared: Prepared, at: datetime, console: Console) -> None:
    """Import what was prepared, with a bar where somebody watches. `at` is city time."""
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("Importing", total=len(prepared.plan.changes))
        perform(
            store,
            prepared,
            actor=operator(),
            at=at,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )
