"""What `presensi demo` shows on the terminal it was started from."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.live import Live
from rich.text import Text

LINE_EVERY = 300
"""City seconds between two lines where nobody watches a moving one."""


class DemoScreen:
    """Steps while it begins; then one moving line, or a line now and then when the output is a file."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self._live: Live | None = None
        self._told = 0.0

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """A step of the beginning or the end, with the time it took."""
        begun = time.monotonic()
        if self.console.is_terminal:
            with self.console.status(title):
                yield
        else:
            yield
        self.console.print(f"[green]✓[/] {title} [dim]{time.monotonic() - begun:.1f} s[/]")

    def running(self, address: str, folder: Path) -> None:
        """Everything runs: where the wall is, and what to try."""
        where = "" if str(folder) == "var/demo" else f" --dir {folder}"
        config = folder / "presensi.toml"
        self.console.print(
            f"""
[bold]The wall is at {address}[/]

In another terminal:
  presensi simulate status{where}                     the terminals
  presensi simulate press PIN -t SERIAL{where}        press a finger
  presensi simulate cut -t SERIAL{where}              cut a line; `restore` mends it
  presensi simulate clock --city --pause{where}       stop the city's clock; --rate 15 goes on
  presensi terminal list --config {config}
                                                      the same terminals as the collector sees them

Ctrl-C ends the demo.
""",
            soft_wrap=True,
        )

    @contextmanager
    def live(self) -> Iterator[None]:
        """Show one moving line meanwhile."""
        if not self.console.is_terminal:
            yield
            return
        with Live(console=self.console, auto_refresh=False, transient=True) as live:
            self._live = live
            try:
                yield
            finally:
                self._live = None

    def show(
        self, city: datetime, rate: float, *, punches: int, online: int, terminals: int, last: bool
    ) -> None:
        """How it goes at city time `city` (local); `last`: shown whatever the time."""
        line = f"{city:%a %d %b %H:%M:%S} ({rate:g}×) · {online}/{terminals} terminals · {punches} punches"
        if self._live is not None:
            self._live.update(Text(line, style="bold"), refresh=True)
        elif last or city.timestamp() - self._told >= LINE_EVERY:
            self._told = city.timestamp()
            self.console.print(line, markup=False)

    def note(self, line: str) -> None:
        """Something worth knowing happened."""
        self.console.print(f"[yellow]{line}[/]")

    def ended(self, folder: Path, database: str) -> None:
        """It is over: where its data is."""
        self.console.print(
            f"The demo's data stays in {folder} ({database}, logs, truth.json).", soft_wrap=True
        )
