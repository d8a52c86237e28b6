"""`make bench`: every promise about speed, measured beside its reference in one run.

    python -m tests.benchmarks [--only PART]... [--json FILE]

Ends with 1 when a target was missed.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from tests.benchmarks import board, decode, gateway, ingest, judging, live, many_walls, sweep
from tests.benchmarks.report import Row, show, write_json

Part = Callable[[], tuple[list[Row], list[str]]]

PARTS: dict[str, Part] = {
    "decode": decode.measure,
    "ingest": ingest.measure,
    "sweep": sweep.measure,
    "gateway": gateway.measure,
    "judge": judging.measure,
    "board": board.measure,
    "live": live.measure,
    "walls": many_walls.measure,
}
"""Name → what measures it. `live`: the latency from finger to browser, and afterwards the idle processes;
`walls`: three hundred of them in the whole city's rush."""


def main() -> int:
    """Measure what was asked for, print it, write it down."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--only", action="append", choices=PARTS, help="measure this part (may be repeated)")
    parser.add_argument("--json", type=Path, default=Path("var/bench.json"), help="where the figures go")
    options = parser.parse_args()
    console = Console(width=None if sys.stdout.isatty() else 150)
    rows: list[Row] = []
    notes: list[str] = []
    for name in options.only or PARTS:
        console.print(f"measuring: {name} …", style="dim")
        found, remarks = PARTS[name]()
        rows += found
        notes += [f"{name}: {remark}" for remark in remarks]
    show(rows, notes, console)
    machine: dict[str, str | int] = {
        "python": platform.python_version(),
        "system": platform.platform(),
        "cores": os.cpu_count() or 0,
    }
    write_json(options.json, rows, notes, machine)
    missed = [row for row in rows if not row.kept]
    console.print(f"{len(rows)} measured, {len(missed)} missed; written to {options.json}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
