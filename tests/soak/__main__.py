"""`make soak`: a day of 135 simulated terminals with random faults, compressed into minutes.

    python -m tests.soak [--minutes 7] [--database URL] [--dir FOLDER]

Ends with 1 when the store is not the truth, somebody was accused, or the collector's memory grew.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from tests.soak.report import MEMORY_RATIO, show
from tests.soak.soak import Plan, soak


def main() -> int:
    """Run it and print what came of it."""
    plain = Plan(Path())
    parser = argparse.ArgumentParser(prog="make soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=plain.minutes, help="real minutes for the day")
    parser.add_argument("--hours", type=float, default=plain.hours, help="city hours of that day")
    parser.add_argument("--terminals", type=int, default=plain.terminals)
    parser.add_argument("--kills", type=int, default=plain.kills, help="of the collector, after the day")
    parser.add_argument("--strikes", type=float, default=plain.strikes, help="new faults in a city hour")
    parser.add_argument("--seed", type=int, default=plain.seed)
    parser.add_argument("--database", help="URL of an empty database; a SQLite file unless given")
    parser.add_argument("--dir", type=Path, help="an empty folder for logs and data, kept afterwards")
    options = parser.parse_args()
    console = Console(width=None if sys.stdout.isatty() else 120, highlight=False)
    with tempfile.TemporaryDirectory(prefix="presensi-soak-") as temporary:
        folder = (options.dir or Path(temporary)).absolute()
        folder.mkdir(parents=True, exist_ok=True)
        plan = Plan(
            folder,
            database=options.database,
            terminals=options.terminals,
            hours=options.hours,
            minutes=options.minutes,
            kills=options.kills,
            strikes=options.strikes,
            seed=options.seed,
        )
        console.print(f"seed {plan.seed}; {plan.begin:%A %H:%M} until {plan.end:%A %H:%M}, city time")
        outcome = soak(plan, lambda line: console.print(line, style="dim"))
    show(outcome, console)
    measured = plan.hours >= 2
    grew = measured and outcome.memory.ratio > MEMORY_RATIO
    return 1 if outcome.faults or grew else 0


if __name__ == "__main__":
    sys.exit(main())
