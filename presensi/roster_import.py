"""Importing a roster as this program does it: with its drivers, in its user's name, with a bar."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, tzinfo
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from devices import registry
from devices.errors import UnusableAddress
from devices.zk.serial_line import SerialAddress
from presensi.context import operator
from store import Store
from store.importing import HOST, Addressing, Locality, Prepared, SheetKind, perform, prepare


def _serial_fault(address: str) -> str | None:
    try:
        SerialAddress.parse(address)
    except UnusableAddress as error:
        return f"correct it: {error.detail}"
    return None


ADDRESSINGS = {"zk-serial": Addressing(fault=_serial_fault)}
"""Of drivers whose terminals are no hosts."""


def prepare_roster(
    store: Store,
    files: Sequence[Path],
    zone: tzinfo,
    now: datetime,
    *,
    kind: SheetKind | None = None,
    hours: Collection[str] | None = None,
) -> Prepared:
    """Check the files, with the terminal drivers that this program knows, in the city's time `zone`; `now` is
    city time, aware. `hours` are the names that the rules know; None: not checked.
    """
    drivers = {name: ADDRESSINGS.get(name, HOST) for name in registry.names()}
    locality = Locality(drivers, zone, now.astimezone(zone).date(), hours)
    return prepare(store, files, locality, kind=kind)


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
