"""The table that a soak run ends with."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from tests.soak.soak import Outcome

MEMORY_RATIO = 1.10
"""Largest share of hour one's memory that the collector may hold in the last hour."""


def show(outcome: Outcome, console: Console) -> None:
    """Print it, and everything that is wrong."""
    plan, verdict, memory = outcome.plan, outcome.verdict, outcome.memory
    judge = outcome.judge
    table = Table(show_header=False, box=None)
    table.add_column(style="bold")
    table.add_column()
    rows = [
        (
            "city hours",
            f"{plan.hours:g}, and {plan.killing_hours:g} with kills; {plan.rate:.0f} times as fast",
        ),
        ("terminals", str(plan.terminals)),
        ("fingers taken", f"{verdict.taken}, of which {plan.history * plan.terminals} before the run"),
        (
            "faults",
            f"{outcome.put_on} of {len(outcome.struck)} kinds, which struck {outcome.struck.total()} times",
        ),
        ("killed with -9", ", ".join(f"{name} {count}" for name, count in outcome.kills.items())),
        ("log reads", str(verdict.reads)),
        ("USB files", str(outcome.sticks)),
        ("outages declared", _counted(verdict.outages)),
        ("quarantined", str(verdict.quarantined)),
        ("excepted", _counted(verdict.excepted)),
        ("stored", str(verdict.stored)),
        ("store = truth", "yes" if verdict.true else "NO"),
        ("judged", f"{judge.people} people, {judge.looks} times: {_counted(judge.judgements)}"),
        ("accused wrongly", str(len(judge.accusations))),
        ("first, last reads", f"{outcome.first_reads:.1f} s, {outcome.last_reads:.1f} s"),
        (
            "collector's memory",
            f"{memory.first_hour:.1f} MiB in hour one, {memory.last_hour:.1f} MiB in the last, most "
            f"{memory.most:.1f}: × {memory.ratio:.3f} (at most {MEMORY_RATIO:.2f}), "
            f"{len(memory.pids)} process",
        ),
    ]
    for name, value in rows:
        table.add_row(name, value)
    console.print(table)
    console.print("faults struck: " + _counted(outcome.struck))
    for fault in outcome.faults:
        console.print(f"WRONG: {fault}", style="red", markup=False)


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items())) or "none"
