"""From fingers to walls: which ticker line was whose finger, how long each took, and what a process spent."""

from __future__ import annotations

import statistics
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence

import psutil

from tests.benchmarks.report import Row, Target, seconds_text

Pressed = tuple[str, float]
"""Terminal, Unix time."""


def fingers_by_number(pressed: Iterable[Pressed], lines: Iterable[tuple[int, str]]) -> dict[int, float]:
    """When the finger of each ticker line (number, terminal) was pressed: within one terminal they arrive in
    order. Raises `AssertionError` when a finger has no line.
    """
    waiting: dict[str, deque[float]] = defaultdict(deque)
    for terminal, at in pressed:
        waiting[terminal].append(at)
    found = {number: waiting[terminal].popleft() for number, terminal in sorted(lines)}
    missing = sum(map(len, waiting.values()))
    if missing:
        raise AssertionError(f"{missing} fingers did not reach the walls")
    return found


def delays(pressed: Mapping[int, float], seen: Mapping[int, float]) -> list[float]:
    """Every finger's delay at one wall, in seconds. Raises `AssertionError` when the wall missed one."""
    if seen.keys() != pressed.keys():
        raise AssertionError(f"{len(pressed)} fingers, {len(seen)} at a wall")
    return [seen[number] - at for number, at in pressed.items()]


def latency_row(part: str, what: str, found: Sequence[float], promise: Target) -> Row:
    """The 99th percentile against its promise, with the others beside it."""
    cuts = statistics.quantiles(found, n=100, method="inclusive")
    return Row(
        part=part,
        what=f"{what}, p99",
        ours=f"p50 {seconds_text(cuts[49])} · p95 {seconds_text(cuts[94])}",
        reference=f"most {seconds_text(max(found))}",
        figure=cuts[98],
        unit=" s",
        target=promise,
    )


def family(process: psutil.Process) -> list[psutil.Process]:
    """The process and its descendants."""
    return [process, *process.children(recursive=True)]


def cpu_seconds(process: psutil.Process) -> float:
    """What it and its descendants have spent so far."""
    return sum(times.user + times.system for times in (each.cpu_times() for each in family(process)))
