"""`make fuzz`: every parser of the project under two fuzzers, and its time measured on growing inputs.

    python -m tests.fuzz [--inputs N] [--only PARSER]... [--engine NAME]... [--jobs N]

Ends with 1 when a parser raised what it must not, or took more than linear time.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from json import dumps
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from tests.fuzz import by_atheris, by_hypothesis, growth
from tests.fuzz.parsers import PARSERS

ENGINES: Final = ("hypothesis", "atheris")
INPUTS: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one engine found about one parser."""

    parser: str
    engine: str
    inputs: int
    seconds: float
    failure: str
    """Empty when there was none."""
    ratio: float | None = None
    """Time a byte in an input eight times as long; None where this engine did not measure it."""
    form: str = ""
    """The kind of input in which it was worst."""

    @property
    def good(self) -> bool:
        """Whether nothing is to be mended."""
        return not self.failure and (self.ratio is None or self.ratio < growth.LINEAR)


def fuzz(name: str, engine: str, count: int) -> Outcome:
    """Try `count` inputs on one parser. The time is measured beside Hypothesis, without atheris' counters."""
    parser = PARSERS[name]
    try:
        if engine == "atheris":
            done, seconds = by_atheris.run(name, count)
            return Outcome(name, engine, done, seconds, "")
        slow = growth.slowness(parser)
        done, seconds = by_hypothesis.run(parser, count)
    except Exception as error:
        notes = "\n".join(getattr(error, "__notes__", ()))
        return Outcome(name, engine, 0, 0.0, f"{type(error).__name__}: {error}\n{notes}")
    return Outcome(name, engine, done, seconds, "", slow.ratio, slow.form)


def main() -> int:
    """Fuzz what was asked for, print it, write it down."""
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    parser.add_argument("--inputs", type=int, default=INPUTS, help="how many for each parser and engine")
    parser.add_argument("--only", action="append", choices=PARSERS, help="only this parser (may be repeated)")
    parser.add_argument("--engine", action="append", choices=ENGINES, help="only this engine")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many at once")
    parser.add_argument("--json", type=Path, default=Path("var/fuzz.json"), help="where the figures go")
    options = parser.parse_args()
    console = Console(width=None if sys.stdout.isatty() else 150)
    engines = [
        engine for engine in options.engine or ENGINES if engine != "atheris" or by_atheris.available()
    ]
    if len(engines) < len(options.engine or ENGINES):
        console.print("atheris is not installed (no build for this system?): it is left out", style="yellow")
    outcomes: list[Outcome] = []
    with ProcessPoolExecutor(options.jobs) as pool:
        work: list[Future[Outcome]] = [
            pool.submit(fuzz, name, engine, options.inputs)
            for name in options.only or PARSERS
            for engine in engines
        ]
        for future in as_completed(work):
            outcomes.append(future.result())
            found = outcomes[-1]
            verdict = "ok" if found.good else "FOUND SOMETHING"
            console.print(f"{found.parser}, {found.engine}: {found.inputs:,} inputs, {verdict}", style="dim")
    outcomes.sort(key=lambda found: (list(PARSERS).index(found.parser), found.engine))
    _show(console, outcomes)
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(dumps([asdict(found) for found in outcomes], indent=2), "utf-8")
    bad = [found for found in outcomes if not found.good]
    for found in bad:
        console.print(f"\n[red]{found.parser}, {found.engine}[/]", style="bold")
        console.print(found.failure or f"not linear: {found.form}", markup=False)
    total = sum(found.inputs for found in outcomes)
    console.print(f"{total:,} inputs, {len(bad)} of {len(outcomes)} runs found something; see {options.json}")
    return 1 if bad else 0


def _show(console: Console, outcomes: Sequence[Outcome]) -> None:
    table = Table(title="Parsers, fuzzed", title_justify="left")
    for heading in (
        "parser",
        "engine",
        "inputs",
        "seconds",
        "a second",
        "result",
        f"time a byte, {growth.FACTOR}×",
    ):
        table.add_column(heading, justify="left" if heading in {"parser", "engine", "result"} else "right")
    for found in outcomes:
        rate = f"{found.inputs / found.seconds:,.0f}" if found.seconds else "–"
        result = "[red bold]FAILED[/]" if found.failure else "[green]own errors only[/]"
        ratio = "–" if found.ratio is None else f"{found.ratio:.2f}"
        if found.ratio is not None and found.ratio >= growth.LINEAR:
            ratio = f"[red bold]{ratio}[/]"
        table.add_row(
            found.parser, found.engine, f"{found.inputs:,}", f"{found.seconds:.0f}", rate, result, ratio
        )
    console.print(table)


if __name__ == "__main__":
    sys.exit(main())
