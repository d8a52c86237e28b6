"""What a benchmark found, beside what it was measured against and what was promised."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Target:
    """A promise: the figure has to reach `value`, or, with `at_most`, not to exceed it."""

    value: float
    at_most: bool = False

    def met_by(self, figure: float) -> bool:
        """Whether `figure` keeps the promise."""
        return figure <= self.value if self.at_most else figure >= self.value


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    part: str
    what: str
    ours: str
    """Our measurement, with its unit."""
    reference: str
    """What stands beside it, measured in the same run; empty when there is nothing to compare."""
    figure: float | None = None
    """The number that is held against the target: a ratio, or a measurement in `unit`."""
    unit: str = ""
    target: Target | None = None

    @property
    def kept(self) -> bool:
        """False only when a target exists and was missed."""
        return self.target is None or (self.figure is not None and self.target.met_by(self.figure))


def show(rows: Iterable[Row], notes: Iterable[str], console: Console) -> None:
    """Print the table, and under it how each part was measured."""
    table = Table(title="Presensi, measured", title_justify="left")
    for heading in ("", "what", "ours", "beside it", "result", "target", ""):
        table.add_column(heading, justify="right" if heading in {"ours", "beside it", "result"} else "left")
    part = ""
    for row in rows:
        if row.part != part and part:
            table.add_section()
        verdict = "" if row.target is None else ("[green]ok[/]" if row.kept else "[red bold]MISSED[/]")
        sign = "" if row.target is None else ("≤" if row.target.at_most else "≥")
        table.add_row(
            row.part if row.part != part else "",
            row.what,
            row.ours,
            row.reference,
            "" if row.figure is None else f"{figure_text(row.figure)}{row.unit}",
            f"{sign} {row.target.value:,g}{row.unit}" if row.target else "",
            verdict,
        )
        part = row.part
    console.print(table)
    for note in notes:
        console.print(f"  · {note}", highlight=False)


def write_json(path: Path, rows: Iterable[Row], notes: Iterable[str], machine: dict[str, str | int]) -> None:
    """The same as JSON, for comparing runs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    document = {
        "machine": machine,
        "rows": [asdict(row) | {"kept": row.kept} for row in rows],
        "notes": list(notes),
    }
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", "utf-8")


def figure_text(figure: float) -> str:
    """Three significant digits below a thousand, whole numbers above."""
    return f"{figure:,.0f}" if abs(figure) >= 100 else f"{figure:.3g}"


def seconds_text(seconds: float) -> str:
    """A duration in the unit that reads best."""
    return f"{seconds * 1000:,.1f} ms" if seconds < 1 else f"{seconds:,.2f} s"


def bytes_text(count: float) -> str:
    """A size in the unit that reads best."""
    for unit in ("B", "kB", "MB"):
        if count < 1000:
            return f"{count:,.0f} {unit}" if unit == "B" else f"{count:,.1f} {unit}"
        count /= 1000
    return f"{count:,.2f} GB"
